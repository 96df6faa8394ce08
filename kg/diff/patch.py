"""Write differences as RDF Patch (https://afs.github.io/rdf-patch/)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from kg.diff.merge import Changed


def write_patch(differing: Iterable[Changed], out: TextIO) -> int:
    """Write one transaction that deletes and adds quads, and return their number; the output is deterministic."""
    number = 0
    out.write("TX .\n")
    for changed in differing:
        for letter, lines in (("D", changed.removed), ("A", changed.added)):
            out.writelines(f"{letter} {line}" for line in lines)
            number += len(lines)
    out.write("TC .\n")
    return number
