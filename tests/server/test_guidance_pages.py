"""Pages of guidance pages: tools marked where the text tags them, topics, and why each thing is recommended."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

from tests.guidance_site import BY_SENTENCE, BY_TOPIC, PRIDE, SHARING, SMALL, SPECTRA
from tests.server.browsing import WIDTHS, browser, serious
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

__all__ = ["browser"]

PAGE = "/id/spectra-example/page/spectra"
_RECORD = "/id/?iri=https://doi.org/10.25504/FAIRsharing.26dmba"


@pytest.fixture(scope="module")
def guidance(guidance_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = run_server(tmp_path_factory.mktemp("server"), ["--release", str(guidance_release), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


@pytest.fixture(scope="module")
def html(guidance: Server) -> str:
    return guidance.ask(PAGE, headers=BROWSER).text


def test_a_thing_is_headed_by_its_kinds_in_the_search_and_narrower_classes(guidance: Server, html: str) -> None:
    assert re.findall(r'<a class="chip" [^>]*>([^<]*)</a>', html) == ["guidance page"]
    pride = guidance.ask(PRIDE.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text
    assert re.findall(r'<a class="chip" [^>]*>([^<]*)</a>', pride) == ["repository", "tool", "deposition target"]


def card(html: str, title: str) -> Seen:
    (found,) = re.findall(rf'<section class="card"[^>]*>\s*<h2>{title}</h2>.*?</section>', html, re.DOTALL)
    return Seen(found)


def test_every_tag_and_link_is_a_place_in_the_text(guidance: Server, html: str) -> None:
    found = guidance.query(f"SELECT ?m {{ <{SPECTRA}> <https://w3id.org/rdm-kg/ont#hasMention> ?m }}", "text/csv")
    mentions = [line.partition("#")[2] for line in found.text.split()[1:]]
    assert len(mentions) == 9
    ids = Seen(html).ids
    assert [ids.count(mention) for mention in mentions] == [1] * 9


def test_a_tool_is_marked_where_it_is_tagged_and_not_where_its_name_stands_before(html: str) -> None:
    assert "formats of their own beside mzML." in html
    assert re.search(r'Keep raw spectra as <mark [^>]*>mzML</mark><a class="role"[^>]*>data format</a>', html)


def test_of_two_tags_on_a_line_each_has_its_own_reason(html: str) -> None:
    line = next(line for line in html.splitlines() if "Deposit your own" in line)
    first, second = re.findall(r'<mark [^>]*>PRIDE</mark><a class="role"[^>]*title="([^"]*)"', line)
    assert (first, second) == (BY_TOPIC, BY_SENTENCE)


def test_a_tag_with_signs_is_marked_whole_also_in_a_link(html: str) -> None:
    name = r'Ada\'s R&amp;D "Bench" \(AB\)'
    assert len(re.findall(rf'<mark id="m-\w+" class="mention">{name}</mark>', html)) == 2
    assert re.search(rf'<a id="m-\w+" class="mention"[^>]*>the guide of <mark [^>]*>{name}</mark></a>', html)


def test_where_markdown_takes_a_name_apart_the_place_alone_is_marked(html: str) -> None:
    assert re.search(r'Tell <mark id="m-\w+" class="mention"></mark>!{40} <em>Loud</em> of it\.', html)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Standards", "mzML data format · mzml · line 11 in Formats of spectra"),
        ("Repositories", "PRIDE deposition repository · pride · line 17, line 17 in Sharing of spectra"),
        ("Repositories", f"Why Line 20: {BY_SENTENCE}"),
        ("Laws and rules", "LOV-2018-06-15-38 regulation · line 15 in Sharing of spectra"),
    ],
)
def test_cards_name_topic_and_reason(html: str, title: str, words: str) -> None:
    assert words in card(html, title).text


def test_topics_stand_below_each_other_with_what_they_recommend(html: str) -> None:
    topics = card(html, "Topics")
    assert re.search(
        r"Formats of spectra Recommends 1 data format mzML line 11 "
        r"Sharing of spectra Recommends 1 deposition repository PRIDE line 17, line 17 "
        r"Small sets Recommends 1 deposition repository Ada's",
        topics.text,
    )
    assert {f"{PAGE}#small-sets", f"{PAGE}#sharing-of-spectra"} <= set(topics.addresses)


@pytest.mark.parametrize("topic", [SHARING, SMALL])
def test_the_iri_of_a_topic_leads_to_its_heading(guidance: Server, html: str, topic: str) -> None:
    reply = guidance.ask(f"/id/?iri={quote(topic, safe='')}", headers=BROWSER)
    fragment = topic.partition("#")[2]
    assert (reply.status, reply.headers["Location"]) == (303, f"{PAGE}#{fragment}")
    assert f'<h3 id="{fragment}">' in html or f'<h2 id="{fragment}">' in html


def test_what_is_said_of_a_topic_stands_on_the_page(html: str) -> None:
    text = Seen(html).text
    (part,) = re.findall(r"Small sets title Small sets .*?(?= title | Sources )", text)
    for name, value in {
        "recommends deposit in": "Ada's R&D",
        "part of": "Mass spectra",
        "broader": "Sharing of spectra",
    }.items():
        assert f" {name} {value} " in part


def test_the_page_of_a_tool_says_where_it_is_tagged_and_why_it_is_recommended(guidance: Server) -> None:
    page = Seen(guidance.ask(PRIDE.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text)
    table = page.text.partition("Recommended by")[2].partition("As data")[0]
    assert re.search(
        rf"Mass spectra, Sharing of spectra deposition repository Why .*{re.escape(BY_SENTENCE)} 17 ", table
    )


def found(guidance: Server, **asked: str) -> list[dict[str, object]]:
    query = "&".join(f"{name}={quote(value)}" for name, value in asked.items())
    return list(json.loads(guidance.ask(f"/search?{query}&format=json").body)["results"])


@pytest.mark.parametrize("words", ["small sets", "sharing spectra", "mass spectra small"])
def test_topics_are_found_by_words_and_lead_to_their_place(guidance: Server, words: str) -> None:
    topics = found(guidance, q=words, kind="topic")
    assert topics[0]["page"] == f"{PAGE}#{'small-sets' if 'small' in words else 'sharing-of-spectra'}"
    assert topics[0]["partOf"] == "Mass spectra"


def test_a_topic_is_found_by_what_it_names(guidance: Server) -> None:
    assert [hit["iri"] for hit in found(guidance, q="bench", kind="topic")] == [SMALL]


def test_kinds_tell_guidance_pages_and_topics(guidance: Server) -> None:
    page = guidance.ask("/search?q=spectra", headers=BROWSER).text
    assert re.search(r"guidance page <span class=\"count\">1</span>", page)
    assert re.search(r"topic <span class=\"count\">\d</span>", page)
    assert "topic on the page Mass spectra" in Seen(page).text


def test_a_tool_is_found_with_those_who_recommend_it(guidance: Server) -> None:
    (pride,) = found(guidance, q="pride", kind="tool")
    assert (pride["sheets"], pride["recommendedBy"]) == (1, [{"iri": SPECTRA, "name": "Mass spectra"}])
    page = guidance.ask("/search?q=pride", headers=BROWSER).text
    assert re.search(rf'recommended by <span [^>]*><a href="{re.escape(PAGE)}">Mass spectra</a>', page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_browser_goes_to_the_topic_and_shows_the_reason(guidance: Server, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 400})
    page.goto(f"{guidance.url}{PAGE}#small-sets")
    assert page.locator("#small-sets").is_visible()
    assert page.evaluate("window.scrollY") > 0
    why = page.locator(".card .why").filter(has_text="rule standard-of-its-kind")
    why.locator("summary").click()
    assert why.locator("li").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_a_record_lists_what_is_recommended_as_the_tool_of_the_site(guidance: Server) -> None:
    page = Seen(guidance.ask(_RECORD, headers=BROWSER).text)
    table, _, elsewhere = page.text.partition("Recommended by")[2].partition("Elsewhere")
    assert "Mass spectra, Formats of spectra data format" in table
    assert "Counted together with mzML, of Spectra." in table
    assert elsewhere.startswith(" mzML, of Spectra")


def test_a_tool_names_its_record_as_the_same(guidance: Server) -> None:
    page = Seen(guidance.ask("/id/spectra-example/tool/mzml", headers=BROWSER).text)
    elsewhere = page.text.partition("Elsewhere")[2].partition("As data")[0]
    assert elsewhere.split() == ["mz", "Markup", "Language", "↗"]
    assert _RECORD in page.addresses
