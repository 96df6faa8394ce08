"""HTML for releases: texts of pages, their Schema.org markup, and the documentation of the ontology.

The package imports none of its modules, since the server uses ``schema_org`` without an RDF library.
"""
