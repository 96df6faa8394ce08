"""Every rule has a page, every page a rule, and the examples on the page are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import kg.lint
from kg.errors import UnknownName
from kg.findings import Severity
from kg.lint import all_rules, documented
from kg.lint.check import check, select
from kg.lint.rules import online
from tests.conftest import ROOT

DOCS = Path(kg.lint.__file__).with_name("docs")
FILE = re.compile(
    r"^```\w+ (?P<path>\S+)(?: encoding=(?P<encoding>\S+))?(?: times=(?P<times>\d+))?\n(?P<text>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)


def write_example(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "_config.yml").write_text(
        "title: A site\nurl: https://site.example\nlicense: CC-BY-4.0\npermalink: /:basename\n", encoding="utf-8"
    )
    for example in FILE.finditer(text):
        file = folder / example["path"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(example["text"].encode(example["encoding"] or "utf-8") * int(example["times"] or 1))
    return folder


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert set(all_rules()) == {file.stem for file in DOCS.iterdir()}


def test_every_finding_of_the_source_names_a_rule() -> None:
    """Also those that readers and the site make, whose rules have no check of their own."""
    pattern = re.compile(r"""(?:Finding\(\s*Severity\.\w+,|_warning\(|_error\(|_note\()\s*"([a-z]+(?:-[a-z]+)*)",""")
    named = {name for file in (ROOT / "kg").rglob("*.py") for name in pattern.findall(file.read_text(encoding="utf-8"))}
    assert {"front-matter", "duplicate-key"} <= named
    assert named <= set(all_rules())


@pytest.mark.parametrize("rule", sorted(all_rules().keys() - {rule.name for rule in online.RULES}))
def test_the_wrong_example_breaks_its_rule_alone_and_the_right_one_none(rule: str, tmp_path: Path) -> None:
    wrong, _, right = documented(rule).text.partition("## Right")
    assert FILE.search(wrong)
    assert FILE.search(right)
    (selection,) = select([write_example(tmp_path / "wrong", wrong)])
    assert {finding.rule for finding in check(selection).findings} == {rule}
    (selection,) = select([write_example(tmp_path / "right", right)])
    assert check(selection).findings == ()


@pytest.mark.parametrize("rule", all_rules())
def test_the_page_says_what_the_rule_is_in_a_sentence(rule: str) -> None:
    assert documented(rule).text.startswith(f"# {rule}\n")
    assert documented(rule).summary.endswith(".")
    assert all_rules()[rule].severity in Severity


def test_a_rule_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match="no rule 'unknown-fragments'; did you mean 'unknown-fragment'"):
        documented("unknown-fragments")
    with pytest.raises(UnknownName, match="no rule 'zzz'; there are broken-link"):
        documented("zzz")
