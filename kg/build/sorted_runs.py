"""External sorting: named graphs are written as sorted files, each of which fits into memory, and then merged."""

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
    """Yield the statements of a named graph as lines of N-Quads."""
    for statement in graph.serialize(format="nt").split("\n"):
        if statement:
            yield f"{statement.removesuffix(' .')} <{name}> .\n"


def write_run(texts: Iterable[str], folder: Path) -> Path:
    """Write the distinct lines of texts to a new file in ``folder``, sorted by code points, and return its path."""
    lines = {f"{line}\n" for text in texts for line in text.split("\n") if line}
    handle, name = tempfile.mkstemp(suffix=".nq", dir=folder)
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(sorted(lines))
    return Path(name)


def merge(parts: Sequence[Path], whole: Path) -> None:
    """Merge sorted files into one without duplicates, holding one line of each file in memory."""
    with ExitStack() as stack:
        files = [stack.enter_context(part.open(encoding="utf-8", newline="\n")) for part in parts]
        out = stack.enter_context(whole.open("w", encoding="utf-8", newline="\n"))
        out.writelines(line for line, _ in groupby(heapq.merge(*files)))
