"""``kg diff``: differences between commits of a site or between releases, and patches from one graph to another."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kg.diff import changes, summarise
from kg.errors import ReleaseError
from tests.change.checkout import commit, git, release_of
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

SHEET = "---\ntype: cheat_sheet\npage_id: {id}\ntitle: Sheet {id}\n---\n## Type of data\n{formats}\n"
FORMATS = """### Formats
- [DICOM](https://fairsharing.org/FAIRsharing.b7z8by)
- [NIfTI](https://nifti.example/)
"""
LAW = "## Ethics and Regulations\n- [The act](https://lovdata.no/dokument/NL/lov/2018-06-15-38)\n"
S, P, G = "<http://x.example/s{}>", "<http://x.example/p>", "<http://x.example/g>"


def sheet(page_id: str, formats: str = FORMATS) -> str:
    return SHEET.format(id=page_id, formats=formats)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Create a site in which a page was renamed, one removed, one added, one changed and one left alone."""
    folder = tmp_path_factory.mktemp("site")
    renamed = FORMATS + "- [SAM](https://sam.example/)\n"
    gone = "- [Gone](https://gone.example/)"
    pages = {"a": FORMATS, "old": renamed, "gone": gone, "stays": FORMATS}
    write_site(folder, {f"{name}.md": sheet(name, text) for name, text in pages.items()})
    commit(folder, day=1)
    for name in ("a.md", "old.md", "gone.md"):
        (folder / name).unlink()
    changed = f"A sentence first.\n\n{FORMATS.replace('NIfTI', 'NIfTI-2')}{LAW}"
    new = "### Formats\n- [Other](https://other.example/)\n"
    write_site(folder, {"a.md": sheet("a", changed), "now.md": sheet("now", renamed), "new.md": sheet("new", new)})
    commit(folder, day=2)
    return folder


def test_the_words_tell_pages_recommendations_and_laws_with_their_lines(site: Path) -> None:
    done = kg("diff", "--site", site, "HEAD~1", "HEAD")
    assert done.returncode == 1, done.stderr
    lines = done.stdout.splitlines()
    assert "pages: 1 added, 1 removed, 1 renamed, 1 changed" in lines
    for line in (
        'a.md  "Sheet a"  changed',
        '  + line 11: recommends "NIfTI-2" (data format) <https://nifti.example/>',
        '  - line 9: recommends "NIfTI" (data format) <https://nifti.example/>',
        "  + cites LOV-2018-06-15-38",
        "  1 link moved to another line",
        'new.md  "Sheet new"  added',
        'gone.md  "Sheet gone"  removed',
        'old.md -> now.md  "Sheet now"  renamed',
    ):
        assert any(re.sub(r"<[^>]*>", "<>", line) == re.sub(r"<[^>]*>", "<>", each) for each in lines), line
    assert not any("stays" in line for line in lines)
    renamed = lines[lines.index('old.md -> now.md  "Sheet now"  renamed') + 1 :]
    assert not any("recommends" in line for line in renamed[: renamed.index("")])
    assert any(line.startswith('  + legal resource "') for line in lines)
    assert any(line.split() == ["regulated", "sheet", "0", "->", "1"] for line in lines)


def test_a_link_with_another_address_is_one_line_with_both(tmp_path: Path) -> None:
    page = "---\ntitle: B\n---\n[Here](https://one.example/) [here](https://two.example/)\n\n## End\n[End](b)\n"
    write_site(tmp_path, {"a.md": sheet("a"), "b.md": page})
    commit(tmp_path, day=1)
    formats = FORMATS.replace("https://nifti.example/", "https://nifti.example/new")
    moved = page.replace("[here](https://two.example/)", "there").replace("[End](b)", "[here](https://end.example/)")
    write_site(tmp_path, {"a.md": sheet("a", formats), "b.md": moved.replace("one.example", "first.example")})
    commit(tmp_path, day=2)
    told = kg("diff", "--site", tmp_path, "HEAD~1", "HEAD").stdout
    thing = "<https://w3id.org/rdm-kg/id/site-example/thing/nifti>"
    assert [line.strip() for line in told.splitlines() if " line " in line] == [
        (
            f'~ line 9: recommends "NIfTI" (data format) {thing}: '
            "leads to https://nifti.example/new, was https://nifti.example/"
        ),
        (
            '~ line 4: links to "Here" <https://first.example/>: '
            "leads to https://first.example/, was https://one.example/; "
            "means https://first.example/, was https://one.example/"
        ),
        '- line 4: links to "here" <https://two.example/>',
        '+ line 7: links to "here" <https://end.example/>',
        '- line 7: links to "End" (internal link) <https://w3id.org/rdm-kg/id/site-example/page/b>',
    ]


def test_things_are_told_in_words_and_changed_ones_with_what_changed(tmp_path: Path) -> None:
    write_site(tmp_path, {"a.md": sheet("a")})
    commit(tmp_path, day=1)
    formats = FORMATS.replace("https://nifti.example/", "https://nifti.example/new").replace("b7z8by", "26dmba")
    write_site(tmp_path, {"a.md": sheet("a", formats.replace("DICOM", "That of spectra"))})
    commit(tmp_path, day=2)
    told = kg("diff", "--site", tmp_path, "HEAD~1", "HEAD").stdout.splitlines()
    things = told[told.index("things: 1 added, 1 removed, 1 changed") + 1 :]
    assert things[: things.index("")] == [
        '  + data format, standard "mz Markup Language" <fairsharing:26dmba>',
        '  - data format, standard "Digital Imaging and COmmunications in Medicine" <fairsharing:b7z8by>',
        '  ~ data format "NIfTI" <https://w3id.org/rdm-kg/id/site-example/thing/nifti>',
        "    + home page https://nifti.example/new",
        "    - home page https://nifti.example/",
    ]
    assert any('"That of spectra" (data format) mz Markup Language <fairsharing:26dmba>' in line for line in told)
    markdown = kg("diff", "--site", tmp_path, "HEAD~1", "HEAD", "--format", "markdown").stdout
    assert "  - + home page https://nifti.example/new" in markdown


def test_the_same_commit_says_the_same(site: Path) -> None:
    done = kg("diff", "--site", site, "HEAD", "HEAD")
    assert (done.returncode, done.stdout) == (0, "HEAD and HEAD have the same statements\n")
    patch = kg("diff", "--site", site, "HEAD", "HEAD", "--format", "patch")
    assert (patch.returncode, patch.stdout) == (0, "TX .\nTC .\n")


def test_json_and_markdown_tell_the_same(site: Path) -> None:
    told = json.loads(kg("diff", "--site", site, "HEAD~1", "HEAD", "--format", "json").stdout)
    pages = {page["path"]: page for page in told["pages"]}
    assert {path: page["change"] for path, page in pages.items()} == {
        "a.md": "changed",
        "gone.md": "removed",
        "new.md": "added",
        "now.md": "renamed",
    }
    assert pages["now.md"]["old_path"] == "old.md"
    assert [(link["change"], link["line"], link["label"]) for link in pages["a.md"]["links"] if link["recommends"]] == [
        ("removed", 9, "NIfTI"),
        ("added", 11, "NIfTI-2"),
    ]
    markdown = kg("diff", "--site", site, "HEAD~1", "HEAD", "--format", "markdown").stdout
    assert '### a.md  "Sheet a"  changed' in markdown
    assert "- + cites LOV-2018-06-15-38" in markdown


def test_a_patch_makes_the_new_graph_of_the_old_one(tmp_path: Path) -> None:
    old = {f'{S.format(n)} {P} "{n}" {G}' for n in range(20)}
    new = {f'{S.format(n)} {P} "{n * (n % 3)}" {G}' for n in range(5, 30)} | {f"{S.format(7)} {P} {P} {G}"}
    releases = [release_of(tmp_path, quads) for quads in (old, new)]
    done = kg("diff", *(release.name[:8] for release in releases), "--release", tmp_path, "--format", "patch")
    assert done.returncode == 1, done.stderr
    first, *lines, last = done.stdout.splitlines()
    assert (first, last) == ("TX .", "TC .")
    patched = {f"{quad} ." for quad in old}
    for line in lines:
        letter, quad = line.split(" ", 1)
        assert (letter == "D") is (quad in patched)
        patched ^= {quad}
    assert patched == {f"{quad} ." for quad in new}


def test_trouble_has_an_exit_code_of_its_own_and_says_what_there_is(tmp_path: Path, site: Path) -> None:
    release = release_of(tmp_path, [f"{S.format(1)} {P} {P} {G}"])
    unknown = kg("diff", "ffff", release, "--release", tmp_path)
    assert unknown.returncode == 2
    assert release.name in unknown.stderr
    no_commit = kg("diff", "--site", site, "HEAD", "nothing")
    assert no_commit.returncode == 2
    assert "no commit 'nothing'" in no_commit.stderr
    no_checkout = kg("diff", "--site", write_site(tmp_path / "plain", {}), "HEAD", "HEAD~1")
    assert no_checkout.returncode == 2
    assert "git" in no_checkout.stderr


@pytest.mark.parametrize("what", ["HEAD~1^{commit}", "HEAD~1^{tree}", "HEAD~1:a.md"])
@pytest.mark.parametrize("is_gone", [True, False])
def test_an_object_that_is_missing_or_damaged_is_one_line(what: str, is_gone: bool, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": sheet("a")})
    commit(site)
    write_site(site, {"a.md": sheet("b")})
    commit(site)
    name = git(site, "rev-parse", what)
    object_file = site / ".git" / "objects" / name[:2] / name[2:]
    content = object_file.read_bytes()
    object_file.unlink()
    if not is_gone:
        object_file.write_bytes(content[: len(content) // 2])
    done = kg("diff", "--site", site, "HEAD~1", "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"kg: error: .*git.*\n", done.stderr), done.stderr


def test_a_partial_clone_is_one_line_too(site: Path, tmp_path: Path) -> None:
    git(site, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{site}", "partial")
    done = kg("diff", "--site", tmp_path / "partial", "HEAD~1", "HEAD")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"kg: error: .*; the clone is partial: .*\n", done.stderr), done.stderr
    git(tmp_path / "partial", "fetch", "--quiet", "--refetch", "--no-filter")
    assert kg("diff", "--site", tmp_path / "partial", "HEAD~1", "HEAD").returncode == 1


def test_a_file_that_is_not_sorted_is_refused(tmp_path: Path) -> None:
    graph = tmp_path / "graph.nq"
    lines = [f"{S.format(n)} {P} {P} {G} .\n" for n in (1, 2, 1)]
    graph.write_text("".join(lines), encoding="utf-8")
    (tmp_path / "empty.nq").touch()
    with pytest.raises(ReleaseError, match=r"is not sorted, at .*s1>"):
        list(changes(graph, tmp_path / "empty.nq"))


def test_no_word_of_a_page_steers_the_terminal(tmp_path: Path) -> None:
    page = "<http://x.example/page>"
    said = [
        f"{page} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/rdm-kg/ont#Page> {G}",
        f'{page} <http://purl.org/dc/terms/title> "red \\u001B[31m `x` <b>" {G}',
    ]
    old, new = release_of(tmp_path, [f"{S.format(1)} {P} {P} {G}"]), release_of(tmp_path, said)
    text = kg("diff", old, new).stdout
    assert "\x1b" not in text
    assert r'"red \x1b[31m `x` <b>"' in text
    assert "&lt;b&gt;" in kg("diff", old, new, "--format", "markdown").stdout


def test_a_new_commit_alone_is_told_apart(tmp_path: Path) -> None:
    page, prov = "http://x.example/page", "http://www.w3.org/ns/prov#wasGeneratedBy"
    kind = f"<{page}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/rdm-kg/ont#Page> {G}"
    path = f'<{page}#md> <http://purl.org/dc/terms/identifier> "a.md" {G}'
    releases = [
        release_of(tmp_path, [kind, path, f"<{page}#md> <{prov}> <http://x.example/commit/{n}> {G}"]) for n in (1, 2)
    ]
    old, new = (release / "graph.nq" for release in releases)
    difference = summarise(old, new, recommending=())
    assert [(each.change, each.path) for each in difference.pages] == [("committed", "a.md")]
    assert "pages: 1 the same in a new commit" in kg("diff", *releases).stdout
