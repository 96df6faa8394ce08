"""HTTP server of a release: SPARQL endpoint, canned questions, dumps and HTML pages.

The front process (Flask) opens no store. Queries are evaluated in worker processes behind ``server.workers``.
"""
