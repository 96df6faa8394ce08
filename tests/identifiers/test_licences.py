"""Every URL of a Creative Commons licence refers to the licence."""

from __future__ import annotations

import pytest

from kg.identifiers.licences import eu_authority, licence_of_url

BY = "https://creativecommons.org/licenses/by/4.0/"
ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"


@pytest.mark.parametrize(
    "url",
    [
        BY,
        "http://creativecommons.org/licenses/by/4.0",
        "https://www.creativecommons.org/licenses/by/4.0/deed.en",
        "https://creativecommons.org/licenses/by/4.0/deed.zh-hans",
        "https://creativecommons.org/licenses/by/4.0/legalcode.no#s3",
        "https://creativecommons.org/licenses/BY/4.0/?ref=chooser-v1",
        "//creativecommons.org/licenses/by/4.0/rdf",
        "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
        "https://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    ],
)
def test_addresses_of_cc_by(url: str) -> None:
    assert licence_of_url(url) == BY


@pytest.mark.parametrize(
    "url",
    [
        ZERO,
        "http://creativecommons.org/publicdomain/zero/1.0/legalcode",
        "https://creativecommons.org/publicdomain/zero/1.0/deed.nb",
        "https://creativecommons.org/share-your-work/public-domain/cc0",
        "https://creativecommons.org/share-your-work/public-domain/cc0/",
    ],
)
def test_addresses_of_cc0(url: str) -> None:
    assert licence_of_url(url) == ZERO


@pytest.mark.parametrize("code", ["by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd"])
def test_each_licence_has_its_own_iri_and_the_eu_s(code: str) -> None:
    iri = licence_of_url(f"http://creativecommons.org/licenses/{code}/4.0/legalcode")
    assert iri == f"https://creativecommons.org/licenses/{code}/4.0/"
    expected = f"CC_BY{code.removeprefix('by').replace('-', '').upper()}_4_0"
    assert eu_authority(iri) == f"http://publications.europa.eu/resource/authority/licence/{expected}"


def test_an_older_or_national_licence_is_not_the_current_one() -> None:
    national = licence_of_url("https://creativecommons.org/licenses/by-sa/3.0/no/deed.no")
    assert national == "https://creativecommons.org/licenses/by-sa/3.0/no/"
    assert eu_authority(national) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://creativecommons.org/licenses/",
        "https://creativecommons.org/licenses/by/",
        "https://creativecommons.org/licenses/by/9.0/",
        "https://creativecommons.org/licenses/zero/1.0/",
        "https://creativecommons.org/choose/",
        "https://i.creativecommons.org/l/by/4.0/88x31.png",
        "https://example.org/creativecommons.org/licenses/by/4.0/",
        "",
    ],
)
def test_what_is_no_licence(url: str) -> None:
    assert licence_of_url(url) is None
