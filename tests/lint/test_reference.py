"""The findings on a large real site, compared with independent counts in the folder ``KG_REFERENCE``."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from kg.findings import Finding, Severity
from kg.lint.check import check, select

REFERENCE = Path(os.environ.get("KG_REFERENCE", ""))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (REFERENCE / "gold").is_dir() or "KG_REFERENCE" not in os.environ,
        reason="KG_REFERENCE names no folder with reference sites",
    ),
]


@pytest.fixture(scope="module")
def facts() -> Any:
    return json.loads((REFERENCE / "gold" / "rdmkit_facts.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found() -> tuple[Finding, ...]:
    (selection,) = select([REFERENCE / "corpus" / "rdmkit"])
    return check(selection).findings


def quoted(found: tuple[Finding, ...], rule: str) -> list[tuple[str, str]]:
    """Return path and first quoted word of each finding of a rule."""
    words = ((f, re.search(r"'([^']*)'|\"([^\"]*)\"", f.message)) for f in found if f.rule == rule)
    return sorted((f.place.path, word[1] or word[2]) for f, word in words if word)


def test_broken_links(found: tuple[Finding, ...], facts: Any) -> None:
    assert quoted(found, "broken-link") == sorted(map(tuple, facts["internal_links"]["unresolved_list"]))


def test_unknown_people(found: tuple[Finding, ...], facts: Any) -> None:
    names = {name for _, name in quoted(found, "unknown-contributor")}
    assert names == set(facts["people"]["not_in_contributors_file"])
    assert not quoted(found, "invalid-orcid")


def test_unknown_tools(found: tuple[Finding, ...], facts: Any) -> None:
    missing = facts["national_resources"]["instance_of_missing"] + facts["ref_to_main_resources"]["missing"]
    missing += facts["tool_tags"]["distinct_missing"]
    assert sorted(tool for _, tool in quoted(found, "unknown-tool")) == sorted(missing)
    duplicates = {tool for _, tool in quoted(found, "duplicate-tool")}
    assert duplicates == set(facts["tool_tags"]["duplicate_tool_ids"])


def test_related_pages(found: tuple[Finding, ...], facts: Any) -> None:
    edges = [facts["related_pages"], facts["national_resource_related_pages"]]
    assert len(quoted(found, "unknown-page")) == sum(edge["unresolved"] for edge in edges)
    assert len(quoted(found, "wrong-page-type")) == sum(edge["id_only"] for edge in edges)
    assert not quoted(found, "duplicate-id")


def test_templates_are_no_findings_and_nothing_else_is_unfinished(found: tuple[Finding, ...], facts: Any) -> None:
    assert facts["pages"]["template_files"]
    assert not {finding.place.path for finding in found if finding.rule == "unfinished"}


def test_nothing_on_the_site_is_an_error(found: tuple[Finding, ...]) -> None:
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []
