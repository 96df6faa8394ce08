"""A number on a page leads to a list of as many things: on the start page, in the list of things and in the matrix."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest

from tests.conftest import kg, write_site
from tests.server.serving import ROOT, Server, run_server

pytestmark = pytest.mark.slow

CORPUS = Path(os.environ.get("KG_REFERENCE", "/nowhere")) / "corpus"
SITES = {
    "example": [ROOT / "content"],
    "three": [ROOT / "tests" / "query" / "sites" / name for name in ("sheets", "approaches", "blocks")],
}
REFERENCE = ("lookup", "rdmkit")
HTML = {"Accept": "text/html"}
NUMBER = re.compile(r'<a [^>]*href="(/browse\?[^"]+)"[^>]*>(?:all )?(\d+)</a>')
MATRICES = [f"/browse/matrix?of={of}{by}" for of in ("standards", "repositories") for by in ("", "&by=site")]


@pytest.fixture(scope="module", params=[*SITES, "reference"])
def served(
    request: pytest.FixtureRequest, reference_release: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Start a server over one or several sites."""
    folder = tmp_path_factory.mktemp(request.param)
    release = folder / "out"
    if request.param in SITES:
        assert kg("build", *SITES[request.param], "--out", release, "--reasoner", "owlrl").returncode == 0
    elif all((CORPUS / name).is_dir() for name in REFERENCE):
        release = reference_release(*REFERENCE)
    else:
        pytest.skip("KG_REFERENCE names no folder with reference sites")
    server = run_server(folder, ["--release", str(release), "--port", "0"])
    yield server
    assert server.end() == 0


def ask(server: Server, path: str) -> str:
    answer = server.ask(path, headers=HTML)
    assert answer.status == 200, answer.text
    return answer.text


def total(server: Server, path: str) -> int:
    return int(json.loads(server.ask(path, headers={"Accept": "application/json"}).body)["total"])


def every_page(server: Server, path: str) -> Iterator[str]:
    following: str | None = path
    while following:
        page = ask(server, following)
        yield page
        found = re.search(r'rel="next" href="([^"]+)"', page)
        following = unescape(found[1]) if found else None


def test_every_number_is_that_of_its_list(served: Server) -> None:
    pages = [
        page
        for path in ("/", "/search?q=data&sort=-sheets", "/browse?sort=-sheets", *MATRICES)
        for page in every_page(served, path)
    ]
    numbers = {(unescape(address), int(number)) for page in pages for address, number in NUMBER.findall(page)}
    assert len(numbers) > 20
    wrong = {(address, number, listed) for address, number in numbers if (listed := total(served, address)) != number}
    assert wrong == set()


def test_every_number_of_the_matrix_is_a_link(served: Server) -> None:
    for path in MATRICES:
        page = ask(served, path)
        cells = re.findall(r'<(?:td class="number"|span class="count")>(.*?)</(?:td|span)>', page)
        assert cells
        assert all(NUMBER.fullmatch(cell) for cell in cells), path


def test_the_list_of_a_number_is_also_its_csv(served: Server) -> None:
    address, number = NUMBER.findall(ask(served, MATRICES[0]))[0]
    rows = list(csv.DictReader(io.StringIO(served.ask(unescape(address) + "&format=csv").text)))
    assert len(rows) == int(number)


def test_the_number_of_a_section_leads_to_its_pages(served: Server) -> None:
    cards = re.findall(r'<section class="card"><h3>(.*?)</h3>\n<ul>(.*?)</ul>', ask(served, "/"), re.DOTALL)
    assert cards
    for head, listed in cards:
        ((address, _),) = NUMBER.findall(head)
        rows = csv.DictReader(io.StringIO(served.ask(unescape(address) + "&format=csv").text))
        assert sorted(row["name"] for row in rows) == sorted(re.findall(r"<a [^>]*>(.*?)</a>", unescape(listed)))


def test_the_list_of_laws_has_those_that_no_page_names(tmp_path: Path) -> None:
    text = (
        "---\ntitle: Mice\ntype: cheat_sheet\npage_id: mice\n---\n## Ethics and regulations\n"
        "- [](https://lovdata.no/dokument/NL/lov/2016-05-27-14)\n"
        "- [Animal Welfare Act](https://lovdata.no/dokument/NL/lov/2009-06-19-97)\n"
    )
    write_site(tmp_path / "site", {"mice.md": text}, "title: Site\nurl: https://a.example\n")
    built = kg("build", tmp_path / "site", "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    server = run_server(tmp_path, ["--release", str(tmp_path / "out"), "--port", "0"])
    try:
        counted = {unescape(path): int(number) for path, number in NUMBER.findall(ask(server, "/"))}
        rows = csv.DictReader(io.StringIO(server.ask("/browse?kind=law&format=csv").text))
        assert {row["name"] for row in rows} == {"LOV-2016-05-27-14", "Animal Welfare Act"}
        assert counted["/browse?kind=law"] == 2
    finally:
        assert server.end() == 0


def test_a_page_stands_in_its_own_site_alone(tmp_path: Path) -> None:
    sheet = "---\ntitle: {title}\ntype: cheat_sheet\npage_id: mice\n---\n## Standards\n- [DICOM](https://doi.org/10.25504/FAIRsharing.b7z8by)\n{more}"
    link = "\nSee [mice](https://one.example/mice).\n"
    for name, more in (("one", ""), ("two", link)):
        config = f"title: Site {name}\nurl: https://{name}.example\n"
        write_site(tmp_path / name, {"mice.md": sheet.format(title=f"Mice of {name}", more=more)}, config)
    built = kg("build", tmp_path / "one", tmp_path / "two", "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    server = run_server(tmp_path, ["--release", str(tmp_path / "out"), "--port", "0"])
    try:
        rows = csv.DictReader(io.StringIO(server.ask("/browse?kind=cheat-sheet&format=csv").text))
        assert {row["name"]: row["sites"] for row in rows} == {"Mice of one": "Site one", "Mice of two": "Site two"}
        by_site = ask(server, "/browse/matrix?by=site")
        assert [number for _, number in NUMBER.findall(by_site)] == ["1", "1", "2"]
    finally:
        assert server.end() == 0
