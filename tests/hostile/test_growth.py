"""Pages and files of strangers: everything that reads them takes linear time, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from kg.findings import Finding
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint import lint
from kg.lint.context import Context
from kg.lint.fix import fixed_data, fixed_page
from kg.liquid import Fault, Renderer
from kg.liquid.filters import strip_html, uniq
from kg.markdown import parse_html
from kg.page import Page
from kg.page_to_rdf import PagesToRdf
from kg.readers import read_file
from kg.site import open_site
from kg.site.bibliography import entries
from tests.conftest import kg, write_site
from tests.growth import LINEAR, TIMES, growth

SIZE = 2000
"""Characters of the smaller input."""
CONFIG = "title: T\nurl: https://t.example\n"
FILES = {
    "_data/tool_and_resource_list.yml": "- {id: zenodo, name: Zenodo, description: D, url: https://zenodo.org/}\n",
    "_data/CONTRIBUTORS.yml": "Ada Example: {}\n",
    "x.txt": "{% for i in (1..9) %}{{ page.title }}{% endfor %}",
    "_includes/own.html": "{% for i in (1..9) %}<p>{{ include.x }}</p>{% endfor %}",
}
FRONT = "---\ntitle: T\npage_id: x\ntype: cheat_sheet\n---\n"
REPEATED = {
    **{f"run of {sign!r}": sign for sign in "[]()<>{}*_`~$|!&\\#-=+:^\"' \t\n\ufdd0\u0301"},
    "unclosed links": "[a](",
    "links in angles": "[a](<",
    "nested images": "![a",
    "nested labels": "[a][",
    "titles of links": '[a](b "c ',
    "emphasis": "*a _b **c ",
    "code marks": "`a ``b ",
    "formulas": "$$ a ",
    "entities": "&amp;&a",
    "unclosed comments": "<!-- a ",
    "unclosed tags": "<div a='",
    "attributes of tags": "<a b c=d ",
    "nested elements": "<div><b>",
    "elements with Markdown": "\n<div>\n\n<p markdown='1'>\n\n",
    "code elements in rows": "<code|",
    "raw elements": "<script><kbd>",
    "closing tags": "</div></b>",
    "attribute lists": "{: .a #b ",
    "extensions": "{::comment}a{::nomarkdown}",
    "block extensions": "\n{::comment}\n\n{::nomarkdown}\n",
    "headings of one text": "# Data\n\n",
    "headings of one id": "# a {#b}\n\n",
    "lists": "- a\n  1. b\n     * c\n",
    "quotes": "> - a\n",
    "fences": "\n```a\n\n~~~~\n",
    "rows of tables": "| a | b\n",
    "tables": "\n|a|b|\n|-|-|\n",
    "definitions": "[a]: b 'c\n\na\n: b\n\n*[a]: b\n",
    "footnotes": "a[^b]\n\n[^b]: c[^b]\n    d\n\n",
    "paragraphs of HTML": "<p>a <a href='b'>c</a>\n",
    "doubled brackets": "[a]((b)) ",
    "doubled brackets and references": "[a]((b)) [c] <((b))> \n[c]: ((b))\n",
    "links that never close": "[a](https://b ",
    "swapped brackets": "(a)[https://b] [c] (https://d) (https://e)[f] ",
    "brackets that never close": "[a(https://b) ",
    "undefined references": "[ab][cd] \\[ab](https://b ",
    "pictures": "![a](b.png) <img src='c.png'> {% include image.html file='d' ",
    "addresses without a scheme": "[a](b.example/c) [d](doi:10.1234/e) [f]((10.1234/g)) ",
    "addresses": "[a](http:/b) [b](/c#d) [c](https://fairsharing.org/bsg-s000001) ada.example@b.example ",
    "tags": '{% tool "a" %} ',
    "tags and comments": '{% tool "a" %}<!---->',
    "unknown tags": "{% nosuch %}",
    "openings": "{% {{ ",
    "unclosed blocks": "{% if a %}",
    "blocks": "{% if a %}{% else %}{% endif %}",
    "literals": "{% raw %}{% endraw %}{% endcomment %}",
    "filters": "{{ 'a<b' | strip_html | split: '' | uniq | join }}",
    "citations": "{% cite a b %}",
    "includes": "{% include own.html x='a' %}",
    "lenient markup": "{% for a in b | c limit: d.limit %}{{ a b | e: 'f', g: h }}{% endfor %}",
    "conditions": "{% if (a) and b == 'c' | d or e contains f %}{% endif %}",
    "brackets": "{{ a[b[c]] | d: e[",
    "Markdown of a filter": "{{ '[a](b) *c' | markdownify | slugify }}",
    "pages of the site": "{% assign a = site.pages | where: 'title', 'b' | sort: 'c' | group_by: 'd' %}",
    "links to files": "{% link x.md %}{% include_relative x.txt %}",
    "far items": "  3. a\n      * b\n    * c\n",
    "elements beside each other": "<div></div><p>a</p></i>",
    "headings of Markdown in HTML": "<h2 markdown='1'>a *b*\n\n<h2 markdown='1'>",
    "tags as text": "a <p>b</p></p><ul><li>",
    "unclosed parameters": "{% include callout.html content='a \" %}",
}
BUILT: dict[str, Callable[[int], str]] = {
    "words of an include": lambda n: f"{{% include callout.html {'a' * n} %}}",
    "backslashes of an include": lambda n: f"{{% include callout.html content='{chr(92) * n} %}}",
    "brackets of an expression": lambda n: f"{{% if {'(' * n} %}}{{% endif %}}",
    "ranges of an expression": lambda n: (
        "{{ (a" + "..a" * (n // 3) + " }}{% for a in (a" + "..a" * (n // 3) + " %}{% endfor %}"
    ),
    "filters of an expression": lambda n: "{{ a" + "|b:c,d: 'e'" * (n // 11) + " }}",
    "operators of an expression": lambda n: "{% if a" + " == b and (c" * (n // 12) + " %}{% endif %}",
    "indices of an expression": lambda n: "{{ a" + "['" * (n // 2) + " }}",
    "marks behind a block": lambda n: "{% if x %}{% endif %}" + "\ufdd0" * n,
    "variables": lambda n: "".join(f"{{% assign a{i} = 1 %}}" for i in range(n // 20)),
    "different links": lambda n: "".join(f"[a]((b{i})) [c](/d{i}) [e](#f{i}) " for i in range(n // 30)),
    "different headings": lambda n: "".join(f"# a{i}\n\n[b](#a{i}0)\n\n" for i in range(n // 20)),
    "different footnotes": lambda n: "".join(f"a[^{i}]\n\n[^{i}]: b[^{i + 1}]\n\n" for i in range(n // 25)),
    "different definitions": lambda n: "".join(f"[a][b{i}]\n\n[b{i}]: c\n\n" for i in range(n // 20)),
    "different tags": lambda n: "".join(f'{{% tool "a{i}" %}} ' for i in range(n // 18)),
    "different addresses": lambda n: "".join(f"ada.example{i}@b.example " for i in range(n // 25)),
    "deep lists": lambda n: "".join("  " * i + "- a\n" for i in range(int(n**0.5))),
    "deep quotes": lambda n: "> " * (n // 2) + "a",
    "deep items": lambda n: "- " * (n // 2) + "a",
    "a wide table": lambda n: "|a" * (n // 4) + "|\n" + "|-" * (n // 4) + "|\n",
    "code marks of every length": lambda n: "a | [^b]" + "`" * (n // 2) + "c" * (n // 2),
    "a long line in HTML": lambda n: f"<p>{'a ' * (n // 2)}</p>",
}
PAGES: dict[str, Callable[[int], str]] = {
    **{name: lambda n, piece=piece: piece * (n // len(piece)) for name, piece in REPEATED.items()},  # type: ignore[misc]
    **BUILT,
}


def _doubled(number: int) -> str:
    return f"a{number + 1}: &a{number + 1} [*a{number}, *a{number}]\n"


YAML: dict[str, Callable[[int], str]] = {
    "keys": lambda n: "".join(f"k{i}: v\n" for i in range(n // 8)),
    "equal keys": lambda n: "k: v\n" * (n // 5),
    "items": lambda n: f"tags: [{'a, ' * (n // 3)}]\n",
    "related pages": lambda n: f"related_pages: {{x: [{', '.join(f'a{i}' for i in range(n // 7))}]}}\n",
    "contributors": lambda n: f"contributors: [{', '.join(f'Ada {i}' for i in range(n // 10))}]\n",
    "nested lists": lambda n: "a: " + "[" * n,
    "aliases": lambda n: f"a: &a [x]\nb: [{'*a, ' * (n // 4)}]\n",
    "aliases of aliases": lambda n: "a0: &a0 [x]\n" + "".join(map(_doubled, range(n // 25))),
    "an alias of itself": lambda n: f"a: &a [{'*a, ' * (n // 4)}]\n",
    "a long text": lambda n: f"title: '{chr(39) * 2 * (n // 2)}'\n",
    "lines of a text": lambda n: "title: >\n" + "  x\n" * (n // 4),
    "comments": lambda n: "# x\n" * (n // 4),
    "boundaries": lambda n: "---x\n" * (n // 5),
}


class Reader:
    """Reads pages as ``kg check``, ``kg fix`` and the site's own pages do."""

    def __init__(self, folder: Path) -> None:
        self._folder = write_site(folder, FILES, CONFIG)
        self._site = open_site(folder)
        self._crosswalk = FairsharingCrosswalk.load()

    def everything(self, text: str) -> list[Finding]:
        """Read, check, fix and render a page; return what was found."""
        page, findings = self._read(text)
        if page is None:
            return list(findings)
        context = Context(self._site, self._crosswalk, [page])
        fixed_page(text, page, context, lambda changed: self._read(changed)[0])
        return [*findings, *lint([page], self._site, self._crosswalk)]

    def page(self, text: str) -> Page:
        """Return a page that can be read."""
        page, _ = self._read(text)
        assert page
        return page

    def described(self, page: Page) -> Graph:
        """Return what is said of a page."""
        return PagesToRdf([page], self._site, self._crosswalk).graph(page)

    def _read(self, text: str) -> tuple[Page | None, tuple[Finding, ...]]:
        file = self._folder / "x.md"
        file.write_text(text, encoding="utf-8")
        return read_file(self._site, file, "x.md")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(tmp_path_factory.mktemp("site"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_linear_time(name: str, reader: Reader) -> None:
    assert growth(lambda size: reader.everything(FRONT + "[a](#b)\n" + PAGES[name](size)), SIZE) < LINEAR


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["<div>\n", "<p>\n[a](/b)\n"])
def test_lines_of_html_take_linear_time(piece: str) -> None:
    assert growth(lambda size: parse_html(piece * (size // len(piece))), 20 * SIZE) < LINEAR


@pytest.mark.slow
@pytest.mark.parametrize("name", YAML)
def test_front_matter_and_data_take_linear_time(name: str, reader: Reader) -> None:
    def work(size: int) -> None:
        text = YAML[name](size)
        reader.everything(f"---\npage_id: x\n{text}---\nbody\n")
        fixed_data(text, FairsharingCrosswalk.load())

    assert growth(work, SIZE) < LINEAR


EXHAUSTING = {
    "Markdown of a filter": f"{{% assign x = '{'[a](b) ' * 9999}' %}}" + "{{ x | markdownify }}" * 999,
    "conditions of a filter": "{% assign x = site.data.x | where_exp: 'a', 'a.b == 1' %}" * 999,
    "groups by an expression": "{% assign x = site.data.x | group_by_exp: 'a', 'a.b | upcase' %}" * 999,
    "files beside the page": "{% for i in (1..99999) %}{% include_relative x.txt %}{% endfor %}",
    "loops beside each other": "{% for i in (1..300) %}" + "{% for j in (1..300) %}{% endfor %}" * 999 + "{% endfor %}",
    "a reversed range": "{% for i in (1..9999999999) reversed %}{% endfor %}",
    "blocks without output": "{% for i in (1..99999) %}" + "{% if i == 'a' %}{% endif %}" * 999 + "{% endfor %}",
    "long conditions": "{% for i in (1..99999) %}{% if a" + " or 1 == 2" * 99 + " %}{% endif %}{% endfor %}",
    "alternatives": "{% for i in (1..99999) %}{% case i %}" + "{% when 'a' %}" * 999 + "{% endcase %}{% endfor %}",
    "captures": "{% capture x %}" + "a" * 99999 + "{% endcapture %}" + "{% capture y %}{{ x }}{% endcapture %}" * 9999,
    "comparisons": f"{{% assign x = '{'a' * 99999} ' %}}" + "{% if x contains 'b' %}{% endif %}" * 9999,
    "filters": f"{{% assign x = '{'a,' * 99999}' | split: ',' %}}" + "{{ x | sort | first }}" * 999,
    "written data": "{{ site.data.x | slice: 0 }}" * 9999,
    "includes within loops": "{% for i in (1..99999) %}{% include own.html %}{% endfor %}",
    "brackets of an expression": "{% if a %}" + f"{{% elsif {'(' * 9999} %}}" * 99 + "{% endif %}",
}


@pytest.mark.parametrize("name", EXHAUSTING)
def test_a_page_has_one_budget_of_work(name: str, tmp_path: Path) -> None:
    folder = write_site(tmp_path, FILES, CONFIG)
    data = {"x": [{"a": "b" * 99} for _ in range(9999)]}
    source = f"[a](b)\n{EXHAUSTING[name]}"
    rendered = Renderer({"data": data}, folder).render(source, {})
    assert rendered.problems == (Fault("rendering this page takes too much work", 1),)
    assert rendered.text == source


def test_each_page_has_its_own_budget(tmp_path: Path) -> None:
    renderer = Renderer()
    for _ in range(3):
        assert renderer.render("{% for i in (1..99999) %}{{ i }}{% endfor %}", {}).problems == ()


@pytest.mark.parametrize(
    "work",
    [
        lambda n: uniq([str(i) for i in range(n)]),
        lambda n: uniq([{"a": i} for i in range(n)], "a"),
        lambda n: strip_html("a>" + "<!-- <a <script> " * n),
        lambda n: list(entries("@a{b, title = {" * n)),
        lambda n: list(entries("@a{b, title = " + '"a" # ' * n)),
    ],
    ids=["uniq", "uniq by a key", "strip_html", "entries", "joined values"],
)
def test_a_filter_or_a_bibliography_takes_linear_time(work: Callable[[int], object]) -> None:
    assert growth(work, 2500) < LINEAR


@pytest.mark.parametrize("pattern", ["(a+)+$", "a*a*a*a*a*a*a*$"])
def test_a_pattern_of_a_site_takes_only_so_long(pattern: str, tmp_path: Path) -> None:
    own = {"x.md": f"{FRONT}# {'a' * 999}b\n", "rdm-kg.toml": f"[sections]\ndata-types = ['{pattern}']\n"}
    done = kg("check", write_site(tmp_path, own, CONFIG))
    assert done.returncode == 2
    assert done.stderr.startswith("kg: error: the patterns of rdm-kg.toml take too long to match")
    assert "Traceback" not in done.stderr


FRONTS: dict[str, Callable[[int], str]] = {
    "keys": lambda n: "".join(f"k{i}: v\n" for i in range(n // 8)),
    "keys in one": lambda n: "more_information:\n" + "".join(f"  k{i}: v\n" for i in range(n // 10)),
    "lists": lambda n: "".join(f"k{i}:\n- {{name: n, url: https://x.example/{i}}}\n" for i in range(n // 50)),
    "contributors": lambda n: "contributors: [" + ", ".join(f"A{i}" for i in range(n // 6)) + "]\n",
    "related pages": lambda n: "related_pages:\n  a: [" + ", ".join(f"p{i}" for i in range(n // 6)) + "]\n",
}
"""Kind → the front matter of this length."""


@pytest.mark.parametrize("kind", FRONTS)
def test_front_matter_is_described_in_linear_time(reader: Reader, kind: str) -> None:
    pages = {
        size: reader.page(f"---\ntitle: T\n{FRONTS[kind](size)}---\nText\n") for size in (10 * SIZE, 10 * TIMES * SIZE)
    }
    assert growth(lambda size: reader.described(pages[size]), 10 * SIZE) < LINEAR
