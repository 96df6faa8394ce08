"""Write readable Turtle, subject by subject, with prefixes."""

from __future__ import annotations

from itertools import groupby
from typing import BinaryIO

import pyoxigraph as ox

from kg.writers._graph import Union, pretty, used_prefixes


def write(triples: Union, out: BinaryIO) -> None:
    """Write statements that are sorted by subject."""
    subjects = (about for _, about in groupby(triples, key=lambda triple: triple.subject))
    out.writelines(pretty(subjects, used_prefixes(triples), ox.RdfFormat.TURTLE))
