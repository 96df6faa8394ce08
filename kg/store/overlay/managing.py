"""Compute the changes of operations on whole graphs (SPARQL 1.1 Update, section 3.2) and of LOAD."""

from __future__ import annotations

import pyoxigraph as ox

from kg.errors import Conflict, QueryRefused
from kg.store.overlay.dataset import DEFAULT, Change, Dataset, Graph, nodes
from kg.store.overlay.operations import ALL_KINDS, Manage


def managed(operation: Manage, dataset: Dataset) -> Change:
    """Return the changes of ``operation``; see :func:`kg.store.overlay.change.change_of`.

    Raises:
        QueryRefused: when the operation is LOAD, or writes to a graph of the release.
        Conflict: when a graph that it reads does not exist, or a graph that it creates exists.
    """
    target = _node(operation, operation.target)
    if target is not None:
        dataset.check([target])
    if operation.verb == "LOAD":
        if operation.silent:
            return Change()
        raise QueryRefused("LOAD is refused: this server fetches no documents; upload it to the graph store instead")
    if operation.source:
        return _copied(operation, target or DEFAULT, dataset)
    if operation.verb == "CREATE":
        return _created(operation, target or DEFAULT, dataset)
    return _emptied(operation, target, dataset)


def _emptied(operation: Manage, target: Graph | None, dataset: Dataset) -> Change:
    """Return the changes of CLEAR and DROP."""
    if target is None:
        graphs: list[Graph] = list(dataset.written.named_graphs())
        graphs += [DEFAULT] if operation.target == "ALL" else []
    elif dataset.exists(target):
        graphs = [target]
    else:
        return _conflict(operation, f"graph {target} does not exist")
    if operation.verb == "CLEAR":
        return Change(cleared=graphs)
    return Change(cleared=[DEFAULT] if DEFAULT in graphs else [], dropped=[g for g in graphs if g != DEFAULT])


def _created(operation: Manage, target: Graph, dataset: Dataset) -> Change:
    if dataset.exists(target):
        return _conflict(operation, f"graph {target} exists already")
    return Change(created=[target])


def _copied(operation: Manage, target: Graph, dataset: Dataset) -> Change:
    """Return the changes of COPY, MOVE and ADD."""
    source = _node(operation, operation.source) or DEFAULT
    moves = operation.verb == "MOVE"
    if moves:
        dataset.check([source])
    if source == target:
        return Change()
    if not dataset.exists(source):
        return _conflict(operation, f"graph {source} does not exist")
    quads = dataset.store.quads_for_pattern(None, None, None, source)
    return Change(
        cleared=[*([] if operation.verb == "ADD" else [target]), *([DEFAULT] if moves and source == DEFAULT else [])],
        added=[ox.Quad(quad.subject, quad.predicate, quad.object, target) for quad in quads],
        created=[target],
        dropped=[source] if moves and source != DEFAULT else [],
    )


def _conflict(operation: Manage, reason: str) -> Change:
    if operation.silent:
        return Change()
    raise Conflict(f"{operation.verb} cannot be done: {reason}")


def _node(operation: Manage, term: str) -> Graph | None:
    """Return the graph of a term; ``None`` for NAMED and ALL, which mean several."""
    if term == "DEFAULT":
        return DEFAULT
    return None if term in ALL_KINDS or not term else nodes(operation.prologue, [term])[0]
