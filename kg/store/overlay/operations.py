"""Split a SPARQL update into its operations (SPARQL 1.1 Update, section 3), without an engine.

Each operation has the prologue that applies to it, so that its parts can be used in other queries. This is no full
parser: the grammar is checked by the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import QuerySyntaxError
from kg.query.text import Token, TokenKind, place, tokens, unescaped

ALL_KINDS = ("DEFAULT", "NAMED", "ALL")
"""Keywords that CLEAR and DROP accept in place of a graph."""


@dataclass(frozen=True, slots=True)
class Template:
    """A block of quads, with or without variables, including its braces."""

    text: str
    variables: tuple[str, ...]
    """Distinct names, without question marks."""
    graphs: tuple[str, ...]
    """Terms after GRAPH that are not variables, as written."""
    blank_nodes: frozenset[str]
    """Labels of the blank nodes, with ``_:``."""


@dataclass(frozen=True, slots=True)
class Data:
    """INSERT DATA or DELETE DATA."""

    prologue: str
    removes: bool
    template: Template


@dataclass(frozen=True, slots=True)
class Modify:
    """DELETE, INSERT or both, with WHERE; the pattern of DELETE WHERE is also its template."""

    prologue: str
    graph: str
    """The term after WITH; empty if there is none."""
    delete: Template | None
    insert: Template | None
    using: str
    """FROM and FROM NAMED clauses for the USING clauses; empty if there are none."""
    where: str
    """The pattern, including its braces."""


@dataclass(frozen=True, slots=True)
class Manage:
    """LOAD, CLEAR, DROP, CREATE, COPY, MOVE or ADD."""

    prologue: str
    verb: str
    silent: bool
    source: str
    """The graph that COPY, MOVE and ADD read, a term or ``DEFAULT``; the document of LOAD; else empty."""
    target: str
    """The graph that is changed: a term, ``DEFAULT``, ``NAMED`` or ``ALL``."""


Operation = Data | Modify | Manage


@dataclass(frozen=True, slots=True)
class Step:
    """An operation with its position in the text of the update."""

    operation: Operation
    text: str
    """As written, without the prologue."""
    start: int
    """Offset of the first character."""


def steps(text: str) -> Iterator[Step]:
    """Yield the operations of an update in order.

    >>> [step.text for step in steps("CLEAR ALL; INSERT DATA { <a:b> <a:c> 'x;}' }")]
    ['CLEAR ALL', "INSERT DATA { <a:b> <a:c> 'x;}' }"]

    Raises:
        QuerySyntaxError: when the text is not a sequence of operations.
    """
    cursor = _Cursor(text)
    prologue = ""
    while True:
        prologue += cursor.prologue()
        if cursor.token is None:
            return
        start = cursor.token.start
        operation = _operation(cursor, prologue)
        yield Step(operation, text[start : cursor.end], start)
        if cursor.token is None:
            return
        cursor.take(";")


def _operation(cursor: _Cursor, prologue: str) -> Operation:
    if cursor.skip("INSERT", "DATA"):
        return Data(prologue, removes=False, template=cursor.template())
    if cursor.skip("DELETE", "DATA"):
        return Data(prologue, removes=True, template=cursor.template())
    if cursor.skip("DELETE", "WHERE"):
        pattern = cursor.template()
        return Modify(prologue, "", pattern, None, "", pattern.text)
    if cursor.word in ("WITH", "INSERT", "DELETE"):
        return _modify(cursor, prologue)
    return _manage(cursor, prologue)


def _modify(cursor: _Cursor, prologue: str) -> Modify:
    graph = cursor.term() if cursor.skip("WITH") else ""
    delete = cursor.template() if cursor.skip("DELETE") else None
    insert = cursor.template() if cursor.skip("INSERT") else None
    using = ""
    while cursor.skip("USING"):
        using += f"FROM {'NAMED ' if cursor.skip('NAMED') else ''}{cursor.term()} "
    cursor.skip("WHERE")
    return Modify(prologue, graph, delete, insert, using, cursor.template().text)


def _manage(cursor: _Cursor, prologue: str) -> Manage:
    verb = cursor.take("LOAD", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD")
    silent = cursor.skip("SILENT")
    if verb == "LOAD":
        source = cursor.term()
        return Manage(prologue, verb, silent, source, cursor.graph() if cursor.skip("INTO") else "DEFAULT")
    if verb in ("COPY", "MOVE", "ADD"):
        source = cursor.graph()
        cursor.take("TO")
        return Manage(prologue, verb, silent, source, cursor.graph())
    return Manage(prologue, verb, silent, "", cursor.graph())


class _Cursor:
    """A position in the stream of tokens, which is read lazily since an update can be long."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stream = tokens(text)
        self._ahead: list[Token] = []
        self.token: Token | None = None
        self.end = 0
        """Offset after the last consumed token."""
        self._next()

    @property
    def word(self) -> str:
        """The current token in upper case, unescaped; empty at the end and for all but words and punctuation."""
        return _word(self.token)

    def prologue(self) -> str:
        """Consume the declarations at this position and return them on one line."""
        found = ""
        while self.word in ("PREFIX", "BASE", "VERSION"):
            for _ in range(3 if self.word == "PREFIX" else 2):
                found += self._any().text + " "
                self._next()
        return found

    def skip(self, *words: str) -> bool:
        """Consume these words if they are next; return whether they were."""
        while len(self._ahead) < len(words) - 1 and (token := next(self._stream, None)):
            self._ahead.append(token)
        here = [self.word, *(_word(token) for token in self._ahead[: len(words) - 1])]
        if here != list(words):
            return False
        for _ in words:
            self._next()
        return True

    def take(self, *words: str) -> str:
        """Consume one of these words and return it.

        Raises:
            QuerySyntaxError: when the next token is another one.
        """
        word = self.word
        if word not in words:
            raise self._unread()
        self._next()
        return word

    def term(self) -> str:
        """Consume an IRI or a prefixed name and return it as written.

        Raises:
            QuerySyntaxError: when the next token is neither.
        """
        token = self._any()
        if token.kind not in (TokenKind.IRI, TokenKind.NAME):
            raise self._unread()
        self._next()
        return token.text

    def graph(self) -> str:
        """Consume a term, with or without GRAPH before it, or one of ``ALL_KINDS``, and return it."""
        if self.word in ALL_KINDS:
            return self.take(*ALL_KINDS)
        self.skip("GRAPH")
        return self.term()

    def template(self) -> Template:
        """Consume a block in braces and return it.

        Raises:
            QuerySyntaxError: when the next token is no brace, or the block is not closed.
        """
        start, depth, after_graph = self._any().start, 0, False
        variables: dict[str, None] = {}
        graphs: dict[str, None] = {}
        labels: set[str] = set()
        if self.word != "{":
            raise self._unread()
        while True:
            token = self._any()
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if token.kind is TokenKind.VARIABLE:
                variables[token.text[1:]] = None
            elif after_graph and token.kind in (TokenKind.IRI, TokenKind.NAME):
                graphs[token.text] = None
            elif token.text.startswith("_:"):
                labels.add(token.text)
            after_graph = _word(token) == "GRAPH"
            self._next()
            if depth == 0:
                return Template(self._text[start : token.end], tuple(variables), tuple(graphs), frozenset(labels))

    def _any(self) -> Token:
        if self.token is None:
            raise QuerySyntaxError("the update is incomplete", *place(self._text, len(self._text)))
        return self.token

    def _next(self) -> None:
        self.end = self.token.end if self.token else self.end
        self.token = self._ahead.pop(0) if self._ahead else next(self._stream, None)

    def _unread(self) -> QuerySyntaxError:
        token = self._any()
        line, column = place(self._text, token.start)
        return QuerySyntaxError(f"syntax error at {line}:{column}: unexpected {token.text[:40]!r}", line, column)


def _word(token: Token | None) -> str:
    return unescaped(token).upper() if token and token.kind in (TokenKind.WORD, TokenKind.OTHER) else ""
