"""A build records the commits that its pages come from, and its own version."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from kg.build.inputs import of_file
from kg.release import open_release
from kg.vocab import DATASET, DCAT, DCT, PROV
from tests.change.checkout import commit
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntype: cheat_sheet\npage_id: a\ntitle: A\n---\n## Type of data\n- [DICOM](https://fairsharing.org/84)\n"


def build(site: Path, out: Path) -> str:
    done = kg("build", site, "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_statements_have_their_commit_and_a_new_one_is_noticed(tmp_path: Path) -> None:
    site, out = write_site(tmp_path / "site", {"pages/a.md": PAGE, "_data/x.yml": "{}\n"}), tmp_path / "out"
    first = commit(site, day=1)
    build(site, out)
    old = open_release(out)
    assert (
        f"Stated in pages/a.md, commit {first[:10]} of 2026-03-01T10:00:00Z:"
        in kg("explain", "fairsharing:b7z8by", "--release", out).stdout
    )
    assert "nothing has changed" in build(site, out)
    (site / "pages" / "a.md").write_text(PAGE + "\n", encoding="utf-8")
    build(site, out)
    assert "in no commit" in kg("explain", "a", "--release", out).stdout
    (site / "pages" / "a.md").write_text(PAGE, encoding="utf-8")
    (site / "pages" / "b.md").write_text(PAGE.replace("id: a", "id: b"), encoding="utf-8")
    second = commit(site, day=2)
    build(site, out)
    assert f"commit {second[:10]}" in kg("explain", "b", "--release", out).stdout
    assert f"commit {first[:10]}" in kg("explain", "a", "--release", out).stdout
    assert "committing.tester" not in open_release(out).graph.read_text(encoding="utf-8").lower()
    assert "1 added" in kg("diff", old.folder, out).stdout


def test_a_release_has_its_description_and_the_release_before(tmp_path: Path) -> None:
    site, out = write_site(tmp_path / "site", {"a.md": PAGE}), tmp_path / "out"
    build(site, out)
    old = open_release(out)
    assert DCAT.previousVersion not in old.description.read_text(encoding="utf-8")
    (site / "a.md").write_text(PAGE.replace("title: A", "title: B"), encoding="utf-8")
    build(site, out)
    new = open_release(out)
    graph = Graph().parse(new.description, publicID="https://server.example/")
    this = URIRef(f"{DATASET}/{new.id}")
    assert graph.value(this, URIRef(DCAT.previousVersion)) == URIRef(f"{DATASET}/{old.id}")
    assert graph.value(this, URIRef(DCT.issued)) is not None
    assert new.manifest["files"]["description.ttl"]["bytes"] == new.description.stat().st_size


def test_outside_of_git_the_same_bytes_come_again_and_no_commit_is_told(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": PAGE})
    outs = [tmp_path / name for name in ("one", "two")]
    for out in outs:
        build(site, out)
    one, two = map(open_release, outs)
    assert one.id == two.id
    text = one.graph.read_text(encoding="utf-8")
    assert PROV.wasGeneratedBy not in text
    assert PROV.wasAttributedTo in text


def test_a_file_that_is_only_copied_counts_by_its_name(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": PAGE + "![x](b.png)\n", "b.png": "x"})
    out = site / "out"  # what builds make in the folder of a site is no change of it
    build(site, out)
    (site / "b.png").write_text("y", encoding="utf-8")
    assert "nothing has changed" in build(site, out)
    (site / "b.png").unlink()
    assert "nothing has changed" not in build(site, out)
    assert "broken-link" in (out / "current" / "report.json").read_text(encoding="utf-8")


def test_a_document_of_a_date_to_come_counts_as_another_one(tmp_path: Path) -> None:
    texts = {"plain": PAGE, "dated": PAGE.replace("---\n", "---\ndate: 2999-01-01\n", 1)}
    names = {"2020-01-01-a.md": "plain", "2999-01-01-b.md": "plain", "2020-01-01-c.md": "dated"}
    files = {f"{folder}/{name}": texts[text] for name, text in names.items() for folder in ("_posts", "notes")}
    site = write_site(tmp_path, files)
    same = [of_file(site / "_posts" / name) == of_file(site / "notes" / name) for name in names]
    assert same == [True, False, False]
