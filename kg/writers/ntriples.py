"""Write sorted N-Triples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyoxigraph as ox


def write(triples: Iterable[ox.Triple], out: BinaryIO) -> None:
    """Write statements as canonical N-Triples."""
    out.writelines(line.encode() for line in sorted(f"{triple} .\n" for triple in triples))
