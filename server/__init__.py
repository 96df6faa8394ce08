"""Serves a release over HTTP: the SPARQL endpoint, canned questions, dumps and plain pages.

The front (Flask) opens no store and evaluates nothing; queries run in processes of their own behind ``server.workers``.
"""
