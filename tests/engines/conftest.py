"""One release of several sites, and engines over its N-Quads dump."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.release import Release, open_release
from kg.vocab import UNION_GRAPH
from tests.conftest import ROOT, kg
from tests.engines.engines import NAMES, Engine, engine, is_here

SITES = ROOT / "tests" / "query" / "sites"


@pytest.fixture(scope="package")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """Build the shipped content and three small sites."""
    out = tmp_path_factory.mktemp("engines") / "out"
    done = kg("build", ROOT / "content", *sorted(SITES.iterdir()), "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return open_release(out)


@pytest.fixture(scope="package", params=NAMES)
def loaded(
    request: pytest.FixtureRequest, release: Release, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Run an engine over the N-Quads dump; without the engine on this machine, the test is skipped."""
    if not is_here(request.param):
        pytest.skip(f"no {request.param} on this machine")
    dump = release.dumps / "rdm-kg.nq"
    with engine(request.param, tmp_path_factory.mktemp(request.param) / "quads", (dump, UNION_GRAPH)) as started:
        yield started
