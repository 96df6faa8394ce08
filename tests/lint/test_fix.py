"""``kg fix``: its rewrites, that nothing else is rewritten, and that it asks first."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint.check import check, select
from kg.lint.context import Context
from kg.lint.fix import fixed_data, fixed_page
from kg.page import Page
from kg.readers import read_file
from kg.site import open_site
from tests.conftest import kg, write_site
from tests.lint.test_check import kg_in

pytestmark = pytest.mark.slow

TABLE = FairsharingCrosswalk.load()
FORMER, DOI = "https://fairsharing.org/bsg-s000114", "https://doi.org/10.25504/FAIRsharing.b7z8by"
HEAD = "---\ntitle: A\n---\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"), {})


def fixed(text: str, folder: Path) -> str:
    """Rewrite the page as ``kg fix`` does."""

    def read(draft: str) -> Page | None:
        file = folder / "draft.txt"
        file.write_bytes(draft.encode())
        return read_file(open_site(folder), file, "a.md")[0]

    page = read(text)
    return fixed_page(text, page, Context(open_site(folder), TABLE, [page]), read) if page else text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (f"[x]({FORMER})", f"[x]({DOI})"),
        (f"[x](<{FORMER}>)", f"[x](<{DOI}>)"),
        (f'[x]({FORMER} "title")', f'[x]({DOI} "title")'),
        (f"[x]( {FORMER} ){{:target='_blank'}}", f"[x]( {DOI} ){{:target='_blank'}}"),
        (f"<{FORMER}>", f"<{DOI}>"),
        (f'<a class="x" href="{FORMER}">x</a>', f'<a class="x" href="{DOI}">x</a>'),
        (f"[x][y]\n\n[y]: {FORMER}", f"[x][y]\n\n[y]: {DOI}"),
        (f"[x\ny]({FORMER}) [x]({FORMER})", f"[x\ny]({DOI}) [x]({DOI})"),
        (f"`{FORMER}` and `[x]({FORMER})` and [x]({FORMER})", None),
        (f"```\n[x]({FORMER})\n```", None),
        (f"[{FORMER}]({FORMER})", f"[{FORMER}]({DOI})"),
        (f"[x]({FORMER}?page=1)", None),
        ("[x](https://fairsharing.org/bsg-s999999)", None),
        ("[x](https://fairsharing.org/FAIRsharing.b7z8by)", f"[x]({DOI})"),
        ("[x](10.1234/a(b)) [y](doi:10.1234/a)", "[x](https://doi.org/10.1234/a(b)) [y](https://doi.org/10.1234/a)"),
        (
            "[x]((zenodo.org/records/1)) [y](<github.com/a>)",
            "[x](https://zenodo.org/records/1) [y](<https://github.com/a>)",
        ),
        ("[x]((/nowhere)) [y]((nowhere/a)) [z]((#none))", "[x]((/nowhere)) [y]((nowhere/a)) [z](#none)"),
        ("[x]((https://a.example/))", "[x](https://a.example/)"),
        (f"## [x](({FORMER}))", f"## [x]({DOI})"),
        ("[x]((https://a.example/(b)))", None),
        ("[x]((see below))", None),
        ("`[x]((https://a.example/))`", None),
        (
            f'{{% include callout.html type="note" content="See [x]({FORMER})." %}}',
            f'{{% include callout.html type="note" content="See [x]({DOI})." %}}',
        ),
        (f"{{% raw %}}[x]({FORMER}){{% endraw %}}", f"{{% raw %}}[x]({DOI}){{% endraw %}}"),
        (f"<!-- [x]({FORMER}) -->", None),
    ],
)
def test_what_is_rewritten_in_a_page(before: str, after: str | None, folder: Path) -> None:
    result = fixed(HEAD + before, folder)
    assert result == HEAD + (before if after is None else after)
    assert fixed(result, folder) == result


def test_front_matter_is_rewritten_where_a_value_is_a_former_address(folder: Path) -> None:
    text = f'---\ntitle: {FORMER} is former\nfairsharing:\n- url: {FORMER}\n- url: "{FORMER}" # {FORMER}\n---\nx\n'
    assert fixed(text, folder) == text.replace(f"url: {FORMER}", f"url: {DOI}").replace(f'"{FORMER}"', f'"{DOI}"')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1825-0097   ", "0000-0002-1825-0097   "),
        ('"https://orcid.org/0000-0002-1825-0097 " # x', '"0000-0002-1825-0097" # x'),
        ("'0000-0002-1825-0097 '", "'0000-0002-1825-0097'"),
        ("orcid.org/0000-0002-1694-233x", "0000-0002-1694-233X"),
        ("0000-0002-1825-0097", None),
        ("https://orcid.org/0000-0002-1825-0098", None),
        ("ada@example.org", None),
        ("", None),
    ],
)
def test_what_is_rewritten_in_data(before: str, after: str | None) -> None:
    head, tail = "\ufeff# É\r\nAda Exämple:\r\n  orcid: ", "\r\n  git: ada"
    result = fixed_data(head + before + tail, TABLE)
    assert result == head + (before if after is None else after) + tail
    assert fixed_data(result, TABLE) == result


def test_every_finding_that_says_what_to_write_is_fixed(tmp_path: Path) -> None:
    files = {
        "sheet.md": "---\ntitle: S\ntype: cheat_sheet\npage_id: no\nmore: https://fairsharing.org/FAIRsharing.b7z8by\n---\n"
        "## Type of data\n- CZI\n  - Propriertary format\n- [y](10.1234/a) propietary\n"
        "- [x](https://fairsharing.org/FAIRsharing.26dmba) [z](github.com/a)\n{% tool 'a' %}\n",
        "_data/CONTRIBUTORS.yml": "Ada King:\n  orchid: 0000-0002-1825-0097\nBob King: {afiliation: A, git: bob}\n",
        "_data/tool_and_resource_list.yml": "- id: a\n  name: A\n  url: https://a.example\n  registry:\n"
        "    Biotool: 0123\n    fairsharing: bsg-s000114\n- id: on\n  name: B\n  url: https://b.example\n  registry:\n"
        "    biotools: https://bio.tools/b\n    fairsharing: https://doi.org/10.25504/FAIRsharing.26dmba\n"
        "    FairSharing: NA\n",
    }
    site = write_site(tmp_path / "site", files)
    (selection,) = select([site])
    told = [finding for finding in check(selection).findings if "write " in finding.message]
    assert len(told) == 14
    while kg("fix", "--yes", site).stdout:
        pass
    left = check(selection).findings
    assert [finding for finding in left if "write " in finding.message] == []
    people = (site / "_data/CONTRIBUTORS.yml").read_text(encoding="utf-8")
    assert people == "Ada King:\n  orcid: 0000-0002-1825-0097\nBob King: {affiliation: A, git: bob}\n"


ALIVE = ["/b", "b", "b.html", "zenodo.org/1", "10.1234/x"]
HREFS = st.sampled_from(["/nowhere", "nowhere/b", "b/c", "b#none", "#here", "c d", *ALIVE])
SHAPES = st.sampled_from(["[x]({})", "[x](({}))", "[x](<{}>)", "<a href='{}'>x</a>", "[x]( {} )"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(links=st.lists(st.tuples(SHAPES, HREFS), min_size=1, max_size=5))
def test_a_link_that_leads_nowhere_never_looks_mended(links: list[tuple[str, str]], folder: Path) -> None:
    """A link without a finding after the rewrite leads to a page, or is the address that its finding said to write."""
    text = HEAD + "\n".join(shape.format(href) for shape, href in links)
    site = write_site(folder, {"a.md": fixed(text, folder), "b.md": "---\ntitle: B\n---\n"})
    (selection,) = select([site])
    told = {finding.place.line for finding in check(selection).findings}
    for line, (_, href) in enumerate(links, 4):
        assert href in ALIVE or line in told
    for name in ("a.md", "b.md"):
        (site / name).unlink()


MARKS = '`|```\n|- |\t- |\n\n|(|)|[|]|<!--|-->|\\|{% raw %}|{{|%}|é\u2028\x0c|  |---\n|<a href="|">|[y]: |[x][y]'
PIECES = st.sampled_from([FORMER, f"[x]({FORMER})", "[x]((https://a.example/))", f"<{FORMER}>", *MARKS.split("|")])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=14), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_outside_of_what_is_rewritten_nothing_changes(pieces: list[str], end: str, folder: Path) -> None:
    text = (HEAD + "".join(pieces)).encode("utf-8", "ignore").decode().replace("\r", "").replace("\n", end)
    result = fixed(text, folder)
    assert fixed(result, folder) == result
    assert skeleton(result) == skeleton(text)


def skeleton(text: str) -> str:
    """Return the text with each rewritable text and its replacement made equal."""
    return text.replace(DOI, FORMER).replace("((https://a.example/))", "(https://a.example/)")


@pytest.mark.slow
def test_it_shows_and_asks_before_it_writes(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {})
    page = site / "a.md"
    before = b"---\r\ntitle: A\r\n---\r\n[x](" + FORMER.encode() + b")\r\nend without a line's end"
    page.write_bytes(before)
    page.chmod(0o750)
    (site / "latin.md").write_bytes(b"---\ntitle: \xe9\n---\n[x](" + FORMER.encode() + b")\n")
    latin = (site / "latin.md").read_bytes()
    shown = kg("fix", site)
    assert shown.returncode == 1
    assert f"-[x]({FORMER})" in shown.stdout
    assert f"+[x]({DOI})" in shown.stdout
    assert "nothing was written" in shown.stderr
    assert "not UTF-8" in shown.stderr
    assert page.read_bytes() == before
    done = kg("fix", "--yes", site)
    assert (done.returncode, done.stdout) == (0, shown.stdout)
    assert page.read_bytes() == before.replace(FORMER.encode(), DOI.encode())
    assert page.stat().st_mode & 0o777 == 0o750
    assert (site / "latin.md").read_bytes() == latin
    assert sorted(file.name for file in site.iterdir()) == ["_config.yml", "a.md", "latin.md"]
    again = kg("fix", "--yes", site)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr.splitlines()[-2] == "nothing to fix"


@pytest.mark.slow
def test_the_diff_that_is_shown_is_a_patch(tmp_path: Path) -> None:
    people = "Ada Example:\n  email: ada@example.org\n  orcid: https://orcid.org/0000-0002-1825-0097\n"
    site = write_site(tmp_path / "site", {"a.md": f"{HEAD}[x]({FORMER})\n", "_data/CONTRIBUTORS.yml": people})
    command = ["git", "apply", "--unidiff-zero", "--unsafe-paths", "-p1"]
    subprocess.run(["git", "init", "-q", str(site)], check=True)
    shown = kg_in(site, "fix").stdout
    assert "ada@" not in shown
    subprocess.run(command, cwd=site, input=shown, text=True, check=True)
    assert (site / "a.md").read_text(encoding="utf-8") == f"{HEAD}[x]({DOI})\n"
    assert "orcid: 0000-0002-1825-0097\n" in (site / "_data/CONTRIBUTORS.yml").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_diff_does_not_steer_a_terminal(tmp_path: Path) -> None:
    text = f"{HEAD}a\tcaf\u00e9 \x1b[2J\u009b31m\u202e\rx\n[x]({FORMER})\n"
    site = write_site(tmp_path / "site", {"a.md": text})
    shown = kg("fix", site).stdout
    assert "\tcaf\u00e9 \\x1b[2J\\x9b31m\\u202e" in shown
    assert not set("\x1b\u009b\u202e\r") & set(shown)
    assert kg("fix", "--yes", site).returncode == 0
    assert (site / "a.md").read_bytes().decode() == text.replace(FORMER, DOI)


@pytest.mark.slow
def test_only_the_files_that_are_named_are_rewritten(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", dict.fromkeys(("a.md", "b.md"), f"{HEAD}[x]({FORMER})\n"))
    assert kg("fix", "--yes", site / "a.md").returncode == 0
    assert DOI in (site / "a.md").read_text(encoding="utf-8")
    assert FORMER in (site / "b.md").read_text(encoding="utf-8")
