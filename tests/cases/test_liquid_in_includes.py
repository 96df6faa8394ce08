"""An include shares the variables of its page, and what it makes has the line of the tag; its faults have its own."""

from __future__ import annotations

from pathlib import Path

from kg.build.compile import read_site
from kg.findings import Place
from kg.site.sources import sources
from tests.cases.reading import CONFIG, links, read_pages
from tests.conftest import write_site

FILES = {
    "_includes/back.html": "[back](start#{{ page.room }})",
    "_includes/boxed.html": '<div class="b">{{ include.text | markdownify }}</div>',
    "_includes/sets.html": "{% assign seed = 'https://seed.example/' %}{{ sown }}",
    "_includes/outer.html": "\n\n{% include inner/most.html label=include.label %}",
    "_includes/inner/most.html": "[{{ include.label }}](https://inner.example/{{ page.title }})",
    "_includes/loop.html": "one\ntwo\n{% for a in site.data.grains %}[{{ a }}](https://{{ a }}.example/){% endfor %}",
    "_data/grains.yml": "- rye\n- oat\n",
    "fields/_north.md": "[north](https://north.example/{{ page.room }})",
}


def of(folder: Path, body: str, **files: str) -> list[tuple[int, str, str]]:
    """Return the links of a page, of which nothing may be told."""
    page = f"---\ntitle: P\nroom: hall\n---\n{body}\n"
    pages, findings = read_pages(folder, FILES | {"fields/p.md": page, "other.md": "---\ntitle: O\n---\n", **files})
    assert findings == []
    return links(pages["fields/p.md"])


def test_an_include_knows_its_page_and_the_site(tmp_path: Path) -> None:
    assert of(tmp_path, "\n{% include back.html %}") == [(6, "start#hall", "back")]
    assert of(tmp_path, "{% include outer.html label='deep' %}") == [(5, "https://inner.example/P", "deep")]
    assert [link[0] for link in of(tmp_path, "a\n\n{% include loop.html %}\n\nb")] == [7, 7]


def test_variables_are_seen_on_either_side(tmp_path: Path) -> None:
    body = "{% assign sown = '[sown](https://sown.example/)' %}{% include sets.html %}\n\n[seed]({{ seed }})"
    assert of(tmp_path, body) == [(5, "https://sown.example/", "sown"), (7, "https://seed.example/", "seed")]


def test_markdown_of_a_filter_gives_its_links_with_their_lines(tmp_path: Path) -> None:
    body = '{% include boxed.html text="See [one](https://one.example/)\nand\n\n- [two](https://two.example/)" %}'
    assert of(tmp_path, body) == [(5, "https://one.example/", "one"), (8, "https://two.example/", "two")]


def test_a_file_beside_the_page_is_included(tmp_path: Path) -> None:
    assert of(tmp_path, "{% include_relative _north.md %}") == [(5, "https://north.example/hall", "north")]
    assert of(tmp_path, "{% assign f = 'north' %}{% include_relative _{{ f }}.md %}")[0][1:] == (
        "https://north.example/hall",
        "north",
    )


def test_what_a_page_includes_from_its_folder_is_a_source_of_the_build(tmp_path: Path) -> None:
    files = {"fields/x.txt": "[x](https://x.example/)", ".secret/x.txt": "secret", "fields/x.key": "secret"}
    assert of(tmp_path, "{% include_relative x.txt %}", **files) == [(5, "https://x.example/", "x")]
    assert tmp_path / "fields" / "x.txt" in set(sources(tmp_path))
    page = "---\ntitle: P\n---\na{% include_relative .secret/x.txt %}{% include_relative fields/x.key %}b"
    pages, _ = read_pages(tmp_path, {"p.md": page})
    assert pages["p.md"].blocks[0].text == "ab"


def test_a_loop_over_pages_gives_their_links_on_the_lines_of_the_loop(tmp_path: Path) -> None:
    body = "x\n\n{% for p in site.pages %}\n- [{{ p.title }}]({{ p.url | relative_url }})\n{% endfor %}"
    assert of(tmp_path, body) == [(8, "/field/other.html", "O"), (8, "/field/fields/p.html", "P")]


def test_a_loop_over_documents_gives_their_links(tmp_path: Path) -> None:
    config = f"{CONFIG}collections: {{crops: {{output: true, permalink: '/:collection/:name/'}}, people: {{}}}}\n"
    files = {
        "_crops/b.md": "---\ntitle: Barley\n---\n[{{ page.previous.title }}]({{ page.previous.url | relative_url }})\n",
        "_crops/a.md": "---\n---\nFirst [part](https://part.example/).\n\nSecond.\n",
        "_people/ada.md": "---\nname: Ada\nhome: https://ada.example/\n---\n",
        "list.md": (
            "---\ntitle: L\n---\n"
            "{% for c in site.crops %}[{{ c.title }}]({{ c.url }}) {{ c.excerpt }}{% endfor %}\n"
            "{% for p in site.people %}[{{ p.name }}]({{ p.home }}){% endfor %}\n"
        ),
    }
    pages, findings = read_pages(tmp_path, files, config)
    assert findings == []
    assert links(pages["_crops/b.md"]) == [(4, "/field/crops/a/", "A")]
    assert links(pages["list.md"]) == [
        (4, "/crops/a/", "A"),
        (4, "https://part.example/", "part"),
        (4, "/crops/b/", "Barley"),
        (4, "/field/crops/a/", "A"),
        (5, "https://ada.example/", "Ada"),
    ]


def test_a_fault_in_an_include_names_the_include_and_its_line(tmp_path: Path) -> None:
    files = {
        "_includes/bad.html": "a\n\n{% for in %}b{% endfor %}\n{% nosuch %}",
        "a.md": "---\ntitle: A\n---\n{% include bad.html %}",
    }
    _, findings = read_pages(tmp_path, files)
    assert [finding.place for finding in findings] == [Place("_includes/bad.html", 3), Place("_includes/bad.html", 4)]


def test_a_fault_of_an_include_is_told_once(tmp_path: Path) -> None:
    pages = {f"{name}.md": "---\ntitle: A\n---\n{% include bad.html %}" for name in "ab"}
    build = read_site(write_site(tmp_path, {"_includes/bad.html": "{% nosuch %}", **pages}))
    assert [str(finding.place) for finding in build.findings if finding.rule == "liquid"] == ["_includes/bad.html:1"]


def test_the_text_of_a_page_shows_what_its_includes_make(tmp_path: Path) -> None:
    page = "---\ntitle: P\nroom: hall\n---\n{% include boxed.html text='# A *box*' %}\n\n## Next\n"
    pages, _ = read_pages(tmp_path, FILES | {"p.md": page})
    assert '<div class="b"><h1 id="a-box">A <em>box</em></h1>' in pages["p.md"].html
    assert '<h2 id="next">Next</h2>' in pages["p.md"].html
