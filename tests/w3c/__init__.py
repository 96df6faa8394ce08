"""The W3C's SPARQL 1.1 and 1.2 suites, asked over HTTP of the running server.

The suites lie in the folder ``w3c`` below the one that ``KG_REFERENCE`` names; without it the tests are skipped.
"""
