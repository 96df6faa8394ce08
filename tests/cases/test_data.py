"""Data files and lists in front matter: organisations, and addresses that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.build.compile import SiteBuild, read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.iri import whole_web_address
from kg.page_to_rdf import PagesToRdf
from kg.page_to_rdf.data_files import data_graphs
from kg.vocab import FOAF, SCHEMA
from tests.conftest import write_site

PAGE = "---\ntitle: A\nsupported_by: [Institute of Sand, Nobody]\n---\n"
WRONG = [
    "https://a.example/x y",
    "https://a.example, https://b.example",
    "https://",
    "[a](https://a.example)",
    "<https://a.example>",
    "see https://a.example",
    "https://a.example)",
    "https:/a.example",
    "https://user@a.example/",
    "https://a.example/<id>",
]


def read(folder: Path, files: dict[str, str]) -> tuple[SiteBuild, Graph]:
    build, crosswalk = read_site(write_site(folder, files)), FairsharingCrosswalk.load()
    to_rdf, graph = PagesToRdf(build.pages, build.site, crosswalk), Graph()
    for each in (*data_graphs(build.site, crosswalk), *map(to_rdf.graph, build.pages)):
        graph += each
    return build, graph


def objects(graph: Graph, predicate: str) -> set[str]:
    return {str(o) for _, p, o in graph if str(p) == predicate}


@pytest.mark.parametrize("name", ["supported_by.yml", "supported_by.yaml", "affiliations.yml"])
def test_organisations_are_read_by_the_current_and_the_former_name(name: str, tmp_path: Path) -> None:
    organisations = "- name: Institute of Sand\n  url: https://sand.example\n  pid: https://ror.org/02skbsp27\n"
    build, graph = read(tmp_path, {f"_data/{name}": organisations, "a.md": PAGE})
    messages = [f.message for f in build.findings if f.rule == "unknown-organisation"]
    assert messages == [f"'Nobody' of supported_by is not in _data/{name}"]
    assert objects(graph, FOAF.homepage) == {"https://sand.example"}
    assert "https://ror.org/02skbsp27" in {str(s) for s in graph.subjects()}


def test_the_current_file_of_organisations_has_priority_entry_by_entry(tmp_path: Path) -> None:
    files = {
        "_data/supported_by.yml": "- name: Institute of Sand\n  url: https://new.example\n",
        "_data/affiliations.yml": "- name: Institute of Sand\n  url: https://old.example\n- name: Nobody\n",
        "a.md": PAGE,
    }
    build, graph = read(tmp_path, files)
    assert build.findings == ()
    assert objects(graph, FOAF.homepage) == {"https://new.example"}


@pytest.mark.parametrize("url", WRONG)
def test_an_address_that_is_none_is_a_finding_and_no_other_address(url: str, tmp_path: Path) -> None:
    written = f"'{url}'"
    listed = f"national_resources:\n- name: R\n  url: {written}\ntraining:\n- name: T\n  url: {written}\n"
    listed += f"more_information:\n  training:\n  - name: M\n    url: {written}\n"
    files = {
        "_data/tool_and_resource_list.yml": f"- id: t\n  name: T\n  url: {written}\n",
        "_data/supported_by.yml": f"- name: O\n  url: {written}\n",
        "a.md": f"---\ntitle: A\nsupported_by: [O]\n{listed}---\n",
    }
    build, graph = read(tmp_path, files)
    assert [(f.place.path, f.place.line) for f in build.findings if f.rule == "invalid-url"] == [
        ("_data/supported_by.yml", 1),
        ("_data/tool_and_resource_list.yml", 3),
        ("a.md", 6),
        ("a.md", 9),
        ("a.md", 13),
    ]
    assert not objects(graph, SCHEMA.url) | objects(graph, FOAF.homepage)
    assert not any("a.example" in str(term) for triple in graph for term in triple)


@pytest.mark.parametrize("scheme", ["hhttps", "htps", "ttps"])
def test_a_misspelt_scheme_is_a_finding_and_corrected_in_the_graph(scheme: str, tmp_path: Path) -> None:
    files = {"_data/tool_and_resource_list.yml": f"- id: t\n  name: T\n  url: {scheme}://a.example/\n"}
    build, graph = read(tmp_path, files)
    assert [finding.rule for finding in build.findings] == ["invalid-url"]
    assert objects(graph, SCHEMA.url) == {"https://a.example/"}


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example",
        "HTTP://a.example:80/?q=[x]#y",
        "https://s\u00f8k.example/\u00e5",
        "http://[::1]/",
        " http://a ",
    ],
)
def test_a_whole_address_is_one(url: str, tmp_path: Path) -> None:
    assert whole_web_address(url)
    files = {"_data/tool_and_resource_list.yml": f"- id: t\n  name: T\n  url: '{url}'\n"}
    build, graph = read(tmp_path, files)
    assert build.findings == ()
    assert objects(graph, SCHEMA.url) == {whole_web_address(url)}


def test_training_may_be_a_page_of_the_site(tmp_path: Path) -> None:
    front = "training:\n- name: B\n  url: b\n- name: C\n  url: /elsewhere\n"
    build, _ = read(tmp_path, {"a.md": f"---\ntitle: A\n{front}---\n", "b.md": "---\ntitle: B\n---\n"})
    assert build.findings == ()


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (
            "orcid=0000-0002-1825-0097",
            "is 'orcid=0000-0002-1825-0097', with more than the iD; write '0000-0002-1825-0097'",
        ),
        ("0000-0002-1825-0098", "is no iD: the last digit of 0000-0002-1825-0098 does not fit the others"),
        ("0000-0002-1825", "is no iD, which has four groups of four digits: '0000-0002-1825'"),
        ("ada@sand.example", "is an e-mail address"),
    ],
)
def test_a_malformed_orcid_says_what_is_wrong(written: str, what: str, tmp_path: Path) -> None:
    build, _ = read(tmp_path, {"_data/CONTRIBUTORS.yml": f"Ada:\n  orcid: {written}\n"})
    assert [finding.message for finding in build.findings] == [f"the ORCID of Ada {what}"]


def test_a_table_with_a_fault_is_told_at_its_line(tmp_path: Path) -> None:
    files = {"_data/a.csv": 'a,b\n"x\ny",1\n"z" 2,3\n', "_data/b.tsv": "a\tb\n1\t2\n"}
    site = write_site(tmp_path, files, "title: S\nurl: https://s.example\nlicense: CC0\n")
    (finding,) = read_site(site).findings
    assert (finding.rule, finding.place.path, finding.place.line) == ("data-file", "_data/a.csv", 4)


def test_every_file_of_data_that_is_no_yaml_is_told_once(tmp_path: Path) -> None:
    people = "CONTRIBUTORS.yml"
    files = {f"_data/{name}": "- a: [1\n" for name in (people, "nodes.yml", "in/nodes.json", "linked.yml")}
    files |= {"_data/linked.yml": '"@context": [1\n', "_data/right.yml": "- a: 1\n- a: 2\n  a: 3\n"}
    findings = read_site(write_site(tmp_path, files)).findings
    told = sorted(finding.place.path for finding in findings if finding.rule == "data-file")
    assert told == [f"_data/{name}" for name in (people, "in/nodes.json", "linked.yml", "nodes.yml")]
    assert not [finding for finding in findings if finding.place.path == "_data/right.yml"]
