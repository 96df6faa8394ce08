"""What is a page: where front matter begins and ends, and what else Jekyll publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.compile import SiteBuild, read_site
from kg.lint.check import check, select
from tests.conftest import write_site


def build(folder: Path, files: dict[str, str]) -> SiteBuild:
    return read_site(write_site(folder, files))


def told(found: SiteBuild) -> list[tuple[str, int, str, str]]:
    return [(f.place.path, f.place.line, str(f.severity), f.rule) for f in found.findings]


@pytest.mark.parametrize("end", ["---", "...", "---  ", "...\t"])
def test_hyphens_or_dots_close_front_matter(end: str, tmp_path: Path) -> None:
    found = build(tmp_path, {"a.md": f"---\ntitle: A\n{end}\n## H\n[x](https://x.example)\n"})
    (page,) = found.pages
    assert (page.text("title"), [block.line for block in page.blocks]) == ("A", [4, 5])
    assert told(found) == []


def test_more_than_three_hyphens_do_not_close_it(tmp_path: Path) -> None:
    found = build(tmp_path, {"a.md": "---\ntitle: A\n----\nlost\n---\n[x](https://x.example)\n"})
    assert (found.pages, [rule for *_, rule in told(found)]) == ((), ["front-matter"])


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("\ufeff", "byte-order mark"),
        ("\n", "blank lines"),
        (" ", "blank lines or spaces"),
        ("\u200b", "U+200B"),
        ("-", "not three hyphens alone"),
    ],
)
def test_a_file_that_jekyll_copies_is_no_page_and_the_author_is_told_why(
    before: str, reason: str, tmp_path: Path
) -> None:
    found = build(tmp_path, {"a.md": f"{before}---\ntitle: A\n---\nText\n"})
    assert told(found) == [("a.md", 1, "error", "front-matter")]
    assert reason in found.findings[0].message
    assert found.pages == ()


def test_text_without_front_matter_is_no_page_and_no_fault(tmp_path: Path) -> None:
    texts = ["Text\n", "\n----\n\nText: more\n", "# T\n---\na: b\n---\n", "<html>\n</html>\n", "----\na: b\n"]
    found = build(tmp_path, {f"{n}.md": text for n, text in enumerate(texts)})
    assert (found.pages, found.findings) == ((), ())


@pytest.mark.parametrize("yaml", ["only words", "- a\n- b", "title:\u00a0Pasted"])
def test_front_matter_that_is_no_mapping_is_an_error_that_says_so(yaml: str, tmp_path: Path) -> None:
    found = build(tmp_path, {"a.md": f"---\n{yaml}\n---\nText\n", "b.md": "---\n---\nText\n"})
    (finding,) = (finding for finding in found.findings if finding.place.path == "a.md")
    assert (finding.rule, str(finding.severity)) == ("front-matter", "error")
    assert "no 'key: value'" in finding.message
    assert ("no-break space" in finding.message) == ("\u00a0" in yaml)
    assert [page.path for page in found.pages] == ["b.md"]


def test_html_pages_have_headings_and_links(tmp_path: Path) -> None:
    text = '---\ntitle: A\n---\n<h2 id="x">X</h2>\n\n<p>\n<a href="https://a.example/">a</a></p>\n## no heading\n'
    found = build(tmp_path, {"a.html": text, "static.html": "<h1>No page</h1>", "big.html": "x" * 3_000_000})
    (page,) = found.pages
    assert [(block.level, block.anchor, block.text, block.line) for block in page.blocks if block.level] == [
        (2, "x", "X", 4)
    ]
    assert [(link.href, link.line) for block in page.blocks for link in block.links] == [("https://a.example/", 7)]
    assert found.findings == ()


def test_links_of_the_file_system_are_followed_inside_the_site_only(tmp_path: Path) -> None:
    page = "---\ntitle: T\n---\n"
    site = write_site(tmp_path / "site", {"pages/a.md": page, "other/b.md": page})
    write_site(tmp_path / "else", {"c.md": page})
    (site / "pages/again").symlink_to("../other")
    (site / "pages/one.md").symlink_to("a.md")
    (site / "pages/round").symlink_to("..")
    (site / "other/back").symlink_to("../pages")
    (site / "pages/out").symlink_to(tmp_path / "else")
    (site / "pages/out.md").symlink_to(tmp_path / "else/c.md")
    assert list(read_site(site).site.files()) == [
        "other/b.md",
        "other/back/a.md",
        "other/back/one.md",
        "pages/a.md",
        "pages/again/b.md",
        "pages/one.md",
    ]


@pytest.mark.parametrize("gemfile", ["gem 'github-pages', group: :jekyll_plugins\n", '# x\n  gem("github-pages")\n'])
def test_github_pages_makes_pages_of_markdown_without_front_matter(gemfile: str, tmp_path: Path) -> None:
    plain = {"a.md": "## Plain\n[x](https://x.example)\n", "README.md": "About\n", "a.html": "<p>Static</p>"}
    files = {**plain, "index.html": "<p>Static</p>"}
    assert build(tmp_path, files).pages == ()
    (page,) = build(tmp_path, {**files, "Gemfile": gemfile}).pages
    assert (page.path, [block.line for block in page.blocks]) == ("a.md", [1, 2])


def test_nothing_outside_of_a_site_is_included(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: Secret\n---\n", encoding="utf-8")
    config = "title: S\nurl: https://s.example\nlicense: CC0\ninclude: [../secret.md, a/../../secret.md]\n"
    site = write_site(tmp_path / "site", {"a/b.md": "---\ntitle: B\n---\n"}, config)
    assert [page.path for page in read_site(site).pages] == ["a/b.md"]


def test_a_page_that_is_not_published_is_none(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\npublished: false\n---\n", "b.md": "---\ntitle: B\npublished: true\n---\n"}
    assert [page.path for page in build(tmp_path, files).pages] == ["b.md"]
    (selection,) = select([tmp_path])
    assert check(selection).pages == 1


def test_a_value_that_is_empty_does_not_replace_a_default(tmp_path: Path) -> None:
    config = "title: S\ndefaults:\n- scope: {path: ''}\n  values: {type: guide, toc: {depth: 2, wide: x}}\n"
    site = write_site(tmp_path, {"a.md": "---\ntitle: A\ntype:\ntoc: {wide: y}\n---\n"}, config)
    (page,) = read_site(site).pages
    assert (page.text("type"), page.front["toc"]) == ("guide", {"depth": "2", "wide": "y"})


def test_a_page_with_an_empty_permalink_has_no_address_and_is_told(tmp_path: Path) -> None:
    found = build(tmp_path, {"a.md": "---\ntitle: A\npermalink: ''\n---\nText\n", "b.md": "---\npermalink:\n---\n"})
    (finding,) = (finding for finding in found.findings if finding.rule == "page-without-address")
    assert (finding.place.path, finding.place.line) == ("a.md", 3)
    assert finding.message.endswith("its permalink is empty, which ends Jekyll's build")
