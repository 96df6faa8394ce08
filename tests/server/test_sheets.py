"""Pages of cheat sheets: the text with marked mentions, and the facts of the graph."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from rdflib import Graph

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_html.page_text import PageTexts, marks
from kg.page_to_rdf import PagesToRdf, page_iri
from kg.readers import read
from kg.site import open_site
from tests.conftest import kg, write_site
from tests.markup.bioschemas import RECOMMENDED, UNSAID, violations
from tests.markup.schema_org import faults
from tests.server.pages import BROWSER, PIC, Seen
from tests.server.serving import Server, Start

ROOT = Path(__file__).parents[2]
SHEET = "/id/lookup/page/pic"


def _text_of(folder: Path, body: str, config: str = "title: T\nurl: https://example.org\n") -> str:
    (folder / "_config.yml").write_text(config, encoding="utf-8")
    (folder / "sheet.md").write_text(f"---\ntitle: S\ntype: cheat_sheet\npage_id: s\n---\n{body}", encoding="utf-8")
    site = open_site(folder)
    page = next(page for page, _ in read(site) if page)
    graph = PagesToRdf([page], site, FairsharingCrosswalk.load()).graph(page)
    return PageTexts(site).html(page, marks(graph, page_iri(page, site)))


@pytest.fixture(scope="module")
def sheet(shipped: Server) -> Seen:
    return Seen(shipped.ask(SHEET, headers=BROWSER).text)


def test_every_mention_is_marked_in_the_text(shipped: Server, sheet: Seen) -> None:
    found = shipped.query(f"SELECT ?m {{ <{PIC}> <https://w3id.org/rdm-kg/ont#hasMention> ?m }}", "text/csv")
    mentions = {line.partition("#")[2] for line in found.text.split()[1:]}
    assert len(mentions) == 13
    assert mentions <= set(sheet.ids)
    assert len(sheet.ids) == len(set(sheet.ids))


def test_the_text_shows_the_data_of_the_site(tmp_path: Path) -> None:
    (tmp_path / "_data").mkdir()
    (tmp_path / "_data" / "words.yml").write_text("greeting: Good morning\n", encoding="utf-8")
    assert "Good morning" in _text_of(tmp_path, "{{ site.data.words.greeting }}")


def test_a_mark_says_the_role_and_its_reason_and_leads_to_the_thing(shipped: Server) -> None:
    text = shipped.ask(SHEET, headers=BROWSER).text
    dicom = "../../?iri=https%3A%2F%2Fdoi.org%2F10.25504%2FFAIRsharing.b7z8by"
    assert re.search(
        rf'class="mention" href="[^"]*bsg-s000114"[^>]*>DICOM</a><a class="role" href="{re.escape(dicom)}"'
        r' title="it stands in the section data types \(rule format\)">data format</a>',
        text,
    )
    assert re.search(r"<mark [^>]*>Norwegian Animal Welfare Act</mark><a class=\"role\"[^>]*>regulation</a>", text)


@pytest.mark.parametrize(
    "words",
    [
        "Nuclear Magnetic Resonance Markup Language",
        "bsg-s000563",
        "data format for NMR spectroscopy ·",
        "NIRD RESEARCH DATA ARCHIVE deposition repository · line 42",
        "data management service · line",
        "LOV-2009-06-19-97",
        "Known gaps At present there are no national or international repositories",
        "By Torill Sjøbakk ↗ ORCID 0000-0003-0961-6234",
        "identifier of former times",
        "Preclinical Imaging. Life-science data management look-up. https://w3id.org/rdm-kg/lookup/preclinical_imaging",
    ],
)
def test_beside_the_text_stands_what_the_graph_knows(sheet: Seen, words: str) -> None:
    assert words in sheet.text


def test_what_leads_to_a_page_is_neither_what_it_recommends_nor_how_its_data_is_published(shipped: Server) -> None:
    for address in (SHEET, "/id/lookup"):
        page = shipped.ask(address, headers=BROWSER).text
        led = page.partition('id="leads-here"')[2].partition("<details")[0]
        heads = set(re.findall(r"<dt>([^<]*)</dt>", led))
        assert heads.isdisjoint({"recommends", "address of", "served by", "listed in"}), address


def test_only_people_are_authors(sheet: Seen) -> None:
    organisation = "Norwegian molecular imaging infrastructure (NORMOLIM)"
    assert organisation in sheet.text
    assert f"By Torill Sjøbakk ↗ ORCID 0000-0003-0961-6234, {organisation}" not in sheet.text
    assert re.search(r"How to cite Torill Sjøbakk( \(\d{4}\))?\. Preclinical", sheet.text)


def test_a_template_leads_to_the_wizard_and_a_line_to_its_place(sheet: Seen) -> None:
    assert any("d94e47a5-9e26-402a-a32c-5aef4665a569" in address for address in sheet.addresses)
    lines = {address[1:] for address in sheet.addresses if re.fullmatch(r"#L\d+", address)}
    assert "L26" in lines & set(sheet.ids)


def test_the_lines_of_findings_lead_to_the_blocks_that_have_them(shipped: Server) -> None:
    page = shipped.ask("/id/lookup/page/sequencing", headers=BROWSER).text
    (card,) = re.findall(r'<section class="card" id="findings">.*?</section>', page, re.DOTALL)
    lines = [(int(place), int(line)) for place, line in re.findall(r'<a href="#L(\d+)">line (\d+)</a>', card)]
    assert (40, 42) in lines, "a line within a paragraph"
    assert {f"L{place}" for place, _ in lines} <= set(Seen(page).ids)
    assert re.search(r"</strong> line 19: no heading opens", card), "front matter is no part of the text"


def test_similar_sheets_are_those_of_the_canned_question(shipped: Server) -> None:
    listed = shipped.ask("/queries/similar-sheets?page=light_microscopy&format=csv").text.splitlines()[1:]
    page = Seen(shipped.ask("/id/lookup/page/light_microscopy", headers=BROWSER).text)
    assert bool(listed) == ("Similar sheets" in page.text)
    for line in listed:
        assert line.split(",")[1] in page.text


@pytest.mark.parametrize("sheet_id", ["pic", "light_microscopy", "sequencing"])
def test_search_engines_find_valid_markup(shipped: Server, sheet_id: str) -> None:
    text = shipped.ask(f"/id/lookup/page/{sheet_id}", headers=BROWSER).text
    (said,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    found = json.loads(said)
    assert (found["@id"], found["@type"]) == (f"https://w3id.org/rdm-kg/id/lookup/page/{sheet_id}", "LearningResource")
    assert list(faults(found)) == []
    assert violations(found) == ""
    assert RECOMMENDED - found.keys() == UNSAID | {"abstract"}


def test_a_page_that_is_no_sheet_shows_its_text_too(shipped: Server) -> None:
    reply = shipped.ask("/id/lookup/page/pages-contribute-main", headers=BROWSER)
    assert reply.status == 200
    assert "mentions in the graph are marked" in Seen(reply.text).text


@pytest.mark.parametrize(
    "written",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        '<a href="jaVascript:alert(1)">x</a>',
        "<iframe src='https://example.net'></iframe>",
        "<p style='position:fixed' class='top' onclick='alert(1)'>x</p>",
        "![a](https://example.net/a.png)",
        "<svg><script>alert(1)</script></svg>",
        "</article></main><form action='https://example.net'><input></form>",
    ],
)
def test_nothing_in_a_text_runs_loads_or_breaks_out(tmp_path: Path, written: str) -> None:
    text = _text_of(tmp_path, f"## Useful Links\n\n{written}\n")
    page = Seen(text)
    assert not {"script", "img", "iframe", "svg", "form", "input", "article", "main"} & set(page.tags)
    assert not re.search(r"<[^>]*(?:javascript:|\son\w+=|style=|class=\"top)", text, re.IGNORECASE)


def test_where_nobody_says_where_a_site_is_its_own_links_lead_nowhere(tmp_path: Path) -> None:
    text = _text_of(tmp_path, "[a](other) ![b](/c.png) [d](https://e.example/) [f](#g)\n", "title: T\n")
    assert re.findall(r'href="(?!\.\./)([^"]*)"', text) == ["https://e.example/", "#g"]
    assert {"a", "b", "d", "f"} <= set(re.sub(r"<[^>]*>", " ", text).split())


def test_pictures_and_relative_links_lead_to_the_published_site(tmp_path: Path) -> None:
    addresses = Seen(
        _text_of(tmp_path, "## Useful Links\n\n![Plot](img/a.png) [other](other) [here](#top)\n")
    ).addresses
    assert {"https://example.org/img/a.png", "https://example.org/other", "#top"} <= set(addresses)


def test_a_picture_is_a_link_with_its_words(tmp_path: Path) -> None:
    assert ">[Plot of it]</a>" in _text_of(tmp_path, "See ![Plot of it](img/a.png).\n")


def test_addresses_of_people_are_left_out(tmp_path: Path) -> None:
    text = _text_of(tmp_path, "## Useful Links\n\nWrite to ada@example.org or [Ada](mailto:ada@example.org).\n")
    assert "ada@example.org" not in text
    assert ">Ada</a>" in text


def test_the_same_link_twice_is_two_marks_in_their_order(tmp_path: Path) -> None:
    text = _text_of(tmp_path, "## Useful Links\n\n- [a](https://a.example/)\n- [b](https://a.example/)\n")
    site = open_site(tmp_path)
    (page,) = (page for page, _ in read(site) if page)
    graph: Graph = PagesToRdf([page], site, FairsharingCrosswalk.load()).graph(page)
    first, second = marks(graph, page_iri(page, site))
    assert [first.label, second.label] == ["a", "b"]
    assert re.findall(r'<a id="(m-\w+)"[^>]*>(\w)</a>', text) == [(first.fragment, "a"), (second.fragment, "b")]


def test_a_page_without_text_has_none(tmp_path: Path) -> None:
    assert _text_of(tmp_path, "") == ""


@pytest.mark.slow
def test_of_elements_nested_beyond_measure_the_words_remain(tmp_path: Path) -> None:
    text = _text_of(tmp_path, f"## Useful Links\n\nSee [a](https://a.example/).\n\n{'<div>' * 100_000}\n")
    assert "<div" not in text
    assert "See a." in text


def page_of_site_at(repository_setting: str, tmp_path: Path, start: Start, folder: str = "") -> Seen:
    """Return the page of a sheet, whose file has a finding, of a site with this setting in a new repository."""
    sheet = "---\ntitle: S\ntype: cheat_sheet\npage_id: s\n---\n## Useful Links\n\n- [a](https://a.example/)\n"
    repository = tmp_path / "repository"
    site = write_site(repository / folder, {"pages/a sheet.md": sheet}, f"title: T\nrepository: {repository_setting}\n")
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "A sheet"]):
        who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org"]
        subprocess.run(["git", *who, *command], cwd=repository, check=True)
    built = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    return Seen(start(tmp_path / "out").ask("/id/t/page/s", headers=BROWSER).text)


@pytest.mark.parametrize(("folder", "where"), [("", ""), ("docs/my site", "docs/my%20site/")])
def test_the_file_can_be_edited_where_the_repository_is_known(
    tmp_path: Path, start: Start, folder: str, where: str
) -> None:
    page = page_of_site_at("example/sheets", tmp_path, start, folder)
    assert f"https://github.com/example/sheets/edit/HEAD/{where}pages/a%20sheet.md" in page.addresses
    assert "Edit pages/a sheet.md" in page.text
    line = re.compile(rf"https://github.com/example/sheets/blob/\w+/{where}pages/a%20sheet.md\?plain=1#L\d+")
    assert any(line.fullmatch(address) for address in page.addresses), "no finding leads to its line"
    assert re.search(r"Last change \d{4}-\d\d-\d\d\.", page.text)
    assert any(address.startswith("https://github.com/example/sheets/commit/") for address in page.addresses)


@pytest.mark.parametrize(
    ("repository", "line", "commit"),
    [
        ("https://gitlab.com/example/of/sheets", r"/-/blob/\w+/pages/a%20sheet.md\?plain=1#L\d+", "/-/commit/"),
        ("codeberg.org/example/sheets", r"/src/commit/\w+/pages/a%20sheet.md\?display=source#L\d+", "/commit/"),
    ],
)
def test_lines_and_commits_are_shown_at_other_hosts(
    tmp_path: Path, start: Start, repository: str, line: str, commit: str
) -> None:
    page = page_of_site_at(repository, tmp_path, start)
    at = f"https://{repository.removeprefix('https://')}"
    assert any(re.fullmatch(re.escape(at) + line, address) for address in page.addresses)
    assert any(address.startswith(at + commit) for address in page.addresses)
    assert "Edit pages/a sheet.md" not in page.text


def test_without_a_repository_nothing_is_to_be_edited(sheet: Seen) -> None:
    assert not [address for address in sheet.addresses if "/edit/" in address]
