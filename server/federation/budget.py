"""What the endpoints may take together for one query: seconds, and bytes of their answers."""

from __future__ import annotations

import time

from kg.errors import ServiceFailed


class Budget:
    """Counts down from ``seconds`` and ``size`` bytes, whichever endpoint takes them."""

    def __init__(self, seconds: float, size: int) -> None:
        self._until = time.monotonic() + seconds
        self._size = self._left = size

    def seconds(self) -> float:
        """How long is left, more than none; raises :class:`TimeoutError` where it is over."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def take(self, size: int) -> None:
        """Take so many bytes; raises :class:`kg.errors.ServiceFailed` where they are not there.

        >>> Budget(1, 1024).take(1025)
        Traceback (most recent call last):
        kg.errors.ServiceFailed: answers of more than 1 kB
        """
        self._left -= size
        if self._left < 0:
            raise ServiceFailed(f"answers of more than {self._size // 1024} kB")
