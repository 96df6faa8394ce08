"""Serialize answers, releases and documents in the formats of :mod:`kg.query`.

Each module is a serializer, named after its format, with ``write(statements, out)``. Releases are written by these
modules, or by the engine if there is none for the format; answers and documents are written by the engine, or by these
modules if it does not know the format. The statements of an answer can be iterated only once.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, cast

import pyoxigraph as ox

from kg import plugins
from kg.errors import ReleaseError
from kg.query import DATASET_FORMATS, N_QUADS, Format
from kg.vocab import PREFIXES
from kg.writers._graph import Union, quads, used_prefixes
from kg.writers._xml import XmlOutput, nameable

Results = Iterable[ox.Triple] | ox.QuerySolutions | ox.QueryBoolean
"""The results of a query: of CONSTRUCT and DESCRIBE statements, of SELECT rows, of ASK a truth value."""


def write_answer(results: Results, out: BinaryIO, wanted: Format) -> None:
    """Write the results of a query to ``out``; the format must be one of their form.

    Raises:
        NotWritable: when RDF/XML cannot express them; nothing has been written then.
    """
    if not isinstance(results, ox.QuerySolutions | ox.QueryBoolean):
        if ox.RdfFormat.from_media_type(wanted.media_type) != ox.RdfFormat.RDF_XML:
            _serialize(results, out, wanted, PREFIXES)
            return
        whole = io.BytesIO()  # any of the predicates may be one that cannot be written
        _serialize(results, whole, wanted, PREFIXES)
        out.write(whole.getbuffer())
    elif syntax := ox.QueryResultsFormat.from_media_type(wanted.media_type):
        results.serialize(cast(BinaryIO, XmlOutput(out)) if syntax == ox.QueryResultsFormat.XML else out, syntax)
    else:
        plugins.load(__name__, wanted.name).write(results, out)


def write_release(graph: Path, out: BinaryIO, wanted: Format) -> None:
    """Write the ``graph.nq`` of a release: all named graphs, or their union if the format has a single graph.

    The output is deterministic.
    """
    if wanted == N_QUADS:
        with graph.open("rb") as source:
            shutil.copyfileobj(source, out)
        return
    statements = quads(graph) if wanted in DATASET_FORMATS else Union(graph)
    if wanted.name in plugins.names(__name__):
        plugins.load(__name__, wanted.name).write(statements, out)
    else:
        _serialize(statements, out, wanted, used_prefixes(statements))


def rewrite(document: str, base: str, wanted: Format) -> bytes:
    """Convert a document in TriG, such as Turtle, to another format, with relative IRIs resolved against ``base``.

    The output is deterministic unless the document has anonymous blank nodes.

    Raises:
        ReleaseError: when the document is not valid TriG.
    """
    try:
        found = ox.parse(document.encode(), ox.RdfFormat.TRIG, base_iri=base)
        statements = list(dict.fromkeys(map(_in_named_graph, found)))
    except SyntaxError as error:
        raise ReleaseError(f"the release's description is damaged: {error}") from error
    out = io.BytesIO()
    _serialize(statements, out, wanted, used_prefixes(statements))
    return out.getvalue()


def _in_named_graph(quad: ox.Quad) -> ox.Quad | ox.Triple:
    """Return a statement with its named graph, without one if it is in the default graph."""
    return quad.triple if isinstance(quad.graph_name, ox.DefaultGraph) else quad


def _serialize(
    statements: Iterable[ox.Triple | ox.Quad], out: BinaryIO, wanted: Format, prefixes: dict[str, str]
) -> None:
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    if syntax == ox.RdfFormat.RDF_XML:
        ox.serialize(nameable(statements), cast(BinaryIO, XmlOutput(out)), syntax, prefixes=prefixes)
    elif syntax:
        ox.serialize(cast(Iterable[ox.Quad], statements), out, syntax, prefixes=prefixes)
    else:
        plugins.load(__name__, wanted.name).write(statements, out)
