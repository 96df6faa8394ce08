"""Liquid is rendered before Markdown: output, and the source line of each part."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import markdown
from kg.liquid import Fault, Rendered, Renderer
from kg.page import without_marks
from tests.conftest import write_site

SITE = {"title": "A site", "baseurl": "/kg", "url": "https://site.example"}


def render(source: str, folder: Path | None = None) -> Rendered:
    addresses = {"pages/a.md": "/pages/a.html"}
    return Renderer(SITE, folder, {"a": "Tool A"}, addresses.get).render(source, {"title": "P", "path": "p.md"})


def lines(rendered: Rendered) -> list[tuple[int, str]]:
    return [(rendered.row(n) + 1, line) for n, line in enumerate(without_marks(rendered.text).split("\n"))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('Use {% tool "a" %}.', [(1, "Use Tool A.")]),
        ('{% include callout.html type="tip" content="See [x](https://x.example/)\n\nand [y](u)" %}\nEnd',
         [(1, "See [x](https://x.example/)"), (2, ""), (3, "and [y](u)"), (4, "End")]),
        ('{% include image.html file="f.png" caption="From [s](u)" alt="A" %}', [(1, "![A](f.png) From [s](u)")]),
        ("{% raw %}{% tool \"a\" %}\n{{ x }}{% endraw %}\nEnd", [(1, '{% tool "a" %}'), (2, "{{ x }}"), (3, "End")]),
        ("{% if page.title == 'P' %}yes{% else %}no{% endif %}\n{% assign q = 'v' %}{{ q }}", [(1, "yes"), (2, "v")]),
        ("One\n{% comment %}\nhidden\n{% endcomment %}\nFive", [(1, "One"), (2, ""), (5, "Five")]),
        ("{% for i in (1..2) %}\nrow {{ i }}{% endfor %}", [(1, ""), (2, "row 1"), (2, "row 2")]),
        ("{%- if true -%}\n\nThree\nFour\n{%- endif %}", [(3, "Three"), (4, "Four")]),
        ("{{ 'page' | relative_url }} {{ 'page' | absolute_url }}", [(1, "/kg/page https://site.example/kg/page")]),
        ("{% link pages/a.md %}", [(1, "/kg/pages/a.html")]),
        ("Cited.{% cite key %}\n{% bibliography --cited %}", [(1, "Cited."), (2, "")]),
        ("{% include section-navigation-tiles.html type=\"x\" %}", [(1, "")]),
    ],
)  # fmt: skip
def test_what_is_published_and_where_from(source: str, expected: list[tuple[int, str]]) -> None:
    rendered = render(source)
    assert [(line, text) for line, text in lines(rendered) if line <= len(source.split("\n"))][
        : len(expected)
    ] == expected
    assert rendered.problems == ()


def test_tools_are_tagged_where_they_are_published() -> None:
    source = (
        '{% tool "a" %}\n<!-- {% tool "b" %} -->\n{% raw %}{% tool "c" %}{% endraw %}\n\n'
        '{%tool \'d\'%} {% tool "a"%}\n\n<table><tr><td>{% tool "e" %}</td></tr></table>\n\n```\n{% tool "f" %}\n```\n'
    )
    rendered = render(source)
    blocks = markdown.parse(rendered.text, lambda row: rendered.row(row) + 1, rendered.tags)
    assert [(tag.tool, tag.line) for block in blocks for tag in block.tags] == [("a", 1), ("d", 5), ("a", 5), ("e", 7)]


@pytest.mark.parametrize(
    ("source", "row"),
    [("a\n{% nosuchtag %}\nb", 1), ("a\n{% if %}\nb{% endif %}", 1)],
)
def test_a_mistake_is_told_with_its_line_and_the_rest_stays(source: str, row: int) -> None:
    rendered = render(source)
    assert [problem.row for problem in rendered.problems] == [row]
    assert rendered.text.startswith("a\n")


def test_the_id_of_a_tool_without_quotes_is_a_variable() -> None:
    named = render("{% assign b = 'a' %}{% tool b %} {% for each in site.x %}{% tool each.id %}{% endfor %}")
    assert (without_marks(named.text), named.tags, named.problems) == ("Tool A ", (("tool", "a"),), ())
    unnamed = render("a\n{% tool a %} {% tool bio-tools %}{% tool page.tool %}")
    assert (unnamed.text, unnamed.tags) == ("a\n ", ())
    assert [(problem.message, problem.row) for problem in unnamed.problems] == [
        (f"{name!r} is no variable with a value; put the id of a tool in quotes", 1)
        for name in ("a", "bio-tools", "page.tool")
    ]


def test_a_tag_without_an_id_tags_nothing_and_is_told() -> None:
    rendered = render("""{% tool %}{% tool "" %}{% tool ' ' %}{% tool ' %}""")
    assert (rendered.text, rendered.tags) == ("", ())
    messages = [problem.message for problem in rendered.problems]
    assert messages[1:3] == ["the tag has no id of a tool"] * 2
    assert len(messages) == 4


def test_the_sites_own_includes_win_and_stay_inside(tmp_path: Path) -> None:
    includes(tmp_path, {"callout.html": "own: {{ include.content }}", "loop.html": "x{% include loop.html %}"})
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "_includes" / "link.txt").symlink_to(tmp_path / "secret.txt")
    assert render('{% include callout.html content="c" %}', tmp_path).text == "own: c"
    for outside in ("../secret.txt", "link.txt", str(tmp_path / "secret.txt")):
        assert "secret" not in render(f"{{% include {outside} %}}", tmp_path).text.replace(outside, "")
    cyclic = render("{% include loop.html %}", tmp_path)
    assert set(cyclic.text) == {"x"}
    (problem,) = cyclic.problems
    assert (problem.file, "does it include itself" in problem.message) == ("_includes/loop.html", True)


