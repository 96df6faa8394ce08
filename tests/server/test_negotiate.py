"""Accept headers and format names against the formats of each query form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.query import FORMATS, FORMATS_BY_NAME, Form
from server.http.negotiation import HTML, best, choose, not_acceptable, prefers_html
from server.http.protocol import Problem

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"


def names(accept: str | None, named: str | None = None) -> tuple[str | None, str | None]:
    """Return the names of the formats chosen for bindings and for graphs."""
    chosen = choose(accept, named)
    assert chosen[Form.BOOLEAN] == chosen[Form.BINDINGS]
    found = [chosen[form].name if chosen[form] else None for form in (Form.BINDINGS, Form.GRAPH)]
    return found[0], found[1]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, ("json", "turtle")),
        ("", ("json", "turtle")),
        (", ,", ("json", "turtle")),
        ("*/*", ("json", "turtle")),
        (JAVA, ("json", "turtle")),
        (FIREFOX, ("xml", "rdfxml")),
        ("application/sparql-results+json", ("json", None)),
        ("application/sparql-results+xml", ("xml", None)),
        ("text/csv", ("csv", None)),
        ("text/tab-separated-values", ("tsv", None)),
        ("text/turtle", (None, "turtle")),
        ("application/n-triples", (None, "ntriples")),
        ("application/ld+json", (None, "jsonld")),
        ("application/rdf+xml", (None, "rdfxml")),
        ("application/n-quads", (None, "nquads")),
        ("application/trig", (None, "trig")),
        ("application/json", ("json", "jsonld")),
        ("application/xml", ("xml", "rdfxml")),
        ("text/xml", ("xml", "rdfxml")),
        ("text/plain", ("tsv", "ntriples")),
        ("text/*", ("csv", "turtle")),
        ("application/*", ("json", "ntriples")),
        ("TEXT/CSV", ("csv", None)),
        ("text/csv; header=present, application/ld+json; profile=compacted", ("csv", "jsonld")),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", ("tsv", None)),
        ("application/rdf+xml, */*", ("json", "rdfxml")),
        ("application/sparql-results+xml, application/sparql-results+json", ("xml", None)),
        ("application/sparql-results+json;q=0, */*", ("xml", "turtle")),
        ("application/json;q=0, */*", ("json", "turtle")),
        ("text/csv;q=0", (None, None)),
        ("image/png", (None, None)),
        ("text/html", (None, None)),
    ],
)
def test_the_best_format_of_each_form(accept: str | None, expected: tuple[str | None, str | None]) -> None:
    assert names(accept) == expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("json", ("json", "jsonld")),
        ("xml", ("xml", "rdfxml")),
        ("csv", ("csv", None)),
        ("CSV", ("csv", None)),
        ("ttl", (None, "turtle")),
        ("turtle", (None, "turtle")),
        ("rdf+xml", (None, "rdfxml")),
        ("application/sparql-results+json", ("json", None)),
        ("application/sparql-results json", ("json", None)),
        ("text/turtle;charset=utf-8", (None, "turtle")),
        ("application/json", ("json", "jsonld")),
    ],
)
def test_a_name_goes_before_the_header(named: str, expected: tuple[str | None, str | None]) -> None:
    assert names("text/html", named) == expected


def test_an_unknown_name_is_a_problem_that_lists_the_known() -> None:
    with pytest.raises(Problem, match=r"'xlsx'.*json.*trig"):
        choose(None, "xlsx")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (FIREFOX, True),
        (JAVA, True),
        ("text/html", True),
        ("*/*", False),
        (None, False),
        ("text/*", False),
        ("text/html;q=0.5, text/csv", False),
        ("text/html, text/csv", False),
        ("application/json, */*", False),
    ],
)
def test_pages_are_for_those_who_name_html(accept: str | None, expected: bool) -> None:
    assert prefers_html(accept) is expected


def test_what_is_not_acceptable_says_what_there_is() -> None:
    problem = not_acceptable(FORMATS[Form.GRAPH])
    assert problem.status == 406
    assert problem.more["available"] == [fmt.media_type for fmt in FORMATS[Form.GRAPH]]


@given(st.text() | st.lists(st.sampled_from([*"*/;,q=0.19 ", "text", "csv", "application"])).map("".join))
def test_any_header_gives_a_choice_for_every_form(accept: str) -> None:
    chosen = choose(accept)
    assert set(chosen) == set(Form)
    assert all(fmt is None or fmt in FORMATS[form] for form, fmt in chosen.items())


@pytest.mark.parametrize(
    ("named", "expected"), [("html", "html"), ("text/html", "html"), ("csv", "csv"), ("turtle", None)]
)
def test_an_offer_can_be_named(named: str, expected: str | None) -> None:
    found = best("text/csv", (*FORMATS[Form.BINDINGS], HTML), named)
    assert (found.name if found else None) == expected


@pytest.mark.parametrize("named", ["", "xhtml"])
def test_a_name_of_nothing_is_a_problem(named: str) -> None:
    with pytest.raises(Problem, match=r"there are json.*html"):
        best("text/html", (HTML,), named)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (FIREFOX, "html"),
        (JAVA, "html"),
        ("*/*", "turtle"),
        (None, "turtle"),
        ("text/*", "turtle"),
        ("text/html, text/turtle", "turtle"),
        ("text/html, application/json", "html"),
        ("text/csv, text/html;q=0.2", "html"),
        ("application/trig, text/turtle;q=0.9", "turtle"),
        ("text/csv", None),
    ],
)
def test_the_best_of_what_is_offered(accept: str | None, expected: str | None) -> None:
    found = best(accept, (FORMATS_BY_NAME["turtle"], HTML))
    assert (found.name if found else None) == expected


def test_the_first_offer_is_the_default() -> None:
    assert best("*/*", (HTML, FORMATS_BY_NAME["turtle"])) is HTML
