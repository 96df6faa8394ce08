"""``kg check`` as a process: findings with their places, output formats, and exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.build.validate import shapes_by_rule
from kg.findings import Severity
from kg.lint import all_rules, documented
from tests.change.checkout import commit
from tests.conftest import ROOT, kg, write_site

pytestmark = pytest.mark.slow

WARNS = "---\ntitle: Page\n---\n[EGA]((https://ega-archive.org/))\n"
NOTES = "---\ntitle: Page\n---\n[DICOM](https://fairsharing.org/bsg-s000114)\n"
FAILS = "---\ntitle: [never\n---\n"
CLEAN = "---\ntitle: Page\n---\n[EGA](https://ega-archive.org/)\n"
LINE = "site/a.md:4: warning: doubled-brackets: the link's brackets are doubled; it is published as '(https://ega-archive.org/)'\n"


def site(tmp_path: Path, **pages: str) -> Path:
    return write_site(tmp_path / "site", {f"{name}.md": text for name, text in pages.items()})


def test_every_finding_is_a_line_on_standard_output(tmp_path: Path) -> None:
    site(tmp_path, a=WARNS, b=CLEAN)
    done = kg_in(tmp_path, "check", "site")
    assert done.stdout == LINE
    assert done.stderr.splitlines()[0] == "2 pages and 0 data files checked: 1 warning"
    assert done.returncode == 1


def kg_in(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize(
    ("text", "fail_on", "code"),
    [
        (CLEAN, "note", 0),
        (NOTES, "warning", 0),
        (NOTES, "note", 1),
        (WARNS, "note", 1),
        (WARNS, "warning", 1),
        (WARNS, "error", 0),
        (FAILS, "warning", 2),
        (FAILS, "error", 2),
    ],
)
def test_the_exit_code_says_how_bad_it_is(text: str, fail_on: str, code: int, tmp_path: Path) -> None:
    done = kg("check", site(tmp_path, a=text), "--fail-on", fail_on)
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize("where", [".", "a.md", "sub", "sub/c.md"])
def test_the_site_is_found_above_a_path(where: str, tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", {"a.md": WARNS, "sub/c.md": WARNS, "b.md": CLEAN})
    expected = {".": ["a.md", "sub/c.md"], "a.md": ["a.md"], "sub": ["sub/c.md"], "sub/c.md": ["sub/c.md"]}[where]
    done = kg_in(folder, "check", where)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == expected
    inside = kg_in(folder / "sub", "check")
    assert [line.split(":")[0] for line in inside.stdout.splitlines()] == ["c.md"]


def test_a_page_alone_knows_the_other_pages_and_says_what_the_whole_site_says_of_it(tmp_path: Path) -> None:
    folder = write_site(
        tmp_path / "site",
        {
            "a.md": "---\ntitle: A\npage_id: one\nrelated_pages: {x: [two, three]}\n---\n"
            "[b](b.html#there) [b](b.html#nowhere) [c](c.html) [a](http://a.example/)\n",
            "b.md": "---\ntitle: B\npage_id: two\n---\n## There\n[a](https://a.example/)\n",
            "d.md": "---\ntitle: D\npage_id: one\n---\n",
        },
    )
    whole, alone = kg_in(folder, "check", "."), kg_in(folder, "check", "a.md")
    said = [line for line in whole.stdout.splitlines() if line.startswith("a.md:")]
    assert alone.stdout.splitlines() == said
    assert [line.split(": ")[2] for line in said] == ["unknown-page", "broken-link", "http-link", "unknown-fragment"]
    assert "duplicate-id" in kg_in(folder, "check", "d.md").stdout


def test_what_kept_it_from_checking_is_told_apart_from_findings(tmp_path: Path) -> None:
    for arguments in (["check", tmp_path], ["check", tmp_path / "nothing.md"], ["check", "--explain", "nothing"]):
        done = kg(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("kg: error: ")
    done = kg("check", "--format", "xml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: ")


def test_files_that_are_no_pages_of_a_site_are_passed_over(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no site\n", encoding="utf-8")
    folder = write_site(tmp_path / "site", {"README.md": "no front matter\n", "a.md": CLEAN})
    done = kg("check", readme, folder / "README.md", folder / "_config.yml", folder / "a.md")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_where_nothing_is_there_to_check_is_an_error(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("no site\n", encoding="utf-8")
    folder = write_site(tmp_path / "site", {"README.md": "no front matter\n", "_data/words.yml": "- one\n"})
    for paths in ([readme], [folder / "README.md"], [folder]):
        done = kg("check", *paths)
        assert (done.returncode, done.stdout) == (2, "")
        assert "is in no site" in done.stderr or "has no page" in done.stderr
    for path in (folder / "_data" / "words.yml", folder / "_config.yml"):
        assert kg("check", path).returncode == 0
    assert kg_in(folder, "fix", readme).returncode == 2


@pytest.mark.parametrize(
    ("address", "severity", "advice"),
    [
        ("https://fairsharing.org/FAIRsharing.4747", "warning", "a record number? https://fairsharing.org/4747"),
        ("https://doi.org/10.25504/FAIRsharing.4747", "warning", "a record number? https://fairsharing.org/4747"),
        ("https://doi.org/10.25504/FAIRsharing.zz9zz9", "warning", "no FAIRsharing record of that identifier"),
        ("https://fairsharing.org/bsg-d999999", "note", "the record of that former identifier is not known here"),
        ("https://fairsharing.org/5449", "note", "the record of that number is not known here"),
        ("https://fairsharing.org/350", "note", "the record of that number is not known here"),
    ],
)
def test_a_fairsharing_record_without_a_known_doi(address: str, severity: str, advice: str, tmp_path: Path) -> None:
    site(tmp_path, a=f"---\ntitle: Page\n---\n[A record]({address})\n")
    (found,) = json.loads(kg_in(tmp_path, "check", "site", "--format", "json").stdout)
    assert (found["rule"], found["severity"], found["line"]) == ("unknown-fairsharing", severity, 4)
    assert advice in found["message"]


def test_json_has_the_parts_of_each_line(tmp_path: Path) -> None:
    site(tmp_path, a=WARNS)
    (found,) = json.loads(kg_in(tmp_path, "check", "site", "--format", "json").stdout)
    line = "{path}:{line}: {severity}: {rule}: {message}\n".format(**found)
    assert line == LINE
    assert json.loads(kg_in(tmp_path, "check", "site/_config.yml", "--format", "json").stdout) == []


def test_sarif_names_rules_levels_and_places(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "a site", {"a.md": WARNS, "b.md": NOTES, "c.md": FAILS})
    log = json.loads(kg_in(tmp_path, "check", folder, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    described: list[dict[str, Any]] = run["tool"]["driver"]["rules"]
    for rule in described:
        assert rule["helpUri"].startswith("https://")
        assert rule["help"]["markdown"] == documented(rule["id"]).text
    levels = {result["ruleId"]: result["level"] for result in run["results"]}
    assert levels == {"doubled-brackets": "warning", "legacy-fairsharing": "note", "front-matter": "error"}
    for result in run["results"]:
        assert described[result["ruleIndex"]]["id"] == result["ruleId"]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"].startswith("a%20site/")
        assert place["region"]["startLine"] >= 1


@pytest.mark.parametrize("wanted", ["text", "json", "sarif", "github", "markdown"])
def test_no_format_steers_a_terminal(wanted: str, tmp_path: Path) -> None:
    site(tmp_path, a='---\ntitle: A\nlang: "\\e[2Jx\\u009b31m\\u202e"\n---\n[x](a \x1b[31m\u009b\u202e\x07)\n')
    done = kg_in(tmp_path, "check", "site", "--format", wanted)
    assert "malformed" in done.stdout
    assert not set("\x1b\u009b\u202e\x07") & set(done.stdout + done.stderr)


def test_github_gets_workflow_commands(tmp_path: Path) -> None:
    write_site(tmp_path / "a,b", {"a.md": WARNS, "b.md": "---\ntitle: B\n---\n[x](100%25 sure)\n"})
    first, second = kg_in(tmp_path, "check", "a,b", "--format", "github").stdout.splitlines()
    assert first.startswith("::warning file=a%2Cb/a.md,line=4,title=doubled-brackets::the link's brackets")
    assert "'100%2525 sure'" in second


def test_markdown_shows_what_is_found_and_nothing_as_markup(tmp_path: Path) -> None:
    site(tmp_path, a="---\ntitle: A\n---\nText\n[x](a|b <i>*c*)\n")
    done = kg_in(tmp_path, "check", "site", "--format", "markdown")
    row = done.stdout.splitlines()[-1]
    assert row.startswith("| 5 | warning | malformed-link | ")
    assert r"a\|b &lt;i&gt;\*c\*" in row
    assert "No findings." in kg_in(tmp_path, "check", "site/_config.yml", "--format", "markdown").stdout


def test_changed_looks_at_what_differs_from_git(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "repository" / "site", {f"{name}.md": CLEAN for name in ("a", "b", "c", "d")})
    git = ["git", "-C", str(folder.parent), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], check=True)
    (folder / "old.md").write_text(WARNS, encoding="utf-8")
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "second"], check=True)
    for name in ("a", "b", "new one"):
        (folder / f"{name}.md").write_text(WARNS, encoding="utf-8")
    subprocess.run([*git, "add", "site/b.md"], check=True)
    (folder / "d.md").unlink()

    def paths(*arguments: str) -> list[str]:
        done = kg_in(folder, "check", *arguments)
        assert done.returncode == 1, done.stderr
        return [line.split(":")[0] for line in done.stdout.splitlines()]

    assert paths("--changed") == ["a.md", "b.md", "new one.md"]
    assert paths("--changed", "a.md") == ["a.md"]
    assert paths("--changed=HEAD~1", ".") == ["a.md", "b.md", "new one.md", "old.md"]
    wrong = kg_in(folder, "check", "--changed=nothing")
    assert (wrong.returncode, wrong.stderr.startswith("kg: error: git knows no commit 'nothing'")) == (2, True)


@pytest.mark.parametrize("asked", [".", "sub", "sub/a.md"])
def test_a_repository_within_the_checkout_counts_as_changed(asked: str, tmp_path: Path) -> None:
    folder = site(tmp_path, a=WARNS)
    commit(folder)
    write_site(folder / "sub", {"a.md": WARNS})
    commit(folder / "sub")
    (folder / "sub" / "_config.yml").unlink()
    done = kg_in(folder, "check", "--changed=HEAD", asked)
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == ["sub/a.md"], done.stderr


def test_changed_without_git_is_an_error(tmp_path: Path) -> None:
    done = kg("check", "--changed=HEAD", site(tmp_path, a=WARNS))
    assert done.returncode == 2
    assert done.stderr.startswith("kg: error: git fails in")


def test_the_rules_are_listed_and_explained() -> None:
    listed = kg("check", "--rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [*all_rules(), *shapes_by_rule()]
    assert {line.split()[1] for line in listed} == {str(severity) for severity in Severity}
    assert kg("check", "--explain", "http-link").stdout == documented("http-link").text


@pytest.mark.parametrize("wanted", ["text", "json", "sarif", "github", "markdown"])
def test_no_format_gives_an_e_mail_address_away(wanted: str, tmp_path: Path) -> None:
    files = {
        "a.md": "---\ntitle: A\n---\nada.example@example.org <ada.example@example.org>\n\n"
        "[x](mailto:ada.example@example.org?subject=a b) [y](ada.example@example.org)\n",
        "_data/CONTRIBUTORS.yml": "Ada Example:\n  email: ada.example@example.org\n  orcid: ada.example@example.org\n",
    }
    done = kg("check", write_site(tmp_path / "site", files), "--format", wanted)
    assert "ada.example@" not in done.stdout + done.stderr
    for rule in ("person-email", "contributor-email", "invalid-orcid", "malformed-link"):
        assert rule.replace("-", "") in done.stdout.replace("\\", "").replace("-", "")


def test_a_build_finds_the_same_as_a_check(content_release: Path) -> None:
    (built,) = json.loads((content_release / "current" / "report.json").read_text(encoding="utf-8"))["sites"]
    checked = json.loads(kg_in(ROOT / "content", "check", ".", "--format", "json").stdout)
    assert checked == [{key: finding[key] for key in finding} for finding in built["findings"]]


def test_a_site_without_front_matter_is_told_why_nothing_is_checked(tmp_path: Path) -> None:
    site(tmp_path, a="# Mice\n", b="# Rats\n")
    done = kg_in(tmp_path, "check", "site")
    why = "has no page, since a.md and 1 more does not begin with front matter between two lines of ---"
    assert done.returncode == 2
    assert f"nothing to check: site {why}" in done.stderr
    alone = kg_in(tmp_path, "check", "site/b.md")
    assert "nothing to check: site/b.md has no page, since b.md does not begin with front matter" in alone.stderr
