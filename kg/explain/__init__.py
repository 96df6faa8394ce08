"""Explain the statements about a resource: file, line and commit of asserted ones, derivation of inferred ones.

``things`` resolves a name to a resource, ``sources`` finds the sources of its statements, ``reasons`` derives inferred
statements, ``words`` formats the explanation as text and JSON.
"""

from kg.explain.reasons import Reason, Reasons
from kg.explain.sources import Explanation, Source, Statement, explain, written
from kg.explain.things import find, records_of
from kg.explain.words import as_json, quoted_label, text

__all__ = [
    "Explanation",
    "Reason",
    "Reasons",
    "Source",
    "Statement",
    "as_json",
    "explain",
    "find",
    "quoted_label",
    "records_of",
    "text",
    "written",
]
