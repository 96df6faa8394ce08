"""Addresses of pages, posts and documents, and what the graph and the findings say of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.compile import read_site
from tests.conftest import write_site

PAGE = "---\ntitle: T\n---\n"
POSTS = "/:categories/:year/:month/:title"


def addresses(folder: Path, files: dict[str, str], config: str = "") -> dict[str, str | None]:
    build = read_site(write_site(folder, files, f"title: A\nurl: https://a.example\nlicense: CC0\n{config}"))
    return {page.path: build.site.page_url(page.path, page.front) for page in build.pages}


def rules(folder: Path) -> list[tuple[str, str]]:
    return [(finding.place.path, finding.rule) for finding in read_site(folder).findings]


@pytest.mark.parametrize(
    ("style", "address"),
    [
        (POSTS, "/guide/how"),
        (f"{POSTS}/", "/guide/how/"),
        (f"{POSTS}:output_ext", "/guide/how.html"),
        (f"{POSTS}.html", "/guide/how"),
        ("weekdate", "/guide/how"),
        ("ordinal", "/guide/how.html"),
        ("none", "/guide/how.html"),
        ("pretty", "/guide/how/"),
    ],
)
def test_the_sites_permalink_gives_pages_its_ending_only(style: str, address: str, tmp_path: Path) -> None:
    found = addresses(tmp_path, {"guide/how.md": PAGE, "index.md": PAGE}, f"permalink: {style}\n")
    assert found == {"guide/how.md": f"https://a.example{address}", "index.md": "https://a.example/"}


def test_posts_and_documents_fill_in_their_templates(tmp_path: Path) -> None:
    config = f"permalink: {POSTS}\ncollections:\n  days: {{output: true, permalink: '/on/:slug'}}\n"
    files = {"_posts/2021-03-04-We Start.md": PAGE, "_days/Open day.md": "---\n---\n", "_days/in/b.md": PAGE}
    assert addresses(tmp_path, files, config) == {
        "_posts/2021-03-04-We Start.md": "https://a.example/2021/03/We-Start",
        "_days/Open day.md": "https://a.example/on/open-day",
        "_days/in/b.md": "https://a.example/on/b",
    }
    titles = {page.path: page.text("title") for page in read_site(tmp_path).pages}
    assert titles["_days/Open day.md"] == "Open day"


def test_a_style_in_the_front_matter_of_a_page_is_an_address(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\npermalink: pretty\n---\n", "b c.md": PAGE}
    assert addresses(tmp_path, files) == {"a.md": "https://a.example/pretty", "b c.md": "https://a.example/b%20c.html"}


def test_an_address_with_a_placeholder_left_is_none_and_a_finding(tmp_path: Path) -> None:
    files = {
        "a.md": "---\ntitle: A\npermalink: /:year/:title\n---\n",
        "_days/b.md": PAGE,
    }
    config = "collections: {days: {output: true, permalink: '/:year/:name'}}\n"
    found = addresses(tmp_path, files, config)
    assert found == {"a.md": None, "_days/b.md": None}
    assert rules(tmp_path) == [("_days/b.md", "page-without-address"), ("a.md", "page-without-address")]


def test_links_are_resolved_at_the_addresses_that_are_published(tmp_path: Path) -> None:
    text = "---\ntitle: A\n---\n[right](/guide/how) [blank](/b%20c) [wrong](/how/at/all)\n"
    files = {"a.md": text, "guide/how.md": PAGE, "b c.md": PAGE}
    addresses(tmp_path, files, f"permalink: {POSTS}\n")
    assert [rule for path, rule in rules(tmp_path)] == ["broken-link"]
