"""Facts about a query that do not tell what it says: a digest of its text, and an outline of its patterns.

The outline is an S-expression with operators of the SPARQL algebra, in the order of the text; engines join in an order
of their own. It has no text of the query: terms of the vocabularies that our graphs use have their names; other IRIs,
literals and variables have numbers. It takes little time, whatever the query: :data:`TOKENS` tokens are read,
:data:`DEPTH` levels followed and :data:`LONGEST` characters returned at most; ``…`` stands for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from itertools import islice

from kg import vocab
from kg.query.text import Token, TokenKind, tokens

TOKENS = 1000
DEPTH = 32
LONGEST = 2000

Node = str | list["Node"]
"""An atom, or an operator with its arguments."""

_REST = "…"
_END = Token(TokenKind.OTHER, "", 0)
_GROUPS = {"OPTIONAL": "leftjoin", "MINUS": "minus", "GRAPH": "graph", "SERVICE": "service"}
"""Keyword of a group → its operator."""
_STARTS = frozenset({*_GROUPS, "FILTER", "BIND", "VALUES", "{", "}", ""})
"""Ends of a block of triples."""
_MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_WORDS = frozenset(
    """
    a abs as asc avg bnode bound ceil coalesce concat contains count datatype day desc distinct encode_for_uri exists
    false floor group_concat hours if in iri isblank isiri isliteral isnumeric isuri lang langmatches lcase max md5 min
    minutes month not now rand regex replace round sameterm sample seconds separator sha1 sha256 sha384 sha512 str
    strafter strbefore strdt strends strlang strlen strstarts struuid substr sum timezone true tz ucase undef uri uuid
    year
    """.split()
)
"""Words that an outline may have, in lower case: any other could be a text whose quotes are missing."""


def digest(text: str) -> str:
    """Return the first 16 digits of the SHA-256 of a query, in UTF-8.

    >>> digest("ASK {}")
    '819ea91ed5f12b38'
    """
    return sha256(text.encode(errors="replace")).hexdigest()[:16]


def outline(text: str) -> str:
    """Return the outline of a query; of a text that is none, whatever looks like one.

    >>> outline("SELECT ?who { ?who a <urn:me> ; <urn:my> 'secret' OPTIONAL { ?who ?b 3 FILTER(?b > 4) } }")
    '(project (?1) (join (bgp (?1 a <1>) (?1 <2> "1")) (leftjoin (join (bgp (?1 ?2 "2")) (filter ?2 > "3")))))'
    """
    written = "".join(_written(_Reader(text).query()))
    return written if len(written) <= LONGEST else written[:LONGEST] + _REST


def _written(node: Node) -> Iterator[str]:
    if isinstance(node, str):
        yield node
        return
    yield "("
    for at, each in enumerate(node):
        if at:
            yield " "
        yield from _written(each)
    yield ")"


@cache
def _public_terms() -> frozenset[str]:
    """Return the IRIs of the terms that our graphs use."""
    spaces = (each for each in vars(vocab).values() if isinstance(each, vocab.Namespace))
    return frozenset(iri for space in spaces for iri in space.terms.values())


class _Reader:
    """Reads the tokens of a query once, from the first to the last; what it does not expect is read as a term."""

    def __init__(self, text: str) -> None:
        self._tokens = list(islice(tokens(text), TOKENS))
        self._at = 0
        self._depth = 0
        self._prefixes: dict[str, str] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        """Kind of term → its values in order."""

    def query(self) -> Node:
        """Return a query, or one inside another."""
        self._prologue()
        form = self._take().text.upper()
        if form == "SELECT":
            return self._select()
        operator: list[Node] = [form.lower() if form in {"ASK", "CONSTRUCT", "DESCRIBE"} else _REST]
        if form == "CONSTRUCT" and self._peek() == "{":
            operator.append(self._group())
        if form == "DESCRIBE":
            operator.append(self._until({"WHERE", "FROM", "{", *_MODIFIERS, ""}))
        return self._solutions(operator)

    def _prologue(self) -> None:
        while self._peek() in {"PREFIX", "BASE"}:
            if self._take().text.upper() == "PREFIX":
                name = self._take().text
                self._prefixes[name[:-1]] = self._take().text[1:-1]
            else:
                self._take()

    def _select(self) -> Node:
        unique: list[list[Node]] = [[self._take().text.lower()]] if self._peek() in {"DISTINCT", "REDUCED"} else []
        return self._solutions(["project", self._until({"WHERE", "FROM", "{", ""})], *unique)

    def _where(self) -> Node:
        while self._peek() == "FROM":
            self._take()
            self._skip("NAMED")
            self._take()
        self._skip("WHERE")
        return self._group() if self._peek() == "{" else []

    def _solutions(self, *operators: list[Node]) -> Node:
        """Return the pattern with its modifiers, to whose solutions operators are applied before they are counted."""
        node, limits = self._where(), {"OFFSET": "0", "LIMIT": "-"}
        while (word := self._peek()) in _MODIFIERS:
            self._take()
            if word in limits:
                limits[word] = self._number()
            elif word == "VALUES":
                node = ["join", node, self._table()]
            else:
                self._skip("BY")
                node = [word.lower(), self._until({*_MODIFIERS, "}", ""}), node]
        for operator in operators:
            node = [*operator, node]
        return ["slice", *limits.values(), node] if limits != {"OFFSET": "0", "LIMIT": "-"} else node

    def _group(self) -> Node:
        """Return a group in braces."""
        self._take()
        if self._depth == DEPTH:
            return self._skipped()
        self._depth += 1
        parts: list[Node] = []
        if self._peek() == "SELECT":
            parts.append(self.query())
        while self._peek() not in {"}", ""}:
            if self._peek() == ".":
                self._take()
            else:
                parts.append(self._part())
        self._take()
        self._depth -= 1
        return parts[0] if len(parts) == 1 else ["join", *parts]

    def _part(self) -> Node:
        word = self._peek()
        if word == "{":
            return self._union()
        if word not in _STARTS:
            return ["bgp", *self._triples()]
        self._take()
        if word == "FILTER":
            return ["filter", *self._condition()]
        if word == "BIND":
            return ["extend", *self._arguments()]
        if word == "VALUES":
            return self._table()
        self._skip("SILENT")
        named = [self._term()] if word in {"GRAPH", "SERVICE"} else []
        return [_GROUPS[word], *named, self._group() if self._peek() == "{" else []]

    def _union(self) -> Node:
        found = [self._group()]
        while self._peek() == "UNION":
            self._take()
            found.append(self._group())
        return found[0] if len(found) == 1 else ["union", *found]

    def _table(self) -> Node:
        """Return the variables of VALUES and the number of its values."""
        names = self._until({"{", ""})
        self._take()
        values = self._until({"}", ""})
        self._take()
        return ["table", names, str(len(values))]

    def _triples(self) -> Iterator[Node]:
        """Yield the triples up to what is none, each with its subject."""
        while self._peek() not in _STARTS:
            subject = self._term(may_call=False)
            for verb, each in self._properties():
                yield [subject, verb, each]
            self._skip(".")

    def _properties(self) -> Iterator[tuple[Node, Node]]:
        """Yield predicate and object of each triple that follows a subject."""
        while self._peek() not in {*_STARTS, ".", "]"}:
            verb = self._path()
            yield verb, self._term(may_call=False)
            while self._peek() == ",":
                self._take()
                yield verb, self._term(may_call=False)
            while self._peek() == ";":
                self._take()

    def _path(self) -> Node:
        """Return a predicate or a property path."""
        parts: list[Node] = []
        while True:
            while self._peek() in {"^", "!"}:
                parts.append(self._take().text)
            parts.append(self._term(may_call=False))
            while self._peek() in {"*", "+", "?"}:
                parts.append(self._take().text)
            if self._peek() not in {"/", "|"}:
                return parts[0] if len(parts) == 1 else ["path", *parts]
            parts.append(self._take().text)

    def _condition(self) -> list[Node]:
        """Return what FILTER has: an expression in parentheses, a call, or EXISTS."""
        if self._peek() == "(":
            return self._arguments()
        found = [self._term()]
        while found[-1] in ("not", "exists"):
            found.append(self._group() if self._peek() == "{" else self._term())
        return found

    def _arguments(self) -> list[Node]:
        """Return what stands in parentheses."""
        self._take()
        if self._depth == DEPTH:
            return [self._skipped()]
        self._depth += 1
        found = self._until({")", ""})
        self._take()
        self._depth -= 1
        return found

    def _until(self, ends: set[str]) -> list[Node]:
        """Return the terms before the first of some words, with calls and groups in them."""
        found: list[Node] = []
        while self._peek() not in ends:
            if self._peek() == "{":
                found.append(self._group())
            elif self._peek() == ",":
                self._take()
            else:
                found.append(self._term())
        return found

    def _term(self, *, may_call: bool = True) -> Node:
        """Return a term; a call with its arguments, or what stands in brackets."""
        token = self._take()
        if token.text in {"(", "["}:
            self._at -= 1
            return self._arguments() if token.text == "(" else self._blank_node()
        if token.kind is TokenKind.WORD:
            word = token.text.lower()
            name = word if word in _WORDS else _REST
        elif token.kind in (TokenKind.IRI, TokenKind.NAME):
            name = self._name(token)
        elif token.kind is TokenKind.VARIABLE:
            name = f"?{self._numbered('variable', token.text[1:])}"
        elif token.kind in (TokenKind.STRING, TokenKind.NUMBER):
            name = self._literal(token)
        elif token.text in {"+", "-"} and self._follows_at_once(token.end):
            name = self._literal(self._take())
        else:
            name = token.text if token.kind is TokenKind.OTHER and token.text.isascii() else _REST
            while name in {"&", "|", "<", ">", "!"} and self._peek() in {"&", "|", "="}:
                name += self._take().text
        return [name, *self._arguments()] if may_call and self._is_called(token) else name

    def _is_called(self, token: Token) -> bool:
        """Return whether a token is the name of a function, which stands before a parenthesis."""
        is_name = token.kind in (TokenKind.IRI, TokenKind.NAME, TokenKind.WORD)
        return is_name and self._peek() == "(" and token.text.upper() not in {"IN", "AS", "A"}

    def _blank_node(self) -> Node:
        """Return the triples of a blank node in brackets."""
        self._take()
        if self._depth == DEPTH:
            return self._skipped()
        self._depth += 1
        found: list[Node] = ["bnode"]
        found += map(list, self._properties())
        self._skip("]")
        self._depth -= 1
        return found

    def _literal(self, token: Token) -> str:
        """Return a literal without its language or datatype; a number has several tokens."""
        value, end = token.text, token.end
        while token.kind is TokenKind.NUMBER and self._follows_at_once(end):
            following = self._take()
            value, end = value + following.text, following.end
        if self._peek().startswith("@"):
            self._take()
        elif self._peek() == "^":
            for _ in range(3):
                self._take()
        return f'"{self._numbered("literal", value)}"'

    def _follows_at_once(self, end: int) -> bool:
        """Return whether the next token is the rest of a number, which a point before a space is not."""
        rest = self._tokens[self._at : self._at + 2]
        if not rest or rest[0].start != end:
            return False
        is_point = rest[0].text == "." and len(rest) == 2 and rest[1].start == rest[0].end
        return rest[0].kind in (TokenKind.NUMBER, TokenKind.WORD) or (is_point and rest[1].kind is TokenKind.NUMBER)

    def _name(self, token: Token) -> str:
        prefix, _, local = token.text.partition(":")
        if prefix == "_":
            return f"_:{self._numbered('blank node', local)}"
        iri = token.text[1:-1] if token.kind is TokenKind.IRI else self._prefixes.get(prefix, f"{prefix}:") + local
        return vocab.prefixed_name(iri) if iri in _public_terms() else f"<{self._numbered('iri', iri)}>"

    def _numbered(self, kind: str, value: str) -> int:
        found = self._numbers.setdefault(kind, {})
        return found.setdefault(value, len(found) + 1)

    def _number(self) -> str:
        token = self._take()
        return token.text if token.kind is TokenKind.NUMBER else _REST

    def _skipped(self) -> Node:
        """Return what stands for a group that is too deep, and go to its end."""
        opened = 1
        while opened and self._peek():
            opened += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(self._take().text, 0)
        return _REST

    def _peek(self) -> str:
        """Return the next token in upper case; empty at the end."""
        return self._tokens[self._at].text.upper() if self._at < len(self._tokens) else ""

    def _take(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else _END

    def _skip(self, word: str) -> None:
        if self._peek() == word:
            self._take()
