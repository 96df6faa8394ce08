"""Addresses of sites are HTTPS, and have no part that git or the file system takes for something else."""

from __future__ import annotations

import pytest

from kg.errors import SiteError
from kg.remote.address import SiteAddress, is_address, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://host.example/lab/site", SiteAddress("https://host.example/lab/site")),
        ("https://host.example/lab/site.git", SiteAddress("https://host.example/lab/site")),
        ("https://host.example/lab/site/", SiteAddress("https://host.example/lab/site")),
        ("https://Host.example:8443/~lab/group/site", SiteAddress("https://Host.example:8443/~lab/group/site")),
        ("https://host.example/lab/site@v1.0", SiteAddress("https://host.example/lab/site", "v1.0")),
        ("https://host.example/lab/site:docs/", SiteAddress("https://host.example/lab/site", "", "docs")),
        ("https://host.example/lab/site@a/b:c/d e", SiteAddress("https://host.example/lab/site", "a/b", "c/d e")),
    ],
)
def test_the_parts_of_an_address(text: str, address: SiteAddress) -> None:
    assert is_address(text)
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *((text, "is not fetched: sites are fetched by https:// only") for text in (
            "http://host.example/lab/site", "ssh://git@host.example/lab/site", "git@host.example:lab/site",
            "git://host.example/lab/site", "file:///etc", "ext::sh -c id", "ext::https://host.example/lab/site",
        )),
        *((f"{scheme}://{user}@host.example/lab/site", "no user or password") for scheme in ("https", "HTTPS")
          for user in ("secret", "user:secret")),
        *((f"https://host.example{path}", "is no address of a site") for path in (
            "", "/lab", "/lab/site?x=secret", "/lab/site#x", "/lab/../site", "/lab/./site", "/lab//site", "/lab/.git",
            "/lab/site\n", "/lab/site:a\nb", "/lab/site@", "/lab/site:",
        )),
        *((f"https://host.example/lab/site@{ref}", "is no branch, tag or commit") for ref in (
            "--upload-pack=id", "-x", "a..b", "a b", "a^", "a~1", "@{u}", "*", "refs/", "a/.b", "a.",
        )),
        *((f"https://host.example/lab/site:{folder}", "is no folder of a repository") for folder in (
            "../..", "a/../../b", "/etc", ".", ".git", "a/.GIT", "-x", "a\\b", "a:b",
        )),
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_reason(text: str, reason: str) -> None:
    assert is_address(text)
    with pytest.raises(SiteError, match=reason) as refused:
        parse_address(text)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("text", [".", "my-site", "../my-site", "/srv/sites/a", "C:site", "a@b"])
def test_a_path_is_no_address(text: str) -> None:
    assert not is_address(text)


def test_no_two_addresses_have_one_name() -> None:
    url = "https://host.example/lab/site"
    parts = [SiteAddress(url), SiteAddress(url, "docs"), SiteAddress(url, "", "docs"), SiteAddress(f"{url}-docs")]
    assert len({address.name for address in parts}) == len(parts)
    assert len(SiteAddress(f"{url}{'x' * 900}").name) < 100
