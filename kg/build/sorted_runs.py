"""External sorting: named graphs are written as sorted files, each of which fits into memory, and then merged."""

from __future__ import annotations

import heapq
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from rdflib import Literal
from rdflib.term import Node

_REMEMBERED = 1 << 12
"""Number of terms that are not written anew, since most occur in many statements."""
_SMALL = 1 << 26
"""Size of files in bytes below which all of their lines are sorted in memory, which is faster."""


def quads(name: str, triples: Iterable[tuple[Node, Node, Node]]) -> Iterator[str]:
    """Yield the statements of a named graph as lines of N-Quads.

    >>> from rdflib import URIRef
    >>> thing, label = URIRef("https://example.org/a"), Literal("a", "en")
    >>> next(quads("https://example.org/g", [(thing, thing, label)]))
    '<https://example.org/a> <https://example.org/a> "a"@en <https://example.org/g> .\\n'
    """
    for s, p, o in triples:
        yield f"{_node(s)} {_node(p)} {_literal(o) if isinstance(o, Literal) else _node(o)} <{name}> .\n"


@lru_cache(_REMEMBERED)
def _node(term: Node) -> str:
    """Return an IRI as it is written in N-Quads."""
    return term.n3()


def _literal(term: Literal) -> str:
    escaped = term.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"').replace("\r", "\\r")
    kind = f"@{term.language}" if term.language else f"^^<{term.datatype}>" if term.datatype else ""
    return f'"{escaped}"{kind}'


def write_run(texts: Iterable[str], folder: Path) -> Path:
    """Write the distinct lines of texts to a new file in ``folder``, sorted by code points, and return its path."""
    handle, name = tempfile.mkstemp(suffix=".nq", dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(_sorted(map(str.encode, texts)))
    return Path(name)


def merge(parts: Sequence[Path], whole: Path) -> None:
    """Merge sorted files without duplicates, holding one line of each in memory, or all lines if they are small."""
    with ExitStack() as stack:
        files = [stack.enter_context(part.open("rb")) for part in parts]
        out = stack.enter_context(whole.open("wb"))
        if sum(part.stat().st_size for part in parts) < _SMALL:
            out.write(_sorted(file.read() for file in files))
        else:
            out.writelines(line for line, _ in groupby(heapq.merge(*files)))


def _sorted(texts: Iterable[bytes]) -> bytes:
    """Return the distinct lines of texts, sorted: many of the texts are sorted, of which sorting takes advantage.

    No line of N-Quads has a carriage return in it, so that nothing else ends one.
    """
    return b"".join(dict.fromkeys(sorted(b"".join(texts).splitlines(keepends=True))))
