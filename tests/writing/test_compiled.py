"""Compiled graphs are unchanged by any update."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.server.serving import QUADS, SHEET
from tests.writing.clients import PROLOGUE, Client

COMPILED = f"{SHEET}#graph"
PAGES = SHEET.removesuffix("mice")
ESCAPED = r"\u0023"

NAMING = [
    f"INSERT DATA {{ GRAPH <{COMPILED}> {{ e:s e:p 1 }} }}",
    f"DELETE DATA {{ GRAPH <{COMPILED}> {{ {QUADS[0]} }} }}",
    f"DELETE WHERE {{ GRAPH <{COMPILED}> {{ ?s ?p ?o }} }}",
    f"DELETE {{ GRAPH <{COMPILED}> {{ ?s ?p ?o }} }} WHERE {{ ?s ?p ?o }}",
    f"INSERT {{ GRAPH <{COMPILED}> {{ e:s e:p ?o }} }} WHERE {{ ?s ?p ?o }}",
    f"INSERT {{ e:s e:p 1 . GRAPH e:g {{ e:s e:p 2 }} GRAPH <{COMPILED}> {{ e:s e:p 3 }} }} WHERE {{}}",
    f"WITH <{COMPILED}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    f"WITH <{COMPILED}> INSERT {{ e:s e:p 1 }} WHERE {{}}",
    f"WITH <{COMPILED}> DELETE {{ GRAPH e:g {{ ?s ?p ?o }} }} USING e:g WHERE {{ ?s ?p ?o }}",
    "DELETE { GRAPH ?g { ?s ?p ?o } } INSERT { GRAPH ?g { ?s ?p 1 } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    f"INSERT {{ GRAPH ?g {{ e:s e:p 1 }} }} WHERE {{ BIND(IRI('{COMPILED}') AS ?g) }}",
    f"INSERT {{ GRAPH ?g {{ e:s e:p 1 }} }} WHERE {{ VALUES ?g {{ e:g <{COMPILED}> }} }}",
    f"CLEAR GRAPH <{COMPILED}>",
    f"DROP GRAPH <{COMPILED}>",
    f"DROP SILENT GRAPH <{COMPILED}>",
    f"CREATE GRAPH <{COMPILED}>",
    f"CREATE SILENT GRAPH <{COMPILED}>",
    f"COPY DEFAULT TO <{COMPILED}>",
    f"COPY e:none TO GRAPH <{COMPILED}>",
    f"ADD SILENT DEFAULT TO <{COMPILED}>",
    f"MOVE DEFAULT TO <{COMPILED}>",
    f"MOVE <{COMPILED}> TO e:g",
    f"MOVE SILENT GRAPH <{COMPILED}> TO DEFAULT",
    f"LOAD <http://127.0.0.1:9/> INTO GRAPH <{COMPILED}>",
    f"LOAD SILENT <http://127.0.0.1:9/> INTO GRAPH <{COMPILED}>",
    f"BASE <{PAGES}> DROP GRAPH <mice#graph>",
    f"PREFIX p: <{PAGES}> DROP GRAPH p:mice\\#graph",
    f"PREFIX p: <{PAGES}> PREFIX p: <{SHEET}#> INSERT DATA {{ GRAPH p:graph {{ e:s e:p 1 }} }}",
    f"CLEAR DEFAULT; PREFIX p: <{SHEET}#> DROP GRAPH p:graph",
    f"DROP GRAPH <{COMPILED.replace('#', ESCAPED)}>",
    f"drop # silent\n graph # <http://example.org/g>\n <{COMPILED}>",
    f"INSERT DATA {{ e:s e:p '}} ; DROP ALL' }} ; DROP GRAPH <{COMPILED}>",
    f"INSERT DATA {{ GRAPH<{COMPILED}>{{ e:s e:p 1 }} }}",
    f"PREFIX p: <{SHEET}#> INSERT DATA {{ GRAPHp:graph {{ e:s e:p 1 }} }}",
    f"PREFIX p: <{SHEET}#> DELETE DATA {{ GRAPHp:graph {{ {QUADS[0]} }} }}",
]
SWEEPING = [
    "DROP ALL",
    "CLEAR ALL",
    "DROP NAMED",
    "CLEAR NAMED",
    "DROP DEFAULT",
    "CLEAR DEFAULT",
    "CLEAR SILENT DEFAULT",
    "MOVE DEFAULT TO e:g",
    "COPY e:written TO DEFAULT",
    "MOVE e:written TO DEFAULT",
    "DELETE WHERE { ?s ?p ?o }",
    "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE { ?s ?p ?o . GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o } }",
    "DELETE { ?s ?p ?o } INSERT { GRAPH e:g { ?s ?p ?o } } WHERE { ?s ?p ?o }",
    f"DELETE DATA {{ {QUADS[0]} }}",
    f"DELETE {{ ?s ?p ?o }} USING <{COMPILED}> WHERE {{ ?s ?p ?o }}",
    f"INSERT DATA {{ {QUADS[0]} }} ; DELETE DATA {{ {QUADS[0]} }}",
    f"DELETE {{ GRAPH ?g {{ ?s ?p ?o }} }} WHERE {{ BIND(IRI('{COMPILED}') AS ?g) GRAPH ?g {{ ?s ?p ?o }} }}",
    f"PREFIX p: <{SHEET}#> DELETE {{ GRAPHp:graph {{ ?s ?p ?o }} }} WHERE {{ GRAPH p:graph {{ ?s ?p ?o }} }}",
    "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { { SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } } }",
    "PREFIX : <http://example.org/> WITH :written DELETE { ?s ?p ?o } WHERE { ?s ?p ?o } ; DROP ALL ;",
]
NO_UPDATE = [
    r"\u0044ROP ALL",
    r"DROP \u0041LL",
    "DROPALL",
    "CLEARDEFAULT",
    "INSERTDATA { e:s e:p 1 }",
    "DROP ALL CLEAR ALL",
    "DROP",
    "SELECT * { ?s ?p ?o }",
    "DELETE { GRAPH ?g { ?s ?p ?o }",
    "INSERT DATA { _:a e:p 1 } ; INSERT DATA { _:a e:p 2 }",
    "INSERT DATA { e:s e:p ?o }",
    "DELETE DATA { _:a e:p 1 }",
]


@pytest.fixture(autouse=True)
def _something_written(over_release: Client) -> Iterator[None]:
    assert over_release.update("DROP ALL").status == 204
    written = f"{PROLOGUE}INSERT DATA {{ e:default e:p 0 . GRAPH e:written {{ e:a e:p e:b }} }}"
    assert over_release.update(written).status == 204
    yield
    assert over_release.update("DROP ALL").status == 204
    assert lines(over_release, "") == lines(over_release, COMPILED) == {f"{quad} ." for quad in QUADS}
    assert over_release.count("GRAPH ?g {}") == 1


def lines(client: Client, graph: str) -> set[str]:
    reply = client.get(graph)
    assert reply.status == 200
    return set(reply.text.splitlines())


@pytest.mark.parametrize("text", NAMING)
def test_an_update_that_would_write_a_compiled_graph_does_nothing(over_release: Client, text: str) -> None:
    before = lines(over_release, ""), lines(over_release, "http://example.org/written")
    reply = over_release.update(PROLOGUE + text)
    assert reply.status == 403, reply.text
    assert (lines(over_release, ""), lines(over_release, "http://example.org/written")) == before


@pytest.mark.parametrize("text", SWEEPING)
def test_what_sweeps_sweeps_over_what_was_written_alone(over_release: Client, text: str) -> None:
    reply = over_release.update(PROLOGUE + text)
    assert reply.status == 204, reply.text
    compiled = {f"{quad} ." for quad in QUADS}
    assert lines(over_release, COMPILED) == compiled
    assert lines(over_release, "") >= compiled


@pytest.mark.parametrize("text", NO_UPDATE)
def test_what_is_no_update_does_nothing(over_release: Client, text: str) -> None:
    reply = over_release.update(PROLOGUE + text)
    assert reply.status == 400, reply.text
    assert over_release.count("GRAPH <http://example.org/written> { ?s ?p ?o }") == 1


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_the_graph_store_writes_no_compiled_graph(over_release: Client, method: str) -> None:
    path = f"/store?graph={COMPILED.replace('#', '%23')}"
    kind = "application/sparql-update" if method == "PATCH" else "text/turtle"
    body = b"INSERT DATA { <a:s> <a:p> 1 }" if method == "PATCH" else b"<a:s> <a:p> 1 ."
    assert over_release.ask(path, method, body, Content_Type=kind).status == 403


def test_the_default_graph_loses_what_was_written_and_no_more(over_release: Client) -> None:
    assert over_release.put("", "<http://example.org/s> <http://example.org/p> 1 .").status == 204
    assert not over_release.holds("e:default e:p 0")
    assert over_release.ask("/store?default", "DELETE").status == 204
    assert lines(over_release, "") == {f"{quad} ." for quad in QUADS}


def test_what_was_compiled_is_read_by_updates(over_release: Client) -> None:
    text = f"INSERT {{ GRAPH e:copy {{ ?s ?p ?o }} }} WHERE {{ GRAPH <{COMPILED}> {{ ?s ?p ?o }} }}"
    assert over_release.update(PROLOGUE + text).status == 204
    assert lines(over_release, "http://example.org/copy") == lines(over_release, COMPILED)
    assert over_release.update(f"COPY <{COMPILED}> TO <http://example.org/copy2>").status == 204
    assert lines(over_release, "http://example.org/copy2") == lines(over_release, COMPILED)
