"""Check the import contracts of a copy of the source, once for each import that is planted in it.

Reads a list of [path, statement] as JSON, and writes the names of the contracts that each statement breaks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from importlinter.api import use_cases


def main() -> None:
    """Run in the folder of the copy, which must be first on Python's module search path."""
    use_cases.lint_imports(no_logo=True, cache_dir=None)  # registers the types of contracts
    json.dump([broken(Path(path), statement) for path, statement in json.load(sys.stdin)], sys.stderr)


def broken(file: Path, statement: str) -> list[str]:
    source = file.read_text(encoding="utf-8")
    file.write_text(f"{source}\n{statement}\n", encoding="utf-8")
    report = use_cases.create_report(use_cases.read_user_options(), cache_dir=None)
    file.write_text(source, encoding="utf-8")
    return [contract.name for contract, check in report.get_contracts_and_checks() if not check.kept]


if __name__ == "__main__":
    main()
