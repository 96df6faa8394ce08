"""The links and heading identifiers of a page are the same as kramdown's, if kramdown is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kg.liquid import Renderer
from kg.markdown import parse
from kg.page import Block
from tests.conftest import ROOT

SCRIPT = Path(__file__).with_name("kramdown.rb")
REFERENCE = os.environ.get("KG_REFERENCE")
FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*\n", re.DOTALL)
TYPOGRAPHY = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\xa0": " ",
                            "\u2013": "-", "\u2014": "-", "\u2026": ".", "\u00ab": "<", "\u00bb": ">"})  # fmt: skip


@cache
def has_kramdown() -> bool:
    ruby = shutil.which("ruby")
    if ruby is None:
        return False
    check = [ruby, "-e", "require 'kramdown'; require 'kramdown-parser-gfm'"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_kramdown(), reason="kramdown and kramdown-parser-gfm are not installed"),
]


class Published(HTMLParser):
    """Links and headings of a rendered page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.anchors: list[str] = []
        self._open: str | None = None
        self._text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") is not None and "footnote" not in (given.get("class") or ""):
            self._open, self._text = given["href"], ""
        elif tag == "img" and self._open is not None:
            self._text += given.get("alt") or ""
        elif re.fullmatch("h[1-6]", tag) and given.get("id"):
            self.anchors.append(str(given["id"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.links.append((self._open, plain(self._text)))
            self._open = None

    def handle_data(self, data: str) -> None:
        self._text += data


def plain(text: str) -> str:
    """Return text without the differences of kramdown's typography."""
    return re.sub(r"-{2,3}", "-", re.sub(r"\.{3}", ".", re.sub(r"\s+", " ", text.translate(TYPOGRAPHY)))).strip()


def published(texts: list[str]) -> list[Published]:
    done = subprocess.run(
        ["ruby", str(SCRIPT)], input=json.dumps(texts), capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return [Published(html) for html in json.loads(done.stdout)]


def read(blocks: tuple[Block, ...]) -> tuple[Counter[tuple[str, str]], list[str]]:
    links = Counter((link.href, plain(link.label)) for block in blocks for link in block.links)
    return links, [block.anchor for block in blocks if block.anchor]


def differences(name: str, text: str, expected: Published) -> list[str]:
    links, anchors = read(parse(text))
    wanted = Counter(expected.links)
    missing = [f"{name}: kramdown publishes {link}" for link in (wanted - links).elements()]
    extra = [f"{name}: kramdown does not publish {link}" for link in (links - wanted).elements()]
    wrong = [] if anchors == expected.anchors else [f"{name}: {set(anchors) ^ set(expected.anchors) or 'order'}"]
    return missing + extra + wrong


def bodies(folder: Path) -> dict[str, str]:
    liquid = Renderer()
    texts = {}
    for file in sorted(folder.rglob("*.md")):
        text = file.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
        texts[str(file.relative_to(folder))] = liquid.render(FRONT_MATTER.sub("", text), {}).text
    return texts


def folders() -> list[Path]:
    return [ROOT / "content", *(sorted((Path(REFERENCE) / "corpus").iterdir()) if REFERENCE else [])]


@pytest.mark.parametrize("folder", [f for f in folders() if f.is_dir()], ids=lambda folder: folder.name)
def test_pages_are_read_as_kramdown_publishes_them(folder: Path) -> None:
    texts = bodies(folder)
    pages = zip(texts, published(list(texts.values())), strict=True)
    found = [difference for name, expected in pages for difference in differences(name, texts[name], expected)]
    assert found == []


CASES = {
    "doubled brackets": "[x]((https://a.example/))",
    "a heading in words": "[x](#### Some heading)",
    "label and destination over lines": "[a\nb](\nhttps://a.example/\n)",
    "title": "[x](https://a.example/ \"t\") [y](https://b.example/ 't') [z](<https://c.example/> \"t\")",
    "brackets in the destination": "[x](https://a.example/b_(c)) and [y](https://a.example/b_(c)_d_(e))",
    "brackets in the label": "[a [b] c](https://a.example/) [d] (e) [f \\] g](https://b.example/)",
    "a link in a link": "[a [b](https://b.example/) c](https://a.example/)",
    "an image in a link": "[![alt](i.png) text](https://a.example/)",
    "blanks": "[x]( https://a.example/ ) [y](https://b.example/a b) [z](<https://c.example/a b>)",
    "reference": "[x][r] [r] [r][] [X][R] [no][such]\n\n[r]: https://a.example/ \"t\"\n",
    "reference in angle brackets": "[r]\n\n[r]: <https://a.example/a b>\n",
    "reference over lines": "[a\nb][r\ns] [r\ns]\n\n[r s]: https://a.example/\n",
    "autolinks": "<https://a.example/?b=c&d> <mailto:a@b.example> <a@b.example> <ftp://c.example/>",
    "html": "<a href='https://a.example/'>x</a> <a name='y'>y</a>\n\n<div><a href=\"https://b.example/\">z</a></div>",
    "code": "`[x](https://a.example/)` ``a ` [y](u)``\n\n    [z](https://b.example/)\n\n~~~\n[w](u)\n~~~\n",
    "comment": "<!-- [x](https://a.example/) -->\n\n<!--\n[y](u)\n\n[z](u)\n-->\n\n[w](https://b.example/)",
    "attributes": "[x](https://a.example/){:target=\"_blank\"} [y](https://b.example/){: .c}\n{: .d}\n",
    "emphasis": "[**a** _b_ `c`](https://a.example/) **[d](https://b.example/)** *[e](https://c.example/)*",
    "escapes": "\\[x](https://a.example/) [y\\](z)](https://b.example/) !\\[a](u)",
    "entities": "[a &amp; b](https://a.example/?b=c&amp;d=e)",
    "table": "| a | b |\n|---|---|\n| [x](https://a.example/) | [y](https://b.example/) |\n",
    "quote": "> [x](https://a.example/)\n> > [y](https://b.example/)\n",
    "lists": "* a\n  * [x](https://a.example/)\n\n1. [y](https://b.example/)\n   - [z](https://c.example/)\n",
    "pseudo-list": "[x](https://a.example/)\n\t- [y](https://b.example/)\n \t- z\n",
    "headings": "# A b\n## A b\nText\n### [x](https://a.example/) & c\nSetext\n------\n#### A {#own}\n##### `c` *d*\n",
    "typography": "## It's \"a\" -- b --- c...\n## A/B, C (D)\n## \u00c6\u00d8\u00c5 1.2\n",
    "strikethrough": "~~[x](https://a.example/)~~",
    "footnote marks": "Text[^1] [x](https://a.example/)\n\n[^1]: Note with [y](https://b.example/)\n",
    "html with markdown": "<div markdown=\"1\">\n[x](https://a.example/)\n</div>\n\n<div>\n\n"
        "[y](https://b.example/)\n\n"
        "</div>\n",
    "details": "<details>\n<summary>[x](https://a.example/)</summary>\n\n[y](https://b.example/)\n\n</details>\n",
    "inline html": "<span>[x](https://a.example/)</span> <b>[y](https://b.example/)</b>\n",
    "elements left alone": "a <code>[x](u)</code> <u>[y](u)</u> <kbd><a href=\"https://c.example/\">z</a></kbd> [w](v)",
    "a paragraph in tags": "<p>\n[x](u)\n\n[y](u)</p> [z](https://a.example/)\n",
    "never closed": "<div>\n[x](u)\n\n[y](u)\n",
    "stray closing": "</div>\n[x](https://a.example/)\n",
    "void": "<hr>\n[x](https://a.example/)\n\n<br/>[y](https://b.example/)\n",
    "tag in a tag": "<div><div>a</div>\n\n[x](u)\n</div>\n\n[y](https://b.example/)\n",
    "less than": "a < b [x](https://a.example/) > c <3 [y](https://b.example/)",
    "definition list": "Term\n: Text [x](https://a.example/)\n",
    "hard break": "a  \n[x](https://a.example/)\\\n[y](https://b.example/)\n",
    "bare address": "https://a.example/ and www.b.example",
    "a list after text": "Text:\n- [x](https://a.example/)\n- b\n",
    "heading in a list": "- # [x](https://a.example/)\n- text\n",
    "exclamation": "Wow![x](https://a.example/) and ! [y](https://b.example/)",
    "protocol-relative and relative": "[x](//a.example/) [y](../b) [z](c#d) [w](?q=1) [v]()",
    "far behind the marker": "-     [x](https://a.example/)\n\n"
        "      [y](https://b.example/)\n- [z](https://c.example/)\n",
    "note of two paragraphs": "T[^1]\n\n[^1]: Note [x](u)\n\n    More [y](https://b.example/)\n\nAfter [z](v)\n",
    "definition of two paragraphs": "Term\n: Text [x](u)\n\n    More [y](https://b.example/)\n\nAfter [z](v)\n",
    "reference with blanks": "[r] [s]\n\n[r]: https://a b\n[s]: https://c.example/ \"a title\"\n",
    "reference defined twice": "[r]\n\n[r]: https://a.example/\n[r]: https://b.example/\n",
    "titles of references": "[r] [s] [t]\n\n[r]: https://a.example/\n  \"below\"\n"
        "[s]: <https://b.example/> 't'\n[t]: u 'x' y\n",
    "a note that is a reference": "[Note]: see [y](u)\n\n[z](https://a.example/)\n",
    "references in a quote and a list": "> [r]\n>\n> [r]: https://a.example/\n\n- [s]\n\n  [s]: https://b.example/\n",
    "comment extension": "{::comment}\n[a](u)\n\n[b](u)\n{:/comment}\n\n[c](v) {::comment}[d](u){:/comment} [e](w)\n",
    "short end of an extension": "{::comment}\n[a](u)\n{:/}\n\n[c](https://a.example/)\n",
    "without Markdown": "{::nomarkdown}\n[a](u)\n<a href=\"v\">b</a>\n{:/nomarkdown}\n"
        "\n{::nomarkdown}[d](u) <a href=\"w\">b</a>{:/}\n",
    "options": "{::options toc_levels=\"1\" /}\n\n[a](https://a.example/)\n",
    "abbreviations": "*[HTML]: text [x](u)\n*[W3C]: y\n\nHTML [y](https://b.example/)\n",
    "maths": "a $$x[1](y)$$ b [c](https://a.example/)\n\n$$\n[a](b)\n$$\n\n[e](https://b.example/)\n",
    "blanks in a heading": "## a  b\n## a\tb\n## a <!-- x -->\n",
    "identifiers in attributes": "## A b\n{: #own}\n\n{: #second .c}\n## C\n## D {#x .y}\n"
        "## E{#z}\n## F {#a.b}\n## G\n{: .c}\n",
    "a fence never closed": "a\n\n```text\n[x](https://a.example/)\n\n[y](v)\n\n~~~\n[z](u)\n~~~\n",
    "fences in lists": "- a\n  ```\n  [x](u)\n  ```\n- a\n  ```\n  [x](u)\n```\n\n[b](https://a.example/)\n",
    "notes that nothing refers to": "T[^a] [x](u)\n\n[^a]: Note [^b] [y](v)\n\n[^b]: Note [z](w)\n"
        "[^c]: No [p](q)\n\n    More [r](s)\n\nAfter `[^c]` [t](https://a.example/)\n",
    "a note defined twice": "T[^a]\n\n[^a]: Note [y](v)\n\n[^a]: Again [z](w)\n",
    "a note and the lines behind it": "T\n\n[^a]: Note [y](v)\nno note [z](w)\n\nT\n[^b]: no note [x](u)\n",
    "notes in headings and lists": "# A[^a]\n## A [^b]\n[^b]: Note [y](v)\n\n[^a]: x\n\n      - [z](w)\n",
    "maths over blank lines": "$$\n[a](b)\n\n[c](d)\n$$\n\n[e](h)\n\n$$ [f](g)\n\n[h](i) $$ j [k](l)\n",
    "tabs behind markers": "-\t\t[a](b)\n\n*\t[c](d)\n\n\tmore [e](f)\n\t* [g](h)\n\n1. \t[i](j)\n",
    "html that is no tag": "<div>\n<a <b>[x](u)</b> <a href=\"y\">y</a> < a href='z'>\n</div>\n\n"
        "<a href=v>w</a> <a href=https://b.example>w</a> <a href='c' d>e</a> <A HREF=\"f\">g</A>\n",
    "html that hides links": "<div>\n<!-- <a href=\"x\">x</a> -->\n<script>'<a href=\"y\">y</a>'</script>\n"
        "<a\n href=\"z?a&amp;b\">z &lt;</a></div>\n",
    "bars": "a [b|c](u) d\n\n- [e | f](v)\n- [g](w) | [h](x)\n\n[i|j](y)\nno bar\n\n## [k|l](z)\n"
        "[m|n](p)\n\n`a|b` [q\\|r](s)\n",
    "code that goes on": "    [a](b)\n[c](d)\n\n[e](f)\n\n    [g](h)\n\n[i](j)\n\n- k\n\n      [l](m)\n  [n](o)\n",
    "Markdown within tags within tags": "<div class=\"row\">\n<div markdown=\"1\">\n[x](u)\n</div>\n</div>\n\n[y](v)\n",
    "angles and titles": "[a](<b c> \"t\") [d](<e>x) [f](<g\nh>) [i](j 'k' l) [m](n \"o) p\")\n",
    "headings behind spaces": " ## a\n\n[b](#a)\n\n- c\n   ## d\n\n  ## e\n ## f\n\n> ## g\n>  ## h\n\ntext\n ## i\n",
    "headings in nested items": "- a\n  - b\n    ## c\n   ## d\n  ## e\n## f\n\n1. g\n   ## h\n2. ## i\n    ## j\n",
    "headings without text": "##\n## \n## a##\n## b ##\n",
    "headings within elements": "<details markdown=\"1\">\n### 1. Preparing data\n\n## a_b\n\n"
        "- # 2 c\n</details>\n\n## a_b\n\n"
        "<div markdown=\"1\">\n## a_b\n### \u00c6\u00f8\n### 2\n</div>\n\n# 1 d\n",
    "headings behind elements": "<div/>\n\n# 1 a\n\n"
        "<section>\n<div markdown=\"1\">\n# 1 b\n</div>\n</section>\n\n# 1 c\n\n"
        "- <div markdown=\"1\">\n  # 1 d\n\n- # 1 e\n\n# 1 f\n",
    "lines below items": "- a\n---\n- b\n===\nc\n\n1. d\n   - e\n---\n\ntext\n\n- f\n  more\n---\n\n"
        "text\n\n- [g](u)\n\n"
        "  h\n-\n\ntext\n\n- i\n ---\n\n- j\n     ---\n",
    "lines below quotes": "> a\n---\n\n> b\n> c\n---\n\n> d\n===\n\n> - [e](u)\n---\n\n> # f\n---\n\n- > g\n---\n",
    "anchors never closed": "a <a href=\"u\">b\n\nc [d](v)\n\n- <a href=\"w\">e\n- f\n\n# g <a href=\"x\">h\n\n"
        "i <a href=\"y\"/>j\n",
    "comments below text": "a\n<!--\n[b](c)\n\n[d](e)\n-->\n\n- f\n<!--\n- [g](h)\n-->\n\n"
        "i\n<!--\n## j\n[k](l)\n-->\n\nm\n"
        "<!--\n[n](o)\n-->\n\n## p\n<!--\n- [q](r)\n\n-->\n   <!--\n- [s](t) -->\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_construct_is_read_as_kramdown_publishes_it(name: str) -> None:
    (expected,) = published([CASES[name]])
    assert differences(name, CASES[name], expected) == []


def test_a_link_around_a_heading_has_the_text_of_both() -> None:
    text = '<div>\n<a href="/x">\n<h3 id="g">GitHub</h3>\n</a>\n<p><a href="/y">Y <h4>Z</h4> more</a></p>\n</div>\n'
    assert differences("page.md", text, published([text])[0]) == []
    heading, *_ = parse(text)
    assert (heading.text, heading.line, [(link.href, link.line) for link in heading.links]) == (
        "GitHub",
        3,
        [("/x", 2)],
    )
