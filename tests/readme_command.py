"""Print one of the README's two commands: ``run`` or ``test``. Each is the line after its HTML comment."""

import re
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def readme_command(name: str) -> str:
    found = re.search(
        rf"<!-- command: {name} -->\s*```(?:bash|sh|shell)\n(.+?)\n```", README.read_text("utf-8"), re.DOTALL
    )
    if not found:
        raise SystemExit(f"README.md has no command {name!r}")
    return found[1]


if __name__ == "__main__":
    sys.stdout.write(readme_command(sys.argv[1]) + "\n")
