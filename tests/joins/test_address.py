"""Where a site is published: what says so, in which order, and what is said where nothing does."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.inputs import digest
from kg.lint.check import check, select
from kg.site import open_site
from kg.site.published import github_pages
from tests.change.checkout import git
from tests.conftest import kg, write_site

PAGE = {"a.md": "---\ntitle: A\n---\nWords.\n"}
CONFIG = "title: A site\nlicense: CC-BY-4.0\n"


def checkout(folder: Path, origin: str) -> Path:
    git(folder, "init", "--quiet")
    git(folder, "remote", "add", "origin", origin)
    return folder


def test_of_several_addresses_the_strongest_counts_and_all_are_known(tmp_path: Path) -> None:
    said = {
        "url": "https://explicit.example",
        "CNAME": "cname.example",
        "profile": "https://profile.example",
        "given": "https://given.example",
    }
    files = {"CNAME": f"{said['CNAME']}\n", "rdm-kg.toml": f'url = "{said["profile"]}"\n'}
    site = write_site(checkout(tmp_path, "https://github.com/Owner/repo"), files, f"title: A\nurl: {said['url']}\n")
    names = [name.split("//")[-1] for name in said.values()]
    key = open_site(site).key
    assert [each.split("//")[-1] for each in open_site(site, {key: said["given"]}).addresses] == names
    write_site(site, {}, CONFIG)
    for number, gone in enumerate(("", "CNAME", "rdm-kg.toml"), 1):
        if gone:
            (site / gone).unlink()
        assert open_site(site, {"a-site": said["given"]}).url == f"https://{names[number]}"
    assert open_site(site).url == "https://owner.github.io/repo"


@pytest.mark.parametrize(
    ("origin", "address"),
    [
        ("https://github.com/Owner/repo", "https://owner.github.io/repo"),
        ("https://github.com/Owner/repo.git", "https://owner.github.io/repo"),
        ("https://somebody:secret@github.com/Owner/repo.git", "https://owner.github.io/repo"),
        ("git@github.com:owner/a.b_c.git", "https://owner.github.io/a.b_c"),
        ("ssh://git@github.com:22/owner/repo/", "https://owner.github.io/repo"),
        ("https://github.com/owner/Owner.github.io.git", "https://owner.github.io"),
        ("https://github.com.example/owner/repo", ""),
        ("https://gitlab.example/owner/repo", ""),
        ("https://github.com/owner", ""),
        ("ext::touch /pwned", ""),
    ],
)
def test_the_origin_on_github_tells_the_address_of_its_pages(origin: str, address: str, tmp_path: Path) -> None:
    assert github_pages(checkout(tmp_path, origin)) == address


def test_only_the_root_and_docs_of_a_repository_are_published(tmp_path: Path) -> None:
    folder = checkout(tmp_path, "https://github.com/owner/repo")
    for name in ("docs", "deep/site"):
        (folder / name).mkdir(parents=True)
    assert github_pages(folder / "docs") == "https://owner.github.io/repo"
    assert github_pages(folder / "deep" / "site") == ""
    assert github_pages(folder, "base") == "https://owner.github.io/base"


def test_links_below_the_address_of_the_origin_stay_within_the_site(tmp_path: Path) -> None:
    body = "[a](/repo/b) [a](https://owner.github.io/repo/b) [a](https://owner.github.io/other/c)"
    files = {"a.md": f"---\ntitle: A\n---\n{body}\n", "b.md": "---\ntitle: B\n---\n"}
    site = write_site(checkout(tmp_path, "https://github.com/owner/repo"), files, f"{CONFIG}permalink: /:basename\n")
    assert check(select([site])[0]).findings == ()


def test_an_address_with_a_path_of_its_own_has_no_base_path_behind_it(tmp_path: Path) -> None:
    site = write_site(tmp_path, {}, f"{CONFIG}baseurl: /kg\n")
    assert open_site(site, {"a-site": "https://host.example/kg/"}).url == "https://host.example/kg"
    assert open_site(site, {"a-site": "https://host.example/"}).url == "https://host.example/kg"


def test_a_site_without_an_address_is_told(tmp_path: Path) -> None:
    (selection,) = select([write_site(tmp_path, PAGE, CONFIG)])
    (finding,) = check(selection).findings
    assert (str(finding.place), finding.rule) == ("_config.yml:1", "site-without-address")
    assert "--url a-site=https://" in finding.message
    assert check(selection, {"a-site": "https://a.example"}).findings == ()


@pytest.mark.parametrize("written", ["a..example", "https://a.example", "a.example/kg", "a b"])
def test_a_cname_that_is_no_host_is_told_and_gives_no_address(written: str, tmp_path: Path) -> None:
    (selection,) = select([write_site(tmp_path, PAGE | {"CNAME": f"{written}\n"}, CONFIG)])
    first, *_ = check(selection).findings
    assert (str(first.place), first.rule) == ("CNAME:1", "invalid-url")
    assert open_site(tmp_path).url == ""


def test_the_digest_tells_when_the_origin_changes(tmp_path: Path) -> None:
    site = write_site(checkout(tmp_path, "https://github.com/owner/repo"), PAGE, CONFIG)
    before = digest([site])
    git(site, "remote", "set-url", "origin", "https://github.com/owner/other")
    assert digest([site]) != before


@pytest.mark.slow
def test_an_address_given_to_a_build_is_in_the_graph_and_makes_another_release(tmp_path: Path) -> None:
    site, out = write_site(tmp_path / "site", PAGE, CONFIG), tmp_path / "out"
    build = ("build", site, "--out", out, "--reasoner", "owlrl")
    without, given = kg(*build), kg(*build, "--url", "a-site=https://a.example")
    assert without.returncode == given.returncode == 0, given.stderr
    assert "site-without-address" in without.stderr
    assert "site-without-address" not in given.stderr
    assert without.stdout != given.stdout
    graph = (Path(given.stdout.strip()) / "graph.nq").read_text(encoding="utf-8")
    assert "<http://www.w3.org/ns/dcat#landingPage> <https://a.example/a.html>" in graph
    assert kg("check", site, "--url", "a-site=https://a.example").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("other=https://a.example", "no site has the key 'other'; there are a-site"),
        ("https://a.example", "expected KEY=URL"),
        ("a-site=a.example", "expected KEY=URL"),
        ("a-site=https://a.example/#top", "expected KEY=URL without ? and #"),
        ("a-site=https://a.example/?p=1", "expected KEY=URL without ? and #"),
    ],
)
def test_an_address_for_no_site_is_refused(given: str, told: str, tmp_path: Path) -> None:
    done = kg("build", write_site(tmp_path / "site", PAGE, CONFIG), "--out", tmp_path / "out", "--url", given)
    assert done.returncode == 2
    assert told in done.stderr
