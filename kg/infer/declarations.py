"""Read the declarations and axioms of an ontology with owlready2."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from itertools import combinations
from typing import Any

import owlready2
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.infer.own_terms import OWN, is_own
from kg.vocab import RDM

_MENTION = RDM.Mention
_LOGIC = {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
_WITHOUT_LOGIC = (OWL.Ontology, OWL.NamedIndividual, OWL.AnnotationProperty)


def declarations(turtle: str) -> dict[str, object]:
    """Return the fields of :class:`kg.infer.Ontology` as JSON values, by their names."""
    whole = Graph().parse(data=turtle, format="turtle")
    axioms = _logic(whole)
    with closing(owlready2.World()) as world:
        load_into(world, whole)
        superclasses = {c.iri: _names(c.ancestors()) for c in world.classes()}
        properties = [p for p in world.object_properties() if p.iri.startswith(OWN)]
        subjects = {p.iri: _types(p, "domain", "range") for p in properties}
        objects = {p.iri: _types(p, "range", "domain") for p in properties}
        return {
            "terms": sorted({str(s) for s in whole.subjects() if is_own(s) and world[str(s)] is not None}),
            "logic": axioms.serialize(format="nt"),
            "superclasses": _plain(superclasses),
            "classes": [name for name, above in superclasses.items() if _MENTION not in above],
            "relations": [p for p in subjects if _MENTION not in subjects[p] | objects[p]],
            "subject_types": _plain(subjects),
            "object_types": _plain(objects),
            "disjoint": list(_disjoint_pairs(world)),
            "reach": _reach(axioms, superclasses),
            "asked": list(map(str, axioms.objects(None, OWL.someValuesFrom))),
            "deciding": list(_deciding(axioms)),
        }


def _plain(above: Mapping[str, frozenset[str]]) -> Mapping[str, list[str]]:
    return {term: sorted(more) for term, more in above.items()}


def load_into(world: Any, graph: Graph) -> None:
    """Load a graph into an owlready2 world, as N-Triples since owlready2 does not read Turtle."""
    triples = graph.serialize(format="nt", encoding="utf-8")
    world.get_ontology("http://loaded.invalid/").load(only_local=True, fileobj=io.BytesIO(triples))


def _names(entities: Iterable[Any]) -> frozenset[str]:
    """Return the IRIs of the named entities that are not OWL's own."""
    named = (str(e.iri) for e in entities if isinstance(e, owlready2.EntityClass))
    return frozenset(iri for iri in named if not iri.startswith(str(OWL)))


def _types(prop: Any, end: str, other_end: str) -> frozenset[str]:
    """Return the classes at one end of a property, from its own axioms, its superproperties, and their inverses."""
    found: set[str] = set()
    for above in prop.ancestors():
        inverse = getattr(above, "inverse_property", None)
        for owner, side in ((above, end), (inverse, other_end)):
            for each in getattr(owner, side, None) or ():
                found |= _names(each.ancestors())
    return frozenset(found)


def _disjoint_pairs(world: Any) -> Iterator[tuple[str, str]]:
    for group in world.disjoint_classes():
        yield from combinations(sorted(_names(group.entities)), 2)


def _reach(axioms: Graph, superclasses: Mapping[str, frozenset[str]]) -> int:
    """Return the length of the longest chain of classes, each defined by a relation to members of the next.

    A class whose definition names another class adds nothing where that class is enough.
    """
    named = {cls: set(_named_in_definition(axioms, cls)) for cls in superclasses}
    needs: dict[str, set[str]] = {}
    for restriction, filler in axioms.subject_objects(OWL.someValuesFrom):
        for owner in _owners(axioms, restriction):
            needs.setdefault(str(owner), set()).update(
                cls
                for cls, above in superclasses.items()
                if str(filler) in above and not any(str(filler) in superclasses[name] for name in named[cls])
            )

    def length(cls: str, seen: frozenset[str]) -> int:
        if cls in seen or cls not in needs:
            return 0
        return 1 + max((length(other, seen | {cls}) for other in needs[cls]), default=0)

    return max((length(cls, frozenset()) for cls in needs), default=1)


def _named_in_definition(axioms: Graph, cls: str) -> Iterator[str]:
    """Yield the named classes whose intersection with others a class is defined to be."""
    for definition in axioms.objects(URIRef(cls), OWL.equivalentClass):
        for members in axioms.objects(definition, OWL.intersectionOf):
            yield from (str(member) for member in Collection(axioms, members) if isinstance(member, URIRef))


def _deciding(axioms: Graph) -> set[tuple[str, bool]]:
    """Return the steps along which a definition asks for members of a class."""
    asked = {
        (prop, True) for node in axioms.subjects(OWL.someValuesFrom) for prop in axioms.objects(node, OWL.onProperty)
    }
    found = set[tuple[Node, bool]]()
    while asked:
        found |= asked
        below = {(sub, forth) for prop, forth in asked for sub in axioms.subjects(RDFS.subPropertyOf, prop)}
        inverse = {
            (other, not forth)
            for prop, forth in asked
            for other in (*axioms.subjects(OWL.inverseOf, prop), *axioms.objects(prop, OWL.inverseOf))
        }
        asked = (below | inverse) - found
    return {(str(prop), forth) for prop, forth in found}


def _owners(axioms: Graph, node: Node) -> Iterator[URIRef]:
    """Yield the named classes whose definition contains a node."""
    if isinstance(node, URIRef):
        yield node
    else:
        for outer in axioms.subjects(None, node):
            yield from _owners(axioms, outer)


def _logic(whole: Graph) -> Graph:
    """Return the axioms alone, since labels and members of closed lists only slow down the reasoner."""
    left_out = {s for kind in _WITHOUT_LOGIC for s in whole.subjects(RDF.type, kind)}
    axioms = Graph("SimpleMemory", bind_namespaces="none")
    for s, p, o in whole:
        if s not in left_out and (p in _LOGIC or str(p).startswith(str(OWL))):
            axioms.add((s, p, o))
    return axioms
