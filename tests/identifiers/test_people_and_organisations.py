"""ORCID iDs and ROR ids need valid check digits, identifiers of funders the registry's prefix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.identifiers.funders import funder
from kg.identifiers.orcid import orcid
from kg.identifiers.ror import ror


@pytest.mark.parametrize(
    "text",
    [
        "0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097",
        "https://orcid.org/0000-0002-1825-0097 ",
        "http://www.orcid.org/0000-0002-1825-0097/",
        "orcid.org/0000-0002-1825-0097",
        "orcid:0000-0002-1825-0097",
        "0000000218250097",
    ],
)
def test_ways_to_write_an_orcid(text: str) -> None:
    assert orcid(text) == "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize("text", ["", "ORCID id", "@example.org", "0000-0002-1825-0079", "0000-0002-1825-00977"])
def test_what_is_no_orcid(text: str) -> None:
    assert orcid(text) is None


@given(st.integers(0, 15), st.integers(0, 9))
def test_one_wrong_digit_is_noticed(position: int, digit: int) -> None:
    good = "0000000218250097"
    changed = good[:position] + str(digit) + good[position + 1 :]
    assert (orcid(changed) is not None) == (changed == good)


@pytest.mark.parametrize(
    "text", ["03zga2b32", "https://ror.org/03zga2b32", "http://ror.org/03zga2b32/ ", "ror.org/03ZGA2B32"]
)
def test_ways_to_write_a_ror_id(text: str) -> None:
    assert ror(text) == "https://ror.org/03zga2b32"


@pytest.mark.parametrize(
    "text", ["", "03zga2b33", "13zga2b32", "03zga2b3", "03zgai232", "https://example.org/03zga2b32"]
)
def test_what_is_no_ror_id(text: str) -> None:
    assert ror(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://doi.org/10.13039/501100005416",
        "http://dx.doi.org/10.13039/501100005416",
        "doi:10.13039/501100005416",
        "10.13039/501100005416 ",
        "https://data.crossref.org/fundingdata/funder/10.13039/501100005416",
        "https://api.crossref.org/funders/501100005416",
        "https://api.crossref.org/v1/funders/10.13039/501100005416",
    ],
)
def test_ways_to_write_a_funder(text: str) -> None:
    assert funder(text) == "https://doi.org/10.13039/501100005416"


@pytest.mark.parametrize("text", ["", "501100005416", "10.13039/5011000054", "https://doi.org/10.1000/501100005416"])
def test_what_is_no_funder(text: str) -> None:
    assert funder(text) is None


@given(st.text())
def test_any_text_may_be_asked(text: str) -> None:
    assert orcid(text) is None or orcid(orcid(text) or "") == orcid(text)
    assert ror(text) is None or ror(ror(text) or "") == ror(text)
    assert funder(text) is None or funder(funder(text) or "") == funder(text)
