"""A long run: does anything in the server grow?

    python -m bench.soak [--minutes 120] [--release DIR] [--rate 20] [--samples FILE]

``kg serve --writable`` runs on the loopback over a copy of the current release in the folder DIR, by default one of
the shipped content. So many visits a second (:mod:`bench.visits`) come from many clients. Now and then there is a new
release and the one before is removed, or a worker is killed. Every half minute processes, temporary files and releases
are looked at. The table has the figures after the first tenth of the time; the trend is a line by least squares. SIGINT
and SIGTERM end the run early. The exit status is 1 if a figure grows, an answer is wrong, or the log has a traceback.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import TextIO

from bench import processes
from bench.report import shown
from bench.servers import content_graph, free_port, serve, started
from bench.visits import RefusedError, Site, UnexpectedError, any_visit, site
from kg.release import Release, current_id, new_release, open_release, publish, remove_release
from kg.store import oxigraph

HEADER = f"| {'what':20} | {'figure':14} | start | end | max | per hour | grew |\n| --- | --- |{' ---: |' * 4} --- |"
WARM_UP = 0.1
"""Part of the time after which nothing should grow any more."""
MEMORY, SHARED, FILES, THREADS, NUMBER, DISK = "MB PSS", "MB RSS", "open files", "threads", "number", "MB disk"
MEGABYTES = {MEMORY, SHARED, DISK}
LEAST = 5.0
"""Megabytes of growth that are not told from noise."""
A_SHARE, AN_HOUR = 0.1, 5.0
"""Growth of megabytes that is too much: as a share of those at the start, or an hour."""
MORE = 2.0
"""Growth of a number that is too much."""
SAMPLE, RELEASE, KILL = 30.0, 300.0, 420.0
"""Seconds between two samples, two releases and two kills at most; a short run has some of each."""
VISITORS = 16
SHOWN = 20
"""Kinds of wrong answers that are told."""
SETTINGS = ("--query-timeout", "3", "--cache", "4", "--query-workers", "4")
"""A small cache, which is full before the warm-up ends."""
TOKEN = "token-of-the-soak"  # noqa: S105 - of a server of our own
_EXTRA = '<http://example.org/soak> <http://example.org/release> "{}" <http://example.org/soak#graph> .\n'

Sample = Mapping[tuple[str, str], float]
"""(what, figure) → value."""


@dataclass(frozen=True)
class Trend:
    """Values of one figure at some seconds after the warm-up."""

    what: str
    figure: str
    seconds: Sequence[float]
    values: Sequence[float]

    @property
    def per_hour(self) -> float:
        """Slope of the line by least squares."""
        return statistics.linear_regression(self.seconds, self.values).slope * 3600

    @property
    def noise(self) -> float:
        """Standard deviation from the line."""
        slope, start = statistics.linear_regression(self.seconds, self.values)
        pairs = zip(self.seconds, self.values, strict=True)
        return statistics.pstdev(value - start - slope * second for second, value in pairs)

    @property
    def grew(self) -> bool:
        """True if the figure grows more than its bound, and more than it goes up and down meanwhile."""
        rise = self.per_hour * (self.seconds[-1] - self.seconds[0]) / 3600
        if rise <= 2 * self.noise:
            return False
        if self.figure not in MEGABYTES:
            return rise > MORE
        return rise > LEAST and (rise > A_SHARE * self.values[0] or self.per_hour > AN_HOUR)

    def __str__(self) -> str:
        start, end, most, slope = map(shown, (self.values[0], self.values[-1], max(self.values), self.per_hour))
        grew = "GREW" if self.grew else ""
        return f"| {self.what:20} | {self.figure:14} | {start} | {end} | {most} | {slope} | {grew} |"


def trends(samples: Sequence[tuple[float, Sample]]) -> list[Trend]:
    """Return the trend of each figure after the warm-up, from samples with their seconds."""
    warm = samples[-1][0] * WARM_UP
    later = [(second, sample) for second, sample in samples if second >= warm]
    keys = dict.fromkeys(key for _, sample in later for key in sample)
    return [
        Trend(*key, [second for second, _ in later], [sample.get(key, 0) for _, sample in later])
        for key in keys
        if len(later) > 1
    ]


def look(front: int, temporary: Path, out: Path) -> dict[tuple[str, str], float]:
    """Return what the processes of a server, its temporary files and its folder hold."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for pid in sorted(processes.family(front)):
        kind = _kind(pid, front)
        for figure, value in (
            (NUMBER, 1),
            (MEMORY, processes.proportional(pid)),
            (SHARED, processes.resident(pid)),
            (FILES, processes.open_files(pid)),
            (THREADS, processes.threads(pid)),
        ):
            found[kind, figure] += value
    for what, folder in (("temporary files", temporary), ("releases", out / "releases"), ("overlay", out / "overlay")):
        sizes = list(_sizes(folder))
        found[what, NUMBER], found[what, DISK] = len(sizes), sum(sizes) / 1024**2
    return found


