"""Canned queries: the SPARQL queries that ship with the program, in the files ``kg/queries/<name>.rq``.

A file begins with comment lines that describe it::

    # title: Standards for a sheet
    # question: Which standards does a cheat sheet recommend?
    # for: researchers
    # param page: page, page id, title or IRI of a page
    # param site: optional site, key of a site; all sites where empty
    # param minimum: optional integer, least number of sheets
    # chart: name, sheets
    # column name: Standard, of standard
    # column line: Line, in page_iri
    # column sheets: Sheets

and binds every parameter to an example, or an optional one to its default, in the only VALUES block of that variable
(``VALUES ?page { "pic" }``), so that the file is a valid query for any tool. The types are ``string``, ``iri``,
``integer``, and those whose values must be in the release: ``page``, ``site``, ``thing``, ``record`` of FAIRsharing,
``modality`` and ``words`` of a title or keyword (:mod:`kg.query.known`). A chart is a bar chart: its first column has
the labels, the second one the values; with one column only, the values are the numbers of rows for each label.

The ``column`` lines are the headings of the answer as people read it, in their order there. ``of`` is the variable of
the IRI that the column names; the two are one link. ``in`` is the variable of the page in whose file a line is.
``each`` is the variable of the IRIs of the things that the column lists, with commas and spaces between them; people
see the names of these things as links.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path

from kg.closest import did_you_mean
from kg.errors import KgError, ParameterError, UnknownName
from kg.query.text import Token, TokenKind, iri_term, string_term, tokens, unescaped

_FOLDER = Path(__file__).parents[1] / "queries"
_HEADER = ("title", "question", "for", "param", "chart", "column")
"""Words that lines of the header begin with."""
_CHART = re.compile(r"([A-Za-z_]\w*)(?:, ([A-Za-z_]\w*))?")
_COLUMN = re.compile(r"([^,]+)(?:, (of|in|each) ([A-Za-z_]\w*))?")
_RELATIONS = {"of": "of", "in": "page", "each": "each"}
"""Word in the header → field of a column."""
AUDIENCES = ("researchers", "authors", "curators")
"""Groups of people whom a question is for, in the order in which the questions are listed."""
NAMED = ("page", "site", "thing", "record", "modality", "words")
"""Types of parameters whose values must name something of the release."""
_TYPES = "|".join(("string", "iri", "integer", *NAMED))
_PAGE_CLASS = re.compile(r"\?page_iri a (rdm:\w+)")
_PARAM = re.compile(rf"(optional )?({_TYPES}), (.+)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a canned query."""

    name: str
    """Name of the variable, without question mark."""
    type: str
    """``string``, ``iri``, ``integer``, or the kind of what the value names in the release."""
    description: str
    """Short description of the value."""
    example: str
    """Value in the file, which has results in the shipped content."""
    default: str | None
    """Value of an optional parameter that is not given; ``None`` if the parameter is required."""

    def term(self, value: str) -> str:
        """Return the value as an escaped SPARQL term, which is safe to insert into a query.

        >>> Parameter("page", "page", "page id", "pic", None).term('a"b')
        '"a\\\\"b"'

        Raises:
            ParameterError: when the value is not of the parameter's type.
        """
        try:
            return _TERMS[self.type](value)
        except ValueError as error:
            raise ParameterError(
                f"parameter {self.name!r} must be of type {self.type}, e.g. {self.example}: {error}", self.name
            ) from None


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart of an answer."""

    label: str
    """Column with the labels of the bars."""
    number: str | None
    """Column with the lengths of the bars; ``None`` if the rows of each label are counted."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer as people read it."""

    name: str
    """Variable of the values."""
    label: str
    """Heading."""
    of: str | None = None
    """Variable of the IRI of what the value names."""
    page: str | None = None
    """Variable of the page in whose file the value is a line."""
    each: str | None = None
    """Variable of the IRIs of what the value lists."""


