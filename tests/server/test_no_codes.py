"""No page shows people a prefixed name or a bare IRI, except as code or where the IRI is what is to be given."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from kg.query import canned
from kg.release import open_release
from server.app import create_app
from server.current import Current
from server.settings import Settings
from server.views.ask import has_editor
from server.workers.pool import ProcessPool
from tests.screens.pictures import COUNTS, PAGES, STATEMENTS
from tests.server.browsing import Visit, browser, content_server, visit
from tests.server.pages import BROWSER, CODE
from tests.server.serving import Reply, Server, run_server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server", "visit"]
REFERENCE = Path(os.environ.get("KG_REFERENCE", "/nonexistent"))
_FOR_CODE = frozenset({"code", "pre", "textarea", "script", "style", "head"})
"""Elements whose text is code, or is not seen."""
_GIVEN = re.compile(
    r'<article.*?</article>|<p class="cite">.*?</p>|<section class="card" id="findings">.*?</section>'
    r'|<div id="swagger".*?(?=</main>)',
    re.DOTALL,
)
"""A site's own text, a citation, the words of findings, and the description of the interface for programs."""
_THINGS = "SELECT (SAMPLE(?one) AS ?thing) { ?one a ?class FILTER(ISIRI(?one)) } GROUP BY ?class ORDER BY ?class"
_WORDS = ("mouse MRI", "GDPR", "proteomics", "imaging", "ontology lookup service")
_ASKED = {"Table": COUNTS, "Chart": COUNTS, "Graph": STATEMENTS}


class _Visible(HTMLParser):
    """The texts of a page that are seen and are no code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._within: list[str] = []
        self.feed(_GIVEN.sub("", page))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _FOR_CODE:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _FOR_CODE and tag in self._within:
            del self._within[self._within.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._within:
            self.texts.append(data)


def codes(page: str) -> list[str]:
    """Return the prefixed names and IRIs that people see on a page."""
    return [found for text in _Visible(page).texts for found in CODE.findall(text)]


def opened(server: Server, path: str) -> Reply:
    """Return what is at an address, or that to which it leads."""
    reply = server.ask(quote(path, safe="/?=&%#:+"), headers=BROWSER)
    return opened(server, reply.headers["Location"].partition("#")[0]) if reply.status in {302, 303} else reply


def addresses(server: Server, release: Path) -> Iterator[str]:
    """Yield the addresses of all routes without parameters, all questions, and a thing of each class."""
    current, settings = Current(release), Settings(query_workers=1)
    pool = ProcessPool(current, settings)
    rules = [*create_app(current, settings, pool).url_map.iter_rules()]
    pool.close()
    yield from sorted({rule.rule for rule in rules if "GET" in (rule.methods or ()) and not rule.arguments})
    yield from (f"/queries/{name}" for name in canned.names())
    yield from (f"/have?words={words}" for words in _WORDS)
    yield from (f"/search?q={words}" for words in _WORDS)
    things = server.query(_THINGS, "text/csv").text.split()[1:]
    yield from (f"/id/?iri={quote(thing, safe='')}" for thing in things)


def pages(server: Server, paths: Iterable[str]) -> Mapping[str, str]:
    """Return address → text of the pages at these addresses; the answers for programs alone are left out."""
    replies = ((path, opened(server, path)) for path in dict.fromkeys(paths))
    return {path: reply.text for path, reply in replies if reply.media_type == "text/html"}


def test_what_is_seen_is_told_from_what_is_code() -> None:
    assert codes("<p>A <code>dct:title</code> and <pre>https://a.example</pre></p>") == []
    assert codes("<p>A dct:title</p><code>rdm:Page</code><td>https://a.example/b</td>") == [
        "dct:title",
        "https://a.example/b",
    ]
    assert codes("<details><p>Not dcatap:applicableLegislation: no note:one of ID:Ab</p></details>") == [
        "dcatap:applicableLegislation"
    ]


def test_no_page_shows_a_code(content_server: Server, content_release: Path) -> None:
    paths = [path for path in PAGES.values() if "#" not in path]
    seen = pages(content_server, [*addresses(content_server, content_release), *paths])
    assert len(seen) > 100
    assert set(paths) <= set(seen)
    assert {path: found for path, page in seen.items() if (found := codes(page))} == {}


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
@pytest.mark.parametrize("view", _ASKED)
def test_no_answer_in_the_editor_shows_a_code(visit: Visit, view: str) -> None:
    page = visit(f"/ask#query={quote(_ASKED[view])}&outputFormat={view.lower()}")
    made = ".answer table" if view == "Table" else ".picture:not([aria-busy])"
    page.locator(made).wait_for()
    assert "rdm" in page.locator(made).inner_html()
    assert codes(page.content()) == []


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
def test_no_answer_to_a_chosen_question_shows_a_code(visit: Visit) -> None:
    page: Page = visit("/ask")
    page.get_by_label("Begin with a question").select_option("where-to-deposit")
    expect(page.get_by_role("link", name="Preclinical Imaging").first).to_be_visible()
    assert codes(page.content()) == []


@pytest.mark.skipif(not (REFERENCE / "corpus").is_dir(), reason="KG_REFERENCE names no folder with reference sites")
def test_no_page_of_real_sites_shows_a_code(reference_release: Callable[..., Path], tmp_path: Path) -> None:
    release = reference_release("lookup", "rdmkit")
    server = run_server(tmp_path, ["--release", str(release), "--port", "0"])
    seen = pages(server, addresses(server, open_release(release).folder))
    assert server.end() == 0
    assert {path: found for path, page in seen.items() if (found := codes(page))} == {}
