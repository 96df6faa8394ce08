"""Control characters are left out when a site is read, with a finding."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from kg.page_to_rdf.data_files import data_graphs
from tests.conftest import kg, write_site

CONTROLS = "\x00\x01\x07\x0b\x0c\x1b\x1f\x7f\x9f\ufffe\uffff"
FILES = {
    "a.md": f'---\ntitle: "Sand\\x02 of\\ufffe {CONTROLS}beaches"\nsummary: plain\n---\n## Grains{CONTROLS}\n- [Si{CONTROLS}eve](https://a.example)\n'
    "{% include part.md %}\n",
    "b.md": "---\ntitle: Plain\n---\nText\n",
    "_includes/part.md": "[in\x06cluded](https://b.example)\n",
    "_bibliography/a.bib": "@article{k,\n  title = {Sand\x01}}\n",
    "_data/tool_and_resource_list.yml": '- id: t\n  name: "To\\x07ol"\n  description: "a\x08b"\n  url: https://t.example\n',
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", FILES, 'title: "Si\x05te\\x05"\nurl: https://site.example\nlicense: CC0\n')


def test_control_characters_are_left_out_of_all_that_is_read(site: Path) -> None:
    build, crosswalk = read_site(site), FairsharingCrosswalk.load()
    to_rdf = PagesToRdf(build.pages, build.site, crosswalk)
    graphs = [*map(to_rdf.graph, build.pages), *data_graphs(build.site, crosswalk)]
    terms = {str(term) for graph in graphs for triple in graph for term in triple}
    assert (build.site.title, build.site.bibliography.sources["k"].title) == ("Site", "Sand")
    assert {"Sand of beaches", "Grains", "Sieve", "included", "Tool", "ab"} <= terms
    assert not {*CONTROLS, "\x02", "\x06", "\x08"} & {character for term in terms for character in term}


def test_they_are_findings_at_their_lines(site: Path) -> None:
    told = [(f.place.path, f.place.line, f.rule) for f in read_site(site).findings]
    assert told == [
        ("_bibliography/a.bib", 2, "control-character"),
        ("_config.yml", 1, "control-character"),
        ("_config.yml", 1, "control-character"),
        ("_data/tool_and_resource_list.yml", 2, "control-character"),
        ("_data/tool_and_resource_list.yml", 3, "control-character"),
        ("a.md", 2, "control-character"),
        ("a.md", 2, "control-character"),
        ("a.md", 7, "control-character"),
    ]


def test_the_name_of_a_file_has_none_either(tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, {"a\x01.md": "---\ntitle: A\n---\n"}))
    assert (build.pages, [finding.rule for finding in build.findings]) == ((), ["encoding"])


@pytest.mark.slow
def test_the_graph_in_rdf_xml_is_well_formed(site: Path, tmp_path: Path) -> None:
    assert kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl").returncode == 0
    done = kg("export", "--format", "rdfxml", "--release", tmp_path / "out", "-o", tmp_path / "graph.rdf")
    assert done.returncode == 0, done.stderr
    assert len(ET.parse(tmp_path / "graph.rdf").getroot()) > 10
