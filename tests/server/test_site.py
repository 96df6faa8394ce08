"""The web site without a server: every link, the data, and the pages in a browser from a plain file server."""

from __future__ import annotations

import html
import json
import re
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, unquote, urljoin, urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from kg.errors import SiteError
from kg.query import canned
from kg.query.rows import Row, rows, text
from kg.release import Release, new_release, open_release, publish
from kg.store.oxigraph import create, open_store
from kg.vocab import BASE, DESCRIPTION_GRAPH
from server.site.folder import MARKER, new_folder
from server.site.places import place_of
from server.site_command import site as command
from server.views.ask import has_editor, has_engine
from tests.conftest import ROOT
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (has_editor() and has_engine()), reason="this checkout was installed without the editor"),
]

URL = "https://owner.github.io/repo/"
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"
PROGRAM = [sys.executable, "-c", "from server.site_command import site; site()"]
LINKS = re.compile(r'<[a-z][^<>]*?\s(?:href|src|action|data-settings|data-words)="([^"]*)"')
PAGES = (
    "",
    "id/lookup/page/pic.html",
    "browse.html",
    "queries/pages-that-name.html",
    "search.html?q=imaging&kind=cheat-sheet",
    "search.html?q=xylophones&kind=tool",
    "ask.html",
    "id/",
    "404.html",
)


@pytest.fixture(scope="module")
def release(content_release: Path) -> Release:
    return open_release(content_release)


