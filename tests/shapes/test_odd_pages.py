"""Pages with little or wrong content have graphs that conform to the shapes."""

from __future__ import annotations

import re
from pathlib import Path

from rdflib import Graph

from kg.build.compile import read_site
from kg.build.validate import validate
from kg.findings import Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from kg.vocab import RDM
from tests.conftest import write_site

ADDRESS = "someone@institute.example"
SHEET = f"""---
type: cheat_sheet
page_id: sheet
title: {ADDRESS}
description: {ADDRESS}
contributors: [{ADDRESS}]
affiliations: [{ADDRESS}, "Lab @ Home"]
national_resources:
- name: {ADDRESS}
  url: https://service.example/
---
- [before any heading](https://before.example/)

## Type of data
#### {ADDRESS}
- [DICOM](https://fairsharing.org/bsg-s000114)
- [{ADDRESS}](https://format.example/)
- [](https://empty.example/)

## Data deposition repositories
- [{ADDRESS}](mailto:{ADDRESS})
"""


def graph_of(folder: Path) -> Graph:
    build = read_site(write_site(folder, {"sheet.md": SHEET}))
    (page,) = build.pages
    return PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load()).graph(page)


def test_a_page_of_addresses_keeps_the_rules(tmp_path: Path) -> None:
    graph = graph_of(tmp_path)
    assert str(RDM.Recommendation) in map(str, graph.objects())
    assert [violation for violation in validate(graph) if violation.severity is Severity.ERROR] == []


def test_an_address_is_not_in_an_iri_either(tmp_path: Path) -> None:
    """But for a heading's published anchor, in which nothing is left of its punctuation."""
    text = graph_of(tmp_path).serialize(format="nt", encoding="utf-8").decode()
    assert not re.search(r"someone[^i]", text)
