"""Run the measurements and print one table.

    python -m bench [NAME ...] [--quick | --full]

Needs wrk, and the extra ``bench`` for the programs that we compare ourselves with. Figures are medians of rounds; in a
round each server has its turn. A ratio is the median of the rounds' ratios, ours to the peer's.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec

from bench.report import HEADER, NotMeasuredError, Scale

BENCHMARKS = ("endpoint", "release", "convert", "scale", "fronts")
"""Modules of this package."""


def main() -> None:
    """Print the table."""
    present = [name for name in BENCHMARKS if find_spec(f"bench.{name}")]
    parser = argparse.ArgumentParser(
        "python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"all of {', '.join(present)} by default")
    scales = parser.add_mutually_exclusive_group()
    for scale in (Scale.QUICK, Scale.FULL):
        scales.add_argument(f"--{scale}", dest="scale", action="store_const", const=scale, default=Scale.NORMAL)
    given = parser.parse_args()
    if unknown := set(given.names) - set(present):
        parser.error(f"there is no {' or '.join(sorted(unknown))}")
    print(HEADER)
    for name in given.names or present:
        try:
            for row in import_module(f"bench.{name}").rows(given.scale):
                print(row, flush=True)
        except NotMeasuredError as reason:
            print(f"{name} is not measured: {reason}", file=sys.stderr)


if __name__ == "__main__":
    main()
