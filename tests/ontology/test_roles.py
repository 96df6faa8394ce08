"""The roles that the program reads from the ontology's text are the declared ones."""

from __future__ import annotations

from rdflib import RDF, RDFS, SKOS, Graph, URIRef

from kg.resources import shipped
from kg.roles import recommending_properties, roles, roles_by_term
from kg.vocab import RDM, ROLE

DECLARED = Graph().parse(shipped("ontology") / "rdm.ttl", format="turtle")


def test_every_declared_role_is_read_with_all_that_is_said_of_it() -> None:
    names = {str(iri).removeprefix(ROLE.base) for iri in DECLARED.subjects(RDF.type, URIRef(RDM.Role))}
    assert set(roles()) == names
    for role in roles().values():
        iri = URIRef(role.iri)
        assert role.label == str(DECLARED.value(iri, SKOS.prefLabel))
        assert role.direct == (str(prop) if (prop := DECLARED.value(iri, URIRef(RDM.directProperty))) else None)
        assert set(role.classes) == {str(cls) for cls in DECLARED.objects(iri, URIRef(RDM.targetClass))}


def test_a_role_recommends_where_its_property_is_one_of_recommending() -> None:
    recommending = {str(p) for p in DECLARED.transitive_subjects(RDFS.subPropertyOf, URIRef(RDM.recommends))}
    assert set(recommending_properties()) == recommending
    assert recommending_properties()[-1] == RDM.recommends
    assert {role.name for role in roles().values() if role.recommends} == {
        role.name for role in roles().values() if role.direct in recommending
    }


def test_a_term_leads_to_the_roles_that_say_it() -> None:
    assert roles_by_term()[RDM.recommendsStandard] == {ROLE["identifier-scheme"], ROLE["metadata-standard"]}
    assert roles_by_term()[RDM.Repository] == {ROLE["deposition-repository"], ROLE["reuse-source"]}
    assert RDM.CheatSheet not in roles_by_term()
