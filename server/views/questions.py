"""``/queries/``: the canned questions, with parameters in the URL, and answers in all formats or as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial

from flask import Blueprint, Response, jsonify, request, url_for

from kg.errors import ParameterError, UnknownValue
from kg.query import FORMATS, Form, Query, canned
from kg.query.canned import CannedQuery
from kg.query.known import check_values, examples
from kg.search_index import names_in
from kg.vocab import QUESTIONS, QUESTIONS_GRAPH
from server.http.cache import QUERY
from server.http.negotiation import HTML, PLAIN_JSON
from server.http.protocol import fields
from server.pages.about import TITLE, page_about
from server.pages.answer import respond
from server.pages.audiences import by_audience
from server.pages.chart import MOST, bars
from server.pages.choices import CHOSEN, choices
from server.pages.formats import requested_format
from server.pages.problems import problem_of
from server.pages.rendering import linked, render
from server.pages.rows import rows
from server.pages.table import table
from server.service import Service

_PAGE = "WebPage"
_OURS = frozenset({"format", "output"})
_HEADER = re.compile(r"\A(?:#.*\n)*\n*")
"""Header comment of a canned query's file, which the page shows in another form."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/queries/`` and ``/queries/<name>``."""
    routes = Blueprint("questions", __name__, url_prefix="/queries")
    routes.add_url_rule("/", "all", partial(questions, service))
    routes.add_url_rule("/<name>", "one", partial(question, service))
    return routes


def questions(service: Service) -> Response:
    """Return the list of questions as HTML or JSON.

    Raises:
        Problem: when no format is acceptable (406).
        QueryError: when the pool cannot answer.
    """
    every = canned.load_all().values()
    words = f"Questions that the graph answers: {', '.join(query.title.lower() for query in every)}."
    about = page_about(service, "CollectionPage", f"{TITLE}: questions", words, iri=QUESTIONS_GRAPH)
    if requested_format((PLAIN_JSON, HTML)) is HTML:
        return render("questions.html", about, groups=by_audience(), graph=QUESTIONS_GRAPH)
    return linked(jsonify([_described(query, examples(query, partial(rows, service))) for query in every]), about)


def question(service: Service, name: str) -> Response:
    """Return the answer to one question; a page without parameters shows the answer for the example values.

    A page about a mistaken parameter has the form as it was filled in, and says what is wrong with it.

    Raises:
        UnknownName: when there is no question with that name.
        UnknownValue: when the release has nothing that a parameter names, in a format for machines.
        ParameterError: when a parameter is unknown, repeated, missing or invalid, in a format for machines.
        Problem: when no format is acceptable (400 or 406).
        QueryError: when the pool cannot answer.
    """
    query = canned.load(name)
    wanted = requested_format((*FORMATS[Form.BINDINGS], HTML))
    known = examples(query, partial(rows, service)) if wanted is HTML else {}
    given = fields(request.query_string)
    try:
        values = _values(query, given)
        release = service.current.release
        check_values(query, values, partial(rows, service), release.report, names_in(release))
        shown = values or known
        text = query.fill(**shown)
        request.environ[QUERY] = Query(text)
    except (UnknownValue, ParameterError) as error:
        problem = problem_of(error)
        if wanted is not HTML or problem is None:
            raise
        if isinstance(error, UnknownValue) and error.near:  # the page has links to them
            problem.detail = error.alone
        page = _form(service, query, known, dict(given), problem=problem, mistaken=error.parameter)
        page.status_code = problem.status
        return page
    if wanted is HTML:
        is_example = not values and any(parameter.default is None for parameter in query.parameters)
        return _page(service, query, known, shown, text=text, is_example=is_example)
    return respond(service, Query(text), dict.fromkeys(Form, wanted))


def _form(
    service: Service, query: CannedQuery, known: Mapping[str, str], shown: Mapping[str, str], **context: object
) -> Response:
    return render(
        "question.html",
        page_about(service, _PAGE, query.title, query.question, iri=QUESTIONS + query.name),
        question=query,
        values=shown,
        examples=known,
        choices={each.name: choices(service, query, each, shown.get(each.name, "")) for each in query.parameters},
        chosen=CHOSEN,
        **context,
    )


def _page(
    service: Service,
    query: CannedQuery,
    known: Mapping[str, str],
    shown: Mapping[str, str],
    *,
    text: str,
    is_example: bool,
) -> Response:
    answer = table(service, Query(text), query.columns)
    return _form(
        service,
        query,
        known,
        shown,
        is_example=is_example,
        text=_HEADER.sub("", text),
        answer=answer,
        bars=bars(query.chart, answer) if query.chart else (),
        most_bars=MOST,
        headings=query.headings,
        formats=FORMATS[Form.BINDINGS],
    )


def _values(query: CannedQuery, given: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters of the request; an empty field counts as absent."""
    known = [parameter.name for parameter in query.parameters]
    values: dict[str, str] = {}
    for name, value in given:
        if name in _OURS:
            continue
        if name not in known:
            has = f"it has {', '.join(known) or 'none'}"
            raise ParameterError(f"the question {query.title!r} has no parameter {name!r}; {has}")
        if value and values.setdefault(name, value) != value:
            raise ParameterError(f"parameter {name!r} is given twice")
    return values


def _described(query: CannedQuery, known: Mapping[str, str]) -> dict[str, object]:
    parameters = [
        {
            "name": parameter.name,
            "type": parameter.type,
            "description": parameter.description,
            "required": parameter.default is None,
            "example": known[parameter.name],
        }
        for parameter in query.parameters
    ]
    url = url_for("questions.one", name=query.name, _external=True)
    facts = {"name": query.name, "title": query.title, "question": query.question, "url": url}
    return {**facts, "parameters": parameters}
