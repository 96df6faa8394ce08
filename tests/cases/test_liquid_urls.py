"""Filters of addresses leave absolute ones alone, and a page knows its own address, path and name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.reading import links, read_pages


def addresses(folder: Path, body: str, **files: str) -> list[str]:
    """Return the destinations of the links of a page."""
    page = f'---\ntitle: Hay\nout: https://barn.example/x\nmail: "mailto:hay@barn.example"\n---\n{body}\n'
    pages, findings = read_pages(folder, {"hay.md": page, **files})
    assert findings == []
    return [href for _, href, _ in links(pages["hay.md"])]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("'https://barn.example/' | relative_url", "https://barn.example/"),
        ("page.out | absolute_url", "https://barn.example/x"),
        ("page.mail | relative_url", "mailto:hay@barn.example"),
        ("page.url | relative_url", "/field/hay.html"),
        ("page.url | absolute_url", "https://meadow.example/field/hay.html"),
        ("page.nothing | relative_url", ""),
        ("'' | relative_url", "/field"),
        ("'a b' | relative_url", "/field/a%20b"),
        ("'Cut & Dry!' | slugify", "cut-dry"),
        ("'Cut_&_Dry' | slugify: 'pretty'", "cut_&_dry"),
        ("page.path", "hay.md"),
        ("page.name", "hay.md"),
        ("'a b/c' | cgi_escape", "a+b%2Fc"),
        ("'a b/ä' | uri_escape", "a%20b/%C3%A4"),
        ("jekyll.version", "4.3.1"),
    ],
)
def test_a_filter_gives_the_address_that_jekyll_gives(value: str, expected: str, tmp_path: Path) -> None:
    assert addresses(tmp_path, f"[a]({{{{ {value} }}}})") == [expected]


def test_a_tag_names_a_file_and_gives_its_address_below_the_base(tmp_path: Path) -> None:
    written = "[a]({% link barn/door.md %}) [b]({% link img/hay.png %}) [c]({% link {{ page.path }} %})"
    files = {"barn/door.md": "---\ntitle: Door\n---\n", "img/hay.png": "picture"}
    assert addresses(tmp_path, written, **files) == ["/field/barn/door.html", "/field/img/hay.png", "/field/hay.html"]


def test_a_tag_that_names_no_file_is_told_on_its_line(tmp_path: Path) -> None:
    page = "---\ntitle: Hay\n---\nOne\n\n[a]({% link barn.md %}) [b]({% post_url 2024-01-02-mowing %})\n"
    _, findings = read_pages(tmp_path, {"hay.md": page})
    assert [(finding.rule, finding.place.line) for finding in findings] == [("liquid", 6), ("liquid", 6)]
    assert ["'barn.md'" in findings[0].message, "'2024-01-02-mowing'" in findings[1].message] == [True, True]
