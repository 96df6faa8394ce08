"""Formats of a whole release, one module each: ``FORMAT`` and ``write(graph, out)`` from its ``graph.nq``.

A format of one graph gets the union of the named graphs, every statement once. Same graph, same bytes.
"""
