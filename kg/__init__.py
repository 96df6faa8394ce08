"""Compile research-data-management cheat sheets into releases of a knowledge graph, and read them.

Importing this package loads none of its parts; :func:`open` is the way in for Python programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from kg.client import KnowledgeGraph

__version__ = "0.1.0"


def open(source: str | os.PathLike[str], *, timeout: float = 60.0) -> KnowledgeGraph:  # noqa: A001 - as in gzip.open
    """Return the graph in a release or an output folder of ``kg build``, or at the address of a SPARQL endpoint.

    ``timeout`` is the number of seconds that a query may take.

    Raises:
        ReleaseError: when there is no release in the folder, or it is damaged.
    """
    from kg.client import open_graph

    return open_graph(source, timeout)
