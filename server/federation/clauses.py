"""The SERVICE clauses of a query's text, and what each asks of its endpoint."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.errors import QueryRefused, QuerySyntaxError, UpdateRefused
from kg.query.text import Token, TokenKind, check_read_only, place, tokens, unescaped
from kg.vocab import BASE

LIMIT = 8
"""SERVICE clauses in one query."""
_DECLARATIONS = 100
"""Those of BASE and PREFIX beside a clause: each base is resolved against the one before."""
_LOCAL_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Clause:
    """``SERVICE [SILENT] <endpoint> { … }``."""

    start: int
    """Offset of its first character."""
    end: int
    """Offset after its last character."""
    endpoint: str
    """Absolute, whether the query writes it so or not."""
    is_silent: bool
    block: str
    """What is between the braces, with them."""
    prologue: str
    """What gives the block's names their meaning."""
    variables: frozenset[str]
    """All names of variables in the block."""

    @property
    def query(self) -> str:
        """The block as a query of its own."""
        return f"{self.prologue}\nSELECT * WHERE {self.block}"


@dataclass(frozen=True, slots=True)
class _Prologue:
    tokens: int
    text: str
    base: str
    prefixes: dict[str, str]


def clauses(text: str) -> list[Clause]:
    """The SERVICE clauses of a query in their order.

    Raises :class:`kg.errors.QueryRefused` for more than :data:`LIMIT` or too many declarations, for a clause whose
    endpoint is a variable, for one inside another, and where only a parser could tell what is one; and for an update.

    >>> clause, = clauses("ASK { SERVICE <http://example.org/sparql> { ?s ?p 1 } }")
    >>> clause.endpoint, clause.block
    ('http://example.org/sparql', '{ ?s ?p 1 }')
    """
    stream = list(tokens(text))
    if not any(token.text.upper() == "SERVICE" for token in stream):
        return []
    prologue, braces = _read_prologue(text, stream), _braces(stream)
    found: list[Clause] = []
    for index, token in enumerate(stream):
        if index < prologue.tokens or token.text.upper() != "SERVICE" or (found and token.start < found[-1].end):
            continue
        clause = _read(text, stream, index, prologue, braces)
        if clause and len(found) == LIMIT:
            raise QueryRefused(f"there are too many SERVICE clauses: a query may have {LIMIT}")
        if clause:
            found.append(clause)
    if found:
        _check(text, found)
    return found


def _read_prologue(text: str, stream: list[Token]) -> _Prologue:
    """The declarations at the beginning; they hold for the whole query."""
    index, end, base, prefixes = 0, 0, BASE, dict[str, str]()
    if sum(token.text.upper() in ("BASE", "PREFIX") for token in stream) > _DECLARATIONS:
        raise QueryRefused(f"there are too many declarations beside SERVICE: a query may have {_DECLARATIONS}")
    while index + 1 < len(stream):
        match stream[index].text.upper(), stream[index + 1 : index + 3]:
            case "BASE", [Token(kind=TokenKind.IRI) as last, *_]:
                base = urljoin(base, unescaped(last))
            case "PREFIX", [Token(kind=TokenKind.NAME) as name, Token(kind=TokenKind.IRI) as last]:
                prefixes[name.text.removesuffix(":")] = urljoin(base, unescaped(last))
                index += 1
            case "VERSION", [Token(kind=TokenKind.STRING) as last, *_]:
                pass
            case _:
                break
        index, end = index + 2, last.end
    return _Prologue(index, f"BASE <{BASE}>\n{text[:end]}", base, prefixes)


def _read(text: str, stream: list[Token], index: int, prologue: _Prologue, braces: dict[int, int]) -> Clause | None:
    """The clause that begins here, if it has the form of one."""
    is_silent = stream[index + 1 : index + 2] != [] and stream[index + 1].text.upper() == "SILENT"
    opening = index + (3 if is_silent else 2)
    closing = braces.get(opening)
    endpoint = _endpoint(text, stream[opening - 1], prologue) if closing else None
    if endpoint is None or closing is None:
        return None
    start, end = stream[index].start, stream[closing].end
    variables = frozenset(each.text[1:] for each in stream[opening:closing] if each.kind is TokenKind.VARIABLE)
    return Clause(start, end, endpoint, is_silent, text[stream[opening].start : end], prologue.text, variables)


def _endpoint(text: str, token: Token, prologue: _Prologue) -> str | None:
    if token.kind is TokenKind.IRI:
        return urljoin(prologue.base, unescaped(token))
    line, column = place(text, token.start)
    if token.kind is TokenKind.VARIABLE:
        raise QueryRefused(f"SERVICE {token.text} at {line}:{column} is refused: name the endpoint instead")
    if token.kind is not TokenKind.NAME:
        return None
    prefix, _, local = token.text.partition(":")
    if prefix not in prologue.prefixes:
        raise QuerySyntaxError(f"syntax error at {line}:{column}: prefix {prefix}: is not declared", line, column)
    return prologue.prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)


def _braces(stream: list[Token]) -> dict[int, int]:
    """Index of each opening brace → that of the one that closes it."""
    pairs, opened = dict[int, int](), list[int]()
    for index, token in enumerate(stream):
        if token.text == "{":
            opened.append(index)
        elif token.text == "}" and opened:
            pairs[opened.pop()] = index
    return pairs


def _check(text: str, found: list[Clause]) -> None:
    """Let pass only what has no other clause, neither in a block nor around them."""
    rest = list(text)
    for clause in found:
        line, column = place(text, clause.start)
        try:
            check_read_only(clause.query)
        except QueryRefused:
            raise QueryRefused(f"SERVICE at {line}:{column} is refused: there is another one in its block") from None
        # as a string that says it, so that what is doubtful before it stays so
        rest[clause.start : clause.end] = "'SERVICE'" + " " * (clause.end - clause.start - len("'SERVICE'"))
    try:
        check_read_only("".join(rest))
    except UpdateRefused:
        raise
    except QueryRefused:
        detail = "a SERVICE clause cannot be told from what is around it: set it apart by spaces, and use prefixes"
        raise QueryRefused(detail) from None
