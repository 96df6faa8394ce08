"""Links that readers cannot follow, and tools of the list: on small sites, all that is wrong is found and no more."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.build.compile import read_site
from kg.findings import Finding
from kg.lint.check import check, select
from kg.site.addresses import Addresses
from tests.change.checkout import git
from tests.conftest import write_site

BELOW_KIT = """title: Orchard
url: https://orchard.example
license: CC0
baseurl: /kit
defaults:
  - scope: {path: "", type: pages}
    values: {permalink: "/:basename"}
"""
AT_ROOT = "title: Orchard\nurl: https://orchard.example\nlicense: CC0\npermalink: /:basename\n"


def page(body: str, front: str = "title: A page") -> str:
    """Return a page whose body begins in line 4 if its front matter has one line."""
    return f"---\n{front}\n---\n{body}\n"


def found(folder: Path, files: dict[str, str], config: str = BELOW_KIT) -> list[Finding]:
    (selection,) = select([write_site(folder, files, config)])
    return list(check(selection).findings)


def places(findings: list[Finding], rule: str) -> list[int]:
    return [finding.place.line for finding in findings if finding.rule == rule]


DEAD = ["/kit/elsewhere/pears", "elsewhere/pears", "/pears", "/other/pears", "kit/pears", "../pears", "pages/pears"]
DEAD += ["https://orchard.example/kit/elsewhere/pears", "/kit/pages/pears", "pears.pdf", "/kit/pages/"]
ALIVE = ["/kit/pears", "pears", "/kit/pears.html", "./pears#sorts", "https://www.orchard.example/kit/pears", "", "/"]
ALIVE += ["https://orchard.example/", "/kit/notes.txt", "?sort=1", "#sorts"]


def test_a_link_is_broken_unless_a_browser_finds_a_page_or_file_there(tmp_path: Path) -> None:
    lines = "\n".join(f"[{n}]({href})" for n, href in enumerate([*DEAD, *ALIVE[:5], *ALIVE[6:]]))
    files = {"pages/pears.md": page("## Sorts"), "pages/from.md": page(f"{lines}\n\n## Sorts"), "notes.txt": ""}
    findings = found(tmp_path, files)
    assert places(findings, "broken-link") == list(range(4, 4 + len(DEAD)))
    assert {finding.rule for finding in findings} == {"broken-link"}
    assert "there is /kit/pears" in findings[0].message


def test_a_link_to_a_source_file_is_right_where_the_plug_in_for_that_is_active(tmp_path: Path) -> None:
    files = {
        "pages/pears.md": page("Sorts."),
        "pages/from.md": page("[a](pears.md) [b](../pages/pears.md) [c](plums.md)"),
    }
    with_plugin = f"{BELOW_KIT}plugins: [jekyll-relative-links]\n"
    assert len(places(found(tmp_path / "with", {**files, "Gemfile": ""}, with_plugin), "broken-link")) == 1
    assert len(places(found(tmp_path / "without", {**files, "Gemfile": "gem 'jekyll'"}), "broken-link")) == 3


def test_relative_links_start_at_the_published_address(tmp_path: Path) -> None:
    files = {"a.md": page("[b](../b/) [c](b) [d](b/)"), "b.md": page("[a](/a/) [b](/a.html)")}
    findings = found(tmp_path, files, "title: Orchard\nurl: https://orchard.example\nlicense: CC0\npermalink: pretty\n")
    assert [finding.message.split("'")[1] for finding in findings] == ["b", "b/", "/a.html"]


def test_the_last_part_of_an_address_makes_no_link_to_a_page(tmp_path: Path) -> None:
    files = {
        "shelf/rows.md": page("Rows."),
        "shelf/top.md": page("Top.", "title: Top\nredirect_from: /top/rows"),
        "p.md": page("[a]((/top/rows))\n\n[b](/top/rows)\n\n[c](/nowhere/rows)\n\n[d](/orchard/shelf/rows)"),
    }
    config = f"{AT_ROOT.replace('/:basename', '/:path/:basename')}repository: fruit/orchard\n"
    config = config.replace("permalink: /:path/:basename", "defaults:\n- values: {permalink: '/:path/:basename'}")
    site = write_site(tmp_path / "site", files, config)
    build = read_site(site)
    (start,) = (each for each in build.pages if each.path == "p.md")
    addresses = Addresses(build.site, build.pages)
    targets = [addresses.resolve(start, link.href) for block in start.blocks for link in block.links]
    assert [target and target.page.path for target in targets] == [None, None, None, "shelf/rows.md"]
    findings = found(tmp_path / "site", files, config)
    assert places(findings, "broken-link") == [4, 6, 8, 10]
    assert places(findings, "doubled-brackets") == [4]
    redirected = found(tmp_path / "redirected", files, f"{config}plugins: [jekyll-redirect-from]\n")
    assert places(redirected, "broken-link") == [8, 10]


SCHEMELESS = {
    "doi.org/10.1234/abc.56": "https://doi.org/10.1234/abc.56",
    "10.1234/abc.56": "https://doi.org/10.1234/abc.56",
    "doi:10.1234/abc": "https://doi.org/10.1234/abc",
    "docs.fruit.example/start/here.html": "https://docs.fruit.example/start/here.html",
    "github.com/fruit/pear.github.io": "https://github.com/fruit/pear.github.io",
    "zenodo.org": "https://zenodo.org",
    "fruit.ac.uk": "https://fruit.ac.uk",
    "www.fruit.example": "https://www.fruit.example",
}
WITH_DOTS = ["notes.md", "v1.2/notes.txt", "pear.js/notes.txt", "table.csv", "mailto:desk@fruit.example"]


def test_an_address_without_its_scheme_is_told_with_the_whole_one(tmp_path: Path) -> None:
    files = {"a.md": page("\n".join(f"[x]({href})" for href in [*SCHEMELESS, *WITH_DOTS])), "notes.md": "text"}
    files |= {"v1.2/notes.txt": "", "pear.js/notes.txt": "", "table.csv": ""}
    findings = found(tmp_path, files)
    assert places(findings, "malformed-link") == list(range(4, 4 + len(SCHEMELESS)))
    assert [finding.message.rpartition("write ")[2] for finding in findings] == list(SCHEMELESS.values())


def test_an_address_of_one_computer_is_told(tmp_path: Path) -> None:
    local = ["http://localhost:4000/kit/a", "file:///C:/pears.pdf", "https://127.0.0.1/", "C:\\pears.pdf"]
    findings = found(tmp_path, {"a.md": page("\n".join(f"[x](<{href}>)" for href in local))})
    assert [(finding.place.line, finding.rule) for finding in findings] == [(n, "local-link") for n in range(4, 8)]


ANCHORS = """* Contents
{:toc}

