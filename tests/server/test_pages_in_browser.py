"""Every kind of page in a browser: on desktop and phone, in light and dark, by keyboard, in print."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import kg, write_site
from tests.screens.pictures import PAGES, SCHEMES
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.pages import PIC
from tests.server.serving import ROOT, Server, run_server

__all__ = ["browser", "content_server", "visit"]

OF_THINGS = ("/", "/id/lookup", "/id/lookup/page/pic", PAGES["outside-thing"], "/id/lookup/thing/normolim")
REFLOWED = 320
"""A desk's screen at 400 % zoom (WCAG 2.2, 1.4.10)."""
_STATUSES = {
    "sparql-mistaken": 400,
    "not-found": 404,
    "question-unknown": 404,
    "question-nothing": 404,
    "mistaken": 400,
}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_fits_and_hinders_nobody(visit: Visit, name: str) -> None:
    page = visit(PAGES[name], status=_STATUSES.get(name, 200))
    assert page.locator("h1").count() == 1
    page.emulate_media(reduced_motion="reduce")  # colours change at once, not by a transition
    page.set_viewport_size({"width": REFLOWED, "height": 1000})
    assert page.evaluate("document.documentElement.scrollWidth") <= REFLOWED
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.emulate_media(color_scheme="light")
        assert serious(page) == [], width
        page.emulate_media(color_scheme="dark")
        assert serious(page, "color-contrast") == [], width


def test_nothing_moves_where_the_reader_wants_no_motion(visit: Visit) -> None:
    page = visit("/api")
    page.locator(".opblock").first.wait_for()
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).colorScheme; document.getAnimations().length") == 0


@pytest.mark.parametrize("path", OF_THINGS)
def test_a_page_says_the_same_without_script(visit: Visit, path: str) -> None:
    texts = [visit(path, script=script).locator("main").inner_text() for script in (True, False)]
    lines = [[re.sub(r"Copy(?=;|$)", "", line.strip()) for line in text.splitlines()] for text in texts]
    assert list(filter(None, lines[0])) == list(filter(None, lines[1]))


def test_an_iri_is_copied_or_selected(visit: Visit) -> None:
    page = visit("/id/lookup/thing/normolim")
    page.get_by_role("heading", name="As data").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").or_(page.get_by_role("button", name="Selected")).wait_for()
    assert page.evaluate("getSelection().toString()") == page.locator("#iri").inner_text()


def test_one_click_selects_an_iri_without_script(visit: Visit) -> None:
    page = visit("/id/lookup/thing/normolim", script=False)
    assert page.locator("#iri").evaluate("iri => getComputedStyle(iri).userSelect") == "all"


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/id/lookup/page/pic")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_the_keyboard_reaches_is_outlined(visit: Visit, scheme: str) -> None:
    page = visit("/search?q=imaging")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of SCHEMES
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 3px" in outline, page.evaluate("document.activeElement.outerHTML")


def test_a_mention_is_a_place_of_the_text(visit: Visit) -> None:
    page = visit("/id/lookup/page/pic")
    page.locator("aside").get_by_role("link", name="line 26").first.click()
    assert page.locator(":target").inner_text() == "DICOM"


