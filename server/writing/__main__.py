"""``python -m server.writing CONTROL LISTENER OVERLAY RELEASE MEMORY``: the writing process, started by the front."""

from __future__ import annotations

import sys

from server.writing.process import main

main(sys.argv[1:])
