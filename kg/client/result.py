"""Rows of an answer as Python values and as a table of pandas."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from kg.errors import MissingExtra
from kg.vocab import XSD

if TYPE_CHECKING:
    from pandas import DataFrame


class IRI(str):
    """The IRI of a resource: a ``str`` of another type than a text."""

    __slots__ = ()


class BlankNode(str):
    """The label of a blank node, which is good for this answer alone."""

    __slots__ = ()


Value: TypeAlias = "str | int | float | bool | date | datetime | tuple[Value, Value, Value] | None"
"""A term as a Python value; ``None`` if the variable is unbound, a tuple for a triple term (RDF 1.2)."""

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_WHOLE = (
    "integer nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger long int short byte unsignedLong "
    "unsignedInt unsignedShort unsignedByte"
)
_READ: Mapping[str, Callable[[str], Value]] = {
    **{XSD.base + name: int for name in _WHOLE.split()},
    **{XSD.base + name: float for name in ("decimal", "double", "float")},
    XSD.boolean: _BOOLEANS.__getitem__,
    XSD.date: date.fromisoformat,
    XSD.dateTime: datetime.fromisoformat,
}
"""Datatype → function that reads its texts; it raises ValueError or KeyError for any other text."""


class Result:
    """The answer to a question or a SELECT query; it can be iterated, and its length is the number of rows."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        """Read an object of SPARQL 1.1 Query Results JSON."""
        self.columns: tuple[str, ...] = tuple(found["head"]["vars"])
        """Names of the variables, in the order of the query."""
        self._rows = [
            {name: value(row[name]) if name in row else None for name in self.columns}
            for row in found["results"]["bindings"]
        ]

    def rows(self) -> list[dict[str, Value]]:
        """Return the rows, each a dictionary of every column to its value."""
        return [dict(row) for row in self._rows]

    def df(self) -> DataFrame:
        """Return the rows as a table of pandas, whose columns have the narrowest type that can lack values.

        Raises:
            MissingExtra: when pandas is not installed; the message has the command to install it.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtra(f"df() needs pandas: pip install 'rdm-kg[pandas]' ({error})") from error
        return pd.DataFrame(self._rows, columns=list(self.columns)).convert_dtypes()

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.rows())

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Result: {len(self)} rows of {', '.join(self.columns)}>"


def value(term: Mapping[str, Any]) -> Value:
    """Return a term of SPARQL JSON results as a Python value; a text that is not of its datatype stays a text.

    >>> value({"type": "literal", "value": "7", "datatype": XSD.integer})
    7
    >>> value({"type": "literal", "value": "seven", "datatype": XSD.integer})
    'seven'
    """
    kind, written = term["type"], term["value"]
    if kind == "uri":
        return IRI(written)
    if kind == "bnode":
        return BlankNode(written)
    if kind == "triple":
        return value(written["subject"]), value(written["predicate"]), value(written["object"])
    try:
        return _READ.get(term.get("datatype", ""), str)(written)
    except (ValueError, KeyError):
        return str(written)
