"""Bar charts of query results; the lengths are computed here, so that pages need no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from kg.query.canned import Chart
from server.pages.table import Table

MOST = 20
"""Largest number of bars in a chart."""
_ALIKE = 0.8
"""Largest share of bars of one length in a chart that says something."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    label: str
    number: float
    percent: float
    """Length in percent of the longest bar."""

    @property
    def text(self) -> str:
        """Number without trailing zeros.

        >>> Bar("a", 3.0, 100.0).text, Bar("b", 0.5, 16.7).text
        ('3', '0.5')
        """
        return f"{self.number:g}"


def bars(chart: Chart, answer: Table) -> tuple[Bar, ...]:
    """Return at most :data:`MOST` bars, the longest first; none if most are alike or a column is missing.

    Rows with the same label and number, such as a thing in several lines of a page, are one bar.

    >>> from server.pages.table import Cell, TableColumn
    >>> what, n = TableColumn("what", "What"), TableColumn("n", "Number")
    >>> rows = ((Cell("law"), Cell("2")), (Cell("law"), Cell("4")), (Cell("gap"), Cell("1")))
    >>> [(bar.label, bar.text, bar.percent) for bar in bars(Chart("what", None), Table((what, n), rows))]
    [('law', '2', 100.0), ('gap', '1', 50.0)]
    >>> [(bar.label, bar.text, bar.percent) for bar in bars(Chart("what", "n"), Table((what, n), rows))][0]
    ('law', '4', 100.0)
    >>> len(bars(Chart("what", "n"), Table((what, n), (*rows, *rows))))
    3
    >>> bars(Chart("what", "n"), Table((what, n), rows[:1]))
    ()
    >>> alike = tuple((Cell(f"law {number}"), Cell("1")) for number in range(5))
    >>> bars(Chart("what", "n"), Table((what, n), (*rows[:1], *alike)))
    ()
    """
    names = [column.name for column in answer.columns]
    if chart.label not in names or chart.number not in (None, *names):
        return ()
    counted = sorted(dict.fromkeys(_counted(chart, answer, names)), key=lambda pair: -pair[1])[:MOST]
    alike = Counter(number for _, number in counted)
    if not counted or max(alike.values()) > _ALIKE * len(counted):
        return ()
    most = counted[0][1]
    return tuple(Bar(label, number, round(100 * number / most, 1)) for label, number in counted if number > 0)


def _counted(chart: Chart, answer: Table, names: list[str]) -> Iterator[tuple[str, float]]:
    labels = [row[names.index(chart.label)].text for row in answer.rows]
    if chart.number is None:
        yield from Counter(labels).items()
        return
    column = names.index(chart.number)
    for label, row in zip(labels, answer.rows, strict=True):
        if row[column].text.replace(".", "", 1).isdecimal():
            yield label, float(row[column].text)
