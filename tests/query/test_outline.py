"""The outline of a query tells its patterns, and none of its words."""

from __future__ import annotations

import re

import pytest

from kg.query import canned
from kg.query.outline import LONGEST, outline
from tests.growth import growth

SECRET = "secret"
CONSTANT = 3
"""Greatest growth of what takes as long for eight times as much, but for the copy of the text."""
OUTLINES = {
    "SELECT * { ?a ?b 'secret' ; ?c ?d , ?e . ?e ?b ?a }": (
        '(project (*) (bgp (?1 ?2 "1") (?1 ?3 ?4) (?1 ?3 ?5) (?5 ?2 ?1)))'
    ),
    "PREFIX dct: <http://purl.org/dc/terms/> ASK { ?a dct:title 'secret'@en ; dct:secret ?x ; a <urn:secret> }": (
        '(ask (bgp (?1 dct:title "1") (?1 <1> ?2) (?1 a <2>)))'
    ),
    "SELECT DISTINCT ?a (COUNT(?b) AS ?secret) { ?a ?c ?b } GROUP BY ?a HAVING (COUNT(?b) > 7) ORDER BY DESC(?a)": (
        "(distinct (project (?1 ((count ?2) as ?3)) (order ((desc ?1)) "
        '(having (((count ?2) > "1")) (group (?1) (bgp (?1 ?4 ?2)))))))'
    ),
    "ASK { { ?a ?b ?c } UNION { ?a ^<urn:secret>/<urn:x>+|!a ?c } OPTIONAL { ?c ?d ?e } MINUS { ?a ?b 'secret' } }": (
        "(ask (join (union (bgp (?1 ?2 ?3)) (bgp (?1 (path ^ <1> / <2> + | ! a) ?3))) "
        '(leftjoin (bgp (?3 ?4 ?5))) (minus (bgp (?1 ?2 "1")))))'
    ),
    "ASK { FILTER(?a != -1.5e3 && REGEX(?b, 'secret', 'i')) FILTER NOT EXISTS { GRAPH <urn:secret> { ?a ?b ?c } } }": (
        '(ask (join (filter ?1 != "1" && (regex ?2 "2" "3")) (filter not exists (graph <1> (bgp (?1 ?2 ?3))))))'
    ),
    "ASK { BIND(<urn:secret>(?a) AS ?b) VALUES (?a ?b) { (1 'secret') (2 UNDEF) } SERVICE SILENT <x:> { ?a ?b 1. } }": (
        '(ask (join (extend (<1> ?1) as ?2) (table ((?1 ?2)) 2) (service <2> (bgp (?1 ?2 "1")))))'
    ),
    "CONSTRUCT { ?a ?b _:secret } FROM <urn:secret> WHERE { ?a ?b [ a ?c ; <urn:x> (1 2) ] }": (
        '(construct (bgp (?1 ?2 _:1)) (bgp (?1 ?2 (bnode (a ?3) (<1> ("1" "2"))))))'
    ),
    "DESCRIBE <urn:secret> ?a WHERE { { SELECT ?a { ?a ?b ?c } OFFSET 3 } }": (
        "(describe (<1> ?1) (slice 3 - (project (?1) (bgp (?1 ?2 ?3)))))"
    ),
}
FAULTY = [
    "",
    "secret words",
    "SELECT secret { secret 'secret",
    "ASK { ?s ?p 'x'@secret@secret , \\'secret ; secret }",
    "ASK { ?s ?p 'x'^^secret:secret secret(secret) . } secret",
    "PREFIX secret: <urn:secret> ASK { secret:secret secret:secret secret:secret , , ; ; . . } } } ) ]",
    "SELECT (secret AS secret) { } ORDER BY secret LIMIT secret VALUES secret { secret }",
    "INSERT DATA { <urn:secret> <urn:secret> 'secret' }",
]
ENDLESS = {
    "groups": "SELECT * {",
    "parentheses": "(",
    "brackets": "ASK { ?a ?b [",
    "triples": "?a ?b 'c' . ",
    "quotes": "'",
    "path": "^",
    "empty groups": "{ } UNION ",
    "not": "FILTER NOT EXISTS ",
    "words": "a ",
    "commas": ",",
    "semicolons": "; ",
    "numbers": "1.5",
    "prologue": "PREFIX a: <a:> ",
}


@pytest.mark.parametrize("text", OUTLINES)
def test_an_outline_has_the_operators_of_the_algebra(text: str) -> None:
    assert outline(text) == OUTLINES[text]


@pytest.mark.parametrize("text", [*OUTLINES, *FAULTY])
def test_no_word_of_a_query_is_in_its_outline(text: str) -> None:
    assert SECRET not in outline(text).lower()


def test_questions_that_differ_in_their_values_alone_have_one_outline() -> None:
    for query in canned.load_all().values():
        texts = [each.name for each in query.parameters if each.type != "integer"]
        told = {outline(query.fill(**dict.fromkeys(texts, f"https://{word}.example/"))) for word in ("first", "other")}
        assert len(told) == 1
        assert told.pop().count("(") > 3


def test_an_outline_has_all_of_the_longest_question() -> None:
    longest = max(canned.load_all().values(), key=lambda query: len(outline(query.text)))
    told = outline(longest.text)
    assert "…" not in told
    assert told.count("(") == told.count(")")


@pytest.mark.parametrize("part", ENDLESS.values(), ids=ENDLESS)
def test_whatever_is_asked_an_outline_is_short_and_soon_made(part: str) -> None:
    times = 16_000 // len(part)
    assert growth(lambda size: [outline(part * size) for _ in range(5)], times) < CONSTANT
    told = outline("ASK { ?a ?b ?c . " + part * 8 * times)
    assert len(told) <= LONGEST + 1
    assert re.match(r"\(ask \(", told)
