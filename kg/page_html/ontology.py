"""The ontology for whoever meets one of its terms: a page for people, and the same in every format for programs.

The files are named so that they work wherever they are put: beside each other in a folder, or at the paths of the
ontology's IRI, ``…/ont`` for the page and ``…/ont.ttl`` and the like for the rest.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jinja2
from rdflib import Graph, URIRef
from rdflib.compare import to_canonical_graph

from kg.page_html.terms import describe
from kg.query import GRAPH_FORMATS
from kg.resources import shipped
from kg.vocab import RDM

NAME = "ont"
"""What every file is called, before its extension."""

_HERE = Path(__file__).parent
_IRI = RDM.base.rstrip("#")


def document_ontology(folder: Path, ontology: Path | None = None) -> None:
    """Make a folder with ``ont.html``, its style sheet, and ``ont.ttl``, ``.nt``, ``.jsonld`` and ``.rdf``.

    The Turtle is the ontology's file itself, by default the shipped one, comments included. The page shows every term
    at an anchor of its own and needs no script. The same ontology gives the same bytes.
    """
    source = ontology or shipped("ontology") / "rdm.ttl"
    graph = Graph("SimpleMemory", bind_namespaces="none").parse(source, format="turtle")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, folder / f"{NAME}.ttl")
    shutil.copyfile(_HERE / "ontology.css", folder / f"{NAME}.css")
    in_order = _in_order(graph)
    _write(folder / f"{NAME}.nt", "".join(sorted(in_order.serialize(format="nt").splitlines(keepends=True))))
    _write(folder / f"{NAME}.rdf", in_order.serialize(format="xml"))
    _write(folder / f"{NAME}.jsonld", _json_ld(in_order))
    _write(folder / f"{NAME}.html", _page(graph))


def ontology_graph(ontology: Path | None = None) -> Graph:
    """The ontology as a named graph of a release, called by its own IRI; what has no name in it gets an IRI.

    The same ontology gives the same IRIs.

    >>> str(ontology_graph().identifier)
    'https://w3id.org/rdm-kg/ont'
    """
    source = ontology or shipped("ontology") / "rdm.ttl"
    parsed = Graph("SimpleMemory", bind_namespaces="none").parse(source, format="turtle")
    named = Graph("SimpleMemory", URIRef(_IRI), bind_namespaces="none")
    return to_canonical_graph(parsed).skolemize(named, authority=_IRI, basepath=f"{_IRI}/node/")


def _page(graph: Graph) -> str:
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
    """The same graph with blank nodes named after what is said of them, and put together in one order."""
    ordered = Graph("SimpleMemory", bind_namespaces="none")
    for prefix, namespace in graph.namespaces():
        ordered.bind(prefix, namespace)
    for triple in sorted(to_canonical_graph(graph)):
        ordered.add(triple)
    return ordered


def _json_ld(graph: Graph) -> str:
    """rdflib writes nodes in the order of a set."""
    document = json.loads(graph.serialize(format="json-ld", auto_compact=True))
    document["@graph"].sort(key=lambda node: str(node.get("@id", json.dumps(node))))
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
