"""``python -m server.writing CONTROL LISTENER OVERLAY RELEASE MEMORY``: started by the server and by nobody else."""

from __future__ import annotations

import sys

from server.writing.process import main

main(sys.argv[1:])
