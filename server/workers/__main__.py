"""``python -m server.workers CONTROL WORKERS MEMORY RESULT NETWORK``: the master process, started by the front."""

from __future__ import annotations

import sys

from server.workers.master import main

main(sys.argv[1:])
