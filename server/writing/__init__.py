"""Writing: one process per server changes the overlay, one order at a time; all other processes read snapshots.

``requests`` parses HTTP requests and ``token`` authorises them. ``writer`` in the front sends orders, encoded by
``messages``, over a Unix socket to ``process`` (``python -m server.writing``), which ``writer_process`` starts and
restarts. A deadline and a limit of memory end the process; then nothing of the order was written.
"""
