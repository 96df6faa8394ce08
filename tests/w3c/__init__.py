"""The W3C's SPARQL 1.1 and 1.2 test suites, sent over HTTP to the running server.

The suites are in the folder ``w3c`` below the one that ``KG_REFERENCE`` names; without it the tests are skipped.
"""
