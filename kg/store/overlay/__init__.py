"""Writable overlay of a release: SPARQL Update and the graph store protocol; the release's graphs never change.

``operations`` parses an update into its operations; ``change`` and ``managing`` compute the quads that an operation
adds to the ``dataset`` and removes from it; ``reading`` parses an uploaded ``document``; ``overlay`` stores the result
on disk, in ``snapshots``; ``backup`` copies it into a file and back.

The release's graphs are safe even if an update is parsed wrongly: no operation is run on the store that contains them.
The engine only computes what an operation would add and remove, and changes to graphs of the release are discarded.
"""
