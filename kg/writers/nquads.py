"""N-Quads: every named graph, the release's own file."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import BinaryIO

from kg.query import Format

FORMAT = Format("nquads", "application/n-quads", "nq")


def write(graph: Path, out: BinaryIO) -> None:
    """Write an N-Quads file as it is."""
    with graph.open("rb") as source:
        shutil.copyfileobj(source, out)