@pytest.fixture(scope="module")
def folder(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the site of the shipped content below a path, and return its folder."""
    folder = tmp_path_factory.mktemp("www") / "repo"
    done = CliRunner().invoke(command, [str(content_release), str(folder), "--url", URL], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "warning" not in done.output
    return folder


def file_at(folder: Path, address: str) -> Path:
    """Return the file that a file server sends for an address."""
    path = unquote(urlsplit(address).path).removeprefix("/repo/")
    return folder / path / "index.html" if path.endswith("/") or not path else folder / path


def test_every_link_leads_to_a_file(folder: Path) -> None:
    anchors: dict[Path, set[str]] = {}
    broken = set()
    for page in folder.rglob("*.html"):
        content = page.read_text(encoding="utf-8")
        here = f"{URL}{quote(page.relative_to(folder).as_posix())}"
        for link in LINKS.findall(content):
            address = urljoin(here, html.unescape(link))
            if address.startswith(URL) and not address.startswith(f"{URL}words/"):
                target = file_at(folder, address)
                if not target.is_file():
                    broken.add((page.name, address))
                elif target.suffix == ".html":
                    anchors.setdefault(target, set()).add(urlsplit(address).fragment)
            assert not address.startswith("https://owner.github.io/") or address.startswith(URL), page
    assert broken == set()
    assert len(anchors) > 300


@pytest.mark.parametrize("name", ["sitemap.xml", "opensearch.xml", "llms.txt", "void.nt", "catalog.ttl", "robots.txt"])
def test_what_programs_read_leads_to_files(folder: Path, name: str) -> None:
    addresses = re.findall(re.escape(URL) + r"[^\s\"'<>)`]*", (folder / name).read_text(encoding="utf-8"))
    assert addresses
    assert [address for address in addresses if not file_at(folder, html.unescape(address)).exists()] == []


def test_no_file_names_what_only_a_server_has(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.suffix in {".html", ".json", ".txt", ".xml"} and "static" not in file.parts:
            content = file.read_text(encoding="utf-8")
            for word in ("127.0.0.1", "localhost", "/repo/sparql", "/repo/api", "/repo/mcp", "/repo/update", "openapi"):
                assert word not in content, file


def test_the_data_of_all_things_are_the_statements_of_the_release(folder: Path, release: Release) -> None:
    def parsed(file: Path, syntax: ox.RdfFormat) -> set[ox.Triple]:
        store = ox.Store()  # which writes times in one form
        store.bulk_load(path=str(file), format=syntax)
        return {quad.triple for quad in store}

    found: set[ox.Triple] = set()
    for file in (folder / "id").rglob("*.nt"):
        statements = parsed(file, ox.RdfFormat.N_TRIPLES)
        assert statements == parsed(file.with_suffix(".ttl"), ox.RdfFormat.TURTLE), file
        assert statements == parsed(file.with_suffix(".jsonld"), ox.RdfFormat.JSON_LD), file
        found |= statements
    whole = parsed(release.graph, ox.RdfFormat.N_QUADS)
    assert found <= whole
    assert whole - found <= parsed(folder / "ont.nt", ox.RdfFormat.N_TRIPLES)


def test_two_sites_of_a_release_have_the_same_bytes_and_the_second_replaces_the_first(
    guidance_release: Path, tmp_path: Path
) -> None:
    contents = []
    for _ in range(2):
        arguments = [str(guidance_release), str(tmp_path / "site"), "--url", "https://kg.example/"]
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        files = [file for file in sorted((tmp_path / "site").rglob("*")) if file.is_file()]
        contents.append({file: file.read_bytes() for file in files})
        assert [each.name for each in tmp_path.iterdir()] == ["site"]
    assert contents[0] == contents[1]
    assert 'href="/browse.html"' in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["../../../stolen", "%2e%2e/%2e%2e/stolen", "a/../../..", "a//b", "a%5C..%5Cb", "%00"])
def test_no_name_in_a_graph_leads_out_of_the_folder(path: str) -> None:
    assert place_of(f"/id/{path}") is None
    assert place_of(f"/id/{path}.ttl") is None


def test_a_folder_with_other_files_is_refused(content_release: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    (tmp_path / MARKER).write_text('{"title": "site.json is also a file of other programs"}')
    done = subprocess.run([*PROGRAM, content_release, tmp_path, "--url", URL], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert f"has what kg site has not written ({MARKER}, thesis.txt)" in done.stderr
    assert {file.name for file in tmp_path.iterdir()} == {"thesis.txt", MARKER}


@pytest.mark.parametrize("name", [".git/config", "CNAME", "id/mine.html", "empty/", "link"])
def test_what_others_have_put_into_a_site_is_not_removed(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    with new_folder(site, "1", URL) as draft:
        (draft / "id").mkdir()
        (draft / "id" / "x.html").touch()
    with new_folder(site, "2", URL) as draft:
        (draft / "index.html").touch()
    assert {file.name for file in site.iterdir()} == {"index.html", MARKER}
    other = site / name
    other.parent.mkdir(exist_ok=True)
    if name.endswith("/"):
        other.mkdir()
    elif name == "link":
        other.symlink_to(tmp_path)
    else:
        other.touch()
    with pytest.raises(SiteError, match="has not written"), new_folder(site, "3", URL):
        pytest.fail("the folder was taken")
    first = site / name.partition("/")[0]
    first.rename(tmp_path / "away")
    with pytest.raises(SiteError, match="has not written"), new_folder(site, "3", URL):
        (tmp_path / "away").rename(first)
    assert other.is_symlink() or other.exists()


def test_names_that_differ_in_case_alone_are_one_file(guidance_release: Path, tmp_path: Path) -> None:
    page = f"{BASE}test/page"
    names = ("mice", "Mice", "MICE", "mice.html/legs", "caf\u00e9", "cafe\u0301")
    before = open_release(guidance_release)
    with new_release(tmp_path / "out") as draft:
        made_again = shutil.ignore_patterns("store", "manifest.json")
        shutil.copytree(before.folder, draft, dirs_exist_ok=True, ignore=made_again)
        lines = {f'<{page}/{name}> <urn:p> "x" <{page}#graph> .\n' for name in names}
        lines |= {*before.graph.read_text(encoding="utf-8").splitlines(keepends=True)}
        (draft / "graph.nq").write_text("".join(sorted(lines)), encoding="utf-8")
        create(draft / "store", draft / "graph.nq")
        publish(draft, {name: before.manifest[name] for name in ("created", "builder", "sites", "counts")})
    done = CliRunner().invoke(command, [str(tmp_path / "out"), str(tmp_path / "site"), "--url", URL])
    assert done.exit_code == 0, done.output
    files = [file.relative_to(tmp_path).as_posix() for file in (tmp_path / "site").rglob("*")]
    assert Counter(unicodedata.normalize("NFC", file).casefold() for file in files).most_common(1)[0][1] == 1
    assert "no page for /id/test/page/mice.html/legs" in done.output


def test_a_site_that_is_interrupted_leaves_the_one_before(content_release: Path, tmp_path: Path) -> None:
    before = tmp_path / "site"
    before.mkdir()
    (before / MARKER).write_text('{"release": "", "url": "", "files": []}')
    running = subprocess.Popen([*PROGRAM, content_release, before, "--url", URL], cwd=ROOT, stderr=subprocess.DEVNULL)
    while not list(tmp_path.glob(".site.*/new/id/lookup")):
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(signal.SIGINT)
    assert running.wait(60) != 0
    assert [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")] == ["site", f"site/{MARKER}"]


@pytest.mark.parametrize(
    ("path", "accept", "file"),
    [
        ("id/lookup/page/pic", "text/html,*/*;q=0.8", "id/lookup/page/pic.html"),
        ("id/lookup/page/pic", "text/turtle", "id/lookup/page/pic.ttl"),
        ("id/lookup/page/pic", "application/ld+json, text/turtle;q=0.5", "id/lookup/page/pic.ttl"),
        ("ont", "application/ld+json", "ont.jsonld"),
        ("ont", "*/*", "ont.html"),
        ("ont/0.1", "text/turtle", "ont.ttl"),
        ("role/tool", "text/html", "role/tool.html"),
        ("question/gaps", "", "question/gaps.html"),
        ("", "text/html", "index.html"),
        ("", "application/n-triples", "void.nt"),
    ],
)
def test_the_rules_for_identifiers_lead_to_files(folder: Path, path: str, accept: str, file: str) -> None:
    """Apply the rules as mod_rewrite does: the first whose conditions and pattern match."""
    conditions: list[str] = []
    for line in (folder / "w3id.htaccess").read_text(encoding="utf-8").splitlines():
        word, *more = line.split()
        if word == "RewriteCond":
            conditions.append(more[1])
        elif word == "RewriteRule":
            holds = all((re.search(each.lstrip("!"), accept) is None) == each.startswith("!") for each in conditions)
            found = re.search(more[0], path)
            if holds and found:
                target = found.expand(re.sub(r"\$(\d)", r"\\\1", more[1]))
                break
            conditions = []
    assert target.startswith(URL)
    assert file_at(folder, target) == folder / file
    assert (folder / file).is_file()


class Plain(SimpleHTTPRequestHandler):
    """A server of files, which knows nothing of them."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Plain, directory=folder.parent)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/repo/"
        server.shutdown()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Return a page; an error in it, or a request to another host, fails the test."""

    def is_trouble(said: ConsoleMessage) -> bool:
        return said.type == "error" and "status of 404" not in said.text  # as where the graph has no page

    troubles: list[str] = []
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 1000}, reduced_motion="reduce")
    page = context.new_page()
    page.on("console", lambda said: troubles.append(said.text) if is_trouble(said) else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda asked: None if asked.url.startswith((served, "blob:")) else troubles.append(asked.url))
    yield page
    context.close()
    assert troubles == []


def test_the_pages_fit_and_hinder_nobody(page: Page, served: str) -> None:
    for path in PAGES:
        page.goto(served + path)
        assert page.locator("h1").count() == 1
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 1000})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert serious(page) == [], path


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("mouse MRI", "Preclinical Imaging"),
        ("MRI", "Magnetic Resonance"),
        ("FAIRsharing.b7z8by", "Digital Imaging and COmmunications in Medicine"),
        ("micrsocopy", "Light microscopy"),
    ],
)
def test_the_search_finds_by_words_and_identifiers(page: Page, served: str, words: str, first: str) -> None:
    page.goto(served)
    page.get_by_role("searchbox", name="What do you have?").fill(words)
    page.get_by_role("button", name="Show me").click()
    expect(page.locator("#said")).to_contain_text(f"found for “{words}”")
    page.locator("#results a").first.click()
    expect(page.locator("h1")).to_have_text(first)


@pytest.mark.parametrize(
    ("words", "remark"),
    [
        ("micrsocopy", "No results for “micrsocopy”; showing results for “microscopy”."),
        ("imaginng", "No results for “imaginng”; showing results for “imaging”."),
        ("imcroscopy", "No results for “imcroscopy”; showing results for “microscopy”."),
        ("DICOM xylophones", "No result has all of these words; showing results with some of them."),
        ("imaging repository", "Looked for things of the kind repository; search for these words instead."),
        ("xylophones", "Try fewer or other words, or browse everything."),
    ],
)
def test_the_search_remarks_what_the_search_of_a_server_does(
    page: Page, served: str, content_server: Server, words: str, remark: str
) -> None:
    page.goto(f"{served}search.html?q={quote(words)}")
    expect(page.locator("#said")).to_contain_text(f"found for “{words}”")
    expect(page.get_by_text(remark)).to_be_visible()
    assert remark in Seen(content_server.ask(f"/search?q={quote(words)}", headers=BROWSER).body.decode()).text


@pytest.mark.parametrize("words", ["imaging repository", "repository", "standards for preclinical imaging", "law"])
def test_a_word_for_a_kind_finds_only_things_of_the_kind(
    page: Page, served: str, content_server: Server, words: str
) -> None:
    of_server = json.loads(content_server.ask(f"/search?format=json&q={quote(words)}").text)
    assert of_server["kinds"]
    page.goto(f"{served}search.html?q={quote(words)}")
    expect(page.locator("#said")).to_contain_text("found for")
    assert {*page.locator("#results .kind").all_inner_texts()} <= {*of_server["kinds"]}
    page.get_by_role("link", name="search for these words instead").click()
    expect(page.locator("#q")).to_have_value(f'"{words}"')
    expect(page.get_by_text("Looked for things of the kind")).to_have_count(0)


@pytest.mark.parametrize(("heading", "sort"), [("Name", "name"), ("Recommended by", "-sheets")])
def test_the_list_of_all_things_is_sorted_as_by_a_server(
    page: Page, served: str, content_server: Server, heading: str, sort: str
) -> None:
    page.goto(f"{served}browse.html")
    page.locator("thead").get_by_role("link", name=heading).click()
    page.get_by_role("link", name="Next →").click()
    expect(page.get_by_text("Page 2 of")).to_be_visible()
    of_server = json.loads(content_server.ask(f"/browse?format=json&sort={sort}&page=2").text)
    shown = page.locator("td[data-column=Name]").all_inner_texts()
    assert shown == [each["name"] for each in of_server["things"]]


def test_words_that_questions_are_made_of_are_not_looked_for(page: Page, served: str) -> None:
    page.goto(f"{served}search.html?q={quote('where can I deposit DICOM')}")
    expect(page.locator("#said")).to_contain_text("found for")
    few = page.locator("#said").text_content()
    page.goto(f"{served}search.html?q={quote('deposit DICOM')}")
    expect(page.locator("#said")).to_have_text(str(few).replace("where can I ", ""))


@pytest.mark.parametrize(
    "filters",
    [
        "",
        "q=",
        "kind=tool",
        "kind=tool&kind=repository&site=lookup",
        "site=lookup&role=terminology",
        "kind=data-format&section=Cheat+sheets",
        "q=xylophones&kind=tool",
        "kind=tool&role=no-role",
    ],
)
def test_the_facets_are_those_of_a_server(page: Page, served: str, visit: Visit, filters: str) -> None:
    page.goto(f"{served}search.html?{filters}")
    expect(page.locator("#said")).to_contain_text("found")
    of_server = visit(f"/search?{filters}")
    for place in ("#facets", ".chips"):
        shown = [each.text_content() for each in of_server.locator(place).all()]
        found = [each.text_content() for each in page.locator(f"{place}:not([hidden])").all()]
        assert [str(text).split() for text in found] == [str(text).split() for text in shown]
    wanted = str(of_server.locator(".found").text_content()).split()[0]
    expect(page.locator("#said")).to_contain_text(f"{wanted} thing")


@pytest.mark.parametrize("width", WIDTHS)
def test_results_are_narrowed_down_by_keyboard(page: Page, served: str, width: int) -> None:
    def follow(name: str, within: str) -> None:
        page.locator(within).get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")

    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(f"{served}search.html?q=imaging")
    kinds = page.locator("#results .kind")
    expect(kinds.filter(has_text="imaging modality").first).to_be_visible()
    jump = page.get_by_role("link", name="Narrow down")
    if width == WIDTHS[1]:
        jump.press("Enter")
        expect(page.get_by_role("heading", name="Narrow down")).to_be_in_viewport()
    else:
        expect(jump).to_be_hidden()
    follow("cheat sheet 2", "#facets")
    expect(page.locator(".chips")).to_contain_text("Remove: Kind: cheat sheet")
    expect(kinds.filter(has_not_text="cheat sheet")).to_have_count(0)
    expect(kinds.first).to_be_visible()
    expect(page.locator("#q")).to_have_value("imaging")
    page.locator("#q").fill("sequencing")
    page.locator("#q").press("Enter")
    expect(page.locator("#said")).to_contain_text("found for “sequencing”")
    expect(kinds.filter(has_not_text="cheat sheet")).to_have_count(0)
    expect(kinds.first).to_be_visible()
    expect(page.locator("#facets [aria-current=true]")).to_contain_text("cheat sheet")
    follow("Remove: Kind: cheat sheet", ".chips")
    expect(page.locator(".chips")).to_be_hidden()
    expect(kinds.filter(has_text="data format").first).to_be_visible()
    page.go_back()
    expect(page.locator(".chips")).to_contain_text("Kind: cheat sheet")


Excerpts = dict[str, tuple[str, str, str]]


def excerpts(page: Page) -> Excerpts:
    """Return the section, its place on the site, and the excerpt of each result on a page, by the name and the kind."""
    return {
        name: tuple(each)
        for name, *each in page.locator(".results > li").evaluate_all("""items => items.map(item => [
          item.querySelector("h2 a").innerHTML + item.querySelector(".kind").textContent,
          item.querySelector(".section a")?.innerHTML ?? "",
          item.querySelector(".section a + a")?.href ?? "",
          item.querySelector("p:not(.about, .section)")?.innerHTML ?? "",
        ])""")
    }


@pytest.mark.parametrize("words", ["", "imaging", "open formats", "micrsocopy", "café é"])
def test_results_have_the_excerpts_of_a_server(page: Page, served: str, visit: Visit, words: str) -> None:
    page.goto(f"{served}search.html?q={quote(words)}")
    expect(page.locator("#said")).to_contain_text("found")
    of_server = excerpts(visit(f"/search?q={quote(words)}"))
    here = excerpts(page)
    both = here.keys() & of_server.keys()
    assert {name: here[name] for name in both} == {name: of_server[name] for name in both}
    assert both


def test_a_section_is_a_link_to_its_place_on_the_page(page: Page, served: str) -> None:
    page.goto(f"{served}search.html?q=metadata")
    section = page.locator("#results .section a").first
    heading = str(section.text_content()).rpartition(" / ")[2]
    section.click()
    expect(page.locator(":target")).to_be_in_viewport()
    expect(page.locator(":target")).to_have_text(heading)


def test_a_word_that_all_objects_have_is_a_word_like_others(page: Page, served: str) -> None:
    page.goto(f"{served}search.html?q=constructor")
    expect(page.locator("#said")).to_contain_text("found for “constructor”")


def test_the_search_says_how_many_it_shows_and_shows_all(page: Page, served: str) -> None:
    page.goto(f"{served}search.html?q=data")
    found = int(str(page.locator("#said").filter(has_text="found").text_content()).split()[0])
    assert found > 50
    results, shown = page.locator("#results > li"), page.locator("#shown")
    expect(results.first.locator(".site")).to_have_text("Life-science data management look-up")
    expect(shown).to_have_text(f"20 of {found} are shown.")
    expect(results).to_have_count(20)
    assert serious(page) == []
    found_in = page.get_by_text("on the page Preclinical Imaging")
    for number in range(40, found + 20, 20):
        page.get_by_role("button", name="Show more").click()
        expect(results).to_have_count(min(number, found))
    expect(shown).to_be_hidden()
    expect(found_in.first).to_be_visible()
    assert len(set(page.locator("#results h2 a").evaluate_all("links => links.map((link) => link.href)"))) == found


def test_an_iri_leads_to_its_page(page: Page, served: str) -> None:
    for iri in (DICOM, "https://w3id.org/rdm-kg/id/lookup/page/pic", "https://orcid.org/0000-0002-0000-0000"):
        page.goto(f"{served}id/?iri={quote(iri, safe='')}", wait_until="networkidle")
        if "orcid" in iri:
            expect(page.locator("#said")).to_have_text("The graph has no page about it.")
        else:
            expect(page.locator("#iri")).to_have_text(iri)


def test_a_question_is_answered_with_other_values(page: Page, served: str) -> None:
    page.goto(f"{served}queries/pages-that-name.html")
    page.get_by_role("combobox", name="Thing").fill("NIRD RESEARCH DATA ARCHIVE")
    page.get_by_role("button", name="Ask").click()
    cells = page.locator("#answer tbody tr").first.locator("td")
    expect(cells.first).to_have_text("NIRD RESEARCH DATA ARCHIVE")
    assert serious(page) == []
    cells.first.locator("a").click()
    expect(page.locator("h1")).to_have_text("NIRD RESEARCH DATA ARCHIVE")


def ask(page: Page, query: str) -> None:
    page.locator(".tabPanel.active .CodeMirror").evaluate("(editor, query) => editor.CodeMirror.setValue(query)", query)
    page.locator(".tabPanel.active .yasqe_queryButton").click()


def test_the_editor_answers_as_a_server_does(page: Page, served: str, release: Release) -> None:
    graphs = f"GRAPH ?g {{ ?s ?p ?o }} FILTER(?g != <{DESCRIPTION_GRAPH}>)"  # that one describes no endpoint here
    query = f"SELECT ?g (COUNT(*) AS ?n) {{ {graphs} }} GROUP BY ?g ORDER BY ?g"
    union = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    store = open_store(release.store)
    page.goto(f"{served}ask.html?query={quote(query)}")
    numbers = page.locator(".yasr td[data-variable=n]")
    expected = [text(row, "n") for row in rows(store, query)]
    expect(numbers).to_have_text(expected)
    assert serious(page) == []
    ask(page, union)
    expect(numbers).to_have_text([text(row, "n") for row in rows(store, union)])


def test_an_answer_has_the_names_of_things_and_the_prefixed_names_of_terms(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    ask(
        page,
        "SELECT ?thing ?term { VALUES (?thing ?term) { (<lookup/page/pic> rdm:Page) (<lookup/page/no> rdm:Tool) } }",
    )
    cells = page.locator(".yasr td[data-variable=thing]")
    expect(cells).to_have_text(["Preclinical Imaging", "lookup/page/no"])
    expect(cells.first.locator("a")).to_have_attribute("title", "https://w3id.org/rdm-kg/id/lookup/page/pic")
    expect(page.locator(".yasr td[data-variable=term] code")).to_have_text(["rdm:Page", "rdm:Tool"])


def test_an_address_is_decoded_in_the_browser_where_all_its_signs_are_seen(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    addresses = ["a.no/bl%C3%A5%20%281%29.pdf", "a.no/%2F", "a.no/%2520", "a.no/%E2%80%AEb", "a.no/%C2%A0", "a.no/%ff"]
    addresses += ["a.no/%E2%88%95b", "a.no/%E3%85%A4", "a.no/%CC%B8", "a.no/%D7%90"]
    decoded = "async (all) => { const { decoded } = await import('./static/ask_terms.js'); return all.map(decoded); }"
    assert page.evaluate(decoded, addresses) == ["a.no/blå (1).pdf", *addresses[1:]]


def test_things_of_one_name_are_told_apart_in_the_browser(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    iris = [f"https://w3id.org/rdm-kg/id/{site}/page/mus" for site in ("east", "west")]
    told = page.evaluate(
        """async (iris) => {
      const { tableOf } = await import("./static/answer_table.js");
      const term = (value) => ({ type: "uri", value });
      const names = [...iris, ...iris.map((iri) => iri.split("/page")[0])].map((iri, place) =>
        ({ s: term(iri), name: term(["Mice", "mice", "East", "West"][place]) }));
      const answer = async () => new Response(JSON.stringify({ results: { bindings: names } }));
      const result = { head: { vars: ["page"] }, results: { bindings: iris.map((iri) => ({ page: term(iri) })) } };
      const made = await tableOf(result, "", answer, { page: "id/", prefixes: {} });
      return [...made.querySelectorAll("td")].map((cell) => cell.textContent);
    }""",
        iris,
    )
    assert told == ["Mice (East)", "mice (West)"]


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        ("SELECT * {\n  ?s ?p\n}", "}"),
        ("SELECT * {\n  ?s foo:p ?o\n}", "  ?s foo:p ?o"),
        ("SELECT ?s { ?s ?p ?o }\nGROUP BY ?p", "GROUP BY ?p"),
        ("SELECT * { ?s ?p ?o }\nLIMIT ten\n", "LIMIT ten"),
        ("SELECT * {\n  # a:b\n  ?s ?p 'c:d }", "  ?s ?p 'c:d }"),
        ("ASK { <a> a ?x .", "ASK { <a> a ?x ."),
    ],
)
def test_a_mistake_is_marked_and_told_in_the_words_of_a_server(
    page: Page, served: str, content_server: Server, query: str, marked: str
) -> None:
    page.goto(f"{served}ask.html")
    ask(page, query)
    alert = page.locator(".yasr").get_by_role("alert")
    expect(alert.locator("mark")).to_have_text(marked.strip())
    expect(page.locator(".tabPanel.active .CodeMirror .mistaken")).to_have_count(1)
    expect(alert).to_contain_text(json.loads(content_server.query(query).body)["detail"])


def test_a_mistake_has_its_place_in_the_editor_and_not_in_what_is_sent(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    ask(page, "ASK { ?s a rdm:Page")  # which is sent with the declaration of the prefix before it
    expect(page.locator(".yasr").get_by_role("alert")).to_contain_text("syntax error at 1:20: something is missing")
    expect(page.locator("#said")).to_have_text("No answer: syntax error at 1:20: something is missing")


def test_a_relative_iri_is_one_of_the_graph(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    ask(page, "SELECT (STR(<a>) AS ?n) {}")
    expect(page.locator(".yasr td[data-variable=n]")).to_have_text("https://w3id.org/rdm-kg/id/a")


def test_every_question_has_the_rows_that_a_server_finds(page: Page, served: str, release: Release) -> None:
    page.goto(f"{served}ask.html")
    found = page.evaluate("""async () => {
      const { engine, questions } = await (await fetch("ask/settings.json")).json();
      const { engineOf, sourcesOf } = await import("./static/engine.js");
      const answer = engineOf(sourcesOf(engine));
      const rows = async ({ query }) => (await (await answer(query, "")).json()).results.bindings;
      return Promise.all(questions.map(async (question) => [question.query, await rows(question)]));
    }""")
    store = open_store(release.store)
    assert len(found) == len(canned.names())
    for query, answered in found:
        assert sorted(map(as_text, answered)) == sorted(map(as_text, rows(store, query))), query
        assert answered, query


def as_text(row: Row) -> str:
    """Return a row with the members of each list, which have no order, sorted."""
    terms = {name: {**term, "value": sorted(str(term["value"]).split(", "))} for name, term in row.items()}
    return json.dumps(terms, sort_keys=True)


def test_a_long_query_is_stopped_and_the_next_is_answered(page: Page, served: str) -> None:
    page.goto(f"{served}ask.html")
    ask(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    expect(page.locator(".tabPanel.active .yasqe_queryButton.busy")).to_be_visible()
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(page.locator(".tabPanel.active .yasqe_queryButton.busy")).to_have_count(0)
    ask(page, "SELECT (1 + 1 AS ?n) {}")
    expect(page.locator(".yasr td[data-variable=n]")).to_have_text("2")


def test_the_settings_of_the_editor_name_files(folder: Path) -> None:
    settings = json.loads((folder / "ask" / "settings.json").read_text(encoding="utf-8"))
    assert "table" not in settings
    for address in (*settings["libraries"].values(), settings["engine"]["dump"], settings["engine"]["description"]):
        assert file_at(folder, address).is_file()
