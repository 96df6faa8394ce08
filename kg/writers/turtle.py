"""Write readable Turtle, subject by subject, with prefixes."""

from __future__ import annotations

from itertools import chain, groupby, islice
from typing import BinaryIO

import pyoxigraph as ox

from kg.writers._graph import Union, pretty, used_prefixes

_SUBJECTS = 100
"""Number of subjects that are serialized together; the engine writes all prefixes each time."""


def write(triples: Union, out: BinaryIO) -> None:
    """Write statements that are sorted by subject."""
    subjects = (about for _, about in groupby(triples, key=lambda triple: triple.subject))
    parts = iter(lambda: list(chain.from_iterable(islice(subjects, _SUBJECTS))), [])
    out.writelines(pretty(parts, used_prefixes(triples.unsorted()), ox.RdfFormat.TURTLE))
