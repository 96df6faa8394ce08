"""Identifiers that have a world-wide meaning: from every way that people write them to the one canonical IRI.

The rule of this folder: one module per scheme, pure functions on ``str``, frozen data, IRIs as plain strings, no RDF
library and no network. A function answers ``None`` where it is not sure; it never guesses from an identifier's shape
what only a table can tell. The tables ship in ``ontology/crosswalks`` and are read once per process.
"""