class TestSuggestions:
    """The search box in the header of every page, as a combobox."""

    @staticmethod
    def suggested(visit: Visit, width: int = WIDTHS[0]) -> Page:
        """Open a page and type in the search box of its header."""
        page = visit("/id/lookup", width=width)
        page.get_by_role("banner").get_by_role("combobox", name="Search the knowledge graph").fill("bio")
        expect(page.get_by_role("option").first).to_be_visible()
        return page

    @pytest.mark.parametrize("width", WIDTHS)
    def test_they_fit_and_hinder_nobody(self, visit: Visit, width: int) -> None:
        page = self.suggested(visit, width)
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert serious(page) == []

    def test_the_arrows_choose_one_and_enter_looks_for_it(self, visit: Visit) -> None:
        page = self.suggested(visit)
        options, box = page.get_by_role("option"), page.locator("#find")
        first, last = options.first.inner_text(), options.last.inner_text()
        assert first.lower().startswith("bio")
        page.keyboard.press("ArrowUp")
        expect(page.get_by_role("option", selected=True)).to_have_text(last)
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option", selected=True)).to_have_count(0)
        page.keyboard.press("ArrowDown")
        chosen = page.get_by_role("option", selected=True)
        expect(chosen).to_have_text(first)
        assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        assert box.input_value() == "bio"
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"“{first}”")
        expect(page.get_by_role("link", name=first, exact=True).first).to_be_visible()

    def test_the_chosen_one_is_seen_where_colours_are_forced(self, visit: Visit) -> None:
        page = self.suggested(visit)
        page.emulate_media(forced_colors="active")
        page.keyboard.press("ArrowDown")
        style = "option => getComputedStyle(option).outlineStyle"
        assert page.get_by_role("option", selected=True).evaluate(style) == "solid"
        assert page.get_by_role("option", selected=False).first.evaluate(style) == "none"

    def test_escape_closes_them_and_an_arrow_opens_them(self, visit: Visit) -> None:
        page = self.suggested(visit)
        box = page.locator("#find")
        expect(box).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(box).to_have_attribute("aria-expanded", "false")
        expect(page.get_by_role("option")).to_have_count(0)
        assert box.input_value() == "bio"
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("option").first).to_be_visible()
        page.keyboard.press("Tab")
        expect(page.get_by_role("option")).to_have_count(0)

    def test_a_click_looks_for_one(self, visit: Visit) -> None:
        page = self.suggested(visit)
        name = page.get_by_role("option").nth(1).inner_text()
        page.get_by_role("option").nth(1).click()
        expect(page.get_by_role("status")).to_contain_text(f"“{name}”")

    def test_without_script_the_box_is_a_plain_one(self, visit: Visit) -> None:
        page = visit("/id/lookup", script=False)
        page.get_by_role("searchbox", name="Search the knowledge graph").fill("bsg-s000114")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="Digital Imaging and COmmunications in Medicine")).to_be_visible()


HOSTILE = "</title></script><script>window.ran=1</script><img src=x onerror=window.ran=1>"
NAMES = "SELECT ?name (COUNT(*) AS ?n) { ?thing <http://purl.org/dc/terms/title> ?name } GROUP BY ?name ORDER BY ?name"
LINKS = """PREFIX dct: <http://purl.org/dc/terms/>
CONSTRUCT { ?sheet dct:title ?name ; dct:relation ?thing . ?thing dct:title ?other }
WHERE { ?sheet <https://w3id.org/rdm-kg/ont#recommends> ?thing ; dct:title ?name . ?thing dct:title ?other }"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server over a site with names that are executable markup."""
    folder = tmp_path_factory.mktemp("hostile")
    front = (
        f"title: '{HOSTILE}'\ntype: cheat_sheet\npage_id: s\ndescription: '{HOSTILE}'\ncontributors: ['{HOSTILE}']\n"
    )
    links = "".join(
        f"## {part}\n- [{HOSTILE}](https://a.example/{part[:4]})\n" for part in ("Standards", "Data deposition")
    )
    write_site(
        folder / "site", {"s.md": f"---\n{front}---\n{links}"}, f"title: '{HOSTILE}'\nurl: https://example.org\n"
    )
    built = kg("build", folder / "site", "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/",
            "/browse",
            "/browse/matrix",
            "/browse/matrix?of=repositories",
            "/search?q=window",
            f"/search?q={HOSTILE}",
        ),
        *(
            "/id/example-org",
            "/id/example-org/page/s",
            "/queries/standards-for-sheet?page=s",
            f"/sparql?query={NAMES}",
        ),
        *(f"/ask#query={quote(NAMES)}&outputFormat=chart", f"/ask#query={quote(LINKS)}&outputFormat=graph"),
    ],
)
def test_names_that_are_markup_stay_text(browser: Browser, hostile: Server, path: str) -> None:
    with browser.new_page() as page:
        page.goto(hostile.url + path)
        if path.startswith("/ask") and page.locator("#editor").count():
            page.locator(".picture:not([aria-busy])").wait_for()
        assert "window.ran=1" in page.content()
        assert page.evaluate("window.ran") is None
        assert page.locator("main :is(img, script)").count() == 0
        assert page.locator("footer").is_visible()


