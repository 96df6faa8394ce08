"""Parsers of global identifiers: each maps all notations of an identifier to its canonical IRI.

Rules of this folder: one module per scheme, pure functions on ``str``, frozen data, IRIs as plain strings, no RDF
library, no network. A function returns ``None`` if it is not sure; it never infers from the form of an identifier what
only a table can decide. The tables are in ``ontology/crosswalks`` and are read once per process.
"""
