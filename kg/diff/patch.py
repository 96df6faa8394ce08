"""RDF Patch (https://afs.github.io/rdf-patch/): what makes the new graph of the old one, as lines of D and A."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from kg.diff.merge import Changed


def write_patch(differing: Iterable[Changed], out: TextIO) -> int:
    """Write one transaction that removes and adds quads, and give their number; the same releases, the same bytes."""
    number = 0
    out.write("TX .\n")
    for changed in differing:
        for letter, lines in (("D", changed.removed), ("A", changed.added)):
            out.writelines(f"{letter} {line}" for line in lines)
            number += len(lines)
    out.write("TC .\n")
    return number
