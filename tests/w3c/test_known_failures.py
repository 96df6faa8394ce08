"""The list of known failures itself."""

from __future__ import annotations

import pytest

from tests.w3c.known import FAILURES
from tests.w3c.manifest import SUITES, every_case


def test_each_has_a_reason() -> None:
    assert all(facts["reason"].endswith(".") and set(facts) <= {"reason", "upstream"} for facts in FAILURES.values())


@pytest.mark.skipif(not SUITES.is_dir(), reason="KG_REFERENCE names no folder with the W3C suites")
def test_each_is_a_test_of_the_suites() -> None:
    assert not set(FAILURES) - {case.id for case in every_case("sparql1[12]/*")}
