"""Inference by the ontology, with HermiT if Java is installed, else with the rules of OWL 2 RL; the result is the same.

Only this package imports owlready2 and owlrl. It prints nothing and leaves no files.
"""

from kg.infer.conclusions import Contradiction, Inference, infer
from kg.infer.ontology import Fact, Ontology

__all__ = ["Contradiction", "Fact", "Inference", "Ontology", "infer"]
