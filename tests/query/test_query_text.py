"""The query scanner on tricky input, compared with the engine's own detection of SERVICE."""

import tracemalloc
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kg.errors import QueryRefused, UpdateRefused
from kg.query import Form
from kg.query.canned import columns_of
from kg.query.text import (
    TokenKind,
    check_read_only,
    form_of,
    hint,
    iri_term,
    place,
    string_term,
    tokens,
    undeclared_prefixes,
    unescaped,
    with_declarations,
)
from tests.growth import LINEAR, growth

CALL = "<http://127.0.0.1:1/> { ?a ?b ?c }"
HARMLESS = [
    "ASK { } # SERVICE <http://x/> {}",
    "ASK { ?s ?p 'SERVICE <http://x/> {}' }",
    'ASK { ?s ?p """a "SERVICE" <http://x/> {}""" }',
    r'ASK { ?s ?p "a\" SERVICE <http://x/> {" }',
    r"ASK { ?s ?p 'a\u0027 SERVICE <http://x/> {} #' }",
    "ASK { ?s ?p <http://x/SERVICE> }",
    "ASK { ?s ?p <http://x/#SERVICE> }",
    "PREFIX ex: <http://x/> ASK { ?s ex:SERVICE ?o }",
    "PREFIX ex: <http://x#> ASK { ?s ex:service ?o { ?o ?p ?q } }",
    "PREFIX service: <http://x/> ASK { ?s service:x ?o }",
    "PREFIX service: <http://x/> ASK { GRAPH service:x { ?s ?p ?o } }",
    "PREFIX service: <http://x/> SELECT * FROM service:x { ?s ?p ?o }",
    "ASK { ?service ?p $SERVICE }",
    "ASK { ?s ?p _:service . _:service ?p ?o }",
    "SELECT (?a < ?b AS ?service) { ?a ?p ?b FILTER(?a<?b && ?b>?a) }",
    "PREFIX : <urn:x#> SELECT ?service { ?service ?p ?o }",
]
CALLS = [
    f"ASK {{ SERVICE {CALL} }}",
    f"ASK {{ sErViCe SILENT {CALL} }}",
    f"ASK {{ {{}}SERVICE{CALL} }}",
    f"ASK {{ ?s ?p ?o # comment\rSERVICE {CALL} \n}}",
    f"ASK {{ ?s ?p 1SERVICE {CALL} }}",
    f"ASK {{ ?s ?p 1.SERVICE {CALL} }}",
    f"ASK {{ ?s ?p trueSERVICE {CALL} }}",
    f"ASK {{ ?s ?p 'a'SERVICE {CALL} }}",
    f"ASK {{ VALUES ?x {{ '''a' }} SERVICE {CALL} }}",
    f"ASK {{ VALUES ?x {{ '''a' }} SERVICE {CALL} }} #\\uD800'''",
    f"ASK {{ OPTIONAL {{ SERVICE {CALL} }} }}",
    "PREFIX ex: <http://127.0.0.1:1/> ASK { SERVICEex:x {} }",
    "PREFIX ex: <http://127.0.0.1:1/> ASK { SERVICESILENTex:x {} }",
    "PREFIX : <http://127.0.0.1:1/> ASK { SERVICE:x {} }",
    "PREFIX ex: <http://127.0.0.1:1/> ASK { ?s ?p trueSERVICEex:x {} }",
    f"PREFIX ex: <http://a:1> ASK {{ ?s ?p ex:SERVICE {CALL} }}",
    f"PREFIX ex: <http://a:1> ASK {{ ?s ?p 'x'^^ex:SERVICE {CALL} }}",
    f"PREFIX ex: <http://a/> ASK {{ ?s ?p ex:.SERVICE {CALL} }}",
    f"ASK {{ ?a ?p ?b FILTER(?a<?b)SERVICE#>\n{CALL} }}",
    f'ASK {{ ?a ?p ?b FILTER(?a<?b#>"""\n)SERVICE {CALL} }}#"""',
    f"ASK {{ ?a ?p ?b FILTER(?a<'>' && ?b) SERVICE {CALL} FILTER('a'='b') }}",
    f"BASE <http://a/> ASK {{ ?s ?p <=#> SERVICE {CALL} \n}}",
    f"PREFIX : <http://a/> ASK {{ <<:s?p'>'>> ?p ?o SERVICE {CALL} FILTER('a'='b') }}",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_the_word_alone_is_no_service_clause(text: str) -> None:
    assert _is_sparql(text)
    check_read_only(text)


@pytest.mark.parametrize("text", CALLS)
def test_what_the_engine_takes_for_a_service_clause_is_refused(text: str) -> None:
    assert _is_sparql(text)
    with pytest.raises(QueryRefused, match="SERVICE at"):
        check_read_only(text)


@pytest.mark.parametrize("text", [r"ASK { \u0053ERVICE <http://x/> {} }", r"ASK { serv\U00000049ce <http://x/> {} }"])
def test_escaped_keywords_are_refused(text: str) -> None:
    with pytest.raises(QueryRefused):
        check_read_only(text)


def test_a_refusal_says_where() -> None:
    with pytest.raises(QueryRefused, match="SERVICE at 2:3 is refused"):
        check_read_only("ASK {\n  SERVICE <http://x/> {} }")


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <a:b> <a:c> 1 }",
        "# comment\nPREFIX insert: <http://x/> delete where { ?s ?p ?o }",
        "BASE <http://x/> LOAD <http://y/>",
        "WITH <http://x/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    ],
)
def test_updates_are_refused_as_such(text: str) -> None:
    with pytest.raises(UpdateRefused, match="read-only"):
        check_read_only(text)


