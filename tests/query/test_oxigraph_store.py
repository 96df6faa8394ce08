"""A release's store: contents, answers, refusals."""

import io
import json
import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.errors import QueryError, QueryRefused, QuerySyntaxError, ReleaseError, UpdateRefused
from kg.query import BINDINGS_FORMATS, FORMATS, FORMATS_BY_NAME, Form, Format, Query, Store
from kg.release import Release
from kg.store.oxigraph import create, open_store

PIC = "https://w3id.org/rdm-kg/id/test/page/pic"
DCT = "PREFIX dct: <http://purl.org/dc/terms/>"


@pytest.fixture
def store(release: Release) -> Store:
    return open_store(release.store)


def written(store: Store, text: str, wanted: Format, **dataset: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    store.ask(Query(text, **dataset)).write(out, wanted)
    return out.getvalue()


def values(store: Store, text: str, **dataset: tuple[str, ...]) -> list[dict[str, str]]:
    answer: dict[str, Any] = json.loads(written(store, text, BINDINGS_FORMATS[0], **dataset))
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def test_create_counts_what_the_store_then_holds(release: Release, statements: list[ox.Quad], tmp_path: Path) -> None:
    counts = create(tmp_path / "store", release.graph)
    assert counts.graphs == 5
    assert counts.quads == len(set(statements))
    assert counts.triples == len({quad.triple for quad in statements}) == counts.quads - 1


def test_the_default_graph_is_the_union_and_counts_nothing_twice(store: Store) -> None:
    text = "SELECT (COUNT(*) AS ?n) { <https://doi.org/10.25504/FAIRsharing.b7z8by> a ?type }"
    assert values(store, text) == [{"n": "1"}]
    assert values(store, text.replace("<", "GRAPH ?g { <", 1) + "}") == [{"n": "2"}]


def test_relative_iris_are_meant_from_the_base_of_our_data(store: Store) -> None:
    assert values(store, "SELECT (<test/page/pic> AS ?page) {}") == [{"page": PIC}]
    own = "BASE <http://example.org/> SELECT (<test> AS ?page) {}"
    assert values(store, own) == [{"page": "http://example.org/test"}]


@pytest.mark.parametrize(
    ("dataset", "default", "named"),
    [
        ({}, 3, 5),
        ({"default_graphs": (f"{PIC}#graph",)}, 1, 0),
        ({"named_graphs": (f"{PIC}#graph",)}, 0, 1),
        (
            {
                "default_graphs": (f"{PIC}#graph", "https://w3id.org/rdm-kg/graph/fairsharing"),
                "named_graphs": ("http://x/",),
            },
            2,
            0,
        ),
    ],
)
def test_the_dataset_of_the_request_holds(
    store: Store, dataset: dict[str, tuple[str, ...]], default: int, named: int
) -> None:
    titles = f"{DCT} SELECT ?t {{ <https://doi.org/10.25504/FAIRsharing.b7z8by> dct:title ?t }}"
    graphs = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"
    assert len(values(store, titles, **dataset)) == min(default, 2)
    assert len(values(store, graphs, **dataset)) == named


def test_the_dataset_of_the_query_holds_where_the_request_has_none(store: Store) -> None:
    text = f"SELECT DISTINCT ?g FROM NAMED <{PIC}#graph> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert values(store, text) == [{"g": f"{PIC}#graph"}]
    assert values(store, text, named_graphs=("http://x/",)) == []


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT ?s { ?s ?p ?o }", Form.BINDINGS),
        ("ASK { ?s ?p ?o }", Form.BOOLEAN),
        ("CONSTRUCT WHERE { ?s a ?o }", Form.GRAPH),
        (f"DESCRIBE <{PIC}>", Form.GRAPH),
    ],
)
def test_every_form_is_written_in_each_of_its_formats(store: Store, text: str, form: Form) -> None:
    assert store.ask(Query(text)).form is form
    for wanted in FORMATS[form]:
        data = written(store, text, wanted)
        if form is Form.GRAPH:
            read = {quad.triple for quad in ox.parse(data, ox.RdfFormat.from_media_type(wanted.media_type))}
            plain = written(store, text, FORMATS_BY_NAME["ntriples"])
            assert read == {quad.triple for quad in ox.parse(plain, ox.RdfFormat.N_TRIPLES)}
        else:
            assert data


