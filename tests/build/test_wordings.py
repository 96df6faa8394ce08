"""Cheat sheets in other authors' wordings: other headings, other places for facts about a thing."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDFS, Graph, URIRef

from kg.site import Profile
from kg.vocab import RDM, ROLE
from tests.build.test_pages import FRONT, graph_of
from tests.conftest import kg, write_site

HEADINGS = {
    "data-types": ["Data types and formats", "Types of data and file formats", "File formats"],
    "metadata-standards": [
        "Metadata and documentation",
        "Standards, metadata and ontologies",
        "Standards for metadata",
    ],
    "reusable-sources": ["Reusing existing data", "Existing data sources", "Reuse of data"],
    "storage-computing": ["Data storage, analysis and backup", "Storage and computing", "Storing your data"],
    "deposition-repositories": ["Depositing your data", "Where to deposit your data", "Data publication and archiving"],
    "ethics-regulations": [
        "Laws and regulations",
        "Legal and ethical aspects",
        "Ethics, legislation and data protection",
    ],
    "services": ["Support and services", "National services", "Getting help"],
    "useful-links": ["Further information", "References and links", "See also"],
}
NO_SECTION = [
    "Scientific services",
    "RDM services",
    "Repositories in use",
    "Formats of the instruments",
    "Open questions",
]


@pytest.mark.parametrize(("section", "heading"), [(key, text) for key in HEADINGS for text in HEADINGS[key]])
def test_headings_of_sections_have_variants(section: str, heading: str) -> None:
    assert Profile.load(None).section(heading) == section
    assert Profile.load(None).section(f"{heading} in Estonia") == section


@pytest.mark.parametrize("heading", NO_SECTION)
def test_other_headings_open_no_section(heading: str) -> None:
    assert Profile.load(None).section(heading) is None


def said(graph: Graph, label: str, what: str) -> str | None:
    """Return a value of the single mention with this label."""
    (mention,) = (node for node in graph.subjects(RDFS.label) if str(graph.value(node, RDFS.label)) == label)
    value = graph.value(mention, URIRef(what))
    return None if value is None else str(value)


OPENNESS: dict[str, tuple[str, dict[str, str | None]]] = {
    "in brackets": ("- Thermo RAW (Propriertary)\n", {"Thermo RAW": "proprietary"}),
    "behind a dash": (
        "- [RAW](https://r.example) \u2013 proprietary\n- [B](https://b.example)\n",
        {"RAW": "proprietary", "B": None},
    ),
    "before its names": ("- Proprietary formats: LIF and ND2\n", {"LIF": "proprietary", "ND2": "proprietary"}),
    "over its names": ("Vendor formats:\n\n- Proprietary formats:\n  - LIF\n  - ND2\n", {"LIF": "proprietary"}),
    "before the record": (
        "- [A](https://a.example)\n  - Open format\n  - [FAIRsharing](https://fairsharing.org/bsg-s000112)\n",
        {"A": "open", "FAIRsharing": "open"},
    ),
    "after one that speaks for itself": (
        "- [A](https://a.example)\n  - Proprietary\n- [B](https://b.example)\n- Open formats\n",
        {"A": "proprietary", "B": "open"},
    ),
    "not of what comes before such a one": (
        "- [A](https://a.example)\n- [B](https://b.example) (proprietary)\n- [C](https://c.example)\n- Open format\n",
        {"A": None, "B": "proprietary", "C": "open"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENNESS)
def test_openness_is_read_wherever_it_stands(name: str, tmp_path: Path) -> None:
    text, expected = OPENNESS[name]
    graph = graph_of(f"{FRONT}## Data types and formats\n\n### Vendor formats\n\n{text}", tmp_path)
    assert {label: said(graph, label, RDM.openness) for label in expected} == expected


def test_a_heading_with_a_statement_and_a_record_is_a_format(tmp_path: Path) -> None:
    text = "#### MP4\n- [FAIRsharing](https://fairsharing.org/FAIRsharing.k97xzh)\n- Open standard\n"
    graph = graph_of(f"{FRONT}## Data types and formats\n\n{text}", tmp_path)
    record = "https://doi.org/10.25504/FAIRsharing.k97xzh"
    assert said(graph, "MP4", RDM.target) == said(graph, "FAIRsharing", RDM.about) == record
    assert said(graph, "MP4", RDM.openness) == "open"


def test_a_statement_under_a_thing_names_no_other_thing(tmp_path: Path) -> None:
    text = "- [A](https://a.example)\n  - Vendor software (proprietary)\n"
    graph = graph_of(f"{FRONT}## Data types and formats\n\n{text}", tmp_path)
    assert [str(label) for label in graph.objects(None, RDFS.label)] == ["A"]


def test_a_record_in_brackets_belongs_to_the_link_before_it(tmp_path: Path) -> None:
    text = (
        "- [A](https://a.example), [B](https://b.example) ([FAIRsharing](https://fairsharing.org/FAIRsharing.kkdpxe))\n"
    )
    graph = graph_of(f"{FRONT}## Depositing data\n\n{text}", tmp_path)
    record = "https://doi.org/10.25504/FAIRsharing.kkdpxe"
    assert said(graph, "B", RDM.target) == said(graph, "FAIRsharing", RDM.target) == record
    assert said(graph, "FAIRsharing", RDM.about) == record
    assert said(graph, "A", RDM.target) != record


def test_what_a_label_groups_below_a_thing_is_said_of_it(tmp_path: Path) -> None:
    text = "- [A](https://a.example)\n  - How to submit:\n    - [Guide](https://a.example/guide)\n"
    text += "- [B](https://b.example)\n  - Repositories:\n    - [C](https://c.example)\n"
    graph = graph_of(f"{FRONT}## Depositing data\n\n{text}", tmp_path)
    roles = {label: said(graph, label, RDM.role) for label in ("A", "Guide", "C")}
    assert roles == {
        "A": ROLE["deposition-repository"],
        "Guide": ROLE["documentation"],
        "C": ROLE["deposition-repository"],
    }


def test_an_address_alone_takes_its_name_from_the_words_before(tmp_path: Path) -> None:
    graph = graph_of(f"{FRONT}## Services\n\n- **ELIXIR Estonia** <https://elixir.example>\n", tmp_path)
    assert str(said(graph, "https://elixir.example", RDM.target)).endswith("/thing/elixir-estonia")


TOOLS = """\
- id: no
  name: A
  url: a.example
  registry:
    biotools: a
    europmc: soon
"""
SHEET = f"""{FRONT}## Data types

- [A](https://a.example) \u2013 propietary format
- Thermo RAW (Propriertary)

Write to jane.doe@uni.example or data.office@uni.example.
"""


def test_findings_stand_on_the_line_of_what_is_wrong(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"_data/tool_and_resource_list.yml": TOOLS, "x.md": SHEET})
    lines = kg("check", ".", cwd=site).stdout.splitlines()
    found = {tuple(line.split(": ")[0:3:2]) for line in lines}
    assert {
        ("_data/tool_and_resource_list.yml:1", "yaml-value"),
        ("_data/tool_and_resource_list.yml:3", "invalid-url"),
        ("_data/tool_and_resource_list.yml:6", "invalid-europmc"),
        ("x.md:8", "misspelt-openness"),
        ("x.md:9", "misspelt-openness"),
        ("x.md:11", "person-email"),
    } <= found
    assert sum("person-email" in line for line in lines) == 1
