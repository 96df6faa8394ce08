"""Writing: one process per server changes the overlay, one request at a time; everybody else only reads snapshots.

``requests`` and ``token`` say what an HTTP request asks and whether it may; ``writer`` is the front's side, which sends
``messages`` over a Unix socket; ``process`` (``python -m server.writing``) is the other side; ``writer_process``
starts it and starts it again. It is bounded as queries are: a deadline and a limit of memory
end it, and nothing was done then.
"""
