"""``kg/vocab.py`` has the terms of ``ontology/rdm.ttl``, which uses only constructs that both reasoners support."""

import subprocess
import sys
from pathlib import Path

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, Literal, URIRef

from kg.errors import OntologyError
from kg.infer import Ontology
from kg.vocab import BLOCK, DCT, RDM, ROLE, SECTION
from tests.conftest import ROOT

KINDS = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDFS.Datatype}
OWN = [iri for namespace in (BLOCK, RDM, ROLE, SECTION) for iri in namespace.terms.values()]
SCHEMES = [BLOCK.base, ROLE.base, SECTION.base]
BUILT_IN = tuple(str(ns) for ns in (OWL, RDF, RDFS, "http://www.w3.org/2001/XMLSchema#"))


def test_what_the_vocabulary_lists_is_what_the_ontology_declares(ontology: Ontology) -> None:
    assert ontology.terms == {*OWN, *SCHEMES}


@pytest.mark.parametrize("iri", [*OWN, *SCHEMES])
def test_each_term_has_an_english_label_and_comment(turtle: Graph, iri: str) -> None:
    for predicate in (RDFS.label, RDFS.comment):
        texts = list(turtle.objects(URIRef(iri), predicate))
        assert [t.language for t in texts if isinstance(t, Literal)] == ["en"]
    assert (URIRef(iri), RDFS.isDefinedBy, URIRef("https://w3id.org/rdm-kg/ont")) in turtle


@pytest.mark.parametrize(("namespace", "cls"), [(ROLE, RDM.Role), (SECTION, RDM.Section)])
def test_roles_and_sections_are_closed_concept_schemes(turtle: Graph, namespace: object, cls: str) -> None:
    assert isinstance(namespace, type(ROLE))
    scheme = URIRef(namespace.base)
    assert (scheme, RDF.type, SKOS.ConceptScheme) in turtle
    assert {str(s) for s in turtle.subjects(SKOS.inScheme, scheme)} == set(namespace.terms.values())
    for iri in map(URIRef, namespace.terms.values()):
        assert {SKOS.Concept, URIRef(cls)} <= set(turtle.objects(iri, RDF.type))
        assert turtle.value(iri, SKOS.prefLabel)
        assert turtle.value(iri, SKOS.definition)


def test_the_header_says_title_description_licence_and_version(turtle: Graph) -> None:
    header = URIRef("https://w3id.org/rdm-kg/ont")
    assert turtle.value(header, URIRef(DCT.title))
    assert turtle.value(header, URIRef(DCT.description))
    assert turtle.value(header, URIRef(DCT.license)) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert str(turtle.value(header, OWL.versionInfo)) == "0.1.0"


def test_each_name_is_declared_as_one_kind_of_thing(turtle: Graph) -> None:
    """OWL 2 DL allows no property that is object and annotation property at once."""
    names = {t for s, p, o in turtle for t in (s, p) if isinstance(t, URIRef)}
    foreign = {o for _, p, o in turtle if isinstance(o, URIRef) and p not in {RDFS.isDefinedBy, OWL.versionIRI}}
    declared = {
        n: KINDS & set(turtle.objects(n, RDF.type))
        for n in names | foreign
        if not n.startswith("http://www.w3.org/2002/07/owl#")
    }
    individuals = {*turtle.subjects(RDF.type, OWL.NamedIndividual), *turtle.subjects(RDF.type, OWL.Ontology)}
    wrong = {
        name: kinds
        for name, kinds in declared.items()
        if not str(name).startswith(BUILT_IN) and name not in individuals and len(kinds) != 1
    }
    assert wrong == {URIRef("https://creativecommons.org/licenses/by/4.0/"): set()}


def test_no_axiom_makes_two_things_one(turtle: Graph) -> None:
    """The rules of equality are left out of the reasoning for speed."""
    equating = {OWL.FunctionalProperty, OWL.InverseFunctionalProperty}
    assert not equating & set(turtle.objects(None, RDF.type))
    counting = {OWL.hasKey, OWL.sameAs, OWL.oneOf, OWL.cardinality, OWL.maxCardinality, OWL.maxQualifiedCardinality}
    assert not counting & set(turtle.predicates())


def test_every_relation_follows_from_one_other(turtle: Graph) -> None:
    """A reasoner is asked about one pair of things for each relation, and about no pair of three."""
    joining = {OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.ReflexiveProperty}
    assert not joining & set(turtle.objects(None, RDF.type))
    assert not {OWL.propertyChainAxiom, OWL.hasValue, OWL.allValuesFrom, OWL.hasSelf} & set(turtle.predicates())


def test_owlready2_reads_the_hierarchy(ontology: Ontology) -> None:
    above = ontology.superclasses[RDM.DataFormat]
    assert {RDM.DataFormat, RDM.Standard, DCT.Standard} <= above
    assert RDM.Standard in ontology.object_types[RDM.recommendsTerminology]
    assert RDM.hasMention not in ontology.relations


UNDECLARED = """
@prefix rdm: <https://w3id.org/rdm-kg/ont#> . @prefix role: <https://w3id.org/rdm-kg/role/> .
@prefix section: <https://w3id.org/rdm-kg/section/> .
<https://example.org/a> a rdm:CheatSheet, rdm:CheatSheat ; rdm:recomends <https://example.org/b> ;
    rdm:role role:data-fromat ; rdm:section section:data-types ;
    rdm:knownGap "17"^^rdm:FAIRsharingNumber, "18"^^rdm:FAIRsharingRecordId .
"""


def test_undeclared_terms_are_found_wherever_they_stand(ontology: Ontology) -> None:
    assert ontology.undeclared(Graph().parse(data=UNDECLARED)) == [
        RDM.base + "CheatSheat",
        RDM.base + "FAIRsharingNumber",
        RDM.base + "recomends",
        ROLE.base + "data-fromat",
    ]


def test_a_graph_with_undeclared_terms_is_refused_by_name(ontology: Ontology) -> None:
    with pytest.raises(OntologyError, match=r"ont#CheatSheat, .*ont#recomends, .*role/data-fromat"):
        ontology.check(Graph().parse(data=UNDECLARED))


def test_the_ontology_itself_uses_declared_terms_only(ontology: Ontology, turtle: Graph) -> None:
    ontology.check(turtle)
    assert ontology.undeclared(turtle) == []


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("rdm:Page a owl:Class .")
    with pytest.raises(OntologyError, match=r"broken\.ttl: cannot be read"):
        Ontology.load(broken)
    with pytest.raises(OntologyError, match=r"absent\.ttl: cannot be read"):
        Ontology.load(tmp_path / "absent.ttl")


def test_our_terms_are_read_without_any_rdf_library() -> None:
    code = "import sys, kg.vocab; print(*{'rdflib', 'pyoxigraph', 'owlready2'}.intersection(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_misspelt_term_is_an_error_that_names_its_home() -> None:
    with pytest.raises(AttributeError, match=r"CheetSheet.*ontology/rdm\.ttl"):
        _ = RDM.CheetSheet
    with pytest.raises(AttributeError, match=r"titel.*kg/vocab\.py"):
        _ = DCT.titel


def test_no_term_of_ours_is_listed_again() -> None:
    text = (ROOT / "kg" / "vocab.py").read_text(encoding="utf-8")
    assert "deposition-repository" not in text
    assert "hasMention" not in text
