"""Near misses of each rule: files that nearly break it and have no finding, and places that have one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from kg.lint import all_rules
from kg.lint.check import check, select
from kg.lint.rules import online
from tests.conftest import write_site

Files = dict[str, str]
PEOPLE, ORGANISATIONS, TOOLS = "_data/CONTRIBUTORS.yml", "_data/affiliations.yml", "_data/tool_and_resource_list.yml"
BIBLIOGRAPHY = "_bibliography/references.bib"
ADA = {PEOPLE: "Ada Lovelace:\n    git: ada\n"}
PRIDE = "- id: pride\n  name: PRIDE\n  url: https://www.ebi.ac.uk/pride/\n"


def page(body: str, front: str = "title: A") -> Files:
    """Return a page with this body; its first line is line 4 of the file if the front matter has one line."""
    return {"a.md": f"---\n{front}\n---\n{body}\n"}


def sheet(body: str, front: str = "title: A\ntype: cheat_sheet") -> Files:
    return page(body, front)


def tool(**registry: str) -> Files:
    return {TOOLS: PRIDE + "  registry:\n" + "".join(f"    {name}: {value}\n" for name, value in registry.items())}


TEMPLATE = "<!-- a short name -->"
NEAR_MISSES: Mapping[str, list[Files]] = {
    "broken-link": [
        page("[a](b#top) [a](b?x=1) [a](/b) [a](b.html) [a](b/)") | {"b.md": "---\ntitle: B\n---\n"},
        page("[a](form.pdf) [a](/form.pdf) [a](feed.xml) [a](/absent/form.pdf)") | {"form.pdf": ""},
        page("[a](https://a.example/none) [a](mailto:desk@a.example) [a]({{ x }}) [a](no where)"),
    ],
    "contributor-email": [
        {ORGANISATIONS: "- name: B\n  email: desk@b.example\n"},
        {PEOPLE: "Ada Lovelace:\n    email: none\n    git: ada@b.example\n"},
    ],
    "control-character": [
        page("a\tb\u0085c \U0001f600 \u00ad \u200b &#1; \\x01", "title: 'A\\x01'"),
        {PEOPLE: "'A\\x01': {git: x}\n"},
    ],
    "data-file": [{"_data/people.txt": "Ada: [git\n", "data/CONTRIBUTORS.yml": "Ada: [git\n"}, {PEOPLE: ""}],
    "doubled-brackets": [page("[a]((a)b) [a](https://a.example/(b)) ([a](https://a.example/)) [a](<b>)")],
    "duplicate-address": [
        page("", "title: A\npermalink: /a") | {"b.md": "---\ntitle: B\npermalink: /A\n---\n"},
        page("", "title: A\npermalink: /:kind") | {"b.md": "---\ntitle: B\npermalink: /:kind\n---\n"},
    ],
    "duplicate-id": [
        page("", "title: A\npage_id: one") | {"b.md": "---\ntitle: B\npage_id: One\n---\n"},
        page("", "title: A\npage_id: pages-b") | {"pages/b-.md": "---\ntitle: B\npage_id: b\n---\n"},
        {
            name: f"---\ntitle: {TEMPLATE}\npage_id: {TEMPLATE}\ndescription: {name}\n---\n"
            for name in ("a.md", "b.md")
        },
    ],
    "duplicate-anchor": [
        page("## A\n\n## A\n\n<p id='b'></p>\n\n## C {#c}\n\n`<i id='b'></i>`\n\n## D\n{: #d}\n\n[e](#c){: .b}"),
        page("<a id='b' name='b'></a>\n\n<!-- <p id='b'> -->\n\nText[^b] and[^b].\n\n[^b]: Note."),
    ],
    "duplicate-key": [page("", "title: A\nx: {title: B}\ny: {title: C}"), {PEOPLE: "A: {git: x}\nB: {git: x}\n"}],
    "duplicate-name": [{ORGANISATIONS: "- name: A\n- name: a\n- name: A B\n"}, {TOOLS: PRIDE + PRIDE}],
    "duplicate-tool": [
        {TOOLS: PRIDE + PRIDE.replace("pride", "PRIDE").replace("name: PRIDE", "name: X").replace("ebi", "x")},
    ],
    "encoding": [{"a.md": "---\ntitle: Tromsø \U0001f600\n---\n", "ø.md": "---\ntitle: Ø\n---\n"}],
    "fairsharing-address": [
        page("[x](https://doi.org/10.25504/FAIRsharing.26dmba) [x](https://fairsharing.org/search?q=FAIRsharing.26dmba)"),
        page("[x](https://fairsharing.org/bsg-s000114) [x](https://fairsharing.org/FAIRsharing.000000) [x](26dmba)"),
        page("[x](https://fairsharing.org/3887)"),
    ],
    "front-matter": [page("", "title: A:b #c\nx: '[a'"), {"a.md": "---\ntitle: A\n---\n---\nnever: closed\n"}],
    "http-link": [
        page("[a](http://a.example/) [b](https://b.example/)"),
        page("[a](http://a.example/) [b](https://www.a.example/) [c](https://a.example.org/) [d](https://aa.example/)"),
        page("[a](http://purl.org/b) [b](http://c.example/ABC_0001) [c](https://purl.org/d) [d](https://c.example/)"),
        {ORGANISATIONS: "- name: A\n  type: http://a.example/\n"} | page("https://a.example"),
        page("[a](/http://b.example/) [b](https://b.example/) `http://b.example/`"),
        {ORGANISATIONS: "- name: A\n  url: http://a.example/\n  pid: see http://b.example/\n"} | page("https://b.example"),
    ],
    "invalid-biotools": [tool(biotools="pride_archive.2-x"), tool(biotools="NA"), tool(biotools="https://bio.tools/x")],
    "invalid-doi": [
        page("[a](https://doi.org/10.1000/x(1)<2>) [a](https://doi.org/10/abcd/) [a](https://dx.doi.org/doi:10.1000/x)"),
        page("[a](https://doi.org/) [a](https://www.doi.org/about-us) [a](https://doi.org.example/about-us)"),
        page("[a](https://doi.org/10.1000%2Fx) [a](https://doi.org/20.500.12345/x) [a](https://doi.org/doi-handbook/)"),
        page("[a](https://doi.org/10.1000.10/x/) [a](https://doi.org/10.1000/x?see=1#2)", "title: https://doi.org"),
    ],
    "invalid-europmc": [tool(europmc="PMC8728295"), tool(europmc="34723319"), tool(europmc="n/a")],
    "invalid-language": [page("", f"title: A\nlang: {lang}") for lang in ("nb", "en_US.UTF-8", "zh-Hans-CN", "''")],
    "invalid-law": [
        page("LOV-2018-06-15-38 lov-2020-02-29-1 LOV-2018-15-06 XLOV-2018-15-06-38 `LOV 2018` 2018-15-06-38"),
        page("FOR-2015-06-18-761 and ETS 123"),
    ],
    "invalid-orcid": [
        page("[a](https://orcid.org/0000-0002-1694-233X) [a](https://orcid.org/0000-0002-1825-0097?lang=en)"),
        page("[a](https://orcid.org/) [a](https://orcid.org/register) [a](https://a.example/orcid.org/1)"),
        {PEOPLE: "A: {orcid: }\nB: {orcid: null}\nC: {orcid: '~'}\nD: {orcid: <!--}\nE: {id: 0000-0002-1825-0098}\n"},
        {PEOPLE: "A: {orcid: 'https://orcid.org/0000-0002-1825-0097'}\nB: {orcid: ' 000000021694233x '}\n"},
    ],
    "invalid-page-id": [page("", f"title: A\npage_id: '{name}'") for name in ("...", ".a", "a..", "", "-")],
    "invalid-ror": [
        page("[a](https://ror.org/03zga2b32) [a](https://ror.org/search) [a](https://a.example/https://ror.org/0)"),
        {ORGANISATIONS: "- name: A\n  ror: null\n- name: B\n  pid: https://ror.org/03zga2b32\n- name: C\n  pid: 0zz\n"},
        {ORGANISATIONS: "- name: A\n  note: ror.org/ is a registry\n  ror_id: '03zga2b32'\n"},
    ],
    "invalid-url": [{TOOLS: PRIDE.replace("https://www.ebi.ac.uk/pride/", "http://localhost")}],
    "invalid-uuid": [
        page("", "title: A\ndsw:\n- uuid: D94E47A5-9E26-402A-A32C-5AEF4665A569"),
        page("", "title: A\ndsw:\n- uuid: path/to/d94e47a5\n- uuid:\n- name: Storage"),
        page("", "title: A\nuuid: none\nx:\n- uuid: none"),
    ],
    "legacy-fairsharing": [
        page("[x](https://fairsharing.org/FAIRsharing.b7z8by) [x](https://fairsharing.org/84) [x](bsg-s000114)"),
        page("[x](https://fairsharing.org/bsg-s999999) bsg-s000114 `https://fairsharing.org/bsg-s000114`"),
        tool(fairsharing="b7z8by"),
        {TOOLS: PRIDE + "  fairsharing: bsg-s000114\n"},
    ],
    "liquid": [page("{% raw %}{% if %}{{ x | }}{% endraw %} {x} 5% {{ absent }} {% comment %}x{% endcomment %}")],
    "local-link": [
        page("[a](https://localhost.example/) [b](https://a.example/localhost) `http://localhost:4000` [c](filed)"),
    ],
    "malformed-link": [
        page("{% raw %}[a]({{ x }}/a b) [a]({% x %}/a b){% endraw %}"),
        page("[a](#b) [a](b) [a](/b) [a](www) [a](HTTPS://A.example/) [a](//a.example/) [a](mailto:a@b.example)"),
        page("[a](ftp://a.example/) [a](tel:+47) [a]((https:/a b)) [a](http) [a](https.html)"),
    ],
    "missing-section": [
        page("## Nothing", "title: A\ntype: your_tasks"),
        sheet("", f"title: {TEMPLATE}\ndescription: {TEMPLATE}\ntype: cheat_sheet"),
    ],
    "missing-title": [
        page("", "title: '0'"),
        page("", "title: 2024"),
        {"index.html": "---\nlayout: home\n---\n", "404.md": "---\nlayout: page\n---\n"},
        {"_posts/2024-01-02-news.md": "---\nlayout: post\n---\n"},
        {"a.md": "---\nlayout: page\n---\n# A\n", "Gemfile": "gem 'github-pages'\n"},
    ],
    "not-a-cheat-sheet": [
        page("## Description\n## Type of data\n## Useful links", "title: A\ntype: your_tasks"),
        page("## Sheet", "title: A\ntype: your_cheat"),
        page("## Description\n" * 9, "title: A"),
        sheet("## Description"),
    ],
    "misspelt-key": [{PEOPLE: "A: {orcid: , affiliation: , email: , git: , role: , image_url: , name: , hobby: }\n"},
        {PEOPLE: "A: {roles: [x]}\n", "_includes/people.html": "{% for role in person.roles %}{% endfor %}"}],
    "misspelt-openness": [
        sheet("## Type of data\n- CZI\n  - Proprietary format\n  - proprietary\n  - Open\n  - Opne"),
        sheet("## Type of data\n- propriertary words stand in a sentence\n\npropriertary\n\n### propriertary"),
        sheet("- two propriertary words\n- [propriertary](https://a.example/)"),
        page("- Propriertary format"),
    ],
    "misspelt-section": [
        sheet("## Metadata standards\n## Metadata Standardisation\n## Decryption\n## Sources for Reliable Data"),
        sheet("#### Metadata standarts\n\nMetadata standarts\n\n- Metadata standarts"),
        page("## Metadata standarts"),
    ],
    "other-kind": [
        sheet("## Types of data\n- [mzML](https://doi.org/10.25504/FAIRsharing.26dmba)"),
        sheet("## Data deposition repositories\n- [PRIDE](https://doi.org/10.25504/FAIRsharing.e1byny)"),
        sheet("## Services\n- [PRIDE](https://doi.org/10.25504/FAIRsharing.e1byny)"),
        sheet("- [PRIDE](https://doi.org/10.25504/FAIRsharing.e1byny)"),
        page("## Types of data\n- [PRIDE](https://doi.org/10.25504/FAIRsharing.e1byny)"),
    ],
    "other-record": [
        page("[PRIDE](https://doi.org/10.25504/FAIRsharing.e1byny) [pride ](https://fairsharing.org/biodbcore-000325)"),
        page("[FAIRsharing](https://doi.org/10.25504/FAIRsharing.b7z8by) [zzz](https://fairsharing.org/biodbcore-000330)"),
        page("[GenBank](https://doi.org/10.25504/FAIRsharing.rg2vmt) [PRIDE](https://www.ebi.ac.uk/pride/)"),
        page("[PRIDE](https://doi.org/10.25504/FAIRsharing.zzzzzz) [a PRIDE](https://fairsharing.org/biodbcore-000330)"),
    ],
    "page-without-address": [
        page("", "title: A\npermalink: /:path/:basename:output_ext"),
        page("", "title: A\npermalink: /a:b/12:30"),
        {"_posts/2020-01-02-a.md": "---\npermalink: /:year/:title\n---\n"},
    ],
    "person-email": [
        page("desk@a.example data.office@a.example ada@a.example lovelace@a.example x.y@a.example") | ADA,
        page("[a](https://a.example/@ada.lovelace) git@a.example:ada/x https://ada.lovelace@a.example ada@") | ADA,
        page("ada.lovelace at a.example, @ada.lovelace, a.example/ada.lovelace@b.example") | ADA,
    ],
    "registry-value": [
        tool(fairsharing="e1byny", biotools="pride"),
        tool(fairsharing="bsg-s000114"),
        tool(fairsharing="NA", tess="https://tess.elixir-europe.org/x"),
        {TOOLS: PRIDE + "  fairsharing: https://doi.org/10.25504/FAIRsharing.e1byny\n"},
    ],
    "repealed-law": [
        page("The Personal Data Act (LOV-2018-06-15-38), Regulation (EU) 2016/679 and FOR-2015-06-18-761 apply."),
        page("95/46 pages, 2000-04-14-31, and [Act 31](https://a.example/lov/2000-04-14-31)"),
    ],
    "site-without-address": [{"CNAME": "a.example\n"}, {"rdm-kg.toml": 'url = "https://a.example"\n'}],
    "site-without-licence": [
        {"_config.yml": "title: A\nlicense: {name: Ours, url: https://a.example/terms}\n"},
        {"LICENSE": "This is under CC BY 4.0.\n"},
        {"_data/footer.yml": "copyright: '[CC0](https://creativecommons.org/publicdomain/zero/1.0/)'\n"},
    ],
    "template-leftover": [
        page("- name of the file\n- Names\n\n```\n- name\n```\n\n~~~\n<!-- example: x -->\n~~~\n\n<!-- my example -->"),
        page("- name", f"title: {TEMPLATE}\ndescription: {TEMPLATE}"),
    ],
    "too-large": [page("", "title: A\nx: " + "x" * 100_000)],
    "tool-without-id": [{TOOLS: PRIDE.replace("id: pride", "id: '0'")}],
    "tool-without-name": [{TOOLS: PRIDE.replace("name: PRIDE", "name: '0'")}],
    "unfinished": [
        page("", f"title: A\ndescription: {TEMPLATE}"),
        page("", f"title: A\ndescription: {TEMPLATE}\nlang: {TEMPLATE}"),
        sheet("- identifiers\n- embargo\n- regulations\n- Written by somebody"),
        page("- identifiers\n- embargo\n- regulations"),
    ],
    "unused-tool": [
        page("{% tool \"pride\" %}") | {TOOLS: PRIDE},
        page("{% tool 'ega' %}", "title: A\nnational_resources:\n- instance_of: pride") | {TOOLS: PRIDE},
        page("No tag on any page.") | {TOOLS: PRIDE},
        page("{% for each in site.data.tool_and_resource_list %}{% tool each.id %} {% endfor %}") | {TOOLS: PRIDE},
        page("{% tool 'ega' %}") | {TOOLS: PRIDE, "_data/more.yml": "- tool: pride\n"},
    ],
    "unknown-citation": [
        page("{% cite a b -l 3 --prefix see %} {% cite 'a' %} `{{ x }}`") | {BIBLIOGRAPHY: "@misc{a,}\n@misc{b,}\n"},
        page("{% cite nobody %}"),
        page("<!-- {% cite nobody %} --> {% raw %}{% cite nobody %}{% endraw %}") | {BIBLIOGRAPHY: "@misc{a,}\n"},
    ],
    "unknown-contributor": [
        page("", "title: A\ncontributors: [Ada Lovelase]"),
        page("", "title: A\ncontributors: [' Ada Lovelace ', null, '~', '']\nauthors: [Ada Lovelase]") | ADA,
        page("", "title: A\ncontributors: [<!-- a name, another -->]\neditors: '<!-- x -->'") | ADA,
    ],
    "unknown-fairsharing": [
        page("[x](https://fairsharing.org/) [x](https://fairsharing.org/search?q=x) [x](bsg-s999999) [x](https://b.example/)"),
        page("[x](https://doi.org/10.25504/FAIRsharing.26DMBA) [x](https://doi.org/10.25505/FAIRsharing.zzzzzz)"),
        page("[x](https://fairsharing.org/biodbcore/) [x](https://b.example/bsg-s99999999) [x](bsg-s99999999)",
             "title: A\nsummary: 'FAIRsharing: a registry'"),
    ],
    "unknown-fragment": [
        page("[a](#top) [a](#Own) [a](#made) [a](#named) [a](b#there) [a](#main) [a](b)\n\n## Own {#Own}\n\n"
             '<i id="made"></i><a name=named></a>') | {"b.md": "---\ntitle: B\n---\n## There\n"},
        page("[a](b#/route) [a](b#:~:text=x) [a](b#!x)") | {"b.md": "---\ntitle: B\n---\n"},
        page("[a](b#loop) [a](https://c.example/#x)") | {"b.md": "---\ntitle: B\n---\n{% include contents.html %}\n"},
    ],
    "unknown-organisation": [
        page("", "title: A\naffiliations: [B]\nsupported_by: [NO, SE, ' B ', null]") | {ORGANISATIONS: "- name: B\n"},
        page("", "title: A\naffiliations: [C]"),
    ],
    "unknown-page": [
        page("", f"title: A\npage_id: one\nrelated_pages: {{x: [' one '], y: ['{TEMPLATE}', '']}}\npages: [two]"),
    ],
    "unknown-registry": [tool(tess="x", biotools="x", europmc="1"), tool(**{"fairsharing-coll": "NA"})],
    "unknown-tool": [
        page("", "title: A\ninstance_of: prides"),
        page('{% tool "prides" %}') | {TOOLS: "[broken"},
        page("{% tool 'pride' %}", f"title: A\ninstance_of: ' pride '\nref_to_main_resources: [pride, '{TEMPLATE}']")
        | {TOOLS: PRIDE},
        page("", "title: A\ntools: [prides]\nx: {ref_to_main_resources: [prides]}") | {TOOLS: PRIDE},
    ],
    "wrong-page-type": [
        page("", "title: A\nrelated_pages:\n  Your_tasks: [b]\n  x: [c, d]")
        | {
            "b.md": "---\ntitle: B\npage_id: b\ntype: Your_tasks\n---\n",
            "c.md": "---\ntitle: C\npage_id: c\n---\n",
        },
        page("", "title: A\nrelated_pages:\n  Your_role: [b]")
        | {"b.md": "---\ntitle: B\npage_id: b\ntype: [Your_tasks, Your_role]\n---\n"},
        page("", "title: A\nrelated_pages: [b]") | {"b.md": "---\ntitle: B\npage_id: b\ntype: Your_tasks\n---\n"},
    ],
    "yaml-value": [
        page("", "title: No\ncountry_code: [NOR, 'NO', \"no\"]\npage_id: none\nother: no\nnumber: 1e5"),
        page("", "title: A\npage_id: 12\nid: 1e5"),
        tool(fairsharing="e1byny", biotools="1e5", europmc="34723319", tess="08"),
    ],
}  # fmt: skip


def places(rule: str, files: Files, folder: Path) -> list[str]:
    (selection,) = select([write_site(folder, files, "title: A site\npermalink: /:basename\n")])
    return [f"{found.place.path}:{found.place.line}" for found in check(selection).findings if found.rule == rule]


def test_every_rule_has_a_near_miss() -> None:
    assert set(NEAR_MISSES) == all_rules().keys() - {rule.name for rule in online.RULES}


@pytest.mark.parametrize(("rule", "files"), [(rule, files) for rule, all_ in NEAR_MISSES.items() for files in all_])
def test_what_nearly_breaks_a_rule_does_not(rule: str, files: Files, tmp_path: Path) -> None:
    assert places(rule, files, tmp_path) == []
