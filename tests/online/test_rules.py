"""The examples on the pages of the rules about outside links are right."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.findings import Finding
from kg.lint import documented
from kg.lint.check import check, select
from kg.lint.rules import online
from kg.online.asking import Manners, ask
from kg.online.links import outside_links, wanted
from kg.online.report import findings
from kg.online.verdict import Verdict
from tests.conftest import write_site
from tests.lint.test_rules import write_example
from tests.online.server import PlayedServer, Plays, html, playing, redirect

pytestmark = pytest.mark.slow

ARCHIVE = {
    "/page": html('<h1 id="formats">Formats</h1>'),
    "/moved": redirect("/page", 308),
    "/for-now": redirect("/page", 302),
    "/fails": Plays(503),
    "/members": Plays(403),
}


@pytest.fixture(scope="module")
def archive() -> Iterator[PlayedServer]:
    with playing(ARCHIVE) as server:
        yield server


def found_in(folder: Path) -> list[Finding]:
    (selection,) = select([folder])
    outside, verdicts = outside_links(selection), dict[str, Verdict]()
    ask(wanted([outside]), Manners(outside.contact, delay=0.0, private=True), verdicts.__setitem__)
    assert {finding.rule for finding in check(selection).findings} <= {"local-link"}  # the server is on this computer
    return findings(outside, verdicts)


@pytest.mark.parametrize("rule", [rule.name for rule in online.RULES])
def test_the_wrong_example_breaks_its_rule_alone_and_the_right_one_none(
    rule: str, archive: PlayedServer, tmp_path: Path
) -> None:
    text = documented(rule).text.replace("https://archive.example", archive.address)
    wrong, _, right = text.partition("## Right")
    assert [finding.rule for finding in found_in(write_example(tmp_path / "wrong", wrong))] == [rule]
    assert found_in(write_example(tmp_path / "right", right)) == []


def test_a_finding_names_the_link_as_written_and_where_it_leads(archive: PlayedServer, tmp_path: Path) -> None:
    there = archive.address
    body = f"[a]({there}/moved#formats)\n[b]({there}/gone#part) [c]({there}/page#part)\n\n[a]({there}/moved#formats)\n"
    site = write_site(tmp_path / "site", {"a.md": f"---\ntitle: A\n---\n{body}"})
    moved = f"moved-link: {there}/moved#formats has moved permanently to {there}/page#formats"
    assert list(map(str, found_in(site))) == [
        f"a.md:4: note: {moved}",
        f"a.md:5: note: dead-fragment: {there}/page has no element with the id 'part'",
        f"a.md:5: warning: dead-link: {there}/gone#part answers 404 Not Found",
        f"a.md:7: note: {moved}",
    ]


def test_resolvers_may_redirect(archive: PlayedServer, tmp_path: Path) -> None:
    files = {
        "a.md": f"---\ntitle: A\n---\n[a]({archive.address}/moved) [b]({archive.address}/for-now)\n",
        "rdm-kg.toml": f"[online]\nresolvers = ['{archive.address}']\n",
    }
    assert found_in(write_site(tmp_path / "site", files)) == []
