"""``python -m server.workers CONTROL RELEASE WORKERS MEMORY``: the master, started by the front and by nobody else."""

from __future__ import annotations

import sys

from server.workers.master import main

main(sys.argv[1:])
