"""Limits for all endpoints of one query together: seconds, and bytes of their responses."""

from __future__ import annotations

import time

from kg.errors import ServiceFailed


class Budget:
    """A budget of ``seconds`` and ``size`` bytes, shared by the endpoints of a query."""

    def __init__(self, seconds: float, size: int) -> None:
        self._until = time.monotonic() + seconds
        self._size = self._left = size

    def seconds(self) -> float:
        """Return the seconds left, always more than zero.

        Raises:
            TimeoutError: when no time is left.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def take(self, size: int) -> None:
        """Consume ``size`` bytes.

        Raises:
            ServiceFailed: when fewer bytes are left.

        >>> Budget(1, 1024).take(1025)
        Traceback (most recent call last):
        kg.errors.ServiceFailed: answers of more than 1 kB
        """
        self._left -= size
        if self._left < 0:
            raise ServiceFailed(f"answers of more than {self._size // 1024} kB")