def _kind(pid: int, front: int) -> str:
    """Return what a process of the server is."""
    if pid == front:
        return "front"
    module = next((word for word in processes.command(pid) if word.startswith("server.")), "others")
    return "workers" if module == "server.workers" and processes.parent(pid) != front else module


def _sizes(folder: Path) -> Iterator[int]:
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                yield (Path(parent) / name).lstat().st_size


def release_again(out: Path, base: Release, number: int) -> str:
    """Publish ``base`` with one statement more, and return the release's id."""
    about = {key: base.manifest[key] for key in base.manifest.keys() - {"format", "release", "files"}}
    with new_release(out) as draft:
        shutil.copytree(base.folder, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns("store", "manifest.json"))
        lines = [*(base.folder / "graph.nq").read_text(encoding="utf-8").splitlines(True), _EXTRA.format(number)]
        (draft / "graph.nq").write_text("".join(sorted(lines)), encoding="utf-8")
        oxigraph.create(draft / "store", draft / "graph.nq")
        return publish(draft, {key: value for key, value in about.items() if key != "index"}, index=about["index"]).id


def change_release(served: Site, out: Path, base: Release, number: int) -> None:
    """Make another release the current one, wait until it is served, and remove the one before.

    Raises:
        UnexpectedError: when it is not served in time.
    """
    before, fresh = current_id(out), release_again(out, base, number)
    until = time.monotonic() + SAMPLE
    while served.release() != fresh:
        if time.monotonic() > until:
            raise UnexpectedError(f"release {fresh} is not served")
        time.sleep(0.1)
    remove_release(out, before)


def kill_a_worker(front: int) -> None:
    """Kill the oldest worker process, as a system without memory does."""
    with suppress(ProcessLookupError):
        os.kill(min(pid for pid in processes.family(front) if _kind(pid, front) == "workers"), signal.SIGKILL)


class Traffic:
    """Visits at a limited rate, in threads; counts how they ended."""

    def __init__(self, served: Site, rate: float) -> None:
        self.ended: Counter[tuple[str, str]] = Counter()
        """(kind of visit, how it ended) → number."""
        self.wrong: list[str] = []
        self.site, self._rate = served, rate

    @contextmanager
    def coming(self) -> Iterator[None]:
        """Let visitors come as long as the block runs."""
        done = threading.Event()
        with ThreadPoolExecutor(VISITORS) as visitors:
            opening = threading.Thread(target=self._open, args=(visitors, done))
            opening.start()
            try:
                yield
            finally:
                done.set()
                opening.join()

    def _open(self, visitors: ThreadPoolExecutor, done: threading.Event) -> None:
        room = threading.Semaphore(VISITORS)
        while not done.wait(1 / self._rate):
            if room.acquire(blocking=False):  # a visitor who finds no room does not come
                visitors.submit(self._visit).add_done_callback(lambda _: room.release())

    def _visit(self) -> None:
        name, visit = any_visit(self.site)
        try:
            visit()
            how = "done"
        except RefusedError:
            how = "refused"
        except (OSError, HTTPException):  # the worker was killed while its answer was read
            how = "broken off"
        except Exception as error:
            how = "WRONG"
            self.wrong.append(f"{name}: {error}")
        self.ended[name, how] += 1