@given(
    st.text(alphabet=st.sampled_from("<>#'\"\\?$:.{}()@_ -\n\r1aeSERVICEu03x/%^|é"), max_size=40) | st.text(max_size=40)
)
def test_every_text_has_tokens_that_lie_in_it_in_order(text: str) -> None:
    end = 0
    for token in tokens(text):
        assert token.start >= end
        assert text[token.start : token.end] == token.text
        end = token.end


_PIECES_IN_WORDS = r"""
? ?a ?b ex: ex:a ex:SERVICE :a _:a 1 1.5 true a 'x' '' ' " "" @en ^^ \u0027 \' \
< <= > << >> <http://a/> <#b> <urn:c> # ( ) { } . ; , | / ^ = && ! [ ]
FILTER( BIND( AS VALUES GRAPH OPTIONAL UNION MINUS EXISTS SERVICE SILENT SERVICEex:x
"""
_PIECES = st.sampled_from([*_PIECES_IN_WORDS.split(), "'''", "\n", " "])


@pytest.mark.slow
@settings(max_examples=1500)
@given(st.lists(_PIECES, max_size=12).map("".join), st.lists(_PIECES, max_size=6).map(" ".join))
@example("?a ex:p ?b FILTER(?a<?b#>'''\n)", "#'''")
@example("?a ?p ?b FILTER(?a<'>' && ?b)", "FILTER('a'='b')")
def test_no_service_clause_is_missed(before: str, after: str) -> None:
    """Where only SERVICE makes the difference between SPARQL and nonsense, the engine has read it as a clause."""
    head = "PREFIX ex: <http://a:1> PREFIX : <http://b/> ASK { "
    text = f"{head}{before}SERVICE <http://127.0.0.1:1/> {{ }} {after}\n}}"
    other = f"{head}{before}NOTHING <http://127.0.0.1:1/> {{ }} {after}\n}}"
    if _is_sparql(text) and not _is_sparql(other):
        with pytest.raises(QueryRefused):
            check_read_only(text)


def _is_sparql(text: str) -> bool:
    try:
        ox.Store().query(text)
    except SyntaxError:
        return False
    except (OSError, RuntimeError):  # it was read, and could not be evaluated
        pass
    return True


@given(
    st.characters(exclude_categories=("Cs",)),
    st.sampled_from(["http://{}/", "http://a{}b/", "http://a/{}", "http://a/?{}", "urn:{}", "//{}"]),
)
def test_every_iri_of_the_engine_is_one_token(character: str, pattern: str) -> None:
    iri = f"<{pattern.format(character)}>"
    if character not in "<>" and _is_sparql(f"BASE <http://x/> ASK {{ ?s ?p {iri} }}"):
        assert [(token.kind, token.text) for token in tokens(iri)] == [(TokenKind.IRI, iri)]


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_a_string_term_is_one_token_and_says_the_string(value: str) -> None:
    (token,) = tokens(string_term(value))
    assert (token.kind, unescaped(token)) == (TokenKind.STRING, value)


def test_half_a_surrogate_pair_is_no_string() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        string_term("a\ud800")


@pytest.mark.parametrize(
    "value", ["", "pic", "//x", "http://a b", "http://a> <b", "http://a\n", "http://\\u003E", "1:x"]
)
def test_what_is_no_absolute_iri_makes_no_term(value: str) -> None:
    with pytest.raises(ValueError, match="not an absolute IRI"):
        iri_term(value)


