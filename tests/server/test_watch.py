"""``kg serve SITE --watch``: a saved page is built again and shown by browsers; findings are open for authors."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import write_site
from tests.server.browsing import browser
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server, gone, run_server, until

__all__ = ["browser"]

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Mice\npage_id: mice\n---\n## Where to deposit\n\nMice sleep by day, see [this]((https://example.org/)).\n"
AT = "/id/site-example/page/mice"
FINDINGS = '<section class="card" id="findings">'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", {"pages/mice.md": PAGE})


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    served = run_server(site.parent, [str(site), "--watch", "--port", "0"])
    yield served
    assert served.end() == 0


def test_a_saved_page_is_shown_by_the_browser(server: Server, site: Path, browser: Browser) -> None:
    with browser.new_page() as page:
        page.goto(server.url + AT)
        expect(page.locator("main")).to_contain_text("Mice sleep by day")
        (site / "pages/mice.md").write_text(PAGE.replace("sleep by day", "wake at night"))
        expect(page.locator("main")).to_contain_text("Mice wake at night")
        assert page.locator("#findings details").get_attribute("open") is not None


def test_many_tabs_of_a_browser_are_shown_and_loaded_again(server: Server, site: Path, browser: Browser) -> None:
    with browser.new_context() as tabs:
        pages = [tabs.new_page() for _ in range(8)]
        for page in pages:
            page.goto(server.url + AT)
        (site / "pages/mice.md").write_text(PAGE.replace("sleep by day", "wake at night"))
        for page in pages:
            expect(page.locator("main")).to_contain_text("Mice wake at night")


def test_a_mistake_is_told_and_mended_without_another_start(server: Server, site: Path) -> None:
    before = server.release()
    config = (site / "_config.yml").read_text()
    (site / "_config.yml").write_text("title: [")
    until(lambda: "kg: error: " in server.log.read_text())
    assert server.release() == before
    (site / "_config.yml").write_text(config.replace("A site", "Another site"))
    until(lambda: server.release() != before)


def test_the_address_of_a_page_that_is_kept_out_says_why(server: Server, site: Path) -> None:
    (site / "pages/mice.md").write_text(PAGE.replace("title: Mice", "title: [Mice"))
    (site / "pages/rats.md").write_text(PAGE.replace("Mice", "Rats").replace("mice", "rats"))
    until(lambda: server.ask(AT).status == 404)
    answer = server.ask(AT, headers=BROWSER).text
    assert "This page is kept out of the graph: the front matter is not YAML" in answer
    assert "<li>pages/mice.md:3: error: front-matter: " in answer


def test_a_browser_shows_a_slip_in_front_matter_until_it_is_mended(
    server: Server, site: Path, browser: Browser
) -> None:
    file, text = site / "pages/mice.md", PAGE.replace("page_id: mice", "page_id: mus")
    file.write_text(text)
    (site / "pages/rats.md").write_text(PAGE.replace("Mice", "Rats").replace("mice", "rats"))
    at = server.url + AT.replace("mice", "mus")
    until(lambda: server.ask(urlsplit(at).path).status == 200)
    with browser.new_page() as page:
        page.goto(at)
        expect(page.locator("main")).to_contain_text("Mice sleep by day")
        file.write_text(text.replace("title: Mice", "title: [Mice"))
        expect(page.locator("main")).to_contain_text("pages/mice.md:3: error: front-matter")
        assert "site/pages/mice.md:3: error: front-matter" in server.log.read_text()
        file.write_text(text.replace("by day", "at night"))
        expect(page.locator("main")).to_contain_text("Mice sleep at night")


def test_more_than_eight_browsers_are_refused_and_others_answered(server: Server) -> None:
    place = urlsplit(server.url)
    with ExitStack() as held:
        for _ in range(8):
            listening = held.enter_context(socket.create_connection((place.hostname, place.port)))
            listening.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            assert "event: release" in first_event(listening)
        assert server.ask("/events").status == 503
        assert server.ask(AT).status == 200
    until(lambda: "event: release" in first_part(server))


def first_part(server: Server) -> str:
    place = urlsplit(server.url)
    with socket.create_connection((place.hostname, place.port)) as listening:
        listening.sendall(b"GET /events HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return first_event(listening)


def first_event(listening: socket.socket) -> str:
    """Return what comes until an event is whole, or until the end."""
    received = b""
    while b"data: " not in received and (part := listening.recv(4096)):
        received += part
    return received.decode()


def test_the_builder_ends_with_a_server_that_is_killed(site: Path) -> None:
    served = run_server(site.parent, [str(site), "--watch", "--port", "0"])
    family = served.family()
    served.process.send_signal(signal.SIGKILL)
    served.process.wait()
    until(lambda: gone(family))


@pytest.mark.parametrize("options", [[], ["--drafts"]])
def test_findings_are_closed_but_for_authors(site: Path, options: list[str]) -> None:
    served = run_server(site.parent, [str(site), *options, "--port", "0"])
    card = served.ask(AT, headers=BROWSER).text.partition(FINDINGS)[2]
    assert ("<details open>" in card.partition("</section>")[0]) == bool(options)
    assert served.ask("/events").status == 404
    assert "reload.js" not in served.ask(AT, headers=BROWSER).text
    assert served.end() == 0


def test_authors_are_told_of_pages_that_are_kept_out(site: Path) -> None:
    (site / "pages/rats.md").write_text(PAGE.replace("Mice", "Rats <b>"))
    message = "page_id 'mice' is that of pages/mice.md already"
    served = run_server(site.parent, [str(site), "--drafts", "--port", "0"])
    start = Seen(served.ask("/", headers=BROWSER).text)
    assert "kept-out" in start.ids
    assert f"pages/rats.md pages/rats.md:3: error: duplicate-id: {message}" in start.text
    for at in ("/id/site-example/page/rats", "/pages/rats.md", "/pages/rats", "/rats", "/rats.html"):
        told = served.ask(at, headers=BROWSER)
        assert told.status == 404
        seen = Seen(told.text).text
        assert f"This page is kept out of the graph: {message}. pages/rats.md:3: error: duplicate-id: " in seen, at
    assert "kept out" not in served.ask("/voles", headers=BROWSER).text
    assert served.end() == 0


def test_others_are_not_told_of_pages_that_are_kept_out(site: Path) -> None:
    (site / "pages/rats.md").write_text(PAGE)
    served = run_server(site.parent, [str(site), "--port", "0"])
    for at in ("/", "/rats", "/id/site-example/page/rats"):
        assert "kept out" not in served.ask(at, headers=BROWSER).text
    assert served.end() == 0


def test_a_release_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    served = run_server(tmp_path, ["--release", "TYPO", "--port", "0"])
    assert served.process.wait() == 2
    assert "kg: error: no release in TYPO; make one with: kg build --out TYPO" in served.log.read_text()
    assert not (tmp_path / "TYPO").exists()
    assert list(tmp_path.iterdir()) == [served.log]
