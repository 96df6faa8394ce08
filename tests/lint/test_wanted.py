"""Findings that are true but that no author wants are not made: what is deliberate, made by a program, or a sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.findings import Finding
from kg.lint.check import check, select
from tests.conftest import write_site

PAGE = "---\ntitle: {title}\npage_id: {title}\n---\n"
PERSON = "{name}:\n  email: {local}@example.org\n"
UNFILLED = "---\ntitle: <!-- title -->\npage_id: <!-- id -->\ndescription: <!-- d -->\n---\n"
TOOL = "- id: desk\n  name: Desk\n  url: https://desk.example/tools/desk\n"
RESOURCE = (
    '---\ntitle: N\npage_id: n\n{more}national_resources:\n- name: Desk\n  url: {url}\n---\n{{% tool "desk" %}}\n'
)


def found(folder: Path, files: dict[str, str]) -> list[Finding]:
    return list(check(select([write_site(folder / "site", files)])[0]).findings)


def rules(findings: list[Finding]) -> set[str]:
    return {finding.rule for finding in findings}


def test_the_addresses_of_a_file_are_one_note(tmp_path: Path) -> None:
    people = PERSON.format(name="Ada Lovelace", local="ada") + PERSON.format(name="Josiah Carberry", local="jo")
    files = {"pages/a.md": PAGE.format(title="a"), "_data/CONTRIBUTORS.yml": people}
    (note,) = [each for each in found(tmp_path, files) if each.rule == "contributor-email"]
    assert (note.place.line, note.message) == (
        2,
        "e-mail addresses of 2 people are public in this file, from this line on",
    )


@pytest.mark.parametrize(("name", "is_told"), [("TEMPLATE_task", False), ("my-template", False), ("task", True)])
def test_a_file_that_is_called_a_template_is_not_told_to_be_filled_in(tmp_path: Path, name: str, is_told: bool) -> None:
    told = found(tmp_path, {"pages/a.md": PAGE.format(title="a"), f"pages/{name}.md": UNFILLED})
    assert ("unfinished" in rules(told)) == is_told


@pytest.mark.parametrize(("key", "is_told"), [("fairsharing", False), ("see", True)])
def test_collections_that_a_program_lists_are_not_the_authors(tmp_path: Path, key: str, is_told: bool) -> None:
    page = f"---\ntitle: A\npage_id: a\n{key}:\n- name: A collection\n  url: https://fairsharing.org/9999\n---\n"
    assert ("unknown-fairsharing" in rules(found(tmp_path, {"pages/a.md": page}))) == is_told


def test_an_address_in_a_block_of_code_is_a_sample(tmp_path: Path) -> None:
    body = "```yaml\nemail: ada.lovelace@example.org\n```\n"
    assert "person-email" not in rules(found(tmp_path / "block", {"pages/a.md": PAGE.format(title="a") + body}))
    assert "person-email" in rules(
        found(tmp_path / "text", {"pages/a.md": PAGE.format(title="a") + body.replace("`", "")})
    )


@pytest.mark.parametrize(
    ("url", "more", "message"),
    [
        ("https://desk.example/", "", None),
        ("https://desk.land.example/", "", "say so by instance_of: desk"),
        ("https://desk.example/tools/desk/", "", "say so by instance_of: desk"),
        ("https://desk.land.example/", "ref_to_main_resources:\n- desk\n", "the page refers to it already"),
    ],
)
def test_a_resource_of_the_same_name_elsewhere_on_a_host_is_another_one(
    tmp_path: Path, url: str, more: str, message: str | None
) -> None:
    page = RESOURCE.format(url=url, more=more)
    files = {"pages/n.md": page, "_data/tool_and_resource_list.yml": TOOL}
    told = [each.message.partition("; ")[2] for each in found(tmp_path, files) if each.rule == "duplicate-tool"]
    assert told == ([message] if message else [])


def test_a_page_that_is_proposed_says_its_type_if_it_would_not_be_shown(tmp_path: Path) -> None:
    page = PAGE.replace("---\n", "---\ntype: your_domain\n", 1).format(title="imaging")
    other = "---\ntitle: B\npage_id: b\nrelated_pages:\n  {key}: [imagin]\n---\n"
    for key, end in (("your_domain", "there is 'imaging'"), ("your_tasks", "there is 'imaging' of type 'your_domain'")):
        told = found(tmp_path / key, {"pages/a.md": page, "pages/b.md": other.format(key=key)})
        assert [each.message.partition("; ")[2] for each in told if each.rule == "unknown-page"] == [end]


def test_a_misspelt_key_has_its_own_line(tmp_path: Path) -> None:
    people = "Ada Lovelace:\n  git: ada\n  orchid: 0000-0002-1825-0097\n"
    told = found(tmp_path, {"pages/a.md": PAGE.format(title="a"), "_data/CONTRIBUTORS.yml": people})
    assert [each.place.line for each in told if each.rule == "misspelt-key"] == [3]
