"""Write readable Turtle, subject by subject, with prefixes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import BinaryIO

import pyoxigraph as ox

from kg.release.nquads import side_by_side
from kg.vocab import PREFIXES
from kg.writers._graph import body, header, iris, prefixes_of, union, used_prefixes

_SUBJECTS = 100
"""Number of subjects that are serialized together; the engine writes all prefixes each time."""


def write(triples: Iterable[ox.Triple], out: BinaryIO) -> None:
    """Write statements that are sorted by subject, and before them the prefixes that they use."""
    found = set[str]()
    with TemporaryFile() as written:
        for part in _parts(triples):
            found |= iris(part)
            written.write(body(part, PREFIXES, ox.RdfFormat.TURTLE))
        out.write(header(prefixes_of(found)))
        written.seek(0)
        copyfileobj(written, out)


def rewrite(graph: Path, out: BinaryIO, before: Path, turtle: Path) -> bool:
    """Write the union of a graph from the ``turtle`` of the graph ``before`` it; return whether that succeeded.

    Subjects about which both graphs say the same are copied. It fails if the graphs may use different prefixes.
    """
    with turtle.open("rb") as old:
        declared = list(iter(old.readline, b"\n"))
        prefixes = {name: PREFIXES[name] for line in declared if (name := line.split()[1].decode()[:-1]) in PREFIXES}
        out.write(header(prefixes))
        is_same, gone, used = header(prefixes) == b"".join(declared) + b"\n", set[str](), set[str]()
        for one, other in side_by_side(before, graph):
            blocks = (_block(old) for _ in {line.partition(b" ")[0] for line in one})
            if one == other:
                out.writelines(blocks)
            else:
                for _ in blocks:
                    pass
                triples = list(union(_parsed(other)))
                gone |= used_prefixes(list(union(_parsed(one)))).keys()
                used |= used_prefixes(triples).keys()
                out.writelines(body(part, prefixes, ox.RdfFormat.TURTLE) for part in _parts(triples))
    return is_same and gone <= used <= prefixes.keys()


def _parts(triples: Iterable[ox.Triple]) -> Iterable[Sequence[ox.Triple]]:
    subjects = (about for _, about in groupby(triples, key=lambda triple: triple.subject))
    return iter(lambda: list(chain.from_iterable(islice(subjects, _SUBJECTS))), [])


def _block(turtle: BinaryIO) -> bytes:
    """Read the statements about one subject, up to the empty line after them."""
    return b"".join(iter(turtle.readline, b"\n")) + b"\n"


def _parsed(lines: Iterable[bytes]) -> Iterable[ox.Quad]:
    return ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)
