"""The example programs on the start page, run unchanged: each prints the rows of the endpoint."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect

from server.views.ask import has_editor
from tests.server.browsing import Visit, browser, content_server, visit
from tests.server.pages import BROWSER
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]
Rows = list[tuple[str, ...]]


def snippet(server: Server, name: str) -> str:
    page = server.ask("/", headers=BROWSER).text
    found = re.search(rf'<code id="with-{name}">(.*?)</code>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def run(*command: str | Path, folder: Path | None = None) -> list[str]:
    """Return the lines that a program prints."""
    return subprocess.run(command, cwd=folder, capture_output=True, check=True, text=True).stdout.splitlines()


def sorted_rows(lines: list[str]) -> Rows:
    """Return rows whose values are separated by spaces, sorted."""
    return sorted(tuple(line.split()) for line in lines)


@pytest.fixture(scope="module")
def expected(shipped: Server) -> Rows:
    query = "SELECT ?sheet ?format { ?sheet <https://w3id.org/rdm-kg/ont#recommendsFormat> ?format }"
    rows = list(csv.reader(io.StringIO(shipped.query(query, "text/csv").text)))[1:]
    assert len(rows) > 20
    return sorted(map(tuple, rows))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_curl(shipped: Server, expected: Rows) -> None:
    rows = list(csv.reader(run("sh", "-c", snippet(shipped, "curl"))))
    assert rows[0] == ["sheet", "format"]
    assert sorted(map(tuple, rows[1:])) == expected


@pytest.mark.slow
def test_python(shipped: Server, expected: Rows) -> None:
    assert sorted_rows(run(sys.executable, "-W", "error", "-c", snippet(shipped, "python"))) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not here")
def test_javascript_in_node(shipped: Server, expected: Rows, tmp_path: Path) -> None:
    program = tmp_path / "snippet.mjs"
    program.write_text(snippet(shipped, "javascript"))
    assert sorted_rows(run("node", program)) == expected


def test_javascript_in_a_page_of_another_site(shipped: Server, expected: Rows, browser: Browser) -> None:
    page = browser.new_page()
    said: list[str] = []

    def is_last(message: ConsoleMessage) -> bool:
        said.append(message.text)
        return len(said) == len(expected)

    with page.expect_console_message(is_last):
        page.add_script_tag(content=snippet(shipped, "javascript"), type="module")
    page.close()
    assert sorted_rows(said) == expected


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not here")
def test_r(shipped: Server, expected: Rows, tmp_path: Path) -> None:
    (tmp_path / ".Rprofile").write_text("options(width = 10000)\n")  # as wide a window as a row needs
    (tmp_path / "snippet.R").write_text(snippet(shipped, "r"))
    header, *lines = run("Rscript", "snippet.R", folder=tmp_path)
    assert header.split() == ["sheet", "format"]
    assert sorted(row[1:] for row in sorted_rows(lines)) == expected


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
def test_yasgui(visit: Visit, expected: Rows) -> None:
    page = visit("/")
    page.locator("#with-yasgui").click()
    expect(page.get_by_role("status").filter(has_text=f"{len(expected)} rows.")).to_be_attached()


def test_the_link_to_the_editor_is_the_query_of_the_programs(shipped: Server) -> None:
    page = shipped.ask("/", headers=BROWSER).text
    link = re.search(r'id="with-yasgui" href="([^"]*)"', page)
    assert link
    form = html.unescape(shipped.ask(html.unescape(link[1]), headers=BROWSER).text)
    asked = re.search(r"<textarea[^>]*>(.*?)</textarea>", form, re.DOTALL)
    assert asked
    for name in ("curl", "python", "javascript", "r"):
        assert asked[1] in snippet(shipped, name)


@pytest.mark.parametrize("name", ["curl", "python", "javascript", "r"])
def test_a_program_asks_at_the_address_that_the_reader_came_by(shipped: Server, name: str) -> None:
    page = shipped.ask("/", headers={**BROWSER, "Host": "kg.example.org:8080"}).text
    found = re.search(rf'<code id="with-{name}">(.*?)</code>', page, re.DOTALL)
    assert found
    assert "http://kg.example.org:8080/sparql" in found[1]
    assert shipped.url not in found[1]


def test_each_program_has_a_button_that_copies_it(visit: Visit, content_server: Server) -> None:
    page = visit("/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for name in ("curl", "python", "javascript", "r"):
        page.locator(f"pre:has(#with-{name}) + button").click()
        expect(page.locator(f"pre:has(#with-{name}) + button")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == snippet(content_server, name)
