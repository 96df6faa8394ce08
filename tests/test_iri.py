"""IRIs and prefixed names: one rule for all users, which is that of the store."""

from __future__ import annotations

import io
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rdflib import Graph, URIRef

from kg.errors import ParameterError
from kg.explain.origins import StatementOrigin
from kg.iri import absolute_iri, is_iri, is_web_address, web_iri
from kg.page_html import schema_org
from kg.query.rows import rows, with_prefixes
from kg.query.text import iri_term
from kg.search_index.keys import keys
from kg.store.oxigraph import OxigraphStore
from kg.vocab import DCT, PREFIXES, expanded_name, prefixed_name
from server.http.protocol import Problem, Request, parse
from server.writing.requests import graph_named
from tests.conftest import ROOT

NO_IRIS = ["http://x/%zz", "http://[half", "http://[zz]/", "http://a b", "http://h%zz/", "http://h/a#b#c", "//h/x", "a"]
IRIS = ["urn:x", "a:", "http://[::1]/", "http:", "http://h/é", "http://h/?\ue000", "a://[v1.x]/"]
PIECES = st.sampled_from(
    [
        *"aZ0:/?#[]@!$%&'()*+,;=-._~v1f \"<>\\^`{|}\xa0\x7f\ue000\ufffd",
        "%4F",
        "%zz",
        "//",
        "http://",
        "[::1]",
        "[v1.a]",
    ]
)
TEXTS = st.text(st.characters(exclude_categories=("Cs",))) | st.lists(PIECES, max_size=9).map("".join)


def _is_taken(text: str) -> bool:
    """Return whether the store accepts the text as an IRI."""
    try:
        ox.NamedNode(text)
    except ValueError:
        return False
    return True


@given(TEXTS | TEXTS.map(lambda text: "http://" + text) | TEXTS.map(lambda text: "urn:" + text))
@example("a://[::1%25]/")
@example("http://h/\U0001fffe")
@example("http://h/\U000e0fff")
def test_an_iri_is_what_the_store_takes_as_one(text: str) -> None:
    assert is_iri(text) is _is_taken(text)


@given(TEXTS)
def test_what_is_made_an_iri_of_a_text_is_taken_by_the_store(text: str) -> None:
    for iri in (absolute_iri(text), absolute_iri("http://" + text), web_iri("http://" + text)):
        assert iri is None or _is_taken(iri)


@pytest.mark.parametrize("text", NO_IRIS)
def test_what_is_no_iri_is_none_anywhere(text: str) -> None:
    with pytest.raises(ValueError, match="not an absolute IRI"):
        iri_term(text)
    with pytest.raises(ParameterError):
        schema_org.query(text)
    asked = quote(text).encode()
    with pytest.raises(Problem, match="absolute IRI"):
        parse(Request("GET", b"query=ASK+%7B%7D&default-graph-uri=" + asked))
    with pytest.raises(Problem, match="absolute IRI"):
        graph_named(b"graph=" + asked)
    assert not is_web_address(text)


@pytest.mark.parametrize("text", IRIS)
def test_what_is_an_iri_is_one_everywhere(text: str) -> None:
    assert iri_term(text) == f"<{text}>"
    assert schema_org.query(text)
    assert rows(OxigraphStore(ox.Store()), f"SELECT * {{ {iri_term(text)} ?p ?o }}") == []


@pytest.mark.parametrize(
    ("iri", "name"),
    [
        ("https://ror.org/", None),
        ("https://schema.org/a/b", None),
        ("https://schema.org/a?b", None),
        ("https://schema.org/-a", None),
        ("https://schema.org/a.", None),
        ("https://schema.org/a.b", "schema:a.b"),
        ("https://schema.org/a:b", "schema:a:b"),
        ("https://schema.org/%C3%A5", "schema:%C3%A5"),
        ("https://schema.org/å", "schema:å"),
        ("https://w3id.org/rdm-kg/role/data-format", "role:data-format"),
        ("https://doi.org/10.25504/FAIRsharing.e1byny", "fairsharing:e1byny"),
        ("https://example.org/a", None),
    ],
)
def test_a_prefixed_name_is_one_of_turtle_and_means_the_iri(iri: str, name: str | None) -> None:
    assert prefixed_name(iri) == (name or iri)
    if name:
        assert expanded_name(name) == iri
        turtle = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items()) + f"{name} a {name} ."
        assert (URIRef(iri), None, URIRef(iri)) in Graph().parse(data=turtle)
        assert [quad.subject.value for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)] == [iri]


@given(
    st.sampled_from([*PREFIXES.values()]),
    # Oxigraph's SPARQL parser takes no letter beyond U+FFFF in a name, which the grammar allows.
    st.text(st.characters(exclude_categories=("Cs",), max_codepoint=0xFFFF)) | st.lists(PIECES).map("".join),
)
def test_every_prefixed_name_of_an_iri_can_be_read(base: str, text: str) -> None:
    name = prefixed_name(base + text)
    if is_iri(base + text) and name != base + text:
        with_name = with_prefixes(f"SELECT * {{ BIND({name} AS ?iri) }}").text
        out = io.BytesIO()
        ox.Store().query(with_name).serialize(out, ox.QueryResultsFormat.TSV)  # type: ignore[union-attr]
        assert out.getvalue().decode().splitlines()[1] == f"<{base + text}>"


def test_the_longest_prefix_that_fits_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PREFIXES, "w3id", "https://w3id.org/rdm-kg/")
    monkeypatch.setitem(PREFIXES, "role-data", "https://w3id.org/rdm-kg/role/data-")
    assert prefixed_name("https://w3id.org/rdm-kg/role/data-format") == "role-data:format"


def test_an_explanation_writes_what_has_no_name_as_an_iri() -> None:
    said = ("https://schema.org/a/b", DCT.relation, "https://ror.org/")
    assert str(StatementOrigin(said, "g:x", ())) == (
        "<g:x> states: <https://schema.org/a/b> dct:relation <https://ror.org/>"
    )


def test_a_name_is_searched_by_what_it_stands_for() -> None:
    assert keys("DCM:MR") & keys("http://dicom.nema.org/resources/ontology/DCM/MR")
    assert expanded_name("https://ror.org/x") is None
    assert expanded_name("nothing:x") is None


@pytest.mark.parametrize(
    ("sign", "homes"),
    [
        ("PREFIX {prefix}: <{base}>", ["kg/query/rows.py"]),
        ("json.loads(answer)", ["kg/query/rows.py"]),
        ("\\ufdf0-\\uffef", ["kg/iri.py"]),
        ("PREFIXES.items() if iri.startswith", ["kg/vocab.py"]),
    ],
)
def test_each_fact_stands_in_one_file(sign: str, homes: list[str]) -> None:
    files = [file for folder in ("kg", "server") for file in (ROOT / folder).rglob("*.py")]
    found = [str(file.relative_to(ROOT)) for file in files if sign in file.read_text(encoding="utf-8")]
    assert found == homes
