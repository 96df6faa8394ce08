"""View models of HTML pages and JSON documents, read from the graph; the routes are in ``server.views``."""
