"""An update's text taken apart into its operations (SPARQL 1.1 Update, section 3), without any engine.

Each has the prologue that holds for it, so that its parts can be put into queries of their own. What is read here was
parsed by the engine before; where both differ about a text, an operation does something else or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.errors import QuerySyntaxError
from kg.query.text import Token, TokenKind, place, tokens, unescaped

ALL_KINDS = ("DEFAULT", "NAMED", "ALL")
"""What CLEAR and DROP may name instead of a graph."""


@dataclass(frozen=True, slots=True)
class Template:
    """Quads with or without variables, braces included."""

    text: str
    variables: tuple[str, ...]
    """Their names, each once."""
    graphs: tuple[str, ...]
    """Terms after GRAPH that are no variables, as written."""
    blank_nodes: frozenset[str]
    """Labels."""


@dataclass(frozen=True, slots=True)
class Data:
    """INSERT DATA or DELETE DATA."""

    prologue: str
    removes: bool
    template: Template


@dataclass(frozen=True, slots=True)
class Modify:
    """DELETE, INSERT or both, WHERE; DELETE WHERE has its pattern as template."""

    prologue: str
    graph: str
    """The term after WITH, empty where there is none."""
    delete: Template | None
    insert: Template | None
    using: str
    """FROM and FROM NAMED for each USING, empty where there is none."""
    where: str
    """Braces included."""


@dataclass(frozen=True, slots=True)
class Manage:
    """LOAD, CLEAR, DROP, CREATE, COPY, MOVE or ADD."""

    prologue: str
    verb: str
    silent: bool
    source: str
    """The graph that COPY, MOVE and ADD read: a term or ``DEFAULT``; the address of LOAD; else empty."""
    target: str
    """The graph that is written: a term, ``DEFAULT``, ``NAMED`` or ``ALL``."""


Operation = Data | Modify | Manage


@dataclass(frozen=True, slots=True)
class Step:
    """An operation with its place."""

    operation: Operation
    text: str
    """As written, without the prologue."""
    start: int
    """Offset of its first character."""


def steps(text: str) -> Iterator[Step]:
    """The operations of an update in order.

    Raises :class:`kg.errors.QuerySyntaxError` where the text cannot be taken apart.

    >>> [step.text for step in steps("CLEAR ALL; INSERT DATA { <a:b> <a:c> 'x;}' }")]
    ['CLEAR ALL', "INSERT DATA { <a:b> <a:c> 'x;}' }"]
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
    """A place in the text, one token ahead: an update may be long, so its tokens are not kept."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._stream = tokens(text)
        self._ahead: list[Token] = []
        self.token: Token | None = None
        self.end = 0
        """Offset after the token that was read last."""
        self._next()

    @property
    def word(self) -> str:
        """The token here in capitals, escapes resolved; empty at the end and for anything but words and punctuation."""
        return _word(self.token)

    def prologue(self) -> str:
        """The declarations here, on one line."""
        found = ""
        while self.word in ("PREFIX", "BASE", "VERSION"):
            for _ in range(3 if self.word == "PREFIX" else 2):
                found += self._any().text + " "
                self._next()
        return found

    def skip(self, *words: str) -> bool:
        """Go past these words if they are here."""
        while len(self._ahead) < len(words) - 1 and (token := next(self._stream, None)):
            self._ahead.append(token)
        here = [self.word, *(_word(token) for token in self._ahead[: len(words) - 1])]
        if here != list(words):
            return False
        for _ in words:
            self._next()
        return True

    def take(self, *words: str) -> str:
        """Go past the one of these words that is here."""
        word = self.word
        if word not in words:
            raise self._unread()
        self._next()
        return word

    def term(self) -> str:
        """An IRI or a prefixed name, as written."""
        token = self._any()
        if token.kind not in (TokenKind.IRI, TokenKind.NAME):
            raise self._unread()
        self._next()
        return token.text

    def graph(self) -> str:
        """A term, with or without GRAPH before it, or one of ``ALL_KINDS``."""
        if self.word in ALL_KINDS:
            return self.take(*ALL_KINDS)
        self.skip("GRAPH")
        return self.term()

    def template(self) -> Template:
        """Everything between a brace here and the one that ends it."""
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
            raise QuerySyntaxError("the update ends too early", *place(self._text, len(self._text)))
        return self.token

    def _next(self) -> None:
        self.end = self.token.end if self.token else self.end
        self.token = self._ahead.pop(0) if self._ahead else next(self._stream, None)

    def _unread(self) -> QuerySyntaxError:
        token = self._any()
        line, column = place(self._text, token.start)
        return QuerySyntaxError(f"syntax error at {line}:{column}: {token.text[:40]!r} cannot be read", line, column)


def _word(token: Token | None) -> str:
    return unescaped(token).upper() if token and token.kind in (TokenKind.WORD, TokenKind.OTHER) else ""
