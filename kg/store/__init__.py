"""Stores over Oxigraph: ``oxigraph`` fills and queries the store of a release, ``overlay`` stores clients' updates.

The server uses them through :class:`server.workers.Pool` only; another engine would be another pool.
"""
