"""Malformed sites: files that are not regular files, settings of the wrong type, YAML that expands without bound."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.build import inputs as cache
from kg.build.compile import read_site
from kg.errors import SiteError
from kg.findings import Finding, Place, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint.check import check, select
from kg.page_to_rdf import PagesToRdf, page_iri
from kg.readers.markdown import LARGEST, read_front
from kg.site import open_site
from kg.site.addresses import identifier
from kg.site.yaml_text import YamlError, parse, scalars
from kg.vocab import Minter
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: A page\n---\nSome words.\n"


def found(folder: Path) -> list[tuple[str, str, int]]:
    """Return rule, path and line of every finding about a site."""
    return [(f.rule, f.place.path, f.place.line) for f in read_site(folder).findings]


def messages(folder: Path) -> str:
    return "\n".join(finding.message for finding in read_site(folder).findings)


@pytest.mark.parametrize("value", ['!!int ""', "!!int x", "!!bool foo", "!!timestamp foo", "!!float x", "!!binary x"])
def test_an_explicit_tag_is_refused_with_its_line(value: str, tmp_path: Path) -> None:
    with pytest.raises(YamlError, match="is not understood") as refused:
        parse(f"a: b\nc: {value}")
    assert refused.value.line == 2
    data = {"_data/CONTRIBUTORS.yml": f"a:\n  git: {value}\n"}
    site = write_site(tmp_path, {"a.md": f"---\ntitle: {value}\n---\n", "b.md": PAGE, **data})
    assert found(site) == [("data-file", "_data/CONTRIBUTORS.yml", 2), ("front-matter", "a.md", 2)]
    assert "never closes" not in messages(site)
    with pytest.raises(SiteError, match=r"_config\.yml:1: .* is not understood"):
        open_site(write_site(tmp_path, {}, config=f"title: {value}\n"))


def test_a_tag_that_leaves_text_as_it_is_is_read() -> None:
    assert parse("a: !!str 298\nb: !!seq [NO]\nc: !!map {d: ! e}").data == {"a": "298", "b": ["NO"], "c": {"d": "e"}}


@pytest.mark.parametrize("merge", ["<<: ", "list: "])
@pytest.mark.parametrize("read", [parse, lambda text: list(scalars(text))])
def test_aliases_of_aliases_do_not_explode(merge: str, read: Callable[[str], object]) -> None:
    levels = "\n".join(f"k{n}: &k{n} {{{merge}[{', '.join([f'*k{n - 1}'] * 9)}]}}" for n in range(1, 10))
    with pytest.raises(YamlError, match="aliases repeat"):
        read("k0: &k0 {a: b}\n" + levels)


def test_an_alias_within_what_it_names_is_refused() -> None:
    with pytest.raises(YamlError, match=r"\*a stands within"):
        parse("a: &a [*a]")


def test_ordinary_aliases_and_merges_are_read() -> None:
    text = "a: &a {x: '1'}\nb: &b {<<: *a, y: '2'}\nc: {<<: [*a, *b], z: *a}"
    assert parse(text).data["c"] == {"x": "1", "y": "2", "z": {"x": "1"}}


def test_pipes_and_devices_are_no_files(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"a.md": PAGE, "_data/x.yml": "a: b\n", "_includes/y.html": "y"})
    for name in ("pipe.md", "CNAME", "_data/CONTRIBUTORS.yml", "_data/z.yml", "_includes/pipe.html"):
        os.mkfifo(site / name)
    (site / "_data" / "affiliations.yml").symlink_to("/dev/zero")
    (site / "_data" / "zeros.yml").symlink_to("/dev/zero")
    (site / "folder.md").mkdir()
    (site / "zeros.md").symlink_to("/dev/zero")
    (site / "b.md").write_text("---\ntitle: B\n---\n{% include pipe.html %}\n", encoding="utf-8")
    names = ["_data/CONTRIBUTORS.yml", "_data/affiliations.yml"]
    assert [place for place in found(site) if place[0] == "data-file"] == [("data-file", name, 1) for name in names]
    assert [page.path for page in read_site(site).pages] == ["a.md", "b.md"]
    assert len(cache.digest([site])) == 32


@pytest.mark.parametrize("name", ["_config.yml", "rdm-kg.toml"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda file: file.symlink_to("/dev/zero"), Path.mkdir])
def test_settings_that_are_no_file_are_refused(name: str, make: Callable[[Path], None], tmp_path: Path) -> None:
    write_site(tmp_path, {"a.md": PAGE})
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    with pytest.raises(SiteError, match=name.replace(".", r"\.")):
        open_site(tmp_path)


def test_a_folder_that_is_no_site_is_refused_before_anything_in_it_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    done = kg("build", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "is no site" in done.stderr


def test_the_digest_does_not_read_what_links_out_of_the_site(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": PAGE})
    outside = tmp_path / "outside.md"
    outside.write_text("one", encoding="utf-8")
    (site / "link.md").symlink_to(outside)
    before = cache.digest([site])
    outside.write_text("two", encoding="utf-8")
    assert cache.digest([site]) == before
    (site / "link.md").unlink()
    (site / "link.md").symlink_to(site / "a.md")
    assert cache.digest([site]) != before


@pytest.mark.slow
def test_names_that_are_not_utf_8_are_findings(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": PAGE, "_data/x.yml": "a: b\n"})
    for name in (b"\xff.md", b"_data/\xff.yml"):
        Path(os.fsdecode(os.fsencode(site) + b"/" + name)).write_text(PAGE, encoding="utf-8")
    assert found(site) == [("encoding", r"\xff.md", 1), ("data-file", r"_data/\xff.yml", 1)]
    (selection,) = select([site])
    assert {finding.rule for finding in check(selection).findings} == {"encoding", "data-file"}
    assert kg("check", site, "--format", "json").returncode == 2
    assert kg("fix", site).returncode == 0
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr


def test_a_file_that_has_gone_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    page, (finding,) = read_front(tmp_path / "gone.md", "gone.md", {})
    assert page is None
    assert (finding.severity, finding.rule, finding.place) == (Severity.ERROR, "encoding", Place("gone.md", 1))


@pytest.mark.parametrize(("more", "rules"), [(0, []), (1, ["too-large"])])
def test_a_page_is_read_up_to_two_megabytes(more: int, rules: list[str], tmp_path: Path) -> None:
    filler = "x" * (LARGEST - len(PAGE) + more)
    (tmp_path / "a.md").write_text(PAGE + filler, encoding="utf-8")
    page, findings = read_front(tmp_path / "a.md", "a.md", {})
    assert [finding.rule for finding in findings] == rules
    assert (page is None) == bool(rules)


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("sections = 5", "'sections' must be a table"),
        ('sections = ["a"]', "'sections' must be a table"),
        ("statements = 4", "'statements' must be a table"),
        ('template_lines = ["("]', "'template_lines' has a pattern"),
        ('leftovers = ["a{9999999999999999999}"]', "'leftovers' has a pattern"),
        ("theme_anchors = [5]", "'theme_anchors' must be a list of texts"),
        ('[sections]\ndescriptoin = ["x"]', "no name 'descriptoin' in 'sections'"),
        ('[groups]\nx = ["x"]', "no name 'x' in 'groups'"),
        ('[labels]\nx = ["x"]', "no name 'x' in 'labels'"),
        ('[statements]\nx = ["x"]', "no name 'x' in 'statements'"),
        ('[sections]\ndescription = "x"', "'sections.description' must be a list of texts"),
        ('[sections]\ndescription = ["(?i)x"]', "'sections.description' has a pattern"),
        ('key = "../../ont"', "'key' must be made of"),
        ('key = "a b"', "'key' must be made of"),
        ('key = "<>"', "'key' must be made of"),
        ('language = "日本"', "'language' must be the tag"),
        ('license = "CC-BY"', "'license' must be an address"),
        ('url = "http://[half"', "'url' must be an address"),
        ('[publisher]\nurl = "https://a b"', "'publisher.url' must be an address"),
        ("[publisher]\nname = 5", "'publisher.name' must be a text"),
        ('[contact]\nurl = "mailto:x"', "'contact.url' must be an address"),
        ('[contact]\nmail = "x"', "no name 'mail' in 'contact'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(setting: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError) as refused:
        open_site(write_site(tmp_path, {"rdm-kg.toml": setting}))
    assert str(refused.value).startswith(f"{tmp_path / 'rdm-kg.toml'}: ")
    assert told in str(refused.value)


def test_a_data_file_is_read_up_to_five_megabytes(tmp_path: Path) -> None:
    files = {
        f"_data/{name}.yml": "#" * size + "\n" for name, size in (("CONTRIBUTORS", 5_000_000), ("other", 4_999_999))
    }
    site = write_site(tmp_path, {"a.md": "---\ntitle: A\n---\n", **files})
    for found in (read_site(site).findings, check(select([site])[0]).findings):
        (finding,) = (finding for finding in found if finding.rule == "data-file")
        assert finding.message == "this file is left out: it is larger than 5 MB"
        assert finding.place.path == "_data/CONTRIBUTORS.yml"


@pytest.mark.parametrize("page_id", [".", ".."])
def test_an_identifier_that_means_a_folder_is_none(page_id: str, tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, {"p/a.md": f"---\ntitle: A\npage_id: {page_id}\n---\nWords.\n"}))
    (page,) = build.pages
    assert identifier(page) == "p-a"
    assert "invalid-page-id" in [finding.rule for finding in build.findings]
    assert Minter("s").tool(page_id).endswith(f"/tool/-{page_id}")


@pytest.mark.slow
def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    place = Place("a\x1b[31m\n.md", 1)
    said = str(Finding(Severity.NOTE, "rule", "a\u202eb\x9b\ud800 é 試", place))
    assert said == r"a\x1b[31m\n.md:1: note: rule: a\u202eb\x9b\ud800 é 試"
    site = write_site(tmp_path, {"a.md": '---\ntitle: "\\e[31m"\nlang: "\\u202e"\n---\n# \x1b[33m \u202e\n'})
    for arguments in (["check", site], ["show", site / "a.md"], ["build", site, "--out", tmp_path / "out"]):
        done = kg(*arguments)
        assert not {"\x1b", "\u202e"} & {*done.stdout.partition("@prefix")[0], *done.stderr}
        assert r"\u202e" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("pages", "later"),
    [
        ({"p/a-b.md": "", "p/a_b.md": "", "p-a/b.md": "", "c.md": ""}, ["p/a-b.md", "p/a_b.md"]),
        ({"a-b.md": "", "c.md": "page_id: a-b"}, ["c.md"]),
        ({"a.md": 'page_id: "a b"', "c.md": 'page_id: "a%20b"'}, []),
        ({"a.md": "page_id: <!-- id -->", "b.md": "page_id: <!-- id -->"}, ["b.md"]),
    ],
)
def test_no_two_pages_have_the_same_iri(pages: dict[str, str], later: list[str], tmp_path: Path) -> None:
    site = write_site(tmp_path, {path: f"---\ntitle: A\n{front}\n---\nWords.\n" for path, front in pages.items()})
    build = read_site(site)
    assert [f.place.path for f in build.findings if f.rule == "duplicate-id"] == later
    assert list(build.kept_out) == later
    assert len({page_iri(page, build.site) for page in build.pages}) == len(pages) - len(later)


@pytest.mark.parametrize(
    ("written", "language", "rules"),
    [
        ("en_US", "en-US", []),
        ("nb_NO.UTF-8", "nb-NO", []),
        ("en us", "en", ["invalid-language"]),
        ("日本", "en", ["invalid-language"]),
        ("a" * 100, "en", ["invalid-language"]),
    ],
)
def test_a_language_is_a_tag(written: str, language: str, rules: list[str], tmp_path: Path) -> None:
    site = write_site(
        tmp_path, {"a.md": PAGE}, config=f"title: A\nlang: {written}\nurl: https://a.example\nlicense: CC0\n"
    )
    assert open_site(site).language == language
    assert found(site) == [(rule, "_config.yml", 2) for rule in rules]
    page = write_site(tmp_path, {"a.md": f"---\ntitle: A\nlang: {written}\n---\nWords.\n"})
    assert found(page) == [(rule, "a.md", 3) for rule in rules]


def test_an_address_of_the_site_that_is_none_counts_as_unknown(tmp_path: Path) -> None:
    files = {"a.md": f"{PAGE}[b](https://example.org/b)\n"}
    site = write_site(tmp_path, files, config='title: A\nurl: "http://[half"\nlicense: CC0\n')
    assert found(site) == [("invalid-url", "_config.yml", 2)]
    assert open_site(site).url == ""
    build = read_site(site)
    assert [page.path for page in build.pages] == ["a.md"]
    to_rdf = PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load())
    assert all(to_rdf.graph(page) for page in build.pages)


def test_a_link_to_a_name_that_no_file_can_have_is_broken(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"a.md": f"{PAGE}[b](/{'b' * 400})\n"})
    assert found(site) == [("broken-link", "a.md", 5)]


@pytest.mark.slow
def test_a_page_that_is_kept_out_is_shown_all_the_same(tmp_path: Path) -> None:
    template = "---\ntitle: <!-- title -->\npage_id: <!-- id -->\ntags: [a b, c]\n---\n# A heading\n"
    config = "title: A\ndefaults:\n- scope: {path: ''}\n  values: {toc: false}\n"
    site = write_site(tmp_path, {"a.md": PAGE, "b.md": template}, config)
    done = kg("show", site / "b.md")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "default  toc: false",
        "      2  title: <!-- title -->",
        "      3  page_id: <!-- id -->",
        "      4  tags: [a b, c]",
        "      6  # A heading",
    ]
    assert "unfinished" in done.stderr
    assert "kept out: its title and page_id are those of the template" in done.stderr
