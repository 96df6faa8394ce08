"""HTML that is made when a release is built: the texts of pages, their Schema.org markup, the ontology's page.

Importing this package imports none of its modules: the server uses ``schema_org`` and no RDF library.
"""