def test_suggestions_that_are_markup_stay_text(browser: Browser, hostile: Server) -> None:
    with browser.new_page() as page:
        page.goto(hostile.url)
        page.locator("#find").press_sequentially("window")
        expect(page.get_by_role("option").first).to_contain_text("<script>")
        assert page.evaluate("window.ran") is None


RTL = "\u05e2\u05db\u05d1\u05e8\u05d9\u05dd"
TURNED = "exe.\u202egpj"


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server over a site with a name in Hebrew, and one with a character that turns the text after it."""
    folder = tmp_path_factory.mktemp("turned")
    text = "---\ntitle: '{name}'\ntype: cheat_sheet\npage_id: {key}\n---\n## Standards\n- [{name}](https://{key}.example/)\n"
    pages = {f"{key}.md": text.format(name=name, key=key) for key, name in (("rtl", RTL), ("turned", TURNED))}
    write_site(folder / "site", pages, f"title: '{TURNED}'\nurl: https://example.org\n")
    built = kg("build", folder / "site", "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0


def test_a_name_from_right_to_left_does_not_reorder_what_stands_beside_it(browser: Browser, turned: Server) -> None:
    with browser.new_page() as page:
        page.goto(f"{turned.url}/browse/matrix")
        head = page.locator("thead th", has_text=RTL)
        name, count = (head.locator(part).bounding_box() for part in ("a >> nth=0", ".count"))
        assert name
        assert count
        assert count["y"] < name["y"] + name["height"]
        assert count["x"] >= name["x"] + name["width"]


@pytest.mark.parametrize(
    "path", ["/", "/browse", "/browse/matrix", "/search?q=exe", "/id/example-org", "/id/example-org/page/turned"]
)
def test_what_turns_a_text_around_is_shown(browser: Browser, turned: Server, path: str) -> None:
    with browser.new_page() as page:
        page.goto(turned.url + path)
        assert "\u202e" not in page.content()
        assert TURNED.replace("\u202e", "\\u202e") in page.locator("main").inner_text()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_on_paper_is_what_can_be_read_there(visit: Visit, scheme: str) -> None:
    page = visit("/id/lookup/page/pic")
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type] # one of SCHEMES
    for gone in ("nav", ".find", ".skip", "footer", "button", ".narrow"):
        assert page.locator(gone).first.is_hidden(), gone
    for kept in ("h1", "article", "aside .card"):
        assert page.locator(kept).first.is_visible(), kept
    named = page.locator(".chips").first.evaluate("chips => getComputedStyle(chips, '::after').content")
    assert named == f'"{PIC}"'
    link = page.locator("article a[href^=http]").first
    said = link.evaluate("link => getComputedStyle(link, '::after').content")
    assert link.get_attribute("href") in said.replace('" "', "")
    paper, ink = page.evaluate(
        "(({backgroundColor, color}) => [backgroundColor, color])(getComputedStyle(document.body))"
    )
    assert (paper, ink) == ("rgb(255, 255, 255)", "rgb(27, 37, 48)")


def test_on_paper_no_table_is_cut(visit: Visit) -> None:
    page = visit("/browse/matrix", width=700)
    page.emulate_media(media="print")
    table = page.locator(".scroll")
    assert table.evaluate("part => getComputedStyle(part).overflow") == "visible"
    assert table.locator("tr").last.evaluate("row => getComputedStyle(row).breakInside") == "avoid"


def test_every_rule_of_the_style_sheet_is_for_something() -> None:
    style = (ROOT / "server/static/style.css").read_text(encoding="utf-8")
    selectors = re.findall(r"[^{};]+(?=\{)", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL))
    ours = [selector for selector in selectors if "#swagger" not in selector]
    makers = [
        *(ROOT / "server/templates").iterdir(),
        *(ROOT / "server/static").glob("*.js"),
        ROOT / "kg/page_html/page_text.py",
    ]
    pages = "".join(file.read_text(encoding="utf-8") for file in makers)
    classes = {name for selector in ours for name in re.findall(r"\.([a-z][\w-]*)", selector)}
    assert len(classes) > 30
    of_values = {"open", "proprietary", "error", "warning"}
    assert {name for name in classes - of_values if not re.search(rf"(?<![\w-]){name}(?![\w-])", pages)} == set()