@dataclass(frozen=True, slots=True)
class CannedQuery:
    """A SPARQL query with its name, description and parameters."""

    name: str
    """Name in ``kg query NAME`` and ``/queries/NAME``."""
    title: str
    """Short title."""
    question: str
    """The question that the query answers, as a sentence."""
    audience: str
    """One of :data:`AUDIENCES`."""
    parameters: tuple[Parameter, ...]
    """Parameters in the order of the file."""
    text: str
    """Content of the file: a valid query with the examples as values."""
    chart: Chart | None = None
    """Chart of the answer, if there is one."""
    columns: tuple[Column, ...] = ()
    """Columns of the answer in the order for people; where there are none, the variables are the headings."""

    @property
    def headings(self) -> Mapping[str, str]:
        """Mapping of variable to heading where each variable has a column of its own; those of IRIs are the last."""
        names = {column.name: column.label for column in self.columns}
        iris = {iri: f"{column.label} IRI" for column in self.columns if (iri := column.of or column.each)}
        return {**names, **{iri: label for iri, label in iris.items() if iri not in names}}

    @property
    def page_class(self) -> str:
        """Class of the pages that the question can be asked about, as in its text; that of all where it names none.

        >>> load("standards-for-sheet").page_class, load("contacts").page_class
        ('rdm:AdvicePage', 'rdm:Page')
        """
        found = _PAGE_CLASS.search(self.text)
        return found[1] if found else "rdm:Page"

    def fill(self, **values: str) -> str:
        """Return the text with the examples replaced by ``values``, a mapping of parameter name to value.

        Raises:
            ParameterError: when a parameter is missing, unknown or not of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in values:
            if name not in known:
                has = f"it has {', '.join(known) or 'none'}"
                raise ParameterError(f"the question {self.name} has no parameter {name!r}; {has}")
        text = self.text
        for token, name in reversed(_bindings(self.text, known)):
            term = known[name].term(_value(known[name], values))
            text = text[: token.start] + term + text[token.end :]
        return text


def load_all() -> Mapping[str, CannedQuery]:
    """Return all canned queries by name, sorted."""
    return {name: _read(_FOLDER / f"{name}.rq") for name in names()}


def load(name: str) -> CannedQuery:
    """Return the canned query with this name.

    Raises:
        UnknownName: when there is no such query.
    """
    there = names()
    if name not in there:
        raise UnknownName(f"no canned query {name!r}; {did_you_mean(name, there)}")
    return _read(_FOLDER / f"{name}.rq")


def names() -> tuple[str, ...]:
    """Return the names of the canned queries, sorted.

    >>> "where-to-deposit" in names()
    True
    """
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.rq")))


def parse(name: str, text: str) -> CannedQuery:
    """Parse the text of a canned query.

    Raises:
        KgError: when the header or the VALUES block of a parameter is invalid.
    """
    lines = _header(text)
    facts = {kind: words for kind, _, words in lines if kind not in ("param", "column")}
    if set(facts) - {"chart"} != {"title", "question", "for"}:
        raise KgError(f"canned query {name}: the header needs one line each: '# title: …', '# question: …', '# for: …'")
    if facts["for"] not in AUDIENCES:
        raise KgError(f"canned query {name}: write '# for: {'|'.join(AUDIENCES)}', not {facts['for']!r}")
    declared = {variable: words for kind, variable, words in lines if kind == "param"}
    bound = {variable: token for token, variable in _bindings(text, declared)}
    parameters = tuple(_parameter(name, param, words, bound.get(param)) for param, words in declared.items())
    chart = _chart(name, facts["chart"]) if "chart" in facts else None
    columns = columns_of(text)
    if len(columns) < sum(kind == "column" for kind, _, _ in lines):
        raise KgError(
            f"canned query {name}: write '# column name: heading', with ', of iri', ', in page' or ', each iris'"
        )
    return CannedQuery(
        name=name,
        title=facts["title"],
        question=facts["question"],
        audience=facts["for"],
        parameters=parameters,
        text=text,
        chart=chart,
        columns=columns,
    )


def columns_of(text: str) -> tuple[Column, ...]:
    """Return the columns that the header of a query declares, of anybody's query too.

    >>> columns_of("# column name: Law, of law\\nSELECT ?name ?law {}")
    (Column(name='name', label='Law', of='law', page=None, each=None),)
    """
    return tuple(
        Column(name, found[1], **({_RELATIONS[found[2]]: found[3]} if found[2] else {}))
        for kind, name, words in _header(text)
        if kind == "column" and (found := _COLUMN.fullmatch(words))
    )


def _header(text: str) -> list[tuple[str, str, str]]:
    """Return kind, name and words of each line of a query's header: ``# kind name: words``.

    The query may be anybody's, so that the time must not grow faster than its length, as that of a pattern would.
    """
    found = list[tuple[str, str, str]]()
    for line in takewhile(lambda line: line.startswith("#"), text.splitlines()):
        subject, _, words = line[1:].partition(":")
        kind, *name = subject.split(maxsplit=1) or [""]
        if kind in _HEADER and words.strip():
            found.append((kind, "".join(name).strip(), words.strip()))
    return found


@cache
def _read(file: Path) -> CannedQuery:
    return parse(file.stem, file.read_text(encoding="utf-8"))


def _chart(query: str, words: str) -> Chart:
    found = _CHART.fullmatch(words)
    if not found:
        raise KgError(f"canned query {query}: write '# chart: column' or '# chart: column, number', not {words!r}")
    return Chart(found[1], found[2])


def _parameter(query: str, name: str, words: str, token: Token | None) -> Parameter:
    found = _PARAM.fullmatch(words)
    if not found:
        raise KgError(f"canned query {query}: write '# param {name}: {_TYPES}, what it is', not {words!r}")
    if token is None:
        raise KgError(f'canned query {query}: give ?{name} its example once, as in: VALUES ?{name} {{ "…" }}')
    example = unescaped(token)
    parameter = Parameter(name, found[2], found[3], example, example if found[1] else None)
    if parameter.term(example) != token.text:
        raise KgError(f"canned query {query}: write the example of ?{name} as {parameter.term(example)}")
    return parameter


def _bindings(text: str, variables: Mapping[str, object]) -> list[tuple[Token, str]]:
    """Return the term in ``VALUES ?variable { term }`` of each variable that has exactly one such block, in order."""
    stream = list(tokens(text))
    found = [
        (term, variable.text[1:])
        for values, variable, left, term, right in zip(*(stream[i:] for i in range(5)), strict=False)
        if values.kind is TokenKind.WORD and values.text.upper() == "VALUES" and variable.kind is TokenKind.VARIABLE
        if left.text == "{" and right.text == "}" and variable.text[1:] in variables
    ]
    once = [name for _, name in found]
    return [(term, name) for term, name in found if once.count(name) == 1]


def _value(parameter: Parameter, values: Mapping[str, str]) -> str:
    value = values.get(parameter.name, parameter.default)
    if parameter.type == "page":
        value = value or parameter.default  # an empty text names no page
    if value is None:
        raise ParameterError(
            f"parameter {parameter.name!r} is missing: {parameter.description} "
            f"(type {parameter.type}, e.g. {parameter.example})",
            parameter.name,
        )
    return value


def _integer_term(value: str) -> str:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise ValueError(f"{value!r} is not an integer")
    return str(int(value))


_TERMS = {
    "iri": iri_term,
    "integer": _integer_term,
    **dict.fromkeys(("string", *NAMED), string_term),
}
