"""``kg build`` as a process: output, messages, and the state after it is killed."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kg.release import open_release
from kg.store.oxigraph import open_store
from tests import guidance_site
from tests.conftest import ROOT, kg, write_site

pytestmark = pytest.mark.slow

SHEET = (
    "---\ntype: cheat_sheet\npage_id: {id}\ntitle: Sheet {id}\n---\n## Type of data\n- [A](https://a.example/{id})\n"
)


def sheets(*ids: str) -> dict[str, str]:
    return {f"pages/{page_id}.md": SHEET.format(id=page_id) for page_id in ids}


def build(site: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return kg("build", site, "--out", out, "--reasoner", "owlrl", *options)


def test_a_release_holds_what_its_manifest_says(content_release: Path) -> None:
    release = open_release(content_release)
    lines = release.graph.read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert not any(b"_:" in line.split(b'"')[0] for line in lines)
    assert release.manifest["counts"]["quads"] == len(lines)
    assert {"graph.nq", "report.json", "dumps/rdm-kg.ttl"} < set(release.manifest["files"])
    report = json.loads(release.report.read_text(encoding="utf-8"))
    (site,) = report["sites"]
    assert {page["path"] for page in site["pages"]} >= {"pages/cheat_sheets/preclinical_imaging.md"}
    assert list(site["kept_out"]) == ["pages/cheat_sheets/biobanks.md"]
    assert site["rules"]["unfinished"] == 1


def test_the_same_input_gives_the_same_bytes(content_release: Path, tmp_path: Path) -> None:
    again = kg("build", "--out", tmp_path, "--reasoner", "owlrl")
    assert again.returncode == 0, again.stderr
    first, second = open_release(content_release), open_release(tmp_path)
    assert first.id == second.id
    for name in ("graph.nq", "report.json", "dumps/rdm-kg.ttl"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    assert again.stdout.strip() == str(second.folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"---\ntitle: [never\n---\nBody\n", "pages/broken.md:3: error: front-matter:"),
        (b"---\ntitle: x\n\nBody\n", "pages/broken.md:1: error: front-matter:"),
        (b"---\ntitle: x\n---\nOne\n\xff\xfe\n", "pages/broken.md:5: error: encoding:"),
        (SHEET.format(id="good").encode(), "pages/good.md:3: error: duplicate-id:"),
    ],
    ids=["yaml", "never-closes", "utf-8", "duplicate-id"],
)
def test_a_broken_page_is_named_and_the_others_build(text: bytes, said: str, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", sheets("good", "other"))
    (site / "pages" / "broken.md").write_bytes(text)
    done = build(site, tmp_path / "out")
    assert done.returncode == 0
    assert said in done.stderr
    assert "kept out: " in done.stderr
    graph = open_release(tmp_path / "out").graph.read_text(encoding="utf-8")
    assert "Sheet other" in graph
    assert "Traceback" not in done.stderr


def test_fail_on_makes_no_release(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", sheets("good"))
    (site / "pages" / "broken.md").write_text("---\ntitle: [never\n---\n", encoding="utf-8")
    done = build(site, tmp_path / "out", "--fail-on", "error")
    assert done.returncode == 2
    assert [file.name for file in (tmp_path / "out").iterdir()] == [".cache"]


@pytest.mark.parametrize(
    ("files", "said"),
    [({}, "has no page"), ({"pages/x.md": "no front matter\n"}, "has no page")],
    ids=["empty", "no-page"],
)
def test_a_site_without_pages_is_an_error(files: dict[str, str], said: str, tmp_path: Path) -> None:
    done = build(write_site(tmp_path / "site", files), tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("config", "profile", "said"),
    [
        ("title: [x\n", "", "_config.yml:"),
        ("title: x\n", "key = [", "rdm-kg.toml: "),
        ("title: x\n", "[sections]\nservices = ['(']\n", "rdm-kg.toml: "),
    ],
    ids=["config", "profile", "pattern"],
)
def test_a_broken_setting_is_a_clear_error(config: str, profile: str, said: str, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {**sheets("a"), "rdm-kg.toml": profile}, config)
    done = build(site, tmp_path / "out")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 3


def test_a_folder_that_is_no_site_is_an_error(tmp_path: Path) -> None:
    done = build(tmp_path, tmp_path / "out")
    assert done.returncode == 2
    assert "it has no _config.yml" in done.stderr


def test_sites_build_into_one_release_and_need_keys_of_their_own(tmp_path: Path) -> None:
    one = write_site(tmp_path / "one", sheets("a"), "title: One\n")
    two = write_site(tmp_path / "two", sheets("a"), "title: Two\n")
    done = kg("build", one, two, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    graph = open_release(tmp_path / "out").graph.read_text(encoding="utf-8")
    assert "/id/one/page/a>" in graph
    assert "/id/two/page/a>" in graph
    (two / "_config.yml").write_text("title: One\n", encoding="utf-8")
    done = kg("build", one, two, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 2
    assert "the same key 'one'" in done.stderr


def test_e_mail_addresses_stay_out(tmp_path: Path) -> None:
    page = SHEET.format(id="a") + "\n[someone@example.org](mailto:someone@example.org), <someone@example.org>\n"
    people = "Ada Example:\n  email: ada@example.org\n  orcid: ada@example.org\n"
    site = write_site(tmp_path / "site", {"a.md": page, "_data/CONTRIBUTORS.yml": people})
    assert build(site, tmp_path / "out").returncode == 0
    folder = open_release(tmp_path / "out").folder
    assert not [file for file in folder.rglob("*") if file.is_file() and b"@example.org" in file.read_bytes()]


def ask(out: Path, text: str) -> str:
    done = kg("query", text, "--release", out, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("moment", ["reading", "reasoning", "writing the graph", "filling the store and"])
def test_a_killed_build_leaves_the_release_that_was_there(moment: str, tmp_path: Path) -> None:
    site, out = write_site(tmp_path / "site", sheets("a")), tmp_path / "out"
    assert build(site, out).returncode == 0
    before = open_release(out).id
    write_site(site, sheets("b"))
    command = [sys.executable, "-m", "kg", "build", str(site), "--out", str(out), "--reasoner", "owlrl"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(moment):
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert open_release(out).id == before
    assert "Sheet a" in ask(out, "SELECT ?t { ?s a <https://w3id.org/rdm-kg/ont#CheatSheet> ; ?p ?t }")
    assert build(site, out).returncode == 0
    assert open_release(out).id != before
    assert not list((out / "releases").glob(".new-*"))


def test_two_builds_at_once_both_end_well(tmp_path: Path) -> None:
    sites = [write_site(tmp_path / name, sheets(name), f"title: {name}\n") for name in ("one", "two")]
    out = tmp_path / "out"
    command = [sys.executable, "-m", "kg", "build", "--out", str(out), "--reasoner", "owlrl"]
    running = [
        subprocess.Popen([*command, str(s)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for s in sites
    ]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], errors
    assert len([folder for folder in (out / "releases").iterdir() if folder.is_dir()]) == 2
    open_store(open_release(out).store)


def test_a_release_that_is_damaged_is_told_and_mended(tmp_path: Path) -> None:
    site, out = write_site(tmp_path / "site", sheets("a")), tmp_path / "out"
    assert build(site, out).returncode == 0
    (out / "current" / "graph.nq").write_text("", encoding="utf-8")
    done = kg("export", "--format", "turtle", "--release", out)
    assert done.returncode == 2
    assert "missing or damaged" in done.stderr
    assert build(site, out).returncode == 0
    assert kg("export", "--format", "turtle", "--release", out).returncode == 0


def test_show_first_says_in_words_what_was_understood_of_a_guidance_page(tmp_path: Path) -> None:
    site = write_site(tmp_path / "spectra", guidance_site.FILES, guidance_site.CONFIG)
    standard = "it is of the kind data format by its description"
    meaning, _, rest = kg("show", site / "pages" / "spectra.md").stdout.partition("\n\n")
    assert meaning.splitlines()[:4] == [
        "line 9 → mentions mzML",
        f"line 11 → recommends format mzML: {standard} (rule standard-of-its-kind)",
        "line 15 → cites legislation Personal Data Act",
        f"line 17 → recommends deposit in PRIDE: {guidance_site.BY_TOPIC}",
    ]
    assert all(re.match(r"line \d+ → ", line) for line in meaning.splitlines())
    assert rest.startswith("      2  title: Mass spectra\n")


def test_show_first_says_in_words_what_was_understood_of_a_sheet() -> None:
    meaning = kg("show", "pic").stdout.partition("\n\n")[0].splitlines()
    assert "line 26 → recommends format DICOM: it stands in the section data types (rule format)" in meaning
    assert "line 46 → cites legislation Norwegian Animal Welfare Act" in meaning
    assert (
        "line 42 → names Sigma2 as documentation: not at the start of its line (rule not-at-the-start-of-its-line)"
        in meaning
    )
    assert any("recommends NORMOLIM as scientific service" in line for line in meaning)


def test_show_gives_the_lines_and_the_graph() -> None:
    file = ROOT / "content" / "pages" / "cheat_sheets" / "preclinical_imaging.md"
    text = file.read_text(encoding="utf-8").splitlines()
    line = next(n for n, words in enumerate(text, 1) if "bsg-s000114" in words)
    done = kg("show", file)
    assert done.returncode == 0, done.stderr
    assert any(f"{line} " in shown and "bsg-s000114" in shown for shown in done.stdout.splitlines())
    assert "rdm:recommendsFormat fairsharing:b7z8by" in done.stdout
    assert kg("show", "pic").stdout == done.stdout
    missing = kg("show", "nothing")
    assert missing.returncode == 2
    assert missing.stderr.endswith("content, the example\nkg: error: no page 'nothing'; none has a name like it\n")
