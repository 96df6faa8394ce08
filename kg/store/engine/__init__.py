"""Other SPARQL engines as a store: asked over HTTP, and not trusted.

``address`` says where an engine is, ``connection`` sends a query, ``quirks`` is the table of what engines do
differently, ``store`` implements :class:`kg.query.Store` and ``probe`` finds out whether an engine holds a release.
"""
