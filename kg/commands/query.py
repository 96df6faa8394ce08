"""Run a SPARQL query or a canned query on a release."""

from __future__ import annotations

import io
import json
import re
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import click

from kg.commands._table import table
from kg.errors import ParameterError, QueryError, ReleaseError, UnknownName
from kg.query import FORMATS, FORMATS_BY_NAME, JSON, Answer, Form, Format, Query, canned
from kg.query.absent import absent_names
from kg.query.canned import CannedQuery
from kg.query.known import check_values, examples
from kg.query.rows import rows
from kg.query.text import hint, with_declarations
from kg.release import open_release
from kg.search_index import names_in
from kg.store.deep_stack import with_deep_stack
from kg.store.oxigraph import open_store
from kg.terminal import QUIET, RELEASE_OPTION, Names, at, say, say_next
from kg.vocab import PREFIXES

_TABLE = "table"
_LINES = ("csv", "tsv")
"""Formats whose first line has the headings."""


@click.command(name="query")
@click.argument("query", required=False)
@click.option(
    "-f", "--file", type=click.File(encoding="utf-8"), help="Read the query from a file; - is standard input."
)
@click.option("--param", "given", metavar="NAME=VALUE", multiple=True, help="Set a parameter of a canned query.")
@click.option("--list", "listing", is_flag=True, help="List the canned queries with their parameters and exit.")
@click.option(
    "--format",
    "wanted",
    type=Names([_TABLE, *FORMATS_BY_NAME]),
    help="Output format. [default: turtle for graphs; else table on a terminal, tsv in a pipe]",
)
@RELEASE_OPTION
@QUIET
def command(
    query: str | None, file: TextIO | None, given: tuple[str, ...], listing: bool, wanted: str | None, release: Path
) -> None:
    """Run QUERY, a SPARQL query or the name of a canned query, on a release.

    The prefixes of the graph's description need no declaration.

    \b
    kg query --list
    kg query where-to-deposit --param page=pic
    kg query 'SELECT ?type (COUNT(*) AS ?n) WHERE { ?thing a ?type } GROUP BY ?type'

    \f
    Raises:
        UsageError: when there is no query, or more than one.
        ParameterError: when ``--param`` is used without a canned query.
    """
    if listing:
        _list(release)
        return
    if (query is None) == (file is None):
        raise click.UsageError("Give a SPARQL query, the name of a canned query (see kg query --list), or -f FILE.")
    if file and given:
        raise ParameterError("--param requires a canned query; see kg query --list")
    question, values = (None, {}) if file else _canned(query or "", given)
    text = _read(file) if file else question.fill(**values) if question else query or ""
    text = with_declarations(text, PREFIXES)
    opened = open_release(release)
    store = open_store(opened.store)
    if question:
        check_values(question, values, partial(rows, store), opened.report, names_in(opened))
    context = click.get_current_context()

    def answer() -> None:
        with context.scope(cleanup=False):  # click keeps the current one for each thread
            is_empty = _print(store.ask(Query(text)), wanted, question.headings if question else {})
            if is_empty and not question and (absent := absent_names(text, partial(rows, store))):
                say(absent)

    with _killed_by_ctrl_c():
        with_deep_stack(text, answer)
    if advice := hint(text):
        say(advice)
    say_next("query", "--list", *at(release))


def _list(release: Path) -> None:
    """Print the canned queries; the examples are values of the release, if there is one."""
    try:
        ask = partial(rows, open_store(open_release(release).store))
    except ReleaseError:
        ask = None
    for query in canned.load_all().values():
        click.echo(f"{query.name}\n    {query.question}")
        values = examples(query, ask) if ask else {}
        for parameter in query.parameters:
            example = values.get(parameter.name, parameter.example)
            need = f"e.g. {example}" if parameter.default is None else f"default {parameter.default or 'none'}"
            click.echo(f"    --param {parameter.name}=…  {parameter.description} ({parameter.type}, {need})")
    query = next(iter(canned.load_all().values()))
    needed = {each.name for each in query.parameters if each.default is None}
    values = examples(query, ask) if ask else {each.name: each.example for each in query.parameters}
    say_next("query", query.name, *(f"--param={name}={values[name]}" for name in sorted(needed)), *at(release))


def _read(file: TextIO) -> str:
    try:
        return file.read()
    except UnicodeDecodeError as error:
        raise QueryError(f"{file.name} is not UTF-8: {error}") from None


def _canned(query: str, given: tuple[str, ...]) -> tuple[CannedQuery | None, dict[str, str]]:
    """Return the canned query that a single word names, with its values; anything else is SPARQL."""
    if re.fullmatch(r"[\w.-]+", query):
        return canned.load(query), _values(given)
    if given:
        raise ParameterError("--param requires a canned query; see kg query --list")
    return None, {}


def _values(given: tuple[str, ...]) -> dict[str, str]:
    values: dict[str, str] = {}
    for pair in given:
        name, equals, value = pair.partition("=")
        if not equals or name in values:
            raise ParameterError(f"--param {pair}: write NAME=VALUE, each name once")
        values[name] = value
    return values


def _print(answer: Answer, wanted: str | None, headings: Mapping[str, str]) -> bool:
    """Print an answer; return whether it is known to have no rows."""
    out = sys.stdout.buffer
    if wanted is None and answer.form is not Form.GRAPH:
        wanted = _TABLE if sys.stdout.isatty() else "tsv"
    if wanted == _TABLE and answer.form is not Form.GRAPH:
        rows = io.BytesIO()
        answer.write(rows, JSON)
        text, count = table(json.loads(rows.getvalue()), headings)
        out.write(text.encode())
        if answer.form is Form.BINDINGS:
            say(f"{count} row{'' if count == 1 else 's'}")
        is_empty = count == 0
    else:
        lines, fmt = _LastLine(out), _format(answer.form, wanted)
        answer.write(cast(BinaryIO, lines), fmt)
        lines.end()
        is_empty = answer.form is Form.BINDINGS and fmt.name in _LINES and lines.count == 1
        if is_empty:
            say("0 rows")
    out.flush()
    return is_empty


def _format(form: Form, wanted: str | None) -> Format:
    there = FORMATS[form]
    fmt = FORMATS_BY_NAME.get(wanted) if wanted else there[0]
    if fmt not in there:
        known = ", ".join(known.name for known in there)
        raise UnknownName(f"no format {wanted!r} for this answer ({form.value}); there are {known}")
    return fmt


class _LastLine:
    """Standard output that adds the final line break that answers in XML and JSON lack."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._last = b""
        self.count = 0
        """Number of lines."""

    def write(self, data: bytes) -> int:
        self._last = bytes(data[-1:]) or self._last
        self.count += data.count(b"\n")
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()

    def end(self) -> None:
        if self._last not in (b"", b"\n"):
            self.write(b"\n")


@contextmanager
def _killed_by_ctrl_c() -> Iterator[None]:
    """Restore the default action of SIGINT, since Python's handler does not run while the engine works."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