def test_undeclared_prefixes_are_named_once_in_order() -> None:
    assert undeclared_prefixes("PREFIX a: <x:> ASK { a:b b:c 'd:e' . b:x :y <f:g> }") == ("b", "")
    assert place("a\nbc", 3) == (2, 2)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (?n > 1)", "?n is not bound"),
        ("select ?s (count(*) as $n) { ?s ?p ?o } group by ?s having($n > 1)", "write count(*) there"),
        ("SELECT * { { SELECT (SUM(?x + (1)) AS ?t) { } HAVING (?t > 1) } }", "write SUM(?x + (1)) there"),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1)", ""),
        ("SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (?s > 1) ORDER BY ?n", ""),
        ("SELECT ?n { ?s ?p ?o } GROUP BY (STR(?s) AS ?n) HAVING (?n > 1)", ""),
        ("SELECT (COUNT(*) AS ?n) { { SELECT ?n { ?n ?p ?o } GROUP BY ?n HAVING (?n > 1) } }", ""),
        ("SELECT (1 AS ?n) { BIND(2 AS ?m) FILTER(?n > 1) } # HAVING (?n)", ""),
        ("HAVING ( ?n } ) AS ?n", ""),
    ],
)
def test_a_variable_of_select_in_having_has_a_hint(query: str, expected: str) -> None:
    assert expected in hint(query)
    assert bool(hint(query)) == bool(expected)


def test_prefixes_are_declared_once_and_lines_stay() -> None:
    known = {"a": "http://a/", "c": "http://c/"}
    query = "PREFIX c: <http://other/>\nSELECT * { ?s a:b c:d ; a:c x:y } # c:"
    assert with_declarations(query, known) == f"PREFIX a: <http://a/> {query}"


@pytest.mark.parametrize(
    ("query", "form"),
    [
        ("ASK {}", Form.BOOLEAN),
        ("# ASK\nBASE <urn:ask> PREFIX ask: <urn:x> select*{}", Form.BINDINGS),
        ("\\u0041SK {}", Form.BOOLEAN),
        ("DESCRIBE<urn:x>", Form.GRAPH),
        ("construct where {}", Form.GRAPH),
        ("", Form.BINDINGS),
    ],
)
def test_the_form_is_known_from_the_first_word(query: str, form: Form) -> None:
    assert form_of(query) == form


@pytest.mark.parametrize("opening", ['"', "'", '"""', "'''", "<", ""])
@pytest.mark.parametrize("repeated", ['\\"', "\\'", '\\\\"', '""\\"', "\\\"\\'", '"\n', "<", "#", '"""a'])
def test_a_text_whose_strings_do_not_end_is_split_in_linear_time(opening: str, repeated: str) -> None:
    def work(size: int) -> None:
        text = f"HAVING {opening}{repeated * size}"
        assert "".join(token.text for token in tokens(text))
        hint(text)

    assert growth(work, 500) < LINEAR


ANYBODYS: dict[str, Callable[[int], object]] = {
    "blanks in a header": lambda size: columns_of("#title" + " " * size + "\nASK {}"),
    "blanks behind a colon": lambda size: columns_of("#title:" + " " * size + "\nASK {}"),
    "blanks before a colon": lambda size: columns_of("# column a" + " " * size + ": b\nASK {}"),
    "columns": lambda size: columns_of("# column a: b\n" * (size // 14) + "ASK {}"),
    "commas": lambda size: columns_of("# column a: " + "b, of " * (size // 6) + "\nASK {}"),
    "aliases": lambda size: hint("SELECT (" + " AS ?v" * (size // 6) + ") {} HAVING"),
}


@pytest.mark.parametrize("kind", ANYBODYS)
def test_the_text_of_anybody_s_query_is_read_in_linear_time(kind: str) -> None:
    assert growth(ANYBODYS[kind], 2000) < LINEAR


def test_a_hint_takes_little_memory_however_long_the_query() -> None:
    query = "SELECT (" + " ".join(f"AS ?v{number}" for number in range(4000)) + ") {} HAVING"
    tracemalloc.start()
    hint(query)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 300 * len(query)


def test_a_long_expression_is_not_repeated() -> None:
    query = "SELECT (COUNT(?o" + " " * 300 + ") AS ?c) { ?s ?p ?o } HAVING (?c > 1)"
    assert hint(query) == "?c is not bound in HAVING; write its expression there"
