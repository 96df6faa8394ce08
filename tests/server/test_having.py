"""From words for what somebody has, in the box of the start page, to the page, the record and the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import expect

from kg.query import Form, Format, Query
from server.app import create_app
from server.current import Current
from server.federation.rewriting import Federation
from server.pages.having import having
from server.service import Service
from server.settings import Settings
from server.workers import Reply
from server.workers.pool import ProcessPool
from tests.conftest import kg, write_site
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server, Start

__all__ = ["browser", "content_server", "visit"]
PIC = "/id/lookup/page/pic"


def led(server: Server, words: str) -> dict[str, list[str]]:
    """Return the addresses that words lead to, by the heading above them."""
    reply = server.ask(f"/have?words={quote(words)}", headers={"Accept": "text/html"})
    assert reply.status == 200
    parts = re.split(r'<h2 id="(\w+)">', reply.text)
    found = (re.findall(r'<li><a href="([^"]+)"', part) for part in parts[2::2])
    return {head: list(map(unescape, addresses)) for head, addresses in zip(parts[1::2], found, strict=True)}


@pytest.mark.parametrize(
    ("words", "page", "record", "question"),
    [
        (
            *("mouse MRI", PIC, "/id/?iri=http://dicom.nema.org/resources/ontology/DCM/MR"),
            "/queries/sheets-by-modality?modality=http://dicom.nema.org/resources/ontology/DCM/MR",
        ),
        (
            *("Animal welfare act", PIC, "/id/?iri=https://lovdata.no/eli/lov/2009/06/19/97"),
            "/queries/pages-that-name?thing=https://lovdata.no/eli/lov/2009/06/19/97",
        ),
        (
            "light microscopy",
            "/id/lookup/page/light_microscopy",
            "",
            "/queries/where-to-deposit?page=https://w3id.org/rdm-kg/id/lookup/page/light_microscopy",
        ),
        (
            "sequencing repository",
            "/id/lookup/page/sequencing",
            "",
            "/queries/where-to-deposit?page=https://w3id.org/rdm-kg/id/lookup/page/sequencing",
        ),
        (
            "microscop",
            "/id/lookup/page/light_microscopy",
            "",
            "/queries/where-to-deposit-data-about?words=microscop",
        ),
    ],
)
def test_words_lead_to_page_record_and_answer(
    content_server: Server, words: str, page: str, record: str, question: str
) -> None:
    found = led(content_server, words)
    assert page in found["pages"]
    assert not record or record in found["records"]
    asked = [address.replace("%3A", ":").replace("%2F", "/").replace("%20", "+") for address in found["answers"]]
    assert question in asked


def test_the_page_that_the_words_and_a_record_lead_to_is_asked_about(content_server: Server) -> None:
    asked = list(map(unquote, led(content_server, "mouse MRI")["answers"]))
    assert f"/queries/where-to-deposit?page=https://w3id.org/rdm-kg{PIC}" in asked


@pytest.mark.parametrize(
    ("words", "question"),
    [
        ("light microscopy file format", "/queries/standards-for-sheet?page="),
        ("preclinical imaging law", "/queries/laws-of-sheet?page="),
        ("preclinical imaging deposit", "/queries/where-to-deposit?page="),
        ("sequencing repository", "/queries/where-to-deposit?page="),
    ],
)
def test_the_kind_that_words_name_is_answered_first(content_server: Server, words: str, question: str) -> None:
    assert question in led(content_server, words)["answers"][0]


def test_the_one_page_with_the_words_in_its_title_is_asked_about_and_no_single_word(content_server: Server) -> None:
    asked = led(content_server, "high throughput")["answers"]
    assert "/queries/where-to-deposit?page=https://w3id.org/rdm-kg/id/lookup/page/sequencing" in asked
    assert not any("words=" in address for address in asked)


@pytest.mark.parametrize(("words", "has_all"), [("mouse+MRI", False), ("light+microscopy", True)])
def test_words_that_no_result_has_together_are_not_dropped_in_silence(
    content_server: Server, words: str, has_all: bool
) -> None:
    page = content_server.ask(f"/have?words={words}", headers={"Accept": "text/html"}).text
    assert ("No result has all of these words" in page) is not has_all


@pytest.mark.parametrize(
    ("asked", "said"), [("where to deposit MRI", "deposit MRI"), ("What format for mouse MRI", "format mouse MRI")]
)
def test_words_that_say_nothing_lead_nowhere(content_server: Server, asked: str, said: str) -> None:
    assert led(content_server, asked) == led(content_server, said)


def test_every_question_that_words_lead_to_has_an_answer(content_server: Server) -> None:
    for address in led(content_server, "light microscopy")["answers"]:
        answer = content_server.ask(f"{address}&format=csv")
        assert answer.status == 200
        assert len(answer.text.splitlines()) > 1, address


def test_pages_are_nearer_the_more_words_their_titles_have(start: Start, tmp_path: Path) -> None:
    """The page that a record's name leads to comes after them, though the record has all words in its name."""
    page = "---\ntitle: {title}\npage_id: {id}\n---\n## Solutions\n\n* {said}\n"
    atlas = "Use the [Single-cell RNA atlas](https://atlas.example)."
    pages = (
        ("microbes", "Microbes", atlas),
        ("norway", "Norway", "RNA of a single cell, by [another](https://other.example)."),
        ("cells", "Single-cell methods", "Ask for [help](https://help.example) with RNA."),
    )
    files = {f"pages/{each}.md": page.format(id=each, title=title, said=said) for each, title, said in pages}
    done = kg("build", write_site(tmp_path / "site", files), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    server = start(tmp_path / "out")
    for words, first in (("single-cell RNA", "cells"), ("microbes in Norway", "microbes"), ("RNA atlas", "microbes")):
        assert led(server, words)["pages"][0].endswith(f"/page/{first}"), words


@pytest.mark.parametrize("words", ["NIfTI files", "format for nothing known", "unheard-of research data"])
def test_words_that_say_little_lead_nowhere_of_themselves(content_server: Server, words: str) -> None:
    assert led(content_server, words) == {}


def test_who_wants_to_put_data_somewhere_asks_for_a_repository(content_server: Server) -> None:
    assert led(content_server, "put preclinical imaging") == led(content_server, "preclinical imaging repository")


def test_nonsense_leads_to_nothing_but_the_search(content_server: Server) -> None:
    page = content_server.ask("/have?words=xyzzy+plugh", headers={"Accept": "text/html"}).text
    assert "Nothing was found." in page
    assert "/search?q=xyzzy+plugh" in page.replace("%20", "+")


class CountingPool(ProcessPool):
    """Counts the queries that it answers."""

    answered = 0

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        disconnected: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        self.answered += 1
        return super().answer(query, formats, deadline, disconnected, client)


@pytest.mark.parametrize(
    ("words", "queries"),
    [("mouse MRI", 3), ("light microscopy", 2), ("Animal welfare act", 3), ("microscop", 3), ("xyzzy plugh", 1)],
)
def test_one_query_finds_out_which_questions_have_an_answer(content_release: Path, words: str, queries: int) -> None:
    current, settings = Current(content_release), Settings(query_workers=1)
    with closing(CountingPool(current, settings)) as pool:
        app = create_app(current, settings, pool)
        with app.test_request_context():
            found = having(Service(current, settings, pool, Federation(()), None), words)
    assert pool.answered == queries
    assert bool(found.questions) == (words != "xyzzy plugh")


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_box_of_the_start_page_leads_on(visit: Visit, width: int, script: bool) -> None:
    page = visit("/", width, script)
    page.get_by_label("What do you have?").fill("mouse MRI")
    page.get_by_role("button", name="Show me").click()
    expect(page.get_by_role("link", name="Preclinical Imaging").first).to_be_visible()
    expect(page.get_by_role("table", name="Pages by imaging modality")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not script or serious(page) == []
    page.get_by_role("link", name="Pages by imaging modality: Magnetic Resonance").click()
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
