"""``/ask``: the query editor over this endpoint, and beside it the plain form that works without any script."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from kg.query import canned
from kg.vocab import PREFIXES
from server.http.policy import with_style
from server.http.protocol import fields
from server.service import Service

EXAMPLE = f"""PREFIX dct: <{PREFIXES["dct"]}>
PREFIX rdm: <{PREFIXES["rdm"]}>

SELECT ?sheet ?title WHERE {{
  ?sheet a rdm:CheatSheet ;
    dct:title ?title .
}}
ORDER BY ?title
LIMIT 50
"""
"""A query to begin with."""
_COLUMNS = "sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk="
"""The one inline style sheet that the editor makes, so that the columns of an answer can be drawn wider."""
_STATIC = Path(__file__).parents[1] / "static"
_EDITOR = ("vendor/yasgui/yasgui.min.js", "vendor/yasgui/yasgui.min.css")
_VIEWS = {"chart": "vendor/chart.js/chart.umd.min.js", "graph": "vendor/cytoscape/cytoscape.min.js"}
"""What draws each picture of an answer."""
_NOTICES = {name: f"vendor/{name.lower()}/LICENSES.txt" for name in ("YASGUI", "Chart.js", "Cytoscape")}
"""Whose work the editor is, and under which licences."""


def blueprint(service: Service) -> Blueprint:
    """The routes ``/ask`` and ``/ask/settings.json``."""
    routes = Blueprint("ask", __name__, url_prefix="/ask")
    routes.add_url_rule("", "ask", partial(ask, has_editor()))
    routes.add_url_rule("/settings.json", "settings", settings)
    return routes


def ask(editor: bool) -> Response:
    """The page; a ``query`` in the address stands in the editor and in the form."""
    given = next((text for name, text in fields(request.query_string) if name == "query" and text), EXAMPLE)
    notices = {library: name for library, name in _NOTICES.items() if _has(name)}
    questions = canned.load_all().values()
    page = render_template("ask.html", text=given, questions=questions, editor=editor, notices=notices)
    return Response(page, headers={"Content-Security-Policy": with_style(_COLUMNS)} if editor else {})


def settings() -> Response:
    """What the editor's script needs to know: addresses, libraries, prefixes, and the questions with their queries."""
    questions = canned.load_all().values()
    return jsonify(
        {
            "endpoint": url_for("sparql.endpoint"),
            "description": url_for("well_known.void", format="ntriples"),
            "page": url_for("things.any_thing"),
            "libraries": {view: url_for("static", filename=name) for view, name in _VIEWS.items() if _has(name)},
            "prefixes": PREFIXES,
            "questions": [{"name": query.name, "title": query.title, "query": query.text} for query in questions],
        }
    )


def has_editor() -> bool:
    """Whether the editor's files came with the program; it works without."""
    return all(_has(name) for name in _EDITOR)


def _has(name: str) -> bool:
    return (_STATIC / name).is_file()
