"""The OpenAPI 3.1 document of the server: search, catalogue, SPARQL, and an operation for each query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kg import __version__
from kg.query import BINDINGS_FORMATS, FORMATS, FORMATS_BY_NAME, JSON, Form, Format
from kg.query.canned import NAMED, CannedQuery, Parameter
from kg.search_index import FACETS
from server.http.protocol import FORM_TYPE, QUERY_TYPE
from server.pages.about import SEARCH_TYPE, TITLE
from server.pages.signposts import LINKSET

_EXAMPLE = "SELECT * { ?sheet a <https://w3id.org/rdm-kg/ont#CheatSheet> } LIMIT 5"
_PROBLEMS = {
    "400": "A parameter or the query is invalid",
    "403": "The query uses an endpoint that is not allowed",
    "404": "There is nothing with that name",
    "406": "None of the accepted formats is available; the problem lists the available ones",
    "413": "The query is too long",
    "414": "The URL is too long",
    "415": "The media type of the body is not supported",
    "429": "Too many queries of one client; see Retry-After",
    "503": "No worker is available; see Retry-After",
    "504": "The query timed out; see Retry-After",
}
"""Status → description, for every status with problem details (RFC 9457)."""
_OF_A_QUERY = ("400", "406", "414", "429", "503", "504")
_TYPES: Mapping[str, Mapping[str, str]] = {
    "string": {"type": "string"},
    "iri": {"type": "string", "format": "iri"},
    "integer": {"type": "integer", "format": "int64"},
    **{kind: {"type": "string"} for kind in NAMED},
}
"""Type of a canned query's parameter → JSON Schema."""
_TERM = {
    "type": "object",
    "required": ["type", "value"],
    "properties": {
        "type": {"enum": ["uri", "literal", "bnode", "triple"]},
        "value": {"description": "Text; an object for a triple"},
        "datatype": {"type": "string", "format": "iri"},
        "xml:lang": {"type": "string"},
    },
}
_FOUND_BY_PROGRAMS = {
    "/.well-known/api-catalog": ("apiCatalog", "The services of this server (RFC 9727)", LINKSET.media_type),
    "/opensearch.xml": ("openSearch", "The description of the search (OpenSearch 1.1)", SEARCH_TYPE),
    "/llms.txt": ("llms", "A guide for language models", "text/plain"),
}
"""Path → name, summary and media type of the operation."""
_TAGS = ("Questions", "Search", "Catalogue", "Data management plans", "SPARQL", "Discovery")
_SCHEMAS = {
    "Results": {
        "description": "SPARQL 1.1 Query Results JSON Format",
        "type": "object",
        "required": ["head"],
        "properties": {
            "head": {"type": "object", "properties": {"vars": {"type": "array", "items": {"type": "string"}}}},
            "boolean": {"type": "boolean"},
            "results": {
                "type": "object",
                "required": ["bindings"],
                "properties": {
                    "bindings": {"type": "array", "items": {"type": "object", "additionalProperties": _TERM}}
                },
            },
        },
    },
    "Problem": {
        "description": "RFC 9457",
        "type": "object",
        "required": ["title", "status", "detail"],
        "properties": {
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What happened, and what to do"},
            "near": {"type": "object", "description": "Similar names and their addresses"},
            "available": {"type": "array", "items": {"type": "string"}, "description": "Available media types"},
            "line": {"type": "integer", "description": "Of the query, from 1"},
            "column": {"type": "integer"},
            "request_id": {"type": "string", "description": "Of an error of the server, as its logs have it"},
        },
    },
    "Found": {
        "type": "object",
        "required": ["total", "page", "pages", "facets", "results"],
        "properties": {name: {"type": "integer"} for name in ("total", "page", "pages")}
        | {"facets": {"type": "object"}, "results": {"type": "array", "items": {"type": "object"}}},
    },
    "Questions": {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name", "title", "question", "url", "parameters"],
            "properties": {name: {"type": "string"} for name in ("name", "title", "question", "url")}
            | {"parameters": {"type": "array", "items": {"type": "object"}}},
        },
    },
}


def document(root: str, questions: Iterable[CannedQuery]) -> dict[str, Any]:
    """Return the OpenAPI document of a server at ``root``; it is deterministic.

    >>> from kg.query import canned
    >>> made = document("http://localhost", canned.load_all().values())
    >>> made["paths"]["/queries/shared-recommendations"]["get"]["parameters"][0]["schema"]
    {'type': 'integer', 'format': 'int64', 'default': 2}
    """
    paths: dict[str, Any] = {"/queries/": {"get": _listing()}}
    paths |= {f"/queries/{query.name}": {"get": _question(query)} for query in questions}
    paths["/search"] = {"get": _search()}
    paths["/catalog"] = {"get": _catalogue()}
    paths["/madmp"] = {"get": _madmp()}
    paths["/sparql"] = {"get": _sparql_get(), "post": _sparql_post()}
    paths |= {path: {"get": _found_by_programs(*facts)} for path, facts in _FOUND_BY_PROGRAMS.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": TITLE,
            "summary": "Which standards, repositories and laws fit which data, and the page that says so",
            "version": __version__,
        },
        "servers": [{"url": root}],
        "tags": [{"name": name} for name in _TAGS],
        "paths": paths,
        "components": {"schemas": _SCHEMAS, "responses": {name: _problem(words) for name, words in _PROBLEMS.items()}},
    }


_PAGE = {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "default": 1}}


def _listing() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Questions"}}, "text/html": _text()}
    responses = {"200": {"description": "All of them", "content": content}, **_problems("406", "414", "429", "503")}
    return {"tags": ["Questions"], "operationId": "questions", "summary": "The questions", "responses": responses}


