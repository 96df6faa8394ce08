"""Compute the quads that an update operation adds and removes, without changing the store.

A WHERE clause is evaluated as a SELECT query over release and overlay. The templates are instantiated by the engine:
they are inserted into an empty store in memory, once for each solution; the quads of that store are the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import pyoxigraph as ox

from kg.errors import QueryError, QuerySyntaxError
from kg.query.text import check_read_only, place
from kg.store.overlay.dataset import DEFAULT, Change, Dataset, engine_errors, iri, nodes
from kg.store.overlay.managing import managed
from kg.store.overlay.operations import Data, Manage, Modify, Operation, Step, Template, steps
from kg.store.oxigraph import syntax_error
from kg.vocab import BASE

Row = list[Any]

_CELL = ox.NamedNode("urn:cell")
_ROWS = 10_000
"""Number of solutions for which the templates are instantiated at a time."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Graphs that a request selects for operations whose text names none."""

    graph: str = ""
    """IRI of the graph that replaces the default graph, as with WITH; empty for the default graph itself."""
    using: tuple[str, ...] = ()
    """IRIs of ``using-graph-uri`` (SPARQL 1.1 Protocol, section 2.2.3)."""
    using_named: tuple[str, ...] = ()
    """IRIs of ``using-named-graph-uri``."""


def read(text: str) -> list[Operation]:
    """Parse an update into its operations, each checked by the engine's parser.

    Raises:
        QuerySyntaxError: when the text is not a SPARQL update.
    """
    found, labels = [], set[str]()
    for step in steps(text):
        _check_syntax(step, place(text, step.start))
        template = step.operation.template if isinstance(step.operation, Data) else None
        if template and labels & template.blank_nodes:
            raise QuerySyntaxError("the label of a blank node is used in two operations", *place(text, step.start))
        labels |= template.blank_nodes if template else set()
        found.append(step.operation)
    return found


def _check_syntax(step: Step, start: tuple[int, int]) -> None:
    """Raise :class:`QuerySyntaxError` when the engine cannot parse an operation.

    The engine has no call that only parses, so the text follows an operation that always fails when it is run. Each
    operation is checked alone, since the engine accepts no prologue after a semicolon, which SPARQL allows.
    """
    before = f"{step.operation.prologue}DROP GRAPH <urn:none>;"
    try:
        ox.Store().update(before + step.text, base_iri=BASE)
    except SyntaxError as error:
        raise syntax_error(before + step.text, str(error), len(before), start) from None
    except RuntimeError:
        return


def change_of(operation: Operation, scope: Scope, dataset: Dataset) -> Change:
    """Return the quads and graphs that ``operation`` adds and removes.

    Raises:
        QueryRefused: when the operation writes to a graph of the release.
        Conflict: when a graph that it reads does not exist, or a graph that it creates exists.
        QueryError: when it cannot be evaluated, or affects other graphs than the one that a PATCH request names.
    """
    if scope.graph:
        _check_alone(operation)
    if isinstance(operation, Manage):
        return managed(operation, dataset)
    if isinstance(operation, Data):
        return _data(operation, scope, dataset)
    return _modify(operation, scope, dataset)


def _check_alone(operation: Operation) -> None:
    """Raise :class:`QueryError` when an operation names graphs other than the one that is patched."""
    if isinstance(operation, Manage):
        raise QueryError(f"{operation.verb} changes whole graphs, but a PATCH changes statements of one graph")
    if isinstance(operation, Modify) and (operation.graph or operation.using):
        raise QueryError("WITH and USING name graphs, but a PATCH changes only the graph of its URL")


def _data(operation: Data, scope: Scope, dataset: Dataset) -> Change:
    dataset.check(nodes(operation.prologue, operation.template.graphs))
    quads = _into(scope.graph, _filled(operation.prologue, operation.template, [], [[]]), alone=bool(scope.graph))
    dataset.check(quad.graph_name for quad in quads)
    return Change(removed=quads) if operation.removes else Change(added=quads)


def _modify(operation: Modify, scope: Scope, dataset: Dataset) -> Change:
    if (operation.graph or operation.using) and (scope.using or scope.using_named):
        raise QueryError("graphs are named by using-graph-uri and by WITH or USING; use only one of them")
    templates = [template for template in (operation.delete, operation.insert) if template]
    named = [graph for template in templates for graph in template.graphs]
    dataset.check(nodes(operation.prologue, [*named, *filter(None, [operation.graph])]))
    graph = nodes(operation.prologue, [operation.graph])[0].value if operation.graph else scope.graph
    variables = list(dict.fromkeys(variable for template in templates for variable in template.variables))
    removed: dict[ox.Quad, None] = {}
    added: dict[ox.Quad, None] = {}
    rows = _solutions(operation, variables, graph, scope, dataset.store)
    while some := list(islice(rows, _ROWS)):
        for template, found in ((operation.delete, removed), (operation.insert, added)):
            if template:
                quads = _filled(operation.prologue, template, variables, some)
                found.update(dict.fromkeys(_into(graph, quads, alone=bool(scope.graph))))
    dataset.check(quad.graph_name for quad in added)
    return Change(removed=list(removed), added=list(added))


def _solutions(operation: Modify, variables: list[str], graph: str, scope: Scope, store: ox.Store) -> Iterator[Row]:
    """Yield the values of ``variables`` in each solution of the WHERE clause."""
    wanted = " ".join(f"?{variable}" for variable in variables) or "*"
    text = f"{operation.prologue}SELECT {wanted} {operation.using}WHERE {operation.where}"
    check_read_only(text)
    default: list[Any] | None = None
    named: list[Any] | None = None
    if scope.using or scope.using_named:
        default, named = list(map(iri, scope.using)), list(map(iri, scope.using_named))
    elif graph and not operation.using:
        default = [iri(graph)]
    with engine_errors():
        for solution in cast(
            "ox.QuerySolutions", store.query(text, base_iri=BASE, default_graph=default, named_graphs=named)
        ):
            yield [solution[variable] for variable in variables]


def _filled(prologue: str, template: Template, variables: list[str], rows: list[Row]) -> list[ox.Quad]:
    """Return the quads of ``template`` for each row of values of ``variables``."""
    number = "?" + "n" * (1 + max(map(len, [*variables, *template.variables]), default=0))
    numbers = " ".join(map(str, range(len(rows))))
    binds = " ".join(f"BIND(<{_CELL.value}>({number}, {at}) AS ?{name})" for at, name in enumerate(variables))

    def cell(row: ox.Literal, column: ox.Literal) -> Any:
        return rows[int(row.value)][int(column.value)]

    scratch = ox.Store()
    where = f"{{ VALUES {number} {{ {numbers} }} {binds} }}"
    with engine_errors():
        text = " ".join((prologue, "INSERT", template.text, "WHERE", where))
        scratch.update(text, base_iri=BASE, custom_functions={_CELL: cell})
    return list(scratch)


def _into(graph: str, quads: list[ox.Quad], *, alone: bool) -> list[ox.Quad]:
    """Return the quads with ``graph`` in place of the default graph; if ``alone``, reject quads of other graphs."""
    if not graph:
        return quads
    if alone and any(quad.graph_name != DEFAULT for quad in quads):
        raise QueryError("a PATCH changes only the graph of its URL")
    name = iri(graph)
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, name) if quad.graph_name == DEFAULT else quad
        for quad in quads
    ]
