"""The manifests of the W3C suites: every test as a value, with its local files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from _pytest.mark import ParameterSet

from tests.w3c.known import marks

SUITES = Path(os.environ.get("KG_REFERENCE", ""), "w3c")
"""The folder of the suites, where it is there."""
BASE = "https://w3c.github.io/rdf-tests/sparql/"
"""Where the suites are published: relative IRIs of a test and of its data are below it."""

DATA = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
}
"""Suffix of a file of data → how to read it."""

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
DAWG = "http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"


@dataclass(frozen=True, slots=True)
class Node:
    """A term of a manifest with navigation: ``case.node.one(MF + "action").one(QT + "query").path``."""

    store: ox.Store
    term: ox.NamedNode | ox.BlankNode | ox.Literal

    def every(self, property_: str) -> list[Node]:
        """Return the distinct values of a property, in no order."""
        if isinstance(self.term, ox.Literal):
            return []
        quads = self.store.quads_for_pattern(self.term, ox.NamedNode(property_), None)
        return [Node(self.store, quad.object) for quad in quads if not isinstance(quad.object, ox.Triple)]

    def any(self, property_: str) -> Node | None:
        """Return the only value of the property, or ``None``."""
        found = self.every(property_)
        assert len(found) < 2, f"{self.term} has more than one {property_}"
        return found[0] if found else None

    def one(self, property_: str) -> Node:
        """Return the only value of the property."""
        found = self.any(property_)
        assert found, f"{self.term} has no {property_}"
        return found

    def members(self) -> Iterator[Node]:
        """Return the members of the list that begins here."""
        node = self
        while node.text != RDF + "nil":
            yield node.one(RDF + "first")
            node = node.one(RDF + "rest")

    @property
    def text(self) -> str:
        """The IRI, or what the literal says."""
        return self.term.value

    @property
    def path(self) -> Path:
        """The file of an IRI below :data:`BASE`."""
        assert self.text.startswith(BASE), f"{self.text} is no file of the suites"
        return SUITES / self.text.removeprefix(BASE)


@dataclass(frozen=True, slots=True)
class Case:
    """A test."""

    node: Node
    """The test itself; its ``text`` is its IRI."""
    folder: str
    """Where its manifest is: ``sparql11/aggregates``."""

    @property
    def kind(self) -> str:
        """Local name of its class: ``QueryEvaluationTest``."""
        return self.node.one(RDF + "type").text.removeprefix(MF)

    @property
    def id(self) -> str:
        """Folder and local name, as pytest shows it: ``sparql11/aggregates/agg01``."""
        return f"{self.folder}/{self.node.text.rpartition('#')[2]}"

    @property
    def action(self) -> Node:
        """Return the node of the action: the query, update or request to run."""
        return self.node.one(MF + "action")


def cases(*kinds: str, folders: str = "sparql1[12]/*") -> list[ParameterSet]:
    """Return the tests of these kinds for ``pytest.mark.parametrize``, in the order of their manifests.

    Known failures are marked. Without the suites there is one test, which is skipped.
    """
    chosen = [
        pytest.param(case, id=case.id, marks=marks(case.id)) for case in every_case(folders) if case.kind in kinds
    ]
    missing = pytest.mark.skip(reason="KG_REFERENCE names no folder with the W3C suites")
    return chosen or [pytest.param(None, id="-".join(kinds), marks=missing)]


def every_case(folders: str) -> Iterator[Case]:
    """Return the tests of these folders; none without the suites."""
    for manifest in sorted(SUITES.glob(f"{folders}/manifest*.ttl")):
        yield from _entries(manifest)


def iri_of(path: Path) -> str:
    """Return the IRI at which a file of the suites is published."""
    return BASE + path.relative_to(SUITES).as_posix()


@cache
def _entries(manifest: Path) -> list[Case]:
    store = ox.Store()
    store.load(path=str(manifest), format=ox.RdfFormat.TURTLE, base_iri=iri_of(manifest))
    folder = manifest.parent.relative_to(SUITES).as_posix()
    entries = Node(store, ox.NamedNode(iri_of(manifest))).any(MF + "entries")
    return [Case(entry, folder) for entry in entries.members()] if entries else []
