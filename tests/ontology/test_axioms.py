"""Descriptions of our terms and their alignment with other vocabularies, in ``ontology/rdm.ttl``."""

from __future__ import annotations

import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.namespace import XSD

from kg.vocab import DCAT, DCT, ELI, PROV, RDM, SCHEMA, SKOS

HEADER = URIRef("https://w3id.org/rdm-kg/ont")
VANN = "http://purl.org/vocab/vann/"
ANYTHING = {RDM.recommends, RDM.recommendsReuseFrom, RDM.target, RDM.about}
"""Relations to whatever a page speaks of."""


def ours(turtle: Graph, kind: URIRef) -> list[URIRef]:
    return sorted(
        term for term in turtle.subjects(RDF.type, kind) if isinstance(term, URIRef) and str(term).startswith(RDM.base)
    )


def test_each_relation_says_what_it_leads_from_and_to(turtle: Graph) -> None:
    for relation in ours(turtle, OWL.ObjectProperty):
        domains, ranges = set(turtle.objects(relation, RDFS.domain)), set(turtle.objects(relation, RDFS.range))
        assert domains | ranges <= {OWL.Thing, *turtle.subjects(RDF.type, OWL.Class)}
        assert len(domains) == len(ranges) == 1, relation
        assert (ranges == {OWL.Thing}) == (str(relation) in ANYTHING), relation
        assert (domains == {OWL.Thing}) == (str(relation) == RDM.recommendedBy), relation  # whatever is recommended


def test_each_attribute_says_whose_it_is_and_what_text_or_number(turtle: Graph) -> None:
    attributes = ours(turtle, OWL.DatatypeProperty)
    assert attributes
    for attribute in attributes:
        assert len(list(turtle.objects(attribute, RDFS.domain))) == 1
        assert turtle.value(attribute, RDFS.range) in {XSD.string, XSD.integer, RDF.langString}


def test_each_class_of_ours_is_kept_apart_from_others(turtle: Graph) -> None:
    """Itself, or a class above it, is disjoint with another."""
    apart = {end for pair in turtle.subject_objects(OWL.disjointWith) for end in pair}
    for group in turtle.objects(None, OWL.members):
        apart |= set(turtle.items(group))
    for cls in ours(turtle, OWL.Class):
        assert apart & set(turtle.transitive_objects(cls, RDFS.subClassOf)), cls


@pytest.mark.parametrize(
    ("term", "axiom", "other"),
    [
        (RDM.CheatSheet, RDFS.subClassOf, DCAT.Dataset),
        (RDM.Database, RDFS.subClassOf, DCAT.Resource),
        (RDM.Database, RDFS.subClassOf, SCHEMA.DataCatalog),
        (RDM.Page, RDFS.subClassOf, SCHEMA.LearningResource),
        (RDM.Page, RDFS.subClassOf, PROV.Entity),
        (RDM.Mention, RDFS.subClassOf, PROV.Entity),
        (RDM.Service, RDFS.subClassOf, SCHEMA.Service),
        (RDM.DataType, RDFS.subClassOf, SKOS.Concept),
        (RDM.Role, RDFS.subClassOf, SKOS.Concept),
        (RDM.Standard, RDFS.subClassOf, DCT.Standard),
        (RDM.hasMention, RDFS.subPropertyOf, DCT.hasPart),
        (RDM.target, RDFS.subPropertyOf, DCT.references),
        (RDM.recommends, RDFS.subPropertyOf, SCHEMA.mentions),
        (RDM.citesLegislation, RDFS.subPropertyOf, SCHEMA.citation),
        (RDM.citesLegislation, RDFS.range, ELI.LegalResource),
    ],
)
def test_our_terms_are_joined_with_those_of_others(turtle: Graph, term: str, axiom: URIRef, other: str) -> None:
    assert (URIRef(term), axiom, URIRef(other)) in turtle


DEFINED = ["DepositionTarget", "ImagingDataType", "ImagingSheet", "RecommendedStandard", "RegulatedSheet"]


def test_the_defined_classes_are_defined_by_what_is_said(turtle: Graph) -> None:
    """A class and a relation to something of a class: what OWL 2 RL allows below an equivalence."""
    defined = set(turtle.subjects(OWL.equivalentClass))
    assert sorted(str(cls).removeprefix(RDM.base) for cls in defined) == DEFINED
    for cls in defined:
        (definition,) = turtle.objects(cls, OWL.equivalentClass)
        (members,) = turtle.objects(definition, OWL.intersectionOf)
        above, restriction = turtle.items(members)
        assert (cls, RDFS.subClassOf, above) in turtle
        assert set(turtle.predicates(restriction)) == {RDF.type, OWL.onProperty, OWL.someValuesFrom}


def test_the_header_names_the_version_and_the_prefix_and_nobody(turtle: Graph) -> None:
    version = str(turtle.value(HEADER, OWL.versionInfo))
    assert turtle.value(HEADER, OWL.versionIRI) == URIRef(f"{HEADER}/{version}")
    assert str(turtle.value(HEADER, URIRef(VANN + "preferredNamespacePrefix"))) == "rdm"
    assert str(turtle.value(HEADER, URIRef(VANN + "preferredNamespaceUri"))) == RDM.base
    assert not {turtle.value(HEADER, URIRef(DCT[name])) for name in ("creator", "publisher", "contributor")} - {None}
