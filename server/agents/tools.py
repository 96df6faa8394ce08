"""The tools for agents: their names, descriptions and parameters, and their calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kg.errors import ParameterError, UnknownName
from kg.query import Query, canned
from kg.query.canned import CannedQuery, Parameter
from kg.query.known import check_values, examples, values_of
from kg.query.rows import rows
from kg.query.text import with_declarations
from kg.release import Release
from kg.search_index import names_in
from kg.vocab import PREFIXES
from server.agents import card, things
from server.agents.compact import MOST_ROWS, answered
from server.current import Current
from server.workers import Pool
from server.workers.asking import PoolStore

INSTRUCTIONS = (
    "Which formats, standards, repositories, laws and services pages on research data management recommend for which "
    "data, with the page and the line that says so. Ask one of the questions first; find ids with search; cite page "
    "and line, and the commit from explain. Use sparql only for what no question answers, after schema. Everything is "
    f"read-only. Answers have at most {MOST_ROWS} rows; one that is cut says so in 'truncated'."
)
_JSON_TYPES: Mapping[str, type] = {"string": str, "integer": int}


@dataclass(frozen=True, slots=True)
class Desk:
    """The release and the store that the call of a tool reads."""

    release: Release
    store: PoolStore


@dataclass(frozen=True, slots=True)
class AgentTool:
    """A tool."""

    name: str
    title: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of the object of arguments."""
    call: Callable[[Desk, Mapping[str, Any]], dict[str, Any]]
    """Returns the answer; the arguments are valid by ``parameters``."""


class Tools:
    """The tools over the current release, whose queries ``pool`` evaluates, each call within ``seconds``."""

    def __init__(self, current: Current, pool: Pool, seconds: float) -> None:
        self._current, self._pool, self._seconds = current, pool, seconds
        self._listed: tuple[str, tuple[AgentTool, ...]] = ("", ())

    @property
    def has_engine(self) -> bool:
        """True if queries are answered by an engine elsewhere."""
        return self._pool.workers().holds is not None

    def all(self, client: str) -> tuple[AgentTool, ...]:
        """Return the tools, with examples and values of the current release: the questions first, ``sparql`` last.

        Raises:
            QueryError: when the pool cannot answer.
        """
        desk = self._desk(client)
        data = f"{desk.release.id} {self._pool.workers().holds}"
        if self._listed[0] != data:
            self._listed = data, tuple(_tools(desk))
        return self._listed[1]

    def call(self, name: str, arguments: Mapping[str, Any], client: str) -> dict[str, Any]:
        """Return the answer of a tool to a client.

        Raises:
            UnknownName: when there is no such tool.
            ParameterError: when the arguments are not those of the tool.
            KgError: when the tool cannot answer.
        """
        tools = {tool.name: tool for tool in self.all(client)}
        if name not in tools:
            raise UnknownName(f"no tool {name!r}; there are {', '.join(tools)}")
        _check(tools[name].parameters, arguments)
        return tools[name].call(self._desk(client), arguments)

    def _desk(self, client: str) -> Desk:
        self._current.refresh()
        return Desk(self._current.release, PoolStore(self._pool, client, self._seconds))


def _tools(desk: Desk) -> Sequence[AgentTool]:
    questions = [_question(query, desk) for query in canned.load_all().values()]
    return (*questions, _search(things.kinds(desk.release)), *_OTHERS)


def _search(kinds: Sequence[str]) -> AgentTool:
    kind = {"type": "string", "enum": kinds, "description": "Kind of the things that are wanted"}
    return AgentTool(
        "search",
        "Search",
        "Find things and pages by words, or by an id of FAIRsharing, a DOI, ORCID or ROR in any form.",
        _object({"words": _WORDS, **({"kind": kind} if kinds else {})}, ["words"]),
        lambda desk, given: things.search(desk.release, given["words"], given.get("kind")),
    )


def _question(query: CannedQuery, desk: Desk) -> AgentTool:
    ask = partial(rows, desk.store)
    known = examples(query, ask)
    properties = {each.name: _property(each, known[each.name], ask) for each in query.parameters}
    required = [each.name for each in query.parameters if each.default is None]
    return AgentTool(query.name, query.title, query.question, _object(properties, required), partial(_answer, query))


