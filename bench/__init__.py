"""Measurements of speed and memory, beside other programs in the same run: ``python -m bench --help``.

A module measures one thing: its function ``rows`` yields the rows of the table, at the sizes of a
:class:`~bench.report.Scale`.
"""