@pytest.mark.slow
def test_loops_without_end_are_told() -> None:
    loops = "{% for i in (1..9999) %}" * 5 + "x" + "{% endfor %}" * 5
    rendered = render(f"a\n{loops}\n")
    assert rendered.problems
    assert rendered.text.startswith("a\n")


@pytest.mark.slow
@given(
    st.lists(st.sampled_from(["word", "\n", "{%", "%}", "{{", "}}", '"', "'", " tool ", "raw", "endraw", "-", "\x1c"]))
)
def test_anything_renders_and_every_line_is_one_of_the_source(pieces: list[str]) -> None:
    source = "".join(pieces)
    rendered = render(source)
    rows = [rendered.row(n) for n in range(len(rendered.text.split("\n")))]
    assert all(0 <= row < len(source.split("\n")) for row in rows)
    assert rows == sorted(rows)


GROWING = {
    "append": '{% assign x = "aaaaaaaaaa" %}' + "{% assign x = x | append: x %}" * 40,
    "replace": '{% assign x = "aaaaaaaaaa" %}' + '{% assign x = x | replace: "a", x %}' * 10,
    "times": "{% assign x = 10 %}" + "{% assign x = x | times: x %}" * 40,
    "concat": '{% assign x = "a,b" | split: "," %}' + "{% assign x = x | concat: x %}" * 40,
    "join": "{{ (1..10000000000) | join }}",
    "capture": "{% assign x = 'aaaaaaaaaa' %}" + "{% capture x %}{{ x }}{{ x }}{% endcapture %}" * 40,
    "loop": "{% for i in (1..10000000000) %}x{% endfor %}",
}


@pytest.mark.parametrize("name", GROWING)
def test_a_page_that_asks_for_too_much_is_left_as_it_is(name: str) -> None:
    source = f"[a](b)\n{GROWING[name]}"
    rendered = render(source)
    assert rendered.text == source
    assert [problem for problem in rendered.problems if re.search("limit reached|too", problem.message)]
    assert render("{{ page.title }}").text == "P"


def includes(folder: Path, files: Mapping[str, str]) -> Path:
    """Write the includes of a site, and return its folder."""
    return write_site(folder, {f"_includes/{name}": text for name, text in files.items()})


@pytest.mark.slow
def test_includes_are_counted_for_the_page(tmp_path: Path) -> None:
    folder = includes(tmp_path, {"a": "{% include b %}" * 150, "b": "{% include c %}" * 150, "c": "x"})
    rendered = render("\n{% include a %}\n[x](y)", folder)
    assert rendered.text == "\n{% include a %}\n[x](y)"
    assert rendered.problems == (Fault("rendering this page takes too much work", 1),)
    assert render("{% include b %}", folder).text == "x" * 150


def test_an_include_that_is_no_file_gives_nothing(tmp_path: Path) -> None:
    folder = includes(tmp_path, {"open": "\n{{ a"})
    os.mkfifo(folder / "_includes" / "pipe")
    assert render("a{% include a\0b %}{% include pipe %}{% include ../x %}b", folder).text == "ab"
    assert render("a{% include open %}b", folder).problems == (
        Fault("{{ never closes", 1, "_includes/open", stops=True),
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{{ "x" | concat: "y" }}', "concat: the value or an argument is of a kind that the filter cannot take"),
        ('{{ 3 | uniq: "a" }}', "uniq: the value or an argument is of a kind that the filter cannot take"),
        ('{{ "x" | map }}', "map: the filter takes 1 argument, and not 0"),
        ('{{ "x" | where_exp: "b" }}', "where_exp: the filter takes 2 arguments, and not 1"),
        ('{{ "x" | slice }}', "slice: the filter takes 1 to 2 arguments, and not 0"),
        ('{{ "abc" | truncate: "x" }}', "truncate expected an integer"),
        ('{% render "x" %}', "the site has no file 'x' for this tag; only include reads files of _includes"),
    ],
)
def test_an_error_says_what_is_wrong_without_words_of_python(source: str, message: str) -> None:
    assert [fault.message for fault in Renderer().render(source, {}).problems] == [message]
