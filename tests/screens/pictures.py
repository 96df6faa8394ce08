"""The kinds of pages, the looks of each, and the pictures of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from tests.server.browsing import WIDTHS
from tests.server.pages import DICOM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

COUNTS = "SELECT ?class (COUNT(*) AS ?things) { ?thing a ?class } GROUP BY ?class"
STATEMENTS = """PREFIX rdm: <https://w3id.org/rdm-kg/ont#>
PREFIX dct: <http://purl.org/dc/terms/>
CONSTRUCT { ?sheet a rdm:CheatSheet ; dct:title ?title ; rdm:recommendsTerminology ?terms . ?terms a rdm:Terminology }
WHERE { ?sheet dct:title ?title ; rdm:recommendsTerminology ?terms }"""
PAGES: Mapping[str, str] = {
    "home": "/",
    "thing": "/id/lookup/thing/normolim",
    "sheet": "/id/lookup/page/pic",
    "outside-thing": f"/id/?iri={DICOM}",
    "law": "/id/?iri=https://lovdata.no/eli/lov/2009/06/19/97",
    "person": "/id/?iri=https://orcid.org/0000-0003-0961-6234",
    "modality": "/id/?iri=http://dicom.nema.org/resources/ontology/DCM/MR",
    "catalogue": "/id/lookup",
    "search": "/search?q=imaging",
    "search-narrowed": "/search?q=ontolgy&kind=terminology",
    "search-nothing": "/search?q=qqqqqq",
    "have": "/have?words=mouse+MRI",
    "have-nothing": "/have?words=qqqqqq",
    "browse": "/browse?sort=-sheets",
    "browse-narrowed": f"/browse?recommends={DICOM}",
    "matrix": "/browse/matrix",
    "matrix-of-sites": "/browse/matrix?by=site",
    "questions": "/queries/",
    "question": "/queries/where-to-deposit",
    "question-chart": "/queries/laws-and-sheets",
    "question-nothing": "/queries/where-to-deposit-data-about?words=qqqqqq",
    "question-unknown": "/queries/where-to-deposit?page=qqqqqq",
    "ask": "/ask",
    "ask-chart": f"/ask#query={quote(COUNTS)}&outputFormat=chart",
    "ask-graph": f"/ask#query={quote(STATEMENTS)}&outputFormat=graph",
    "sparql": f"/sparql?query={quote(COUNTS)}",
    "sparql-mistaken": f"/sparql?query={quote('SELECT * WHERE { ?s ?p }')}",
    "api": "/api",
    "ontology": "/ont",
    "outside-term": "/id/?iri=https://schema.org/Service",
    "dumps": "/dumps/",
    "not-found": "/id/lookup/page/nothing",
    "mistaken": "/queries/where-to-deposit?page=pic&page=sc",
}
"""What a picture is called → the address of the page; at least one of every kind."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
HEIGHT = 900
"""Of the window; a picture is as high as its page."""
_LATE = {
    "ask": ("#editor", ".CodeMirror-line"),
    "ask-chart": ("#editor", ".picture:not([aria-busy])"),
    "ask-graph": ("#editor", ".picture:not([aria-busy])"),
    "api": ("#swagger", ".opblock"),
}
"""What a script makes of a part of the page after it is loaded; a page without the part is ready at once."""


def take(browser: Browser, url: str, folder: Path, names: Iterable[str] = PAGES) -> list[Path]:
    """Write the pictures of these pages of the server at ``url`` to a folder, which may exist."""
    folder.mkdir(parents=True, exist_ok=True)
    return [file for name in names for file in _take(browser, url, folder, name)]


def _take(browser: Browser, url: str, folder: Path, name: str) -> Iterator[Path]:
    with browser.new_page() as page:
        page.goto(url + PAGES[name])
        part, made = _LATE.get(name, ("", ""))
        if part and page.query_selector(part):
            page.wait_for_selector(f"{part} {made}")
        for width, scheme in product(WIDTHS, SCHEMES):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            picture = folder / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=picture, full_page=True)
            yield picture
        page.emulate_media(media="print")
        printed = folder / f"{name}.pdf"
        page.pdf(path=printed, format="A4")
        yield printed
