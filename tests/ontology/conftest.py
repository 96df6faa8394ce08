import pytest
from rdflib import Graph

from kg.infer import Ontology
from kg.resources import shipped

RDM_TTL = shipped("ontology") / "rdm.ttl"


@pytest.fixture(scope="session")
def ontology() -> Ontology:
    return Ontology.load(RDM_TTL)


@pytest.fixture(scope="session")
def turtle() -> Graph:
    """Return the text of the ontology's file."""
    return Graph().parse(RDM_TTL)
