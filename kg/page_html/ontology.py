"""Write the documentation of the ontology: an HTML page, and a file in every format of graphs.

The relative links between the files are valid in a folder and on the web, where the page is ``…/ont`` and the other
files are ``…/ont.ttl`` and so on.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from rdflib import Graph, URIRef
from rdflib.compare import to_canonical_graph

from kg.build_cache import BuildCache
from kg.page_html.terms import describe
from kg.query import GRAPH_FORMATS, TURTLE, Format
from kg.resources import shipped
from kg.vocab import RDM
from kg.writers import rewrite

NAME = "ont"
"""Name of the files, without extension."""

_HERE = Path(__file__).parent
_IRI = RDM.base.rstrip("#")


def document_ontology(folder: Path, ontology: Path | None = None, cache: BuildCache | None = None) -> None:
    """Write ``ont.html``, its style sheet, and a file ``ont.*`` in every format of graphs into a folder.

    The Turtle file is a copy of ``ontology``, by default the shipped one. The page has an anchor for every term and no
    scripts. The output is deterministic.
    """
    source = ontology or shipped("ontology") / "rdm.ttl"
    known, text = cache or BuildCache(), source.read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / f"{NAME}.{TURTLE.extension}")
    shutil.copyfile(_HERE / "ontology.css", folder / f"{NAME}.css")
    for extension, content in known.result(known.key("ontology", text), lambda: _files(text)).items():
        (folder / f"{NAME}.{extension}").write_text(content, encoding="utf-8")


def _files(turtle: str) -> dict[str, str]:
    """Return extension → content of the files that are made from the ontology."""
    graph = Graph("SimpleMemory", bind_namespaces="none").parse(data=turtle, format="turtle")
    in_order = _in_order(graph)
    files = {fmt.extension: _serialized(in_order, fmt) for fmt in GRAPH_FORMATS if fmt != TURTLE}
    return files | {"html": _page(graph)}


def ontology_graph(ontology: Path | None = None) -> Graph:
    """Return the ontology as a named graph with its IRI, with blank nodes replaced by deterministic IRIs.

    >>> str(ontology_graph().identifier)
    'https://w3id.org/rdm-kg/ont'
    """
    source = ontology or shipped("ontology") / "rdm.ttl"
    parsed = Graph("SimpleMemory", bind_namespaces="none").parse(source, format="turtle")
    named = Graph("SimpleMemory", URIRef(_IRI), bind_namespaces="none")
    return to_canonical_graph(parsed).skolemize(named, authority=_IRI, basepath=f"{_IRI}/node/")


def _page(graph: Graph) -> str:
    import jinja2  # takes longer to import than to find the page of an earlier build

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    files = [(fmt.name, f"{NAME}.{fmt.extension}", fmt.media_type) for fmt in GRAPH_FORMATS]
    return environment.get_template("ontology.html").render(ontology=describe(graph), files=files, name=NAME) + "\n"


def _in_order(graph: Graph) -> Graph:
    """Return the graph with its statements sorted and its blank nodes labelled canonically."""
    ordered = Graph("SimpleMemory", bind_namespaces="none")
    for prefix, namespace in graph.namespaces():
        ordered.bind(prefix, namespace)
    for triple in sorted(to_canonical_graph(graph)):
        ordered.add(triple)
    return ordered


def _serialized(graph: Graph, wanted: Format) -> str:
    lines = sorted(graph.serialize(format="nt").splitlines(keepends=True))
    match wanted.name:
        case "ntriples":
            return "".join(lines)
        case "rdfxml":
            return graph.serialize(format="xml")
        case "jsonld":
            return _json_ld(graph)
        case _:
            return rewrite("".join(lines), _IRI, wanted).decode()


def _json_ld(graph: Graph) -> str:
    """Return JSON-LD with sorted nodes, since the order of rdflib's serializer is arbitrary."""
    document = json.loads(graph.serialize(format="json-ld", auto_compact=True))
    document["@graph"].sort(key=lambda node: str(node.get("@id", json.dumps(node))))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
