"""Inference about kinds of things gives the same result as inference about each thing."""

import random

import pytest
from rdflib import RDF, Graph, URIRef

from kg.infer import Ontology, infer
from kg.infer.kinds import Kinds
from kg.infer.ontology import Fact
from kg.infer.reasoners import ContradictionError, owlrl
from kg.vocab import RDM

EX = "https://example.org/"


def sheets(ontology: Ontology, seed: int) -> set[Fact]:
    """Generate sheets that recommend things, some of which have a class."""
    chance = random.Random(seed)
    classes = [RDM.Repository, RDM.DataFormat, RDM.Service, RDM.CheatSheet, RDM.Page, RDM.ImagingModality]
    relations = sorted(ontology.relations)
    some: set[Fact] = {(f"{EX}sheet{n}", str(RDF.type), chance.choice([RDM.CheatSheet, RDM.Page])) for n in range(9)}
    for _ in range(30):
        some.add((f"{EX}sheet{chance.randrange(9)}", chance.choice(relations), f"{EX}thing{chance.randrange(15)}"))
    for _ in range(6):
        some.add((f"{EX}thing{chance.randrange(15)}", str(RDF.type), chance.choice(classes)))
    return some


def as_graph(facts: set[Fact]) -> Graph:
    graph = Graph()
    for s, p, o in facts:
        graph.add((URIRef(s), URIRef(p), URIRef(o)))
    return graph


def asked_about_each(facts: set[Fact], ontology: Ontology) -> set[Fact]:
    graph = as_graph(facts)
    ours = {above for cls in ontology.superclasses if cls in ontology.terms for above in ontology.superclasses[cls]}
    answer = {(str(s), str(p), str(o)) for s, p, o in owlrl(ontology.axioms_without_disjointness(), graph)}
    return {(s, p, o) for s, p, o in answer if (o in ours if p == str(RDF.type) else p in ontology.relations)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_same_follows(ontology: Ontology, seed: int) -> None:
    facts = sheets(ontology, seed)
    assert set(infer(facts, ontology, "owlrl").added) == asked_about_each(facts, ontology) - facts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_a_contradiction_is_seen_as_well(ontology: Ontology, seed: int) -> None:
    facts = sheets(ontology, seed)
    graph = as_graph(facts)
    try:
        owlrl(ontology.axioms, graph)
        consistent = True
    except ContradictionError:
        consistent = False
    assert infer(facts, ontology, "owlrl").consistent is consistent


def test_many_alike_cost_as_one(ontology: Ontology) -> None:
    few, many = (
        Kinds([(f"{EX}{n}", RDM.recommendsFormat, f"{EX}format{n}") for n in range(size)], ontology)
        for size in (2, 2000)
    )
    assert len(few.graph) == len(many.graph) == 2


def test_neighbours_make_kinds_only_if_a_definition_asks_for_their_class(ontology: Ontology) -> None:
    pages = [RDM.CheatSheet, RDM.GuidancePage, RDM.Topic, RDM.Page]

    def kinds_of_objects(relation: str) -> int:
        facts = [(f"{EX}page{n}", str(RDF.type), cls) for n, cls in enumerate(pages)]
        facts += [(f"{EX}page{n}", relation, f"{EX}thing{n}") for n in range(len(pages))]
        graph = Kinds(facts, ontology).graph
        return len({o for s, o in graph.subject_objects(URIRef(relation)) if (s, RDF.type, None) in graph})

    assert kinds_of_objects(RDM.recommendsStandard) == 2, "those of pages of advice, and those of other pages"
    assert kinds_of_objects(RDM.citesLegislation) == 1


def test_a_class_named_in_a_definition_ends_the_chain_of_definitions(ontology: Ontology) -> None:
    assert ontology.superclasses[RDM.RegulatedSheet] >= {RDM.CheatSheet, RDM.AdvicePage}
    assert ontology.reach == 1, "a regulated sheet is a page of advice because it is a cheat sheet"
