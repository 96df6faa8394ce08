"""The graph for Python programs: the questions, SPARQL and descriptions, from a folder or from an endpoint.

``graph`` has what a program calls, ``result`` the rows as Python values, ``folder`` and ``endpoint`` the two kinds of
sources. Only what gives an ``rdflib.Graph`` loads rdflib, and only ``df`` loads pandas.
"""

from kg.client.graph import KnowledgeGraph, open_graph
from kg.client.result import IRI, BlankNode, Result, Value

__all__ = ["IRI", "BlankNode", "KnowledgeGraph", "Result", "Value", "open_graph"]
