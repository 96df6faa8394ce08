"""Parsing of the SERVICE clauses in a query's text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from kg.errors import QueryRefused, QuerySyntaxError, UpdateRefused
from kg.query.text import Token, TokenKind, check_read_only, is_undeclared, place, tokens, unescaped
from kg.vocab import BASE

LIMIT = 8
"""Largest number of SERVICE clauses in a query."""
_DECLARATIONS = 100
"""Largest number of BASE and PREFIX declarations in a query with SERVICE: resolving many bases takes quadratic time."""
_LOCAL_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Clause:
    """``SERVICE [SILENT] <endpoint> { … }``."""

    start: int
    """Offset of the first character."""
    end: int
    """Offset after the last character."""
    endpoint: str
    """Absolute IRI of the endpoint."""
    is_silent: bool
    block: str
    """Text of the group graph pattern, with its braces."""
    prologue: str
    """BASE and PREFIX declarations that apply to the block."""
    variables: frozenset[str]
    """Names of all variables in the block."""

    @property
    def query(self) -> str:
        """SELECT query with the block as its WHERE clause."""
        return f"{self.prologue}\nSELECT * WHERE {self.block}"


@dataclass(frozen=True, slots=True)
class _Prologue:
    tokens: int
    text: str
    base: str
    prefixes: dict[str, str]


def clauses(text: str) -> list[Clause]:
    """Return the SERVICE clauses of a query, in order of the text.

    Raises:
        QueryRefused: when there are more than :data:`LIMIT` clauses or too many declarations, an endpoint is a
            variable, a clause is nested in another, or a clause cannot be recognised without a full parser.
        UpdateRefused: when the text is an update.
        QuerySyntaxError: when the prefix of an endpoint is not declared.

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
    """Return the declarations at the beginning of the query."""
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
    """Return the clause that begins at token ``index``, or ``None`` if the tokens do not form a clause."""
    is_silent = stream[index + 1 : index + 2] != [] and stream[index + 1].text.upper() == "SILENT"
    opening = index + (3 if is_silent else 2)
    closing = braces.get(opening)
    endpoint = _endpoint(text, stream[opening - 1], prologue) if closing else None
    if endpoint is None or closing is None:
        return None
    start, end = stream[index].start, stream[closing].end
    variables = frozenset(each.text[1:] for each in stream[opening:closing] if each.kind is TokenKind.VARIABLE)
    return Clause(
        start=start,
        end=end,
        endpoint=endpoint,
        is_silent=is_silent,
        block=text[stream[opening].start : end],
        prologue=prologue.text,
        variables=variables,
    )


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
        raise QuerySyntaxError(f"syntax error at {line}:{column}: {is_undeclared(prefix)}", line, column)
    return prologue.prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)


def _braces(stream: list[Token]) -> dict[int, int]:
    """Return a mapping from the token index of each opening brace to that of its closing brace."""
    pairs, opened = dict[int, int](), list[int]()
    for index, token in enumerate(stream):
        if token.text == "{":
            opened.append(index)
        elif token.text == "}" and opened:
            pairs[opened.pop()] = index
    return pairs


def _check(text: str, found: list[Clause]) -> None:
    """Raise QueryRefused if there is a further clause, in a block or outside of all blocks."""
    rest = list(text)
    for clause in found:
        line, column = place(text, clause.start)
        try:
            check_read_only(clause.query)
        except QueryRefused:
            raise QueryRefused(f"SERVICE at {line}:{column} is refused: there is another one in its block") from None
        # replaced by a string with the keyword, so that the scan still refuses an ambiguous text before it
        rest[clause.start : clause.end] = "'SERVICE'" + " " * (clause.end - clause.start - len("'SERVICE'"))
    try:
        check_read_only("".join(rest))
    except UpdateRefused:
        raise
    except QueryRefused:
        detail = "a SERVICE clause cannot be recognised in its context: put spaces around it, and use prefixed names"
        raise QueryRefused(detail) from None
