"""What plug-ins of GitHub Pages make: ``site.github``, the address of a site, READMEs as pages of their folders."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kg.build.compile import read_site
from tests.cases.reading import links, read_pages
from tests.conftest import write_site

PLAIN = "title: Meadow\n"
GEMFILE = {"Gemfile": "gem 'github-pages'\n"}


def hrefs(folder: Path, body: str, config: str, **files: str) -> list[str]:
    pages, findings = read_pages(folder, {"a.md": f"---\ntitle: A\n---\n{body}\n", **files}, config)
    assert findings == []
    return [href for _, href, _ in links(pages["a.md"])]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("repository_url", "https://github.com/Barn/hay"),
        ("issues_url", "https://github.com/Barn/hay/issues"),
        ("owner_url", "https://github.com/Barn"),
        ("zip_url", "https://github.com/Barn/hay/zipball/gh-pages"),
        ("url", "https://barn.github.io/hay"),
    ],
)
def test_templates_know_the_repository(key: str, expected: str, tmp_path: Path) -> None:
    written = f"[x]({{{{ site.github.{key} }}}})"
    assert hrefs(tmp_path / "a", written, PLAIN + "repository: Barn/hay\n") == [expected]
    subprocess.run(["git", "init", "-q", tmp_path / "b"], check=True)
    origin = ["remote", "add", "origin", "git@github.com:Barn/hay.git"]
    subprocess.run(["git", "-C", tmp_path / "b", *origin], check=True)
    assert hrefs(tmp_path / "b", written, PLAIN) == [expected]


def test_a_site_without_url_and_baseurl_has_those_of_its_repository(tmp_path: Path) -> None:
    config, body = PLAIN + "repository: Barn/hay\n", "[x]({{ '/b' | relative_url }}) [y]({{ '/b' | absolute_url }})"
    assert hrefs(tmp_path / "a", body, config) == ["/hay/b", "https://barn.github.io/hay/b"]
    own = config + "url: https://hay.example\nbaseurl: ''\n"
    assert hrefs(tmp_path / "b", body, own) == ["/b", "https://hay.example/b"]
    assert hrefs(tmp_path / "c", body, config, CNAME="hay.example") == ["/b", "https://hay.example/b"]


def test_without_the_plug_in_templates_know_nothing_of_it(tmp_path: Path) -> None:
    body, config = "[x]({{ site.github.repository_url }}y)", PLAIN + "repository: Barn/hay\n"
    assert hrefs(tmp_path / "a", body, config, Gemfile="gem 'jekyll'\n") == ["y"]
    assert hrefs(tmp_path / "b", body, config, **GEMFILE) == ["https://github.com/Barn/hayy"]


def test_a_readme_is_the_page_of_a_folder_that_has_no_other(tmp_path: Path) -> None:
    files = {
        "README.md": "# Home\n",
        "docs/readme.md": "# Docs\n",
        "taken/README.md": "# Not this\n",
        "taken/index.md": "---\ntitle: This\n---\n",
        "named/README.md": "# Nor this\n",
        "other.md": "---\ntitle: Named\npermalink: /named/\n---\n",
        "own/README.md": "---\ntitle: Own\n---\n",
        **GEMFILE,
    }
    build = read_site(write_site(tmp_path / "a", files, PLAIN))
    assert {page.path: build.site.page_path(page.path, page.front) for page in build.pages} == {
        "README.md": "/",
        "docs/readme.md": "/docs/",
        "other.md": "/named/",
        "own/README.md": "/own/README.html",
        "taken/index.md": "/taken/",
    }
    off = read_site(write_site(tmp_path / "b", files, PLAIN + "readme_index: {enabled: false}\n"))
    assert [page.path for page in off.pages] == ["other.md", "own/README.md", "taken/index.md"]
