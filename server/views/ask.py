"""``/ask``: the query editor for this endpoint, and a plain form that works without scripts."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, get_template_attribute, jsonify, request, url_for

from kg.query import N_QUADS, TURTLE, canned
from kg.query.canned import columns_of
from kg.query.known import examples
from kg.vocab import BASE, DESCRIPTION_GRAPH, PREFIXES
from server.http.policy import with_style
from server.http.protocol import Problem, fields
from server.pages.about import TITLE, page_about
from server.pages.rendering import render
from server.pages.rows import rows
from server.pages.table import PAGE_LIMIT, Table, table_of, with_absent_names
from server.service import Service
from server.views.dumps import dumps

EXAMPLE = f"""PREFIX dct: <{PREFIXES["dct"]}>
PREFIX rdm: <{PREFIXES["rdm"]}>

SELECT ?sheet ?title WHERE {{
  ?sheet a rdm:CheatSheet ;
    dct:title ?title .
}}
ORDER BY ?title
LIMIT 50
"""
"""Initial query."""
_WORDS = "An editor for SPARQL queries to this graph, with questions to begin with."
_COLUMNS = "sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk="
"""Hash of the inline style sheet that the editor creates for resizable columns."""
_STATIC = Path(__file__).parents[1] / "static"
_EDITOR = ("vendor/yasgui/yasgui.min.js", "vendor/yasgui/yasgui.min.css")
_ENGINE = ("vendor/oxigraph/web.js", "vendor/oxigraph/web_bg.wasm")
_VIEWS = {"chart": "vendor/chart.js/chart.umd.min.js", "graph": "vendor/cytoscape/cytoscape.min.js"}
"""Name of a result view → file of its library."""
_NOTICES = {name: f"vendor/{name.lower()}/LICENSES.txt" for name in ("YASGUI", "Chart.js", "Cytoscape")}
_NOTICE_OF_ENGINE = {"Oxigraph": "vendor/oxigraph/LICENSES.txt"}
"""Name of a library → file with its licences."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/ask``, ``/ask/settings.json`` and ``/ask/table``."""
    routes = Blueprint("ask", __name__, url_prefix="/ask")
    routes.add_url_rule("", "ask", partial(ask, service, has_editor()))
    routes.add_url_rule("/settings.json", "settings", partial(settings, service))
    routes.add_url_rule("/table", "answer_table", partial(answer_table, service), methods=["POST"])
    return routes


def ask(service: Service, editor: bool) -> Response:
    """Return the page, with the query in the parameter ``query``, else :data:`EXAMPLE`."""
    given = next((text for name, text in fields(request.query_string) if name == "query" and text), EXAMPLE)
    used = {**_NOTICES, **(_NOTICE_OF_ENGINE if service.settings.without_server else {})}
    notices = {library: name for library, name in used.items() if _has(name)}
    about = page_about(service, "WebPage", f"{TITLE}: query editor", _WORDS)
    page = render("ask.html", about, text=given, questions=_questions(service), editor=editor, notices=notices)
    page.headers.update({"Content-Security-Policy": with_style(_COLUMNS)} if editor else {})
    return page


def settings(service: Service) -> Response:
    """Return the settings of the editor's script: URLs, libraries, prefixes, and the questions with their queries."""
    return jsonify(
        {
            **(_engine(service) if service.settings.without_server else _endpoint()),
            "description": DESCRIPTION_GRAPH,
            "page": url_for("things.any_thing"),
            "libraries": {view: url_for("static", filename=name) for view, name in _VIEWS.items() if _has(name)},
            "prefixes": PREFIXES,
            "questions": _questions(service),
        }
    )


def _endpoint() -> dict[str, object]:
    """Return the addresses at which a server answers."""
    return {"endpoint": url_for("sparql.endpoint"), "table": url_for("ask.answer_table")}


def _engine(service: Service) -> dict[str, object]:
    """Return what an engine in the browser loads; it answers at the address of the dump."""
    dump = next(name for name in dumps(service.current.release) if name.endswith(f".{N_QUADS.extension}"))
    address, description = url_for("dumps.one", name=dump), url_for("well_known.void", format=TURTLE.name)
    return {
        "endpoint": address,
        "engine": {"dump": address, "description": description, "graph": DESCRIPTION_GRAPH, "base": BASE},
    }


def answer_table(service: Service) -> Response:
    """Return the field ``result``, SPARQL 1.1 Query Results JSON, as the part of a page that shows it as a table.

    The header of the field ``query`` may say what the columns are.

    Raises:
        Problem: when the field is no such result (400).
        QueryError: when the pool cannot answer.
    """
    form = dict(fields(request.get_data(cache=False)))
    if len(form.get("result", "")) > PAGE_LIMIT:
        return _part(Table(too_large=True))
    try:
        answer = json.loads(form.get("result", ""))
        query = form.get("query", "")
        return _part(with_absent_names(service, table_of(service, answer, columns_of(query)), query))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"expected a result as SPARQL 1.1 Query Results JSON: {error}") from None


def _part(answer: Table) -> Response:
    return Response(get_template_attribute("_table.html", "show")(answer, "Answer"))


def _questions(service: Service) -> list[dict[str, str]]:
    """Return name, title and query of each question, with values that the release has."""
    ask = partial(rows, service)
    return [
        {"name": query.name, "title": query.title, "query": query.fill(**examples(query, ask))}
        for query in canned.load_all().values()
    ]


def has_editor() -> bool:
    """Return whether the files of the editor are installed; they are optional."""
    return all(_has(name) for name in _EDITOR)


def has_engine() -> bool:
    """Return whether the files of the engine for browsers are installed."""
    return all(_has(name) for name in _ENGINE)


def _has(name: str) -> bool:
    return (_STATIC / name).is_file()
