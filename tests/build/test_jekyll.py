"""Jekyll's rules for a site: collections, included folders, defaults by kind, redirects, links between pages."""

from __future__ import annotations

from pathlib import Path

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from tests.conftest import write_site

CONFIG = """title: T
url: https://site.example
baseurl: /kg
permalink: pretty
include: [_pages]
exclude: [drafts, "*.tmp.md"]
plugins: [jekyll-redirect-from]
collections:
  guides: {output: true, permalink: "/g/:name/"}
  hidden: {output: false}
defaults:
  - scope: {path: "", type: guides}
    values: {type: guide}
  - scope: {path: "sheets/*/deep"}
    values: {type: [domain, cheat_sheet]}
"""
FILES = {
    "_guides/first.md": "---\ntitle: First\nredirect_from: [/old/first]\n---\n[second](/kg/second/)\n",
    "_hidden/no.md": "---\ntitle: No\n---\n",
    "_pages/second.md": "---\ntitle: Second\npermalink: /second/\n---\n[first](https://site.example/kg/g/first/#x)\n",
    "drafts/no.md": "---\ntitle: No\n---\n",
    "sheets/a/deep/third.md": "---\ntitle: Third\n---\n[one](../../../../old/first) [two](_pages/second.md)\n",
    "no.tmp.md": "---\ntitle: No\n---\n",
    "static.md": "no front matter\n",
}


def test_collections_includes_defaults_and_redirects(tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, FILES, CONFIG))
    pages = {page.path: page for page in build.pages}
    assert sorted(pages) == ["_guides/first.md", "_pages/second.md", "sheets/a/deep/third.md"]
    assert {path: build.site.page_type(page) for path, page in pages.items()} == {
        "_guides/first.md": "guide",
        "_pages/second.md": "",
        "sheets/a/deep/third.md": "cheat_sheet",
    }
    urls = {path: build.site.page_url(path, page.front) for path, page in pages.items()}
    assert urls["_guides/first.md"] == "https://site.example/kg/g/first/"
    assert urls["sheets/a/deep/third.md"] == "https://site.example/kg/sheets/a/deep/third/"


def test_links_between_pages_lead_to_them_however_written(tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, FILES, CONFIG))
    targets = {}
    to_rdf = PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load())
    for page in build.pages:
        graph = to_rdf.graph(page)
        targets[page.path] = {str(o).rpartition("/")[2] for _, p, o in graph if str(p).endswith("#target")}
    assert targets == {
        "_guides/first.md": {"pages-second"},
        "_pages/second.md": {"guides-first"},
        "sheets/a/deep/third.md": {"guides-first", "pages-second"},
    }


def test_templates_see_the_sites_data(tmp_path: Path) -> None:
    files = {
        "_data/nodes.yml": "- {name: One, url: https://one.example}\n- {name: Two, url: https://two.example}\n",
        "_data/more/host.json": '{"url": "https://host.example"}',
        "_data/broken.yml": "a: [",
        "x.md": "---\ntitle: X\n---\n{% for node in site.data.nodes %}\n"
        "* [{{ node.name }}]({{ node.url }})\n{% endfor %}\n"
        "\n[host]({{ site.data.more.host.url }}) {{ site.data.broken.a }}{{ site.data.none }}\n",
    }
    build = read_site(write_site(tmp_path, files))
    (page,) = build.pages
    links = [(link.href, link.line) for block in page.blocks for link in block.links]
    assert links == [("https://one.example", 5), ("https://two.example", 5), ("https://host.example", 8)]
    assert [finding.rule for finding in build.findings if finding.place.path == "x.md"] == []


def test_a_page_that_only_leads_elsewhere_is_no_content_and_links_to_it_are_whole(tmp_path: Path) -> None:
    files = {
        "moved.md": "---\ntitle: Moved\nredirect_to: https://else.example/\n---\n[lost](https://lost.example)\n",
        "a.md": "---\ntitle: A\n---\n[one](moved) [two](/moved.html) [three](nowhere)\n",
    }
    config = "title: T\nurl: https://site.example\nlicense: CC0\n"
    build = read_site(write_site(tmp_path / "with", files, f"{config}plugins: [jekyll-redirect-from]\n"))
    assert [page.path for page in build.pages] == ["a.md"]
    assert [(f.rule, "nowhere" in f.message) for f in build.findings] == [("broken-link", True)]
    build = read_site(write_site(tmp_path / "without", files, config))
    assert [page.path for page in build.pages] == ["a.md", "moved.md"]


def test_words_for_truth_are_those_of_yaml_in_ruby(tmp_path: Path) -> None:
    files = {
        "hidden.md": "---\ntitle: A\npublished: no\n---\n",
        "about.md": "---\ntitle: B\nsearch_exclude: yes\n---\n",
        "listed.md": "---\ntitle: C\nsitemap: off\n---\n",
        "no-page.md": "Text\n",
        "_guides/d.md": "---\ntitle: D\ndate: 2999-01-01\n---\n",
    }
    config = (
        "collections: {guides: {output: on}}\nfuture: yes\n"
        "plugins: [jekyll-optional-front-matter]\noptional_front_matter: {enabled: off}\n"
    )
    build = read_site(write_site(tmp_path, files, config))
    pages = {page.path: build.site.is_about_itself(page) for page in build.pages}
    assert pages == {"_guides/d.md": False, "about.md": True, "listed.md": True}


def test_defaults_do_not_hide_pages_and_a_permalink_without_a_value_is_the_files_own(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\n---\n", "b.md": "---\ntitle: B\npermalink:\n---\n", "_talks/c.md": "---\n---\n"}
    values = "values: {published: false, permalink: /default/}"
    config = f"collections: {{talks: {{output: true}}}}\ndefaults:\n  - scope: {{path: ''}}\n    {values}\n"
    build = read_site(write_site(tmp_path, files, config))
    urls = {page.path: build.site.page_path(page.path, page.front) for page in build.pages}
    assert urls == {"a.md": "/default/", "b.md": "/b.html"}