## First
Text[^why], **bold**{: #strong} and [span]{:#none} and `<a id="code">` and <i id="inline"></i>.

{% for word in page.words %}
### {{ word }}
{% endfor %}

{% include own.html %}

Last words.
{: .wide #block}

[^why]: Because.

"""
THERE = ["contents-of-all", "fn:why", "fnref:why", "first", "markdown-toc", "markdown-toc-first", "strong", "inline"]
THERE += ["apple", "made", "block", "frame"]
NOT_THERE = ["none", "code", "word", "toc", "first-1", "fn:not"]


def test_the_anchors_of_a_page_are_those_that_kramdown_and_liquid_make(tmp_path: Path) -> None:
    links = "\n".join(f"[x](#{name})" for name in [*NOT_THERE, *THERE[1:]])
    files = {
        "a.md": page(ANCHORS + links, "title: A\nlayout: own\nwords: [Apple]"),
        "_includes/own.html": "<p id='made'></p>",
        "_layouts/own.html": "<div id='frame'>{{ content }}</div>",
    }
    findings = found(tmp_path, files)
    assert [re.findall(r"#(\S+)", finding.message)[0].strip(";") for finding in findings] == NOT_THERE


def test_anchors_of_what_is_not_in_the_checkout_are_not_judged(tmp_path: Path) -> None:
    files = {"a.md": page("{% include theirs.html %}\n[x](#y)"), "b.md": page("[x](a#y)"), "c.md": page("[x](#y)")}
    files["d.md"] = page("[x](#y)", "title: D\nlayout: list")
    files["_layouts/list.html"] = "{% for tag in site.tags %}<p id='{{ tag[0] }}'></p>{% endfor %}"
    assert [finding.place.path for finding in found(tmp_path, files)] == ["c.md"]


def test_two_elements_with_one_anchor_are_told(tmp_path: Path) -> None:
    body = "## Where\n\n<p id='where'></p>\n\n## Other {#here}\n\n**bold**{:#here}\n\n## Where\n\nText.\n{: #where}\n"
    findings = found(tmp_path, {"a.md": page(body)})
    assert [(finding.place.line, finding.rule) for finding in findings] == [
        (6, "duplicate-anchor"),
        (10, "duplicate-anchor"),
    ]


NO_LINKS = """[never closed](https://a.example

(https://a.example)[swapped] and (swapped)[https://a.example], [a blank] (https://a.example)

[undefined][ref] and never opened](https://a.example) and [no end (https://a.example)

<div>[in HTML](https://a.example)</div>

[never closed](../other.md

(other.html)[swapped] and (swapped)[./other], [a blank] (pages/other.md)

<div>[in HTML](/other.md)</div>
"""
LINKS_OR_TEXT = """[a](https://a.example) ([b](https://a.example)) \\[c](https://a.example) `[d] (https://a.example)`
[e][ref], [f] and [1] (https://a.example), item[i][j], [x] (https://a.example), (see https://a.example) [g]
[see (https://a.example)], (a.html) or/and (notes.md) [h](https://a.example "[i] (https://a.example)")

```
[j] (https://a.example) (https://a.example)[k]
```

<pre>[l](https://a.example)</pre> <!-- [m] (https://a.example) -->

[ref]: https://a.example
"""


def test_what_was_meant_as_a_link_and_is_text_is_told(tmp_path: Path) -> None:
    findings = found(tmp_path / "wrong", {"a.md": page(NO_LINKS)})
    assert places(findings, "malformed-link") == [4, 6, 6, 6, 8, 8, 8, 10, 12, 14, 14, 14, 16]
    assert len(findings) == 13
    assert found(tmp_path / "right", {"a.md": page(LINKS_OR_TEXT)}) == []


def test_a_picture_that_is_not_there_is_a_broken_link(tmp_path: Path) -> None:
    body = "![x](gone.png)\n![x](/kit/img/there.png)\n![x](img/gone.png)\n<img src='/img/there.png'>\n"
    body += "![x](https://a.example/x.png)\n"
    body += "{% include image.html file='shown.png' %}\n{% include image.html file='no.png' %}\n"
    body += "`![x](gone.png)`\n![x](data:image/png;base64,AA)\n![x](new/gone.png)\n![x](assets/gone.png)\n"
    files = {"a.md": page(body), "img/there.png": "", "images/shown.png": ""}
    assert places(found(tmp_path, files), "broken-link") == [4, 6, 7, 10, 13, 14]


def test_a_folder_of_pictures_that_the_checkout_lacks_is_not_judged(tmp_path: Path) -> None:
    many = "\n".join(f"![x](/kit/photos/{n}.png)" for n in range(11))
    findings = found(tmp_path, {"a.md": page(many), "b.md": page("![x](/kit/plans/1.png)")})
    assert [finding.place.path for finding in findings] == ["b.md"]


REPOSITORY = "https://github.com/Fruit/orchard"
SOURCES = ["blob/main/_data/PEOPLE.yml", "blob/master/LICENSE", "tree/main/pages", "edit/HEAD/a.md", "blob/v1/LICENSE"]
SOURCES += ["issues", "raw/main/none.csv"]


@pytest.mark.parametrize("told_by", ["configuration", "git"])
def test_a_link_to_a_file_that_the_sites_own_repository_lacks_is_broken(told_by: str, tmp_path: Path) -> None:
    lines = [
        *(f"[x]({REPOSITORY}/{path})" for path in SOURCES),
        "[x](https://github.com/fruit/other/blob/main/LICENSE)",
    ]
    lines += ["[x](https://raw.githubusercontent.com/fruit/orchard/main/none.csv)"]
    files = {"a.md": page("\n".join(lines)), "_data/PEOPLE.yaml": "Ada: {git: ada}\n", "pages/b.md": page("")}
    config = BELOW_KIT
    if told_by == "git":
        git(tmp_path, "init", "--quiet")
        git(tmp_path, "remote", "add", "origin", f"{REPOSITORY}.git")
    else:
        config += "repository: fruit/orchard\n"
    findings = found(tmp_path, files, config)
    assert places(findings, "broken-link") == [4, 5, 10, 12]
    assert findings[0].message == "this repository has no _data/PEOPLE.yml; there is _data/PEOPLE.yaml"


NATIONAL = "- name: FIG\n- {name: Idle, instance_of: idle}\n- {name: D, instance_of: date}"


def test_tools_that_no_page_names_and_tools_that_stand_twice_are_noted(tmp_path: Path) -> None:
    tools = [("pear", "Pear", "https://pear.example"), ("idle", "Idle", "https://idle.example")]
    tools += [("pear-2", "PEAR", "http://www.pear.example/"), ("plum", "idle", "https://plum.example")]
    tools += [("fig", "Fig", "https://fig.example/?a=1"), ("date", "Date", "https://fig.example/?a=2")]
    tools += [(f"in-{n}", f"In {n}", "https://house.example/") for n in range(3)]
    listed = "".join(f"- id: {name}\n  name: {title}\n  url: {url}\n" for name, title, url in tools)
    files = {
        "_data/tool_and_resource_list.yml": listed,
        "a.md": page('{% tool "pear" %} {% tool "plum" %} {% include box.html tool="fig" %}'),
        "_includes/box.html": "A box.",
        "national.md": page("Text.", f"title: N\nnational_resources:\n{NATIONAL}\nmore: [in-0, in-1, in-2]"),
    }
    findings = found(tmp_path, files)
    assert places(findings, "unused-tool") == [7]
    doubled = [(each.place.path[-5:], each.place.line) for each in findings if each.rule == "duplicate-tool"]
    assert doubled == [("t.yml", 7), ("t.yml", 10), ("al.md", 4)]
    assert [f for f in findings if str(f.severity) != "note"] == []


CONVERTED = ["/pages/b.md", "/files/z.pdf", "/_guides/g.md", "/index.md", "b.md", "b.md#top", "b%20c.md", "./b.md"]
CONVERTED += ["../files/z.pdf", 'b.md "double"', "b+c.md", "/moved.md"]
KEPT = ["b.md?x=1#top", "b.md 'single'", " b.md ", "<b.md>", "B.md", "/kit/pages/b.md", "/notes.md"]
LINKED = {
    "index.md": page("Start."),
    "pages/b.md": page("B."),
    "pages/b c.md": page("C."),
    "_guides/b.md": page("B."),
    "_guides/g.md": page("G."),
    "files/z.pdf": "",
    "moved.md": page("", "title: Moved\nredirect_to: https://else.example"),
}
WITH_PLUGIN = """title: Orchard
url: https://orchard.example
license: CC0
baseurl: /kit
plugins: [jekyll-relative-links, jekyll-redirect-from]
collections: {guides: {output: true}}
"""


def one_by_one(destinations: list[str], folder: str = "pages") -> dict[str, str]:
    return {f"{folder}/from-{n}.md": page(f"[a]({href})") for n, href in enumerate(destinations)}


@pytest.mark.parametrize(
    ("files", "config", "broken"),
    [
        (one_by_one(CONVERTED), "", 0),
        (one_by_one(KEPT), "", len(KEPT)),
        (one_by_one(CONVERTED[:8]), "relative_links: {enabled: false}\n", 8),
        (one_by_one(CONVERTED[:8]), "relative_links: {exclude: [pages]}\n", 8),
        (one_by_one(["b.md", "/index.md"], "_guides"), "", 2),
        (one_by_one(["b.md", "/index.md", "/pages/b.md"], "_guides"), "relative_links: {collections: yes}\n", 0),
        ({"pages/from.md": page('<a href="b.md">b</a>')}, "", 1),
        ({"pages/from.md": page("[a\nb](b.md)")}, "", 1),
        ({"pages/from.md": page('[a][b] [b](b.md\n"b")\n\n[b]: /pages/b.md#top "b"')}, "", 0),
        ({"pages/from.html": page('<a href="b.md">b</a>')}, "", 1),
    ],
)
def test_links_to_source_files_work_where_the_plug_in_changes_them(
    files: dict[str, str], config: str, broken: int, tmp_path: Path
) -> None:
    findings = found(tmp_path, {**LINKED, "Gemfile": "", **files}, f"{WITH_PLUGIN}{config}")
    assert len(places(findings, "broken-link")) == broken, findings
