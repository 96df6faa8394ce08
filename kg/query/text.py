"""Split SPARQL into tokens (SPARQL 1.1 Query, section 19.8), without an engine.

The tokens serve to refuse SERVICE and updates with a clear message, and to insert escaped terms into queries. This is
no parser: a text that is not SPARQL is split into tokens as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from itertools import pairwise

from kg.errors import QueryRefused, UpdateRefused
from kg.iri import PN_CHARS, PN_CHARS_BASE, is_iri
from kg.query.formats import Form
from kg.vocab import PREFIXES

UPDATES = frozenset({"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"})
"""Keywords that start an operation of SPARQL 1.1 Update."""
_PROLOGUE = frozenset({"PREFIX", "BASE", "VERSION"})
_CLAUSES = frozenset({"SELECT", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_FORMS = {"ASK": Form.BOOLEAN, "CONSTRUCT": Form.GRAPH, "DESCRIBE": Form.GRAPH}
"""Keyword that starts a query → form of its answer; any other is a SELECT."""


class TokenKind(Enum):
    """Kinds of tokens; white space and comments are skipped."""

    STRING = "string"
    IRI = "iri"
    VARIABLE = "variable"
    NAME = "name"
    """A prefixed name or the label of a blank node."""
    LANGUAGE = "language"
    NUMBER = "number"
    """Digits without sign, point or exponent."""
    WORD = "word"
    """A keyword, a function, ``a`` or ``true``, points included (``true.FILTER``), so that no match backtracks."""
    OTHER = "other"
    """A single character, mostly punctuation; or an escaped quote or backslash that is in no string that ends.

    If the quote were a token of its own, the rest of the text would be searched for its other end at each of many.
    """


@dataclass(frozen=True, slots=True)
class Token:
    """A token with its position."""

    kind: TokenKind
    text: str
    start: int
    """Offset of the first character."""

    @property
    def end(self) -> int:
        """Offset after the last character."""
        return self.start + len(self.text)


_ESCAPE = r"\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\U(?!0000[dD][89a-fA-F])00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4}"
_IN_STRING = rf"\\[tbnrf\\\"']|{_ESCAPE}"
_PREFIX = rf"(?:[{PN_CHARS_BASE}][-{PN_CHARS}]*+(?:\.++[-{PN_CHARS}]++)*+)?+"
_IN_LOCAL = r"%[0-9a-fA-F]{2}|\\[-_~.!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[:{PN_CHARS}]|{_IN_LOCAL})(?:[-:{PN_CHARS}]|{_IN_LOCAL})*+(?:\.++(?:[-:{PN_CHARS}]|{_IN_LOCAL})++)*+"
_TOKEN = rf"""
      (?P<skip>[ \t\r\n]++|\#[^\r\n]*+)
    | (?P<string>'''(?:'{{0,2}}+(?:[^'\\]|{_IN_STRING}))*+'''|\"\"\"(?:"{{0,2}}+(?:[^"\\]|{_IN_STRING}))*+\"\"\"
        |'(?:[^'\\\r\n]|{_IN_STRING})*+'|"(?:[^"\\\r\n]|{_IN_STRING})*+")
    | (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|{_ESCAPE})*+>)
    | (?P<variable>[?$][{PN_CHARS_BASE}_0-9][{PN_CHARS}]*+)
    | (?P<name>_:[{PN_CHARS_BASE}_0-9][-{PN_CHARS}]*+(?:\.++[-{PN_CHARS}]++)*+|{_PREFIX}:(?:{_LOCAL})?+)
    | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
    | (?P<number>[0-9]++)
    | (?P<word>(?:[{PN_CHARS}]|{_ESCAPE})(?:[-{PN_CHARS}]|{_ESCAPE})*+(?:\.++(?:[-{PN_CHARS}]|{_ESCAPE})++)*+)
    | (?P<other>\\[\\"']|.)
"""
_CODEPOINT = re.compile(_ESCAPE)
_CHARACTERS = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "\\": "\\", '"': '"', "'": "'"}
_STRING_ESCAPE = re.compile(rf"{_ESCAPE}|\\(.)", re.DOTALL)


@cache
def token_pattern() -> re.Pattern[str]:
    """Return the pattern of a token, compiled at the first use: that takes long, and many commands read no query."""
    return re.compile(_TOKEN, re.VERBOSE | re.DOTALL)


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a query in order; each is the longest match, as section 19.8 requires.

    >>> [token.text for token in tokens('ASK { ?s ex:p "a # b" } # SERVICE')]
    ['ASK', '{', '?s', 'ex:p', '"a # b"', '}']
    """
    for found in token_pattern().finditer(text):
        if found.lastgroup and found.lastgroup != "skip":
            yield Token(TokenKind(found.lastgroup), found[0], found.start())


def place(text: str, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column of an offset.

    >>> place("ASK {\\n  SERVICE", 8)
    (2, 3)
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def unescaped(token: Token) -> str:
    """Return the value of a token: its text without delimiters, with escapes resolved.

    >>> [unescaped(token) for token in tokens(r"'caf\\u00e9' <http://x/> 7")]
    ['café', 'http://x/', '7']
    """
    text = token.text
    if token.kind is TokenKind.STRING:
        quotes = 3 if len(text) >= 6 and text[:3] == text[0] * 3 else 1
        return _STRING_ESCAPE.sub(_character, text[quotes:-quotes])
    return _CODEPOINT.sub(_character, text[1:-1] if token.kind is TokenKind.IRI else text)


def string_term(value: str) -> str:
    r"""Return a string as an escaped SPARQL literal on one line.

    >>> print(string_term('a"b\\'))
    "a\"b\\"

    Raises:
        ValueError: when the string has an unpaired surrogate, which no RDF string can contain.
    """
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("it contains an unpaired surrogate")
    return '"' + "".join(_ESCAPED.get(character, character) for character in value) + '"'


def iri_term(value: str) -> str:
    """Return an absolute IRI as a SPARQL term.

    >>> iri_term("https://w3id.org/rdm-kg/ont#CheatSheet")
    '<https://w3id.org/rdm-kg/ont#CheatSheet>'

    Raises:
        ValueError: when the text is not an absolute IRI.
    """
    if not is_iri(value):
        raise ValueError(f"{value!r} is not an absolute IRI")
    return f"<{value}>"


def check_read_only(text: str) -> None:
    """Check that a query reads this store only.

    The word ``service`` is allowed in names, variables, strings, IRIs and comments. Where only a parser can decide
    whether ``<…>`` is an IRI (``?a<urn:b#c>``), any later ``service`` is refused.

    >>> check_read_only("ASK { ?service dcat:service 'SERVICE' } # SERVICE")
    >>> check_read_only("ASK { SERVICE <http://example.org/> {} }")
    Traceback (most recent call last):
    kg.errors.QueryRefused: SERVICE at 1:7 is refused: this store asks no other endpoint

    Raises:
        UpdateRefused: when the text is an update.
        QueryRefused: when an engine could read any part of the text as a SERVICE clause.
    """
    update = _first_word(text)
    if update and update.text.upper() in UPDATES:
        raise UpdateRefused(
            f"{update.text.upper()} is refused: this store is read-only; ask SELECT, ASK, CONSTRUCT, DESCRIBE"
        )
    service = _service(text, list(tokens(text))) if _says_service(text) else None
    if service is not None:
        line, column = place(text, service)
        raise QueryRefused(f"SERVICE at {line}:{column} is refused: this store asks no other endpoint")


@lru_cache(16)  # a server needs it more than once for each query
def form_of(text: str) -> Form:
    """Return the form of the answer to a query, from its first keyword.

    >>> form_of("PREFIX ask: <http://ask/> CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    <Form.GRAPH: 'graph'>
    """
    word = _first_word(text)
    return _FORMS.get(unescaped(word).upper(), Form.BINDINGS) if word else Form.BINDINGS


def start_of_form(text: str) -> int:
    """Return the offset of the keyword that says the form of a query: its prologue is before it.

    >>> start_of_form("BASE <http://a/> ASK {}")
    17
    """
    word = _first_word(text)
    return word.start if word else len(text)


def declared_prefixes(text: str) -> dict[str, str]:
    """Return a mapping of the prefixes that a query declares to their namespaces.

    >>> declared_prefixes("PREFIX a: <http://a/> ASK { a:b c:d ?e }")
    {'a': 'http://a/'}
    """
    return {prefix: iri[1:-1] for prefix, iri in _declarations(list(tokens(text)))}


def undeclared_prefixes(text: str) -> tuple[str, ...]:
    """Return the prefixes that a query uses without declaring them, in order of their first use.

    >>> undeclared_prefixes("PREFIX a: <http://a/> ASK { a:b c:d _:e }")
    ('c',)
    """
    stream = list(tokens(text))
    declared = {prefix for prefix, _ in _declarations(stream)}
    used = [token.text.partition(":")[0] for token in stream if token.kind is TokenKind.NAME]
    return tuple(dict.fromkeys(prefix for prefix in used if prefix not in declared and prefix != "_"))


def is_undeclared(prefix: str) -> str:
    """Return words for a prefix that a query uses without declaring it, with the declaration if it is one of ours.

    >>> is_undeclared("rdm")
    'prefix rdm: is not declared; add the line PREFIX rdm: <https://w3id.org/rdm-kg/ont#>'
    >>> is_undeclared("nope")
    'prefix nope: is not declared'
    """
    line = f"; add the line PREFIX {prefix}: <{PREFIXES[prefix]}>" if prefix in PREFIXES else ""
    return f"prefix {prefix}: is not declared{line}"


def with_declarations(text: str, prefixes: Mapping[str, str]) -> str:
    """Return a query with declarations of the prefixes that it uses without declaring them.

    They are on its first line, so that the other lines keep their numbers.

    >>> with_declarations("ASK { a:b c:d ?e }", {"a": "http://a/", "b": "http://b/"})
    'PREFIX a: <http://a/> ASK { a:b c:d ?e }'
    """
    missing = (prefix for prefix in undeclared_prefixes(text) if prefix in prefixes)
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}> " for prefix in missing) + text


_SHOWN = 200
"""Length of the longest expression that a hint shows."""


def hint(text: str) -> str:
    """Return a hint about a query that is valid and yet finds nothing; empty if there is none.

    HAVING is evaluated before the variables of SELECT are bound.

    >>> hint("SELECT ?s (COUNT(?o) AS ?c) { ?s ?p ?o } GROUP BY ?s HAVING (?c > 1)")
    '?c is not bound in HAVING; write COUNT(?o) there'
    """
    if "HAVING" not in text.upper():
        return ""
    scopes, opened = [_SelectScope()], list[Token]()
    for before, token in pairwise([Token(TokenKind.OTHER, "", 0), *tokens(text)]):
        scope, word = scopes[-1], token.text.upper()
        if word == "{":
            scopes.append(_SelectScope())
        elif word == "}" and len(scopes) > 1:
            scopes.pop()
        elif word == "(":
            opened.append(token)
        elif word == ")" and opened:
            opened.pop()
        elif token.kind is TokenKind.WORD and word in _CLAUSES:
            scope.clause = word
        elif token.kind is TokenKind.VARIABLE and scope.clause == "SELECT" and before.text.upper() == "AS" and opened:
            scope.aliases[token.text[1:]] = (opened[-1].end, before.start)
        elif token.kind is TokenKind.VARIABLE and scope.clause == "HAVING" and token.text[1:] in scope.aliases:
            start, end = scope.aliases[token.text[1:]]
            written = text[start:end].strip() if end - start <= _SHOWN else "its expression"
            return f"{token.text} is not bound in HAVING; write {written} there"
    return ""


@dataclass(slots=True)
class _SelectScope:
    """A group in braces with at most one SELECT, while its tokens are read."""

    clause: str = ""
    aliases: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Name of a variable of SELECT → start and end of its expression; not the text, since each may be a whole query."""


def _first_word(text: str) -> Token | None:
    """Return the first keyword after the prologue."""
    for found in token_pattern().finditer(text):
        if found.lastgroup == TokenKind.WORD.value and found[0].upper() not in _PROLOGUE:
            return Token(TokenKind.WORD, found[0], found.start())
    return None


def _service(text: str, stream: list[Token]) -> int | None:
    """Return the offset of the first token that could start a SERVICE clause; ``None`` if there is none.

    Engines accept keywords without space around them (``trueSERVICEex:a {``). If a prefixed name does not expand to a
    valid IRI, they may read its prefix alone, followed by a keyword (``ex:SERVICE ?x {``).
    """
    safe = _safe_prefixes(stream)
    doubt = False
    for index, token in enumerate(stream):
        if token.kind is TokenKind.IRI and not doubt and _unclear(stream, index):
            doubt = True
            if _says_service(text[token.start :]):
                return token.start
        if token.kind not in (TokenKind.WORD, TokenKind.NAME) or not _says_service(token.text):
            continue
        if token.kind is TokenKind.WORD or _may_call(stream, index, safe):
            return token.start
    return None


def _says_service(text: str) -> bool:
    return "SERVICE" in (_CODEPOINT.sub(_character, text) if "\\" in text else text).upper()


def _unclear(stream: list[Token], index: int) -> bool:
    """Return whether ``<`` could be "less than", followed by a comment or a string: ``?a<?b#>``, ``?a<'>'``."""
    text = stream[index].text
    if not ("#" in text or "'" in text) or re.match(r"<[A-Za-z][A-Za-z0-9+.-]*://", text):
        return False
    before = [token.text.upper() for token in stream[max(0, index - 2) : index]]
    return before[-1:] != ["BASE"] and before[:1] != ["PREFIX"]


def _may_call(stream: list[Token], index: int, safe: frozenset[str]) -> bool:
    """Return whether this name could contain the keyword: the tokens after it are those of a SERVICE clause."""
    prefix = stream[index].text.partition(":")[0]
    if prefix in safe and not _says_service(prefix):
        return False
    if index and stream[index - 1].text.upper() in {"GRAPH", "FROM", "NAMED"}:
        return False
    rest = stream[index + 1 : index + 4]
    if rest and rest[0].text.upper() == "SILENT":
        rest = rest[1:]
    if rest and rest[0].kind in (TokenKind.IRI, TokenKind.VARIABLE, TokenKind.NAME):
        rest = rest[1:]
    return bool(rest) and rest[0].text == "{"


def _safe_prefixes(stream: list[Token]) -> frozenset[str]:
    """Return the prefixes that form a valid IRI with any local name: their namespaces end in ``/`` or ``#``."""
    declared = _declarations(stream)
    unsafe = {prefix for prefix, iri in declared if not iri.endswith(("/>", "#>"))}
    return frozenset(prefix for prefix, _ in declared if prefix not in unsafe)


def _declarations(stream: list[Token]) -> list[tuple[str, str]]:
    return [
        (name.text[:-1], iri.text)
        for word, name, iri in zip(stream, stream[1:], stream[2:], strict=False)
        if word.text.upper() == "PREFIX" and name.text.endswith(":") and iri.kind is TokenKind.IRI
    ]


def _character(found: re.Match[str]) -> str:
    escape = found[0][1:]
    return chr(int(escape[1:], 16)) if escape[0] in "uU" else _CHARACTERS[escape]


_ESCAPED = {chr(code): f"\\u{code:04X}" for code in [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029]} | {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
