"""Every hostile request of the corpus, many at a time, has one of the outcomes that its group allows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.hostile.attack import Case, Outcome, corpus, send
from tests.server.serving import Server

CASES = corpus()


@pytest.fixture(scope="session")
def outcomes(victim: Server) -> dict[str, Outcome | Exception]:
    """Return the outcome of each case."""

    def attack(case: Case) -> Outcome | Exception:
        try:
            return send(victim, case.parts)
        except (OSError, ValueError) as error:
            return error

    with ThreadPoolExecutor(12) as threads:
        return dict(zip([case.name for case in CASES], threads.map(attack, CASES), strict=True))


def test_the_corpus_is_large_and_its_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 200


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_ends_well(outcomes: dict[str, Outcome | Exception], case: Case) -> None:
    assert outcomes[case.name] in case.expected, case.about
