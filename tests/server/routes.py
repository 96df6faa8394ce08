"""Addresses at every route of the application that can be read, in a release of the shipped content."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

from kg.query import FORMATS, Form
from server.app import create_app
from server.current import Current
from server.settings import Settings
from server.workers.pool import ProcessPool
from tests.server.pages import DICOM, PIC
from tests.server.serving import Server

SELECT, CONSTRUCT = "SELECT * { ?s ?p ?o } LIMIT 1", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"
EXAMPLES = {
    "browse.browse": ["/browse", "/browse?kind=tool&page=1"],
    "catalog.file": [f"/catalog.{fmt.extension}" for fmt in FORMATS[Form.GRAPH]],
    "dumps.one": ["/dumps/rdm-kg.ttl"],
    "madmp.madmp": ["/madmp?page=pic"],
    "minted.builder": ["/builder/{version}"],
    "minted.dataset": ["/dataset/{release}", "/dataset/partitions/{graph}"],
    "minted.graph": ["/graph/inferred"],
    "minted.question": ["/question/where-to-deposit"],
    "ontology.file": [f"/ont.{fmt.extension}" for fmt in FORMATS[Form.GRAPH]] + ["/ont.html", "/ont.css"],
    "ontology.role": ["/role/data-format"],
    "ontology.section": ["/section/services"],
    "ontology.version": ["/ont/{ontology}"],
    "openapi.file": ["/api/swagger-ui.css"],
    "questions.one": ["/queries/where-to-deposit?page=pic", "/queries/gaps"],
    "releases.file": ["/releases/{release}/graph.nq"],
    "sitemap.part": ["/sitemap-1.xml"],
    "sparql.endpoint": ["/sparql", f"/sparql?query={quote(SELECT)}", f"/sparql?query={quote(CONSTRUCT)}"],
    "sparql.slash": [f"/sparql/?query={quote('ASK {}')}"],
    "static": ["/static/style.css"],
    "store.store": ["/store?default", f"/store?graph={quote(PIC + '#graph')}"],
    "store.store/": ["/store/?default"],
    "things.any_thing": [f"/id/?iri={quote(DICOM)}", "/id/?iri=http://purl.org/dc/terms/title"],
    "things.thing": ["/id/lookup", "/id/lookup/page/pic", "/id/lookup/thing/normolim"],
}
"""Flask endpoint → addresses, for routes that need parameters; others are asked at their own path."""
EMPTY = {"store.store/<"}
"""Endpoints at which there is nothing to read before something is written."""


def readable(server: Server, out: Path) -> dict[str, list[str]]:
    """Return Flask endpoint → addresses for every route that can be read of a server over the output folder ``out``."""
    current, settings = Current(out), Settings(query_workers=1)
    pool = ProcessPool(current, settings)
    rules = [rule for rule in create_app(current, settings, pool).url_map.iter_rules() if "GET" in (rule.methods or ())]
    pool.close()
    ontology = json.loads(
        server.query("SELECT ?v { <https://w3id.org/rdm-kg/ont> <http://www.w3.org/2002/07/owl#versionIRI> ?v }").body
    )["results"]["bindings"][0]["v"]["value"]
    builder = json.loads(server.query("SELECT ?b { ?b a <http://www.w3.org/ns/prov#SoftwareAgent> } LIMIT 1").body)[
        "results"
    ]["bindings"]
    known = {
        "release": current.release.id,
        "graph": current.release.checksum_of_graph[:16],
        "ontology": ontology.rpartition("/")[2],
        "version": builder[0]["b"]["value"].rpartition("/")[2] if builder else "",
    }
    found = {
        rule.endpoint: [example.format(**known) for example in EXAMPLES.get(rule.endpoint, [rule.rule])]
        for rule in rules
        if rule.endpoint not in EMPTY
    }
    assert not [example for examples in found.values() for example in examples if "<" in example]
    return found
