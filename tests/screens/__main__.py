"""``python -m tests.screens [FOLDER]``: write all pictures, to ``build/screens`` by default."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conftest import kg
from tests.screens.pictures import take
from tests.server.browsing import chromium, launched
from tests.server.serving import run_server


def main(folder: Path) -> None:
    """Build and serve the shipped content, and take the pictures."""
    program = chromium()
    if program is None:
        sys.exit("no Chromium on this machine; Debian's package is called chromium")
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        built = kg("build", "--out", out, "--reasoner", "owlrl")
        if built.returncode:
            sys.exit(built.stderr)
        server = run_server(out, ["--release", str(out), "--port", "0"])
        try:
            with launched(program) as browser:
                pictures = take(browser, server.url, folder)
        finally:
            server.end()
    print(f"{len(pictures)} pictures in {folder}")  # noqa: T201 # the command's answer


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"))
