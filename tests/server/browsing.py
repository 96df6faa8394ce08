"""A real browser and a real server; no page may request another host or log an error."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.server.serving import TIMEOUT, Server, run_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page

WIDTHS = (1280, 390)
"""A desk's screen and a phone's."""
Visit = Callable[..., "Page"]
_SETTLED = 1000
"""Milliseconds after which the scripts of a page have answered to a change."""
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def content_server(content_release: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start one server over the shipped content for all tests that only read."""
    served = run_server(tmp_path_factory.mktemp("pages"), ["--release", str(content_release), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def chromium() -> str | None:
    """Return the path of the machine's Chromium, if there is one."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched(program: str) -> Iterator[Browser]:
    """Start a headless browser that is closed at the end of the block."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT * 1000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the machine's Chromium; without one, the test is skipped."""
    program = chromium()
    if program is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("playwright.sync_api")
    with launched(program) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, content_server: Server) -> Iterator[Visit]:
    """Return a function that opens a page of the server; requests to other hosts and logged errors fail the test."""
    troubles: list[str] = []
    contexts = []

    def open_page(path: str, width: int = WIDTHS[0], script: bool = True, status: int = 200) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 1000},
            java_script_enabled=script,
            reduced_motion="reduce",  # colours are final at once
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(f"{path}: {said.text}") if is_trouble(said) else None)
        page.on("pageerror", lambda error: troubles.append(f"{path}: {error}"))
        page.on("request", lambda asked: troubles.append(f"asks {asked.url}") if is_foreign(asked.url) else None)
        answer = page.goto(content_server.url + path)
        assert answer
        assert answer.status == status
        return page

    def is_trouble(said: ConsoleMessage) -> bool:
        """Return whether a message is an error, other than about the status of the page itself, which tests assert."""
        return said.type == "error" and not (said.page and said.location["url"] == said.page.url)

    def is_foreign(url: str) -> bool:
        return not url.startswith((content_server.url, "data:", "blob:"))

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def serious(page: Page, *rules: str) -> list[tuple[str, list[str]]]:
    """Return rule and element of axe-core's violations that are serious or critical, by these rules or by all.

    A page in which there are some is looked at once more: its scripts may still be answering to a change of colours.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.axe_script)
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = _violations(page, options)
    if found:
        page.wait_for_timeout(_SETTLED)
        found = _violations(page, options)
    return found


def _violations(page: Page, options: dict[str, object]) -> list[tuple[str, list[str]]]:
    """Return what :func:`serious` does; the whole result, with every element that was looked at, stays in the page."""
    run = "options => axe.run(options).then(found => found.violations)"
    return [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in page.evaluate(run, options)
        if violation["impact"] in {"serious", "critical"}
    ]