def soak(minutes: float, release: Path, rate: float, samples: TextIO) -> bool:
    """Run, print the table and return whether all was well."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        out, temporary, log = Path(folder) / "out", Path(folder) / "tmp", Path(folder) / "log"
        temporary.mkdir()
        base = open_release(release)
        release_again(out, base, 0)
        port = free_port()
        command = serve("--release", str(out), "--port", str(port), "--writable", *SETTINGS)
        environ = {"KG_WRITE_TOKEN": TOKEN, "TMPDIR": str(temporary)}
        pid, _ = stack.enter_context(started(command, port, "/health", log, **environ))
        traffic = Traffic(site(port, TOKEN), rate)
        with traffic.coming():
            begun, before = time.monotonic(), processes.cpu(pid)
            seen = list(watched(pid, temporary, out, base, traffic, minutes * 60, samples))
            share = (processes.cpu(pid) - before) / (time.monotonic() - begun)
        crashes = log.read_text(encoding="utf-8", errors="replace").count("Traceback")
    return report(seen, traffic, share, crashes)


def watched(
    pid: int, temporary: Path, out: Path, base: Release, traffic: Traffic, seconds: float, file: TextIO
) -> Iterator[tuple[float, Sample]]:
    """Yield samples with their seconds, and write them, until the time is over.

    Releases change and workers are killed between two samples.
    """
    rows = csv.writer(file)
    begun, ended = time.monotonic(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    releases, kills = 0, 0
    while not ended.is_set() and (now := time.monotonic() - begun) < seconds:
        sample = look(pid, temporary, out)
        rows.writerows([round(now, 1), *key, value] for key, value in sample.items())
        file.flush()
        yield now, sample
        if now >= (releases + 1) * min(RELEASE, seconds / 4):
            releases += 1
            try:
                change_release(traffic.site, out, base, releases)
            except UnexpectedError as error:
                traffic.wrong.append(str(error))
        if now >= (kills + 1) * min(KILL, seconds / 5):
            kills += 1
            kill_a_worker(pid)
        ended.wait(min(SAMPLE, seconds / 20))


def report(samples: Sequence[tuple[float, Sample]], traffic: Traffic, share: float, crashes: int) -> bool:
    """Print the table, how visits ended and what is not well; return whether all is."""
    found = trends(samples)
    print(HEADER, *found, sep="\n")
    print(f"\n{samples[-1][0] / 60:.1f} minutes, {share:.1%} of one core, {traffic.ended.total()} visits:")
    for (name, how), number in sorted(traffic.ended.items()):
        print(f"- {name}, {how}: {number}")
    problems = [f"{trend.what}: {trend.figure} grew" for trend in found if trend.grew]
    problems += [f"{message} ({number} times)" for message, number in Counter(traffic.wrong).most_common(SHOWN)]
    problems += [f"{crashes} tracebacks in the log"] if crashes else []
    print("", *(problems or ["Nothing grew."]), sep="\n")
    return not problems


def main() -> None:
    """Run as the options say."""
    parser = argparse.ArgumentParser(
        "python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--release", type=Path, metavar="DIR")
    parser.add_argument("--rate", type=float, default=20, help="visits a second")
    parser.add_argument("--samples", type=Path, default=os.devnull, metavar="FILE", help="CSV file of all samples")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, given.samples.open("w", encoding="utf-8", newline="") as samples:
        release = given.release or content_graph(Path(folder)).parents[1]
        sys.exit(not soak(given.minutes, release, given.rate, samples))


if __name__ == "__main__":
    main()