def test_turtle_answers_use_our_prefixes(store: Store) -> None:
    sheet = "<https://w3id.org/rdm-kg/ont#CheatSheet>"
    text = f"CONSTRUCT {{ ?s a {sheet} }} {{ VALUES ?s {{ <{PIC}> }} ?s a {sheet} }}"
    assert f"<{PIC}> a rdm:CheatSheet .".encode() in written(store, text, FORMATS[Form.GRAPH][0])


def test_writes_are_bounded(store: Store) -> None:
    class Sizes(io.BytesIO):
        largest = 0

        def write(self, data: Any) -> int:
            self.largest = max(self.largest, len(data))
            return super().write(data)

    out = Sizes()
    store.ask(Query("SELECT * { ?a ?b ?c . ?d ?e ?f }")).write(out, BINDINGS_FORMATS[0])
    assert len(out.getvalue()) > 1_000_000
    assert out.largest <= 65_536


def test_an_error_of_the_output_is_not_taken_for_one_of_the_query(store: Store) -> None:
    class Gone(io.BytesIO):
        def write(self, data: Any) -> int:
            raise BrokenPipeError(32, "gone")

    with pytest.raises(BrokenPipeError):
        store.ask(Query("SELECT * { ?s ?p ?o }")).write(Gone(), BINDINGS_FORMATS[0])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "something is missing"),
        ("SELECT * {\n ?s foo:bar ?o }", 2, "prefix foo: is not declared"),
        ("SELECT * {\n?s ?p ] }", 2, "near"),
        ("SELECT ?s (1 AS ?s) {}", 1, "Duplicated variable name"),
        ("SELECT * {} GROUP BY ?s", 1, "not authorized with GROUP BY"),
    ],
)
def test_a_syntax_error_says_where_and_what(store: Store, text: str, line: int, message: str) -> None:
    with pytest.raises(QuerySyntaxError, match=message) as caught:
        store.ask(Query(text))
    assert caught.value.line == line
    assert caught.value.column is not None
    assert str(caught.value).startswith(f"syntax error at {line}:{caught.value.column}: ")


def test_service_and_updates_are_refused_and_nothing_changes(store: Store) -> None:
    with pytest.raises(QueryRefused, match="SERVICE at 1:11"):
        store.ask(Query("SELECT * {SERVICE <http://127.0.0.1:1/> { ?s ?p ?o }}"))
    for update in ("INSERT DATA { <a:b> <a:c> 1 }", "LOAD <file:///etc/hostname>", "DROP ALL"):
        with pytest.raises(UpdateRefused, match="read-only"):
            store.ask(Query(update))
    assert values(store, "SELECT * { <a:b> <a:c> ?o }") == []


def test_other_faults_of_a_query_are_query_errors(store: Store) -> None:
    with pytest.raises(QueryError, match="absolute IRI"):
        store.ask(Query("ASK {}", default_graphs=("not an IRI",)))
    with pytest.raises(QueryError, match="cannot be evaluated"):
        store.ask(Query("SELECT (<http://example.org/f>(1) AS ?x) {}"))


def test_a_missing_or_damaged_store_is_a_release_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in ("missing", "empty"):
        with pytest.raises(ReleaseError, match=folder):
            open_store(tmp_path / folder)


def test_reading_leaves_no_trace_and_outlives_the_folder(release: Release, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    shutil.copytree(release.store, folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for file in folder.iterdir():
        file.chmod(0o444)
    folder.chmod(0o555)
    store = open_store(folder)
    assert len(values(store, f"SELECT * {{ <{PIC}> a ?type }}")) == 3
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    folder.chmod(0o755)
    folder.rename(tmp_path / "moved")
    shutil.rmtree(tmp_path / "moved")
    assert len(values(store, f"SELECT * {{ <{PIC}> a ?type }}")) == 3
