"""The engine's home: ``oxigraph`` fills and reads a release's store, ``overlay`` keeps what clients write.

Another engine is no module here: it stands behind :class:`server.workers.Pool`, which is all that the server knows.
"""
