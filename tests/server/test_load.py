"""Many clients at once, by wrk: each gets a whole answer, and the server's state is the same afterwards."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.server.serving import Server, until

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not here")]

SCRIPT = """
local number = 0
request = function()
  number = number + 1
  return wrk.format("GET", "/sparql?query=SELECT%20*%20%7BVALUES%20%3Fn%20%7B" .. number .. "%7D%7D")
end
done = function(summary)
  local e = summary.errors
  local broken = e.connect + e.read + e.write + e.timeout
  local line = 'FOUND {"requests": %d, "errors": %d, "status": %d}\\n'
  io.write(line:format(summary.requests, broken, e.status))
end
"""


@pytest.mark.parametrize("clients", [1, 8, 64])
def test_many_different_queries_are_all_answered(server: Server, clients: int, tmp_path: Path) -> None:
    script = tmp_path / "different.lua"
    script.write_text(SCRIPT, encoding="utf-8")
    command = ["wrk", "-t1", f"-c{clients}", "-d2s", "--timeout", "10s", "-s", str(script), server.url]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = json.loads(done.stdout.rpartition("FOUND ")[2])
    assert found["requests"] > 0
    assert (found["errors"], found["status"]) == (0, 0), done.stdout
    until(lambda: json.loads(server.ask("/health").body)["workers"]["busy"] == 0)
