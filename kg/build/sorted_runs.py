"""Named graphs on their way to one sorted file: sorted in parts of which each fits into memory, then merged."""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

from rdflib import Graph


def quads(name: str, graph: Graph) -> Iterator[str]:
    """A named graph as lines of N-Quads."""
    for statement in graph.serialize(format="nt").split("\n"):
        if statement:
            yield f"{statement.removesuffix(' .')} <{name}> .\n"


def write_run(lines: Iterable[str], folder: Path) -> Path:
    """Write lines into a new file of ``folder``, sorted by code points, every one once."""
    handle, name = tempfile.mkstemp(suffix=".nq", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(sorted(set(lines)))
    return Path(name)


def merge(parts: Sequence[Path], whole: Path) -> None:
    """Write the lines of sorted files into one, sorted, every one once; a line of each is held at a time."""
    with ExitStack() as stack:
        files = [stack.enter_context(part.open(encoding="utf-8", newline="\n")) for part in parts]
        out = stack.enter_context(whole.open("w", encoding="utf-8", newline="\n"))
        out.writelines(line for line, _ in groupby(heapq.merge(*files)))
