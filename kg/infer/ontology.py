"""Our ontology as read by owlready2, the authority for our own terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from rdflib import OWL, RDF, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.build_cache import BuildCache
from kg.errors import OntologyError, in_words
from kg.infer.own_terms import is_own

Triple = tuple[URIRef, URIRef, URIRef]
Statement = tuple[Node, Node, Node]
Fact = tuple[str, str, str]
"""A statement that relates two things, or a thing and its class; all terms are IRIs as text."""
Step = tuple[str, bool]
"""A relation, and whether the step is from its subject to its object."""
Above = dict[str, frozenset[str]]
"""Term → more general terms."""

_TYPE = str(RDF.type)


@dataclass(frozen=True)
class Ontology:
    """The declarations of the ontology, without owlready2's objects."""

    terms: frozenset[str]
    """All declared terms in our namespaces: classes, properties, datatypes, roles, sections."""
    logic: str
    """The logical axioms in N-Triples, without labels and individuals."""
    superclasses: Above
    """Class → itself and its named superclasses."""
    classes: frozenset[str]
    """Classes of the things that are reasoned about: all except mentions."""
    relations: frozenset[str]
    """Our object properties, except those of mentions."""
    subject_types: Above
    """Relation → classes of its subjects."""
    object_types: Above
    """Relation → classes of its objects."""
    disjoint: frozenset[tuple[str, str]]
    """Pairs of classes declared disjoint; each pair is sorted."""
    reach: int
    """Maximum number of relations between a thing and a statement that affects its classes; at least 1."""
    asked: frozenset[str]
    """Classes of which some definition asks that a neighbour is a member."""
    deciding: frozenset[Step]
    """Steps from a thing to a neighbour whose classes can affect those of the thing."""

    @classmethod
    @cache
    def load(cls, path: Path, results: BuildCache | None = None) -> Ontology:
        """Read a Turtle file; what was read from the same text is taken from the results of earlier builds.

        Raises:
            OntologyError: when the file cannot be read as Turtle; the message names it.

        >>> from kg.resources import shipped
        >>> "https://w3id.org/rdm-kg/ont#CheatSheet" in Ontology.load(shipped("ontology") / "rdm.ttl").terms
        True
        """
        known = results or BuildCache()
        try:
            text = path.read_text(encoding="utf-8")
            found = known.result(known.key("declarations", text), lambda: _declarations(text))
        except (OSError, SyntaxError, ValueError) as error:
            raise OntologyError(f"{path}: cannot be read as Turtle: {in_words(error)}") from error
        return cls(
            terms=frozenset(found["terms"]),
            logic=found["logic"],
            superclasses=_above(found["superclasses"]),
            classes=frozenset(found["classes"]),
            relations=frozenset(found["relations"]),
            subject_types=_above(found["subject_types"]),
            object_types=_above(found["object_types"]),
            disjoint=frozenset((one, other) for one, other in found["disjoint"]),
            reach=found["reach"],
            asked=frozenset(found["asked"]),
            deciding=frozenset((relation, forth) for relation, forth in found["deciding"]),
        )

    @cached_property
    def axioms(self) -> Graph:
        """The logical axioms."""
        return Graph("SimpleMemory", bind_namespaces="none").parse(data=self.logic, format="nt")

    def undeclared(self, graph: Iterable[Statement]) -> list[str]:
        """Return the terms in our namespaces that a graph uses and the ontology does not declare, sorted."""
        used = {term for s, p, o in graph for term in (s, p, o.datatype if isinstance(o, Literal) else o)}
        return sorted(str(term) for term in used if is_own(term) and str(term) not in self.terms)

    def check(self, graph: Iterable[Statement]) -> None:
        """Check that a graph uses only declared terms of our namespaces.

        Raises:
            OntologyError: when it uses other terms; the message lists them.
        """
        if unknown := self.undeclared(graph):
            raise OntologyError(f"not declared in the ontology: {', '.join(unknown)}; correct or declare them")

    def facts(self, graph: Iterable[Statement]) -> set[Fact]:
        """Return the statements that are reasoned about: types and relations of things; no mentions, no literals."""
        return {
            (s, p, o)
            for s, p, o in (map(str, triple) for triple in iri_triples(graph))
            if (o in self.classes if p == _TYPE else p in self.relations) and s not in self.terms
        }

    def axioms_without_disjointness(self) -> Graph:
        """Return the axioms without disjointness, for inference over a graph that contradicts it."""
        axioms = Graph("SimpleMemory", bind_namespaces="none")
        axioms += self.axioms
        for group in list(axioms.subjects(RDF.type, OWL.AllDisjointClasses)):
            for members in axioms.objects(group, OWL.members):
                Collection(axioms, members).clear()  # type: ignore[no-untyped-call]
            axioms.remove((group, None, None))
        axioms.remove((None, OWL.disjointWith, None))
        return axioms


def iri_triples(graph: Iterable[Statement]) -> Iterator[Triple]:
    """Yield the triples whose terms are all IRIs."""
    for s, p, o in graph:
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef):
            yield s, p, o


def _declarations(text: str) -> Mapping[str, object]:
    from kg.infer.declarations import declarations  # its library takes longer to import than a result to be found

    return declarations(text)


def _above(plain: Mapping[str, Sequence[str]]) -> Above:
    return {term: frozenset(above) for term, above in plain.items()}
