"""``/``: what is here, in plain sight and without any script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, render_template

from kg import canned
from kg.canned import CannedQuery
from kg.errors import QueryError
from kg.query import Query
from server.views import Service
from server.views._table import Table, table
from server.views.dumps import dumps


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
    return render_template("home.html", release=release, shown=shown, dumps=dumps(release).values())


def _shown(service: Service, query: CannedQuery) -> Shown:
    values = {parameter.name: parameter.example for parameter in query.parameters}
    try:
        return Shown(query, values, table(service, Query(query.fill(**values))))
    except QueryError as error:
        return Shown(query, values, None, str(error))
