"""``kg check --format sarif`` by the JSON schema of SARIF 2.1.0, which comes from npm, once, beside pytest's cache."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kg.lint import all_rules, documented
from kg.lint.rules import online
from tests.conftest import write_site
from tests.lint.test_check import FAILS, WARNS, kg_in
from tests.lint.test_rules import write_example

if TYPE_CHECKING:
    from jsonschema import Draft4Validator

pytestmark = pytest.mark.slow

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
SCHEMA = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
SHA256 = "2d99159ae54a3eea97f81781cff48780548657c35949f4b7f25e99a2ba4de4f8"
TIMEOUT = 120

Check = Callable[..., list[dict[str, object]]]


@pytest.fixture(scope="module")
def schema(request: pytest.FixtureRequest) -> Draft4Validator:
    from jsonschema import Draft4Validator  # takes seconds, which a run of other tests need not wait for

    folder = Path(request.config.cache.mkdir("sarif"))  # type: ignore[union-attr]
    file = folder / SHA256
    if not file.exists():
        _fetch(folder, file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == SHA256
    return Draft4Validator(json.loads(file.read_bytes()), format_checker=Draft4Validator.FORMAT_CHECKER)


def _fetch(folder: Path, file: Path) -> None:
    if not shutil.which("npm"):
        pytest.skip("npm is not here")
    command = ["npm", "pack", "--silent", "--pack-destination", str(folder), PACKAGE]
    try:
        fetched = subprocess.run(command, check=False, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        pytest.skip("npm takes too long to fetch the schema")
    if fetched.returncode:
        pytest.skip("npm cannot fetch the schema here")
    with tarfile.open(folder / fetched.stdout.strip()) as archive:
        found = archive.extractfile(SCHEMA)
        assert found is not None
        file.write_bytes(found.read())


@pytest.fixture
def check(schema: Draft4Validator, tmp_path: Path) -> Check:
    """Return a function that checks paths, validates the report and returns its results."""

    def run(*paths: str) -> list[dict[str, object]]:
        log = json.loads(kg_in(tmp_path, "check", *paths, "--format", "sarif").stdout)
        assert [f"{error.json_path}: {error.message}" for error in schema.iter_errors(log)] == []
        (found,) = log["runs"]
        ids = [rule["id"] for rule in found["tool"]["driver"]["rules"]]
        assert ids == sorted({result["ruleId"] for result in found["results"]})
        assert all(ids[result["ruleIndex"]] == result["ruleId"] for result in found["results"])
        results: list[dict[str, object]] = found["results"]
        return results

    return run


def test_the_findings_of_every_rule_are_valid(check: Check, tmp_path: Path) -> None:
    rules = sorted(all_rules().keys() - {rule.name for rule in online.RULES})
    for rule in rules:
        write_example(tmp_path / rule, documented(rule).text.partition("## Right")[0])
    assert {result["ruleId"] for result in check(*rules)} == {*rules}


def test_places_in_two_sites_with_any_names_are_valid(check: Check, tmp_path: Path) -> None:
    write_site(tmp_path / "site å", {"a b%.md": WARNS, "æ:#?.md": FAILS, "sub/c.md": WARNS})
    write_site(tmp_path / "other", {"d.md": "---\npage_id: ..\n---\n"})
    places = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]  # type: ignore[index]
        for result in check("site å", "other")
    }
    site = "site%20%C3%A5"
    assert places == {f"{site}/a%20b%25.md", f"{site}/%C3%A6%3A%23%3F.md", f"{site}/sub/c.md", "other/d.md"}


def test_a_report_without_findings_is_valid(check: Check, tmp_path: Path) -> None:
    write_site(tmp_path / "site", {"a.md": "---\ntitle: Page\n---\n"})
    assert check("site") == []
