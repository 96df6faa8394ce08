"""Where each statement about a thing comes from: the file, line and commit that made it, or why it follows.

``things`` finds the thing that is meant, ``sources`` who says what of it and where, ``reasons`` why the reasoner added
something, ``words`` writes it.
"""

from kg.explain.reasons import Reason, Reasons
from kg.explain.sources import Explanation, Source, Statement, explain, written
from kg.explain.things import find
from kg.explain.words import as_json, text

__all__ = ["Explanation", "Reason", "Reasons", "Source", "Statement", "as_json", "explain", "find", "text", "written"]