def _answer(query: CannedQuery, desk: Desk, given: Mapping[str, Any]) -> dict[str, Any]:
    values = {name: str(value) for name, value in given.items()}
    text = query.fill(**values)
    check_values(query, values, partial(rows, desk.store), desk.release.report, names_in(desk.release))
    return answered(desk.store, Query(text))


def _property(parameter: Parameter, example: str, ask: Callable[[str], Any]) -> dict[str, Any]:
    """Return the JSON Schema of a parameter; kinds with few values list them."""
    kind = "integer" if parameter.type == "integer" else "string"
    schema: dict[str, Any] = {"type": kind, "description": parameter.description}
    if parameter.type == "iri":
        schema["format"] = "iri"
    if parameter.type in ("site", "modality") and (values := values_of(parameter.type, ask)):
        schema["enum"] = values if parameter.default is None else ["", *values]
    if example:
        schema["examples"] = [int(example) if kind == "integer" else example]
    if parameter.default:
        schema["default"] = int(parameter.default) if kind == "integer" else parameter.default
    elif parameter.default is None and kind == "string":
        schema["minLength"] = 1
    return schema


def _object(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _check(schema: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Check arguments against the schema of a tool, as far as it goes in :func:`_object` and :func:`_property`.

    Raises:
        ParameterError: when an argument is unknown, missing, of the wrong type, or none of the listed values.
    """
    properties = schema["properties"]
    for name, value in given.items():
        if name not in properties:
            raise ParameterError(f"no parameter {name!r}; there are {', '.join(properties) or 'none'}")
        _check_value(name, value, properties[name])
    if missing := [name for name in schema["required"] if not given.get(name, "")]:
        raise ParameterError(f"parameter {missing[0]!r} is missing: {properties[missing[0]]['description']}")


def _check_value(name: str, value: object, wanted: Mapping[str, Any]) -> None:
    if not isinstance(value, _JSON_TYPES[wanted["type"]]) or isinstance(value, bool):
        raise ParameterError(f"parameter {name!r} must be of type {wanted['type']}")
    if "enum" in wanted and value not in wanted["enum"]:
        raise ParameterError(f"parameter {name!r} must be one of {', '.join(map(repr, wanted['enum']))}")
    if isinstance(value, str) and len(value) > wanted.get("maxLength", len(value)):
        raise ParameterError(f"parameter {name!r} is longer than {wanted['maxLength']} characters")
    if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
        raise ParameterError(f"parameter {name!r} has half of a surrogate pair, which is no text")


_TEXT = {"type": "string", "minLength": 1}
_WORDS = {**_TEXT, "description": "Words, or an id in any form", "examples": ["bsg-s000114"]}
_THING = {
    **_TEXT,
    "maxLength": 500,
    "description": "IRI, prefixed name, id of a record in any form, id or title of a page, or id of a tool, or a name",
    "examples": ["fairsharing:b7z8by", "bsg-s000114"],
}
_OTHERS = (
    AgentTool(
        "describe",
        "Describe a thing",
        "The statements about one thing, with the names of what they lead to.",
        _object({"thing": _THING}, ["thing"]),
        lambda desk, given: things.describe(desk.release, desk.store, given["thing"]),
    ),
    AgentTool(
        "explain",
        "Explain where statements come from",
        "The statements about one thing, each with the file, line and commit that it comes from, and why.",
        _object({"thing": _THING}, ["thing"]),
        lambda desk, given: things.explain(desk.release, desk.store, given["thing"]),
    ),
    AgentTool(
        "schema",
        "Schema of the graph",
        "Classes, properties, prefixes and pitfalls of the graph; or the properties of one class, with examples.",
        _object({"class": {**_TEXT, "description": "A class, such as rdm:CheatSheet: its properties alone"}}, []),
        lambda desk, given: card.schema(desk.store, given.get("class")),
    ),
    AgentTool(
        "sparql",
        "SPARQL",
        "The answer to a SPARQL 1.1 query, for what no other tool answers. The prefixes that schema lists need no "
        "declaration. Read-only; SERVICE is refused. Use LIMIT.",
        _object({"query": {**_TEXT, "description": "SPARQL 1.1 query"}}, ["query"]),
        lambda desk, given: answered(desk.store, Query(with_declarations(given["query"], PREFIXES))),
    ),
)
"""The tools that are the same for every release."""
