"""``/``: what is here, in plain sight and without any script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, render_template

from kg import canned
from kg.canned import CannedQuery
from kg.errors import QueryError
from kg.query import Query
from kg.vocab import DCT, RDM
from server.views import Service
from server.views._table import Table, table
from server.views.dumps import dumps

_COUNTED = {
    "CheatSheet": "cheat sheets",
    "DataFormat": "data formats",
    "Terminology": "terminologies",
    "Repository": "repositories",
    "Service": "services",
    "Mention": "links and names, each with its line",
}
"""Our classes that the page counts → what it calls them."""
_SHEETS = f"""SELECT ?title ?description ?sheet WHERE {{
  ?sheet a <{RDM.CheatSheet}> ; <{DCT.title}> ?title ; <{DCT.description}> ?description
}} ORDER BY ?title"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of something there are."""

    what: str
    number: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A question with the answer for its examples."""

    question: CannedQuery
    values: dict[str, str]
    answer: Table | None
    trouble: str = ""
    """Why there is no answer."""


def blueprint(service: Service) -> Blueprint:
    """The route ``/``."""
    routes = Blueprint("home", __name__)
    routes.add_url_rule("/", "home", partial(home, service))
    return routes


def home(service: Service) -> str:
    """The page: sites and counts, every question with an answer, how to ask, what to take away."""
    release = service.current.release
    shown = [_shown(service, query) for query in canned.load_all().values()]
    return render_template(
        "home.html",
        release=release,
        counts=_counts(service),
        sheets=table(service, Query(_SHEETS)),
        shown=shown,
        dumps=dumps(release).values(),
    )


def _counts(service: Service) -> list[Count]:
    classes = " ".join(f"<{RDM[name]}>" for name in _COUNTED)
    query = f"SELECT ?class (COUNT(?thing) AS ?n) {{ VALUES ?class {{ {classes} }} ?thing a ?class }} GROUP BY ?class"
    found = {row[0].text.partition(":")[2]: row[1].text for row in table(service, Query(query)).rows}
    return [Count(what, found.get(name, "0")) for name, what in _COUNTED.items()]


def _shown(service: Service, query: CannedQuery) -> Shown:
    values = {parameter.name: parameter.example for parameter in query.parameters}
    try:
        return Shown(query, values, table(service, Query(query.fill(**values))))
    except QueryError as error:
        return Shown(query, values, None, str(error))