def _question(query: CannedQuery) -> dict[str, Any]:
    is_checked = any(parameter.type in NAMED for parameter in query.parameters)
    problems = _problems(*_OF_A_QUERY, *(("404",) if is_checked else ()))
    return {
        "tags": ["Questions"],
        "operationId": query.name,
        "summary": query.title,
        "description": query.question,
        "parameters": [*map(_parameter, query.parameters), _format(fmt.name for fmt in BINDINGS_FORMATS)],
        "responses": {"200": _answer("The answer", BINDINGS_FORMATS), **problems},
    }


def _search() -> dict[str, Any]:
    words = {"name": "q", "in": "query", "description": "Words, or an id in any form", "schema": {"type": "string"}}
    texts = {"type": "array", "items": {"type": "string"}}
    facets = [{"name": name, "in": "query", "schema": texts} for name in FACETS]
    schema = {"schema": {"$ref": "#/components/schemas/Found"}}
    content = {"application/json": schema, "text/csv": _text(), "text/html": _text()}
    return {
        "tags": ["Search"],
        "operationId": "search",
        "summary": "Things by words or by identifiers, best first",
        "parameters": [words | {"example": "bsg-s000114"}, *facets, _PAGE, _format(("json", "csv"))],
        "responses": {
            "200": {"description": "One page of results; as CSV all results", "content": content},
            **_problems("400", "404", "406", "414"),
        },
    }


def _catalogue() -> dict[str, Any]:
    formats = FORMATS[Form.GRAPH]
    content = {fmt.media_type: _text() for fmt in formats}
    return {
        "tags": ["Catalogue"],
        "operationId": "catalogue",
        "summary": "The sites, their cheat sheets, the dumps and this service in DCAT",
        "parameters": [_PAGE, _format(fmt.name for fmt in formats)],
        "responses": {
            "200": {"description": "A page of the catalogue, which names the others (Hydra)", "content": content},
            **_problems("404", *_OF_A_QUERY),
        },
    }


def _found_by_programs(name: str, summary: str, media_type: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"schema": {"type": "object"}} if media_type == LINKSET.media_type else _text()
    answer = {"description": summary, "content": {media_type: schema}}
    responses = {"200": answer, **_problems("414", "429", "503")}
    return {"tags": ["Discovery"], "operationId": name, "summary": summary, "responses": responses}


def _madmp() -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    words = {"description": "Id, title or IRI of a page", "example": "pic"}
    page = {"name": "page", "in": "query", "required": True, "schema": schema, **words}
    plan = {"type": "object", "required": ["dmp"], "properties": {"dmp": {"type": "object"}}}
    answer = {"description": "The stub, valid by the standard", "content": {"application/json": {"schema": plan}}}
    return {
        "tags": ["Data management plans"],
        "operationId": "madmp",
        "summary": "A data management plan to fill in, from what a page recommends, in the RDA DMP Common Standard",
        "parameters": [page],
        "responses": {"200": answer, **_problems("400", "404", "414", "429", "503", "504")},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    """Return a parameter object; a required one has at least one character, since an empty value counts as absent."""
    schema: dict[str, Any] = dict(_TYPES[parameter.type])
    if parameter.default is not None:
        schema["default"] = _value(parameter)
    elif schema["type"] == "string":
        schema["minLength"] = 1
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "required": parameter.default is None,
        "schema": schema,
        "example": _value(parameter),
    }


def _value(parameter: Parameter) -> str | int:
    return int(parameter.example) if parameter.type == "integer" else parameter.example


def _format(names: Iterable[str]) -> dict[str, Any]:
    schema = {"enum": list(names)}
    return {"name": "format", "in": "query", "description": "Overrides the Accept header", "schema": schema}


def _sparql_get() -> dict[str, Any]:
    query = {"name": "query", "in": "query", "schema": {"type": "string", "minLength": 1}, "example": _EXAMPLE}
    graphs = [
        {"name": name, "in": "query", "schema": {"type": "array", "items": {"type": "string", "format": "iri"}}}
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    return {
        "operationId": "query",
        "summary": "SPARQL query by GET; without a query, the service description",
        "parameters": [query, *graphs, _format(FORMATS_BY_NAME)],
        **_sparql_answer(*_OF_A_QUERY, "403", "413"),
    }


def _sparql_post() -> dict[str, Any]:
    form = {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
    content = {
        QUERY_TYPE: {"schema": {"type": "string"}, "example": _EXAMPLE},
        FORM_TYPE: {"schema": form, "example": {"query": _EXAMPLE}},
    }
    return {
        "operationId": "queryByPost",
        "summary": "SPARQL query by POST, for long queries",
        "parameters": [_format(FORMATS_BY_NAME)],
        "requestBody": {"required": True, "content": content},
        **_sparql_answer(*_OF_A_QUERY, "403", "413", "415"),
    }


def _sparql_answer(*problems: str) -> dict[str, Any]:
    return {
        "tags": ["SPARQL"],
        "responses": {"200": _answer("The answer", FORMATS_BY_NAME.values()), **_problems(*problems)},
    }


def _answer(words: str, formats: Iterable[Format]) -> dict[str, Any]:
    content: dict[str, Any] = {fmt.media_type: _text() for fmt in formats}
    content[JSON.media_type] = {"schema": {"$ref": "#/components/schemas/Results"}}
    return {"description": words, "content": content | {"text/html": _text()}}


def _text() -> dict[str, Any]:
    return {"schema": {"type": "string"}}


def _problems(*statuses: str) -> dict[str, Any]:
    return {status: {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _problem(words: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": words, "content": {"application/problem+json": schema, "text/html": _text()}}
