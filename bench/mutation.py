"""How many one-line breaks of the source the fast tests notice, package by package.

    python bench/mutation.py [PACKAGE ...] [--sample 150] [--seed 1]

Needs the extra ``mutation``. mutmut makes the mutants in ``mutants/`` and runs for each the tests that reach it; which
tests those are taken from, and which packages are mutated, stands in ``pyproject.toml``. Prints for each package how
many of the sampled mutants were killed, and the names of the others: ``mutmut show NAME`` shows one.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

PACKAGES = ("kg.identifiers", "kg.lint", "kg.release", "server.http")
RESULT = re.compile(r"^ +(?P<name>\S+): (?P<status>.+)$", re.MULTILINE)
KILLED = ("killed", "timeout")
FIRST = "server.http.policy.*"
"""A few mutants: mutmut can list the others only after a run."""


def mutmut(*arguments: str) -> str:
    """Run a command of mutmut and return what it prints."""
    command = [Path(sys.executable).with_name("mutmut"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        sys.exit(done.stdout[-4000:] + done.stderr)
    return done.stdout


def results() -> dict[str, str]:
    """Return the status of every mutant by name."""
    return {match["name"]: match["status"] for match in RESULT.finditer(mutmut("results", "--all", "true"))}


def sampled(mutants: Iterable[str], package: str, size: int, seed: int) -> tuple[list[str], int]:
    """Return a sample of a package's mutants, the same for the same seed, and how many mutants the package has."""
    of_package = sorted(name for name in mutants if name.startswith(package + "."))
    chosen = random.Random(seed).sample(of_package, min(size, len(of_package)))  # noqa: S311
    return chosen, len(of_package)


def main() -> None:
    """Print the share of killed mutants and the survivors of each package."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", default=PACKAGES)
    parser.add_argument("--sample", type=int, default=150, help="mutants of each package")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    shutil.rmtree("mutants", ignore_errors=True)
    mutmut("run", FIRST)
    mutants = results()
    samples = {package: sampled(mutants, package, options.sample, options.seed) for package in options.packages}
    mutmut("run", *(name for sample, _ in samples.values() for name in sample))
    status = results()
    for package, (sample, total) in samples.items():
        survivors = [name for name in sample if status[name] not in KILLED]
        killed = len(sample) - len(survivors)
        print(f"{package}: {killed} of {len(sample)} killed ({killed / len(sample):.0%}); {total} mutants in all")
        for name in sorted(survivors):
            print(f"  {name}: {status[name]}")


if __name__ == "__main__":
    main()
