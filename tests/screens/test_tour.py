"""A tour as a new user would take it: what each job takes, in commands, clicks and forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import kg, write_site
from tests.server.browsing import browser, content_server
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server"]
PAGE = "---\ntitle: Mice\npage_id: mice\n---\n## Where to deposit\n\nMice sleep by day, see [this]((https://example.org/)).\n"


@dataclass
class Tour:
    """Takes steps, and lists them: each command, click and form sent is one."""

    steps: list[str] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)

    def command(self, *arguments: str | Path) -> CompletedProcess[str]:
        """Run a command that ends."""
        self.steps.append(f"command: kg {arguments[0]}")
        return kg(*arguments)

    def serve(self, folder: Path, *arguments: str | Path) -> Server:
        """Start a server."""
        self.steps.append("command: kg serve")
        self.servers.append(run_server(folder, [*map(str, arguments), "--port", "0"]))
        return self.servers[-1]

    def click(self, link: Locator) -> None:
        """Follow a link."""
        self.steps.append(f"click: {link.inner_text()}")
        link.click()

    def send(self, form: Locator) -> None:
        """Send a form by its button."""
        button = form.get_by_role("button")
        self.steps.append(f"form: {button.inner_text()}")
        button.click()


@pytest.fixture
def tour() -> Iterator[Tour]:
    taken = Tour()
    yield taken
    assert [server.end() for server in taken.servers] == [0] * len(taken.servers)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_page() as opened:
        yield opened


def test_a_steward_checks_and_previews_a_page_in_three_steps(tour: Tour, page: Page, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"pages/mice.md": PAGE})
    checked = tour.command("check", site / "pages" / "mice.md")
    assert "mice.md:7: " in checked.stdout
    server = tour.serve(tmp_path, site, "--watch")
    page.goto(server.url)
    tour.click(page.locator("main").get_by_role("link", name="Mice"))
    expect(page.locator("article")).to_contain_text("Mice sleep by day")
    expect(page.locator("#findings li").first).to_be_visible()
    (site / "pages" / "mice.md").write_text(PAGE.replace("((https://example.org/))", "(https://example.org/)"))
    expect(page.locator("#findings")).to_have_count(0)
    assert tour.steps == ["command: kg check", "command: kg serve", "click: Mice"]


def test_a_researcher_who_searches_has_the_answer_in_one_step(tour: Tour, page: Page, content_server: Server) -> None:
    page.goto(content_server.url)
    page.get_by_label("What do you have?").fill("light microscopy")
    tour.send(page.locator("main form").filter(has_text="What do you have?"))
    expect(page.get_by_role("heading", name="Where to deposit: Light microscopy")).to_be_visible()
    expect(page.get_by_role("table", name="Where to deposit").get_by_role("row")).not_to_have_count(0)
    assert tour.steps == ["form: Show me"]


def test_a_researcher_with_a_question_sends_one_form(tour: Tour, page: Page, content_server: Server) -> None:
    page.goto(content_server.url)
    tour.click(page.locator("main").get_by_role("link", name="Where to deposit", exact=True))
    page.get_by_label("Page").select_option("Light microscopy")
    tour.send(page.locator("main form"))
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    expect(page.get_by_role("table", name="Where to deposit").get_by_role("row")).not_to_have_count(0)
    assert tour.steps == ["click: Where to deposit", "form: Ask"]
