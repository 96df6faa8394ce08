"""What follows from a graph by the ontology: the same answer from HermiT, where Java is found, and from OWL 2 RL rules.

The one home of owlready2 and of owlrl. Nothing here prints, and nothing is left on disk.
"""

from kg.infer.conclusions import Culprit, Inference, infer
from kg.infer.ontology import Fact, Ontology

__all__ = ["Culprit", "Fact", "Inference", "Ontology", "infer"]
