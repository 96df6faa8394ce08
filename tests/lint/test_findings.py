"""Findings of each family of rules on a site that breaks them: place, severity, rule and message of all."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kg.closest import closest
from kg.errors import SiteError
from kg.lint.check import Selection, changed, check, select
from tests.conftest import write_site
from tests.lint.test_near_misses import ORGANISATIONS, PEOPLE, PRIDE, TOOLS, page, sheet

SITES: dict[str, dict[str, str]] = {
    "links": page(
        "[a](http://b.example/x) [b](https://b.example/)\n[c](((d)))\n[d]()\n[e](<a b>)\n"
        "[f](www.a.example)\n[g](hxtp://a.example/)\n[h](https://)\n"
        "[i](http://[a)\n[j](storag)\n[k](/x/disks)\n[l](#nowher)\n[m](storage#whit)\n"
        "[n](https://doi.org/10.1000)\n[o](https:/a.example)\n\n## Nowhere"
    )
    | {"storage.md": "---\ntitle: S\npage_id: disks\n---\n## White\n"},
    "pages": {
        "a.md": "---\npage_id: one\npermalink: /x\n---\n",
        "b.md": "---\ntitle: B\npage_id: one\nlang: '?'\npermalink: /x\n---\n",
        "c_d.md": "---\ntitle: C\n---\n- name\n",
        "c-d.md": "---\ntitle: D\n---\n",
        "e.md": "---\ntitle: E\npage_id: ..\nrelated_pages:\n  t: [on, storage, two]\n---\n",
        "storage.md": "---\ntitle: S\npage_id: two\ntype: Your_tasks\n---\n",
        "f.md": (
            "---\ntitle: F\ntype: cheat_sheet\n---\n- identifiers\n- embargo\n- regulations\n- name\n"
            "- how to access\n\nwords\n"
        ),
        "g.md": "---\ntitle: <!-- t -->\npage_id: <!-- t -->\n---\n",
    },
    "people": {
        PEOPLE: (
            "Ada King Lovelace:\n    orcid: 0000-0002-1825-0098\n    email: ada@a.example\nBob:\n"
            "    orcid: bob@a.example\nEve:\n    ids:\n        orcid: none\n"
        ),
        ORGANISATIONS: (
            "- name: B\n  ror: 03zga2b33\n- name: C\n  pid: https://ror.org/03zga2b33\n- name: D\n  ror_id: 03zga2b34\n"
        ),
        "a.md": (
            "---\ntitle: A\ncontributors: [Ada King Lovelase]\neditors:\n- Bob\n- Eve\naffiliations: [E]\n---\n"
            "ada.lovelace@a.example\n"
            "[x](mailto:lovelace.ada2@a.example)\ngrace.hopper@a.example\nlovelace.king@a.example\n"
            "[x](https://orcid.org/0000-0002-1825-0098)\n[x](http://www.ror.org/03zga2b33)\n"
        ),
    },
    "references": {
        TOOLS: PRIDE + "  registry:\n    fairsharing: bsg-s000114\n    biotools: https://bio.tools/x\n"
        "- id: ega\n  name: EGA\n  url: https://ega.example/\n  registry:\n"
        "    fairsharing: FAIRsharing.e1byny\n    tess: 0123\n",
        "a.md": "---\ntitle: A\ninstance_of: prid\ndsw:\n- uuid: abc\nid: NO\n"
        "see: https://fairsharing.org/FAIRsharing.26dmba\n"
        "x: {registry: {fairsharing: FAIRsharing.e1byny}, instance_of: egaa}\nref_to_main_resources: {a: egaa}\n---\n"
        "{% tool 'prideX' %} {% tool 'nothing' %}\n"
        "[x](https://fairsharing.org/bsg-s000114)\n[x](https://fairsharing.org/99999)\n"
        "[x](https://fairsharing.org/bsg-s999999)\n"
        "[x](http://doi.org/10.25504/FAIRsharing.26dmba)\n"
        "[x](https://fairsharing.org/bsg-s99999999)\n{% tool pride %}\n",
        "_data/more.yml": (
            "- url: https://fairsharing.org/bsg-s000114\n"
            "- url: https://fairsharing.org/FAIRsharing.zzzzzz\n- url: https://doi.org/10.1000/\n"
            "- url: http://ega.example/\n"
        ),
    },
    "sheet": sheet(
        "## Type of data\n- CZI\n  - Propriertary format\n  - Opne\n- propritary\n"
        "- TIFF \u2013 propietary\n- A b c d e (propietary)\n"
        "- [X](https://x.example/) propietary\n## Description\n## Metadata standards\n\n"
        "Words stand here.\n\nMore words.\n"
    ),
}
EXPECTED = {
    "links": [
        ("a.md:4", "note", "http-link", "http://b.example/x is http; elsewhere this site uses https for that host"),
        ("a.md:5", "warning", "doubled-brackets", "the link's brackets are doubled; it is published as '((d))'"),
        ("a.md:6", "warning", "malformed-link", "the link has no destination"),
        ("a.md:7", "warning", "malformed-link", "the link's destination 'a b' holds blanks"),
        (
            "a.md:8",
            "warning",
            "malformed-link",
            "the link's destination 'www.a.example' lacks https://, so that it leads into this site; write https://www.a.example",
        ),
        (
            "a.md:9",
            "warning",
            "malformed-link",
            "the link's destination 'hxtp://a.example/' does not begin as an address does",
        ),
        ("a.md:10", "warning", "malformed-link", "the link's destination 'https://' does not begin as an address does"),
        ("a.md:11", "warning", "malformed-link", "the link's destination 'http://[a' is no address: Invalid IPv6 URL"),
        ("a.md:12", "warning", "broken-link", "nothing of this site is published at 'storag'; there is /storage"),
        (
            "a.md:13",
            "warning",
            "broken-link",
            "nothing of this site is published at '/x/disks'; the page with that page_id is at /storage",
        ),
        ("a.md:14", "warning", "unknown-fragment", "this page has no heading #nowher; there is #nowhere"),
        ("a.md:15", "warning", "unknown-fragment", "storage.md has no heading #whit; there is #white"),
        (
            "a.md:16",
            "warning",
            "invalid-doi",
            "https://doi.org/10.1000 is no DOI: it should go on with 10.<digits>/<suffix>",
        ),
        (
            "a.md:17",
            "warning",
            "malformed-link",
            "the link's destination 'https:/a.example' does not begin as an address does",
        ),
    ],
    "pages": [
        ("a.md:1", "warning", "missing-title", "the front matter has no title"),
        ("a.md:3", "warning", "duplicate-address", "b.md is published at /x too; one of them overwrites the other"),
        ("b.md:3", "error", "duplicate-id", "page_id 'one' is that of a.md already"),
        ("b.md:4", "warning", "invalid-language", "lang '?' is no tag of a language; its text counts as 'en'"),
        ("b.md:5", "warning", "duplicate-address", "a.md is published at /x too; one of them overwrites the other"),
        (
            "c_d.md:1",
            "error",
            "duplicate-id",
            "without a page_id, its id 'c-d' is that of c-d.md already; give it a page_id of its own",
        ),
        ("c_d.md:4", "note", "template-leftover", "this line is the template's: '- name'; fill it in or delete it"),
        ("e.md:3", "warning", "invalid-page-id", "page_id '..' means a folder in an address; the page is called 'e'"),
        ("e.md:5", "warning", "unknown-page", "no page of this site has the page_id 'on'; there is 'one'"),
        ("e.md:5", "warning", "unknown-page", "no page of this site has the page_id 'storage'; storage.md has 'two'"),
        (
            "e.md:5",
            "warning",
            "wrong-page-type",
            "page 'two' is listed under 't' but is of type 'Your_tasks', so it is not shown",
        ),
        ("f.md:4", "warning", "unfinished", "83% of its lines are template text; the page is kept out of the graph"),
        (
            "g.md:5",
            "warning",
            "unfinished",
            "its title and page_id are those of the template; the page is kept out of the graph",
        ),
    ],
    "people": [
        (
            "_data/CONTRIBUTORS.yml:2",
            "warning",
            "invalid-orcid",
            "the ORCID of Ada King Lovelace is no iD: the last digit of 0000-0002-1825-0098 does not fit the others",
        ),
        (
            "_data/CONTRIBUTORS.yml:3",
            "note",
            "contributor-email",
            "the e-mail address of a person is public in this file",
        ),
        ("_data/CONTRIBUTORS.yml:5", "warning", "invalid-orcid", "the ORCID of Bob is an e-mail address"),
        (
            "_data/CONTRIBUTORS.yml:8",
            "warning",
            "invalid-orcid",
            "the ORCID of Eve ids is no iD, which has four groups of four digits: 'none'",
        ),
        ("_data/affiliations.yml:2", "warning", "invalid-ror", "03zga2b33 is no ROR id: its digits do not check"),
        (
            "_data/affiliations.yml:4",
            "warning",
            "invalid-ror",
            "https://ror.org/03zga2b33 is no ROR id: its digits do not check",
        ),
        ("_data/affiliations.yml:6", "warning", "invalid-ror", "03zga2b34 is no ROR id: its digits do not check"),
        (
            "a.md:3",
            "warning",
            "unknown-contributor",
            "'Ada King Lovelase' of contributors is not in _data/CONTRIBUTORS.yml; there is 'Ada King Lovelace'",
        ),
        ("a.md:7", "warning", "unknown-organisation", "'E' of affiliations is not in _data/affiliations.yml"),
        (
            "a.md:9",
            "warning",
            "person-email",
            "an e-mail address of a person (a…); link to a page or a shared address instead",
        ),
        (
            "a.md:10",
            "note",
            "person-email",
            "what may be a person's e-mail address (l…); link to a page or a shared address instead",
        ),
        (
            "a.md:11",
            "note",
            "person-email",
            "what may be a person's e-mail address (g…); link to a page or a shared address instead",
        ),
        (
            "a.md:12",
            "note",
            "person-email",
            "what may be a person's e-mail address (l…); link to a page or a shared address instead",
        ),
        (
            "a.md:13",
            "warning",
            "invalid-orcid",
            "https://orcid.org/0000-0002-1825-0098 is no ORCID iD: its digits do not check",
        ),
        ("a.md:14", "warning", "invalid-ror", "http://www.ror.org/03zga2b33 is no ROR id: its digits do not check"),
    ],
    "references": [
        (
            "_data/more.yml:1",
            "note",
            "legacy-fairsharing",
            (
                "https://fairsharing.org/bsg-s000114 is an identifier of former times; "
                "write https://doi.org/10.25504/FAIRsharing.b7z8by (DICOM)"
            ),
        ),
        (
            "_data/more.yml:2",
            "warning",
            "unknown-fairsharing",
            "https://fairsharing.org/FAIRsharing.zzzzzz: no FAIRsharing record of that identifier is known here",
        ),
        (
            "_data/more.yml:3",
            "warning",
            "invalid-doi",
            "https://doi.org/10.1000/ is no DOI: it should go on with 10.<digits>/<suffix>",
        ),
        (
            "_data/more.yml:4",
            "note",
            "http-link",
            "http://ega.example/ is http; elsewhere this site uses https for that host",
        ),
        ("_data/tool_and_resource_list.yml:1", "note", "unused-tool", "no page names the tool 'pride'"),
        (
            "_data/tool_and_resource_list.yml:5",
            "note",
            "legacy-fairsharing",
            "bsg-s000114 is an identifier of former times; write b7z8by (DICOM)",
        ),
        (
            "_data/tool_and_resource_list.yml:6",
            "warning",
            "registry-value",
            "'https://bio.tools/x' is not what the theme looks up; write 'x'",
        ),
        ("_data/tool_and_resource_list.yml:7", "note", "unused-tool", "no page names the tool 'ega'"),
        (
            "_data/tool_and_resource_list.yml:11",
            "warning",
            "registry-value",
            "'FAIRsharing.e1byny' is not what the theme looks up; write 'e1byny'",
        ),
        (
            "_data/tool_and_resource_list.yml:12",
            "warning",
            "yaml-value",
            "YAML takes 0123 for another number; write '0123' in quotes",
        ),
        ("a.md:3", "warning", "unknown-tool", "no tool has the id 'prid'; there is 'pride'"),
        ("a.md:5", "warning", "invalid-uuid", "'abc' is no uuid"),
        ("a.md:6", "warning", "yaml-value", "YAML takes NO for true or false; write 'NO' in quotes"),
        (
            "a.md:7",
            "note",
            "fairsharing-address",
            (
                "https://fairsharing.org/FAIRsharing.26dmba is not the record's persistent identifier; "
                "write https://doi.org/10.25504/FAIRsharing.26dmba (mzML)"
            ),
        ),
        (
            "a.md:8",
            "warning",
            "registry-value",
            "'FAIRsharing.e1byny' is not what the theme looks up; write 'e1byny'",
        ),
        ("a.md:8", "warning", "unknown-tool", "no tool has the id 'egaa'; there is 'ega'"),
        ("a.md:9", "warning", "unknown-tool", "no tool has the id 'egaa'; there is 'ega'"),
        ("a.md:11", "warning", "unknown-tool", "no tool has the id 'nothing'"),
        ("a.md:11", "warning", "unknown-tool", "no tool has the id 'prideX'; there is 'pride'"),
        (
            "a.md:12",
            "note",
            "legacy-fairsharing",
            (
                "https://fairsharing.org/bsg-s000114 is an identifier of former times; "
                "write https://doi.org/10.25504/FAIRsharing.b7z8by (DICOM)"
            ),
        ),
        (
            "a.md:13",
            "note",
            "unknown-fairsharing",
            "https://fairsharing.org/99999: the record of that number is not known here",
        ),
        (
            "a.md:14",
            "note",
            "unknown-fairsharing",
            "https://fairsharing.org/bsg-s999999: the record of that former identifier is not known here",
        ),
        (
            "a.md:15",
            "note",
            "fairsharing-address",
            (
                "http://doi.org/10.25504/FAIRsharing.26dmba is not the record's persistent identifier; "
                "write https://doi.org/10.25504/FAIRsharing.26dmba (mzML)"
            ),
        ),
        (
            "a.md:15",
            "note",
            "http-link",
            "http://doi.org/10.25504/FAIRsharing.26dmba is http; elsewhere this site uses https for that host",
        ),
        (
            "a.md:16",
            "warning",
            "unknown-fairsharing",
            "https://fairsharing.org/bsg-s99999999: no FAIRsharing record can have this identifier",
        ),
        ("a.md:17", "warning", "liquid", "'pride' is no variable with a value; put the id of a tool in quotes"),
    ],
    "sheet": [
        ("a.md:4", "note", "missing-section", "no heading opens the section 'deposition repositories'"),
        ("a.md:4", "note", "missing-section", "no heading opens the section 'ethics regulations'"),
        ("a.md:4", "note", "missing-section", "no heading opens the section 'reusable sources'"),
        ("a.md:4", "note", "missing-section", "no heading opens the section 'services'"),
        ("a.md:4", "note", "missing-section", "no heading opens the section 'storage computing'"),
        ("a.md:4", "note", "missing-section", "no heading opens the section 'useful links'"),
        ("a.md:7", "warning", "misspelt-openness", "'Propriertary' is misspelt; write 'Proprietary'"),
        ("a.md:9", "warning", "misspelt-openness", "'propritary' is misspelt; write 'Proprietary'"),
        ("a.md:10", "warning", "misspelt-openness", "'propietary' is misspelt; write 'Proprietary'"),
        ("a.md:11", "warning", "misspelt-openness", "'propietary' is misspelt; write 'Proprietary'"),
        ("a.md:12", "warning", "misspelt-openness", "'propietary' is misspelt; write 'Proprietary'"),
    ],
}
CLEAN = "---\ntitle: A\n---\n"


@pytest.mark.parametrize("family", SITES)
def test_every_finding_has_its_place_and_says_what_to_do(family: str, tmp_path: Path) -> None:
    (selection,) = select(
        [
            write_site(
                tmp_path / "site",
                SITES[family],
                "title: A site\nurl: https://site.example\nlicense: CC0\npermalink: /:basename\n",
            )
        ]
    )
    found = check(selection).findings
    told = [(f"{f.place.path}:{f.place.line}", str(f.severity), f.rule, f.message) for f in found]
    assert told == EXPECTED[family]


def test_a_path_selects_what_is_below_it(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", dict.fromkeys(("a.md", "sub/b.md", "subway.md"), CLEAN))
    assert select([folder]) == [Selection(folder, ("",))]
    assert select([folder / "sub", folder / "a.md"]) == [Selection(folder, ("sub", "a.md"))]
    (tmp_path / "outside.md").write_text("")
    assert select([tmp_path / "outside.md", folder]) == [Selection(folder, ("",))]
    with pytest.raises(SiteError, match=r"outside\.md is in no site"):
        select([tmp_path / "outside.md"])
    chosen = Selection(folder, ("sub",))
    assert [chosen.has(path) for path in ("sub/b.md", "sub", "subway.md", "a.md")] == [True, True, False, False]
    assert check(chosen).pages == 1


def test_a_page_alone_knows_the_headings_of_the_others(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\n---\n[b](b#there) [b](b#nowhere)\n", "b.md": "---\ntitle: B\n---\n## There\n"}
    folder = write_site(
        tmp_path / "site", files, "title: A site\nurl: https://site.example\nlicense: CC0\npermalink: /:basename\n"
    )
    found = check(Selection(folder, ("a.md",))).findings
    assert [finding.message for finding in found] == ["b.md has no heading #nowhere"]


def test_a_file_below_the_base_url_is_there(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\n---\n[x](/base/f.pdf) [x](/base/none.pdf)\n", "f.pdf": ""}
    folder = write_site(
        tmp_path / "site", files, "title: A site\nurl: https://site.example\nlicense: CC0\nbaseurl: /base\n"
    )
    assert [finding.rule for finding in check(Selection(folder, ("",))).findings] == ["broken-link"]


def test_what_differs_from_a_revision_is_what_is_changed_or_new_and_selected(tmp_path: Path) -> None:
    folder = write_site(tmp_path / "site", dict.fromkeys(("a.md", "b.md", "gone.md", "sub/c.md", "sub/d.md"), "x"))
    git = ["git", "-C", str(folder), "-c", "user.name=A", "-c", "user.email=a@a.example"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], check=True)
    for name in ("a.md", "sub/c.md", "new.md", "sub/new.md"):
        (folder / name).write_text("y")
    (folder / "gone.md").unlink()
    everything = changed(Selection(folder, ("",)), "HEAD")
    assert everything == Selection(folder, ("a.md", "new.md", "sub/c.md", "sub/new.md"))
    assert changed(Selection(folder, ("sub",)), "HEAD").below == ("sub/c.md", "sub/new.md")
    with pytest.raises(SiteError, match=f"git knows no commit 'none' in {folder}"):
        changed(everything, "none")


def test_the_nearest_of_many_names_is_found_among_its_neighbours() -> None:
    names = [f"name{number:04}" for number in range(2000)]
    assert closest("name1500x", names) == "name1500"
    assert closest("name0000x", names) == "name0000"
    assert closest("name1999x", names) == "name1999"
    assert closest("xname1500", names) != "name1500"
    assert closest("xname0030", names[:500]) == "name0030"
