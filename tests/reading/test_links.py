"""Links of a page are complete and not repeated, and every page can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.liquid import Fault, Renderer
from kg.markdown import parse

PLACES = [
    "{}",
    "- {}",
    "* {} and {}",
    "- a\n  - {}\n    - {}\n- {}",
    "1. {}\n   text {}",
    "-     {}",
    "Lead\n\t- {}\n\t- {}",
    "## {}",
    "{}\n---",
    "| a | b |\n|---|---|\n| {} | x |\n| y | {} |",
    "> {}\n> > {}",
    "**{}** _{}_ ~~{}~~",
    "text {}\n{}\\\n{}",
    "Term\n: {}\n\n    {}",
    "T[^note]\n\n[^note]: {}\n\n    {}",
    "<div markdown='1'>\n{}\n</div>",
    "<b>{}</b> `code` [no link] {}{{:.c}}",
    "```\n[code](u)\n```\n\n{}",
    "## H {{#id}}\n{{: .c}}\n\n{}",
    "{{::comment}}\n[a](u)\n{{:/comment}}\n\n{}",
    "*[abbr]: text\n\n{}",
    "*a [b {}",
]
LINKS = [
    "[x {n}](https://a.example/{n})",
    "[*x* {n}]( https://a.example/{n} 'title')",
    "[{n}](<https://a.example/{n}>)",
]
LINKS += ["<a href='https://a.example/{n}'>x</a>", "[a [b] `]` {n}](https://a.example/{n})"]


@st.composite
def pages(draw: st.DrawFn) -> str:
    blocks = []
    count = 0
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=8)):
        links = []
        for _ in range(place.count("{}")):
            links.append(draw(st.sampled_from(LINKS)).format(n=f"n{count}."))
            count += 1
        blocks.append(place.format(*links).replace("^note", f"^{len(blocks)}"))
    return "\n\n".join(blocks) + draw(st.sampled_from(["", "\n", "\n\n"]))


@given(pages())
def test_every_link_is_found_once_on_its_line(page: str) -> None:
    found = sorted((link.line, link.href) for block in parse(page) for link in block.links)
    lines = enumerate(page.split("\n"), 1)
    pieces = [(n, piece.split(".")[0]) for n, line in lines for piece in line.split("https://a.example/n")[1:]]
    assert found == sorted((n, f"https://a.example/n{number}.") for n, number in pieces)


MARKUP = "[ ] ( ) ![ < > <!-- --> ` ``` ~~~ * _ ** | --- # > - 1. : {: } {::comment} {:/} $$ \\ & ; \" ' ^ a".split()


@given(st.lists(st.sampled_from([*MARKUP, " ", "    ", "\t", "\n", "\n\n", "<div>", "</div>", "<a href=", "[a](b)"])))
def test_any_text_is_read_and_its_links_are_inside(pieces: list[str]) -> None:
    text = "".join(pieces)
    last = text.count("\n") + 1
    for block in parse(text):
        assert 1 <= block.line <= last
        assert all(1 <= link.line <= last for link in block.links)


UNFINISHED = ["[", "![", "[<", "[`", "[a](", "[a](<", "[a]( 'x", '[](<b> "', "[a\n", "*", "_", "**a", "`", "<", "<a "]
UNFINISHED += ["&", "> ", "<!-- ", "<!-- a\n\n", "{:", "{::comment}\n", "\\[", "~~", "$$", "```a\n", "|"]
UNFINISHED += [
    "# a\n",
    "- ",
    "<div><a ",
    "<div><a href='",
    '<code><a b="',
    "$$ a\n\n",
    "[^1]: a\n\n",
    "[^1]",
    "<div><a>\n<?",
    "-\t\ta\n",
]


@pytest.mark.slow
@pytest.mark.parametrize("opening", UNFINISHED)
def test_a_page_of_openings_is_read_to_its_end(opening: str) -> None:
    text = opening * (48_000 // len(opening))
    assert [link for block in parse(text) for link in block.links] == []
    links = [link for block in parse(f"{text}\n\n[a](https://a.example/)") for link in block.links]
    assert len(links) <= 1


@pytest.mark.slow
def test_nested_and_long_texts_are_read_to_their_end() -> None:
    assert [link.href for block in parse("[" * 16_000 + "a" + "]" * 16_000 + "(u)") for link in block.links] == ["u"]
    assert len([link for block in parse("[a](u) [a][ *x*\n" * 5_000) for link in block.links]) == 5_000
    assert [block.text for block in parse("<div>" + "<!--" * 16_000)] == []
    assert len(parse("Text [a](b) and *more*.\n\n" * 10_000)) == 10_000


@pytest.mark.parametrize("opening", ["{{ ", "{% ", "{% raw %}", "{% comment %}"])
def test_liquid_that_never_closes_is_left_as_text(opening: str) -> None:
    source = "First\n" + opening * 20_000
    rendered = Renderer().render(source, {})
    assert rendered.text == source
    assert rendered.problems == (Fault(f"{opening.strip()} never closes", 1, stops=True),)


def test_what_opens_in_a_liquid_comment_need_not_close() -> None:
    source = "{% comment %}" + "{{ {% raw %}" * 8_000 + "\n{% endcomment %}End"
    rendered = Renderer().render(source, {})
    assert (rendered.text, rendered.row(0), rendered.problems) == ("End", 1, ())
