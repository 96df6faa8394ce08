"""The HTTP server: one event loop that reads requests and sends responses, and a few threads for the application.

``server`` listens, limits connections and keeps responses by the bytes of their requests; a ``connection`` reads
requests, which ``parsing`` parses, and sends responses. A response comes from the first that has it: the bytes of the
request (``server``), the application's cache, a worker that the event loop asks (``queries``), or the application,
called by one of the ``threads``. ``responses`` makes messages of what a WSGI application returns.
"""
