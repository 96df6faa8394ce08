"""Threads that call the application, shared fairly by clients."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

_logger = logging.getLogger(__name__)

Task = Callable[[], None]

_SPARE = 8
"""Largest number of threads that wait for tasks: another one ends."""


class Threads:
    """At most ``most`` threads, started when they are needed; a quarter of them is left to other clients.

    After a burst of tasks a few threads are kept. The tasks of each client start in order; clients take turns. A task
    must not raise.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._most_of_one = max(1, most - most // 4)
        self._waiting: dict[str, deque[Task]] = {}
        """Client → its tasks; the client whose turn is next is first."""
        self._running: dict[str, int] = {}
        self._tasks = 0
        """Number of tasks that wait."""
        self._threads = 0
        self._idle = 0
        self._stopped = False
        self._changed = threading.Condition()

    def submit(self, client: str, task: Task) -> None:
        """Have a thread call ``task`` for a client, at once if one is free."""
        with self._changed:
            self._waiting.setdefault(client, deque()).append(task)
            self._tasks += 1
            if self._tasks > self._idle and self._threads < self._most:
                self._start()
            else:
                self._changed.notify()

    def stop(self) -> None:
        """Start no more tasks."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _start(self) -> None:
        """Start a thread; where the system has none left, the tasks wait for those that there are."""
        try:
            threading.Thread(target=self._work, name="application", daemon=True).start()
            self._threads += 1
        except RuntimeError as error:
            _logger.error("no thread for a request: %s", error)

    def _work(self) -> None:
        while (found := self._next()) is not None:
            client, task = found
            try:
                task()
            finally:
                self._done(client)
            del task

    def _next(self) -> tuple[str, Task] | None:
        """Wait for a task; return it and its client, or ``None`` if the thread is to end."""
        with self._changed:
            while not self._stopped:
                client = next((each for each in self._waiting if self._running.get(each, 0) < self._most_of_one), None)
                if client is not None:
                    return client, self._take(client)
                if self._idle >= _SPARE:
                    break
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            self._threads -= 1
            return None

    def _take(self, client: str) -> Task:
        tasks = self._waiting.pop(client)
        task = tasks.popleft()
        self._tasks -= 1
        if tasks:
            self._waiting[client] = tasks  # behind the others
        self._running[client] = self._running.get(client, 0) + 1
        return task

    def _done(self, client: str) -> None:
        with self._changed:
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]
            self._changed.notify()  # for a client that had too many threads
