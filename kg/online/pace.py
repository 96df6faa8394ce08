"""The pace of requests: one at a time for each host, with a pause after it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable


class Pace:
    """Makes requests to a host wait for each other."""

    def __init__(self, delay: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Create a pace of ``delay`` seconds between two requests to a host; ``sleep`` is called with each pause."""
        self._delay, self._sleep = delay, sleep
        self._free = defaultdict[str, float](float)
        """Host → the time from which it may be asked."""
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    def alone(self, host: str) -> asyncio.Lock:
        """Return the lock that the one who asks a host holds."""
        return self._locks[host]

    async def turn(self, host: str) -> None:
        """Wait until the host may be asked again."""
        seconds = self._free[host] - time.monotonic()
        if seconds > 0:
            await self._sleep(seconds)
        self.hold(host, self._delay)

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for some seconds from now."""
        self._free[host] = max(self._free[host], time.monotonic() + seconds)
