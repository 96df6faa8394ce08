"""Headings, boxes and pictures in HTML, and lists as kramdown nests them."""

from __future__ import annotations

import pytest

from kg.markdown import parse


def links(text: str) -> list[tuple[str, str]]:
    """Return destination and label of each link."""
    return [(link.href, link.label) for block in parse(text) for link in block.links]


def test_a_heading_in_html_is_the_heading_of_what_follows() -> None:
    heading, below = parse('<h2 id="sheaf">Sheaf <em>of</em> rye</h2>\n\n[under](https://under.example/)')
    assert (heading.level, heading.anchor, heading.text) == (2, "sheaf", "Sheaf of rye")
    assert below.heading == 0


@pytest.mark.parametrize(
    "box",
    [
        '<div markdown="span">In [a](b) x</div>',
        '<aside><div class="c" markdown="span">\nIn [a](b) x\n</div></aside>',
        '<div markdown="1">\n\n- [a](b)\n\n</div>',
        '<section><p markdown="1">[a](b)</p></section>',
        "<div markdown='block'><div markdown='1'>\n[a](b)\n</div></div>",
    ],
)
def test_a_box_of_markdown_has_its_links(box: str) -> None:
    assert links(box) == [("b", "a")]


@pytest.mark.parametrize(
    "linked",
    [
        "[![Rye field](rye.png)](b)",
        '<a href="b"><img src="rye.png" alt="Rye field"></a>',
        '<p><a href="b"><img alt="Rye field" src="rye.png" /></a></p>',
        '[<img src="rye.png" alt="Rye field">](b)',
    ],
)
def test_the_text_of_a_picture_is_the_label_of_its_link(linked: str) -> None:
    assert links(linked) == [("b", "Rye field")]


def test_a_picture_beside_a_link_is_not_its_label() -> None:
    assert links('<p><a href="b">a</a> <img src="rye.png" alt="Rye"></p>') == [("b", "a")]


def test_a_deeper_item_of_an_indented_list_loses_nothing_after_it() -> None:
    text = "  3. Sow\n      * Inner [a](u)\n    * Enabling [b](v)\n  4. Reap [c](w)\n\nAfter [d](x)"
    assert [(block.kind.value, block.text, block.parent) for block in parse(text)] == [
        ("bullet", "Sow", None),
        ("bullet", "Inner a", 0),
        ("bullet", "Enabling b", 1),
        ("bullet", "Reap c", None),
        ("paragraph", "After d", None),
    ]
    assert [link.line for block in parse(text) for link in block.links] == [2, 3, 4, 6]
