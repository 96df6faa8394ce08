"""End to end: ``kg serve`` without a release builds the shipped content and answers over HTTP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.release import open_release
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

PREFIXES = """PREFIX rdm: <https://w3id.org/rdm-kg/ont#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX role: <https://w3id.org/rdm-kg/role/> PREFIX eli: <http://data.europa.eu/eli/ontology#>
"""
PIC = '?sheet a rdm:CheatSheet ; dct:identifier "pic" . '
FAIRSHARING = "https://doi.org/10.25504/FAIRsharing."
LAWS = {
    "https://lovdata.no/eli/lov/2009/06/19/97": "LOV-2009-06-19-97",
    "https://lovdata.no/eli/forskrift/2015/06/18/761": "FOR-2015-06-18-761",
    "https://lovdata.no/eli/forskrift/2001/12/21/1600": "FOR-2001-12-21-1600",
    "https://lovdata.no/eli/forskrift/2001/12/21/1602": "FOR-2001-12-21-1602",
    "https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum=123": "ETS No. 123",
}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve") / "build"


@pytest.fixture(scope="module")
def server(out: Path) -> Iterator[Server]:
    running = run_server(out.parent, ["--port", "0"])
    yield running
    assert running.end() == 0


def rows(server: Server, text: str) -> list[dict[str, str]]:
    reply = server.query(PREFIXES + text, "text/csv")
    assert reply.status == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.text)))


def values(server: Server, pattern: str) -> set[str]:
    return {row["x"] for row in rows(server, f"SELECT ?x WHERE {{ {PIC} {pattern} }}")}


def test_it_says_what_it_does_and_where_it_is(server: Server) -> None:
    log = server.log.read_text()
    assert "No release in build: building the example site" in log
    assert f"Serving release {json.loads(server.ask('/health').body)['release']} at {server.url}" in log


def test_the_modalities_are_dicoms(server: Server) -> None:
    dcm = "http://dicom.nema.org/resources/ontology/DCM/"
    assert values(server, "?sheet rdm:mentionsModality ?x .") == {dcm + code for code in ("MR", "PT", "CT")}
    assert values(server, "?sheet rdm:coversDataType/rdm:modality ?x .") == {dcm + "MR"}


def test_the_standards_are_fairsharings(server: Server) -> None:
    assert values(server, "?sheet rdm:recommendsFormat ?x .") == {FAIRSHARING + "b7z8by", FAIRSHARING + "es03fk"}
    assert values(server, "?sheet rdm:recommendsTerminology ?x .") == {FAIRSHARING + "p1ss22"}
    inferred = values(server, "GRAPH <https://w3id.org/rdm-kg/graph/inferred> { ?sheet rdm:recommends ?x }")
    assert {FAIRSHARING + suffix for suffix in ("b7z8by", "es03fk", "p1ss22")} <= inferred


def test_the_five_laws_are_cited(server: Server) -> None:
    found = rows(server, f"SELECT ?law ?id {{ {PIC} ?sheet rdm:citesLegislation ?law . ?law dct:identifier ?id }}")
    assert {row["law"]: row["id"] for row in found} == LAWS


def test_every_recommendation_cites_its_line(server: Server) -> None:
    source = Path(__file__).parents[2] / "content" / "pages" / "cheat_sheets" / "preclinical_imaging.md"
    lines = source.read_text(encoding="utf-8").splitlines()
    found = rows(
        server,
        f"SELECT ?line ?link {{ {PIC} ?sheet rdm:hasRecommendation ?m ."
        " ?m rdm:sourceLine ?line ; rdm:linkAsWritten ?link }",
    )
    assert len(found) == 8
    assert all(row["link"] in lines[int(row["line"]) - 1] for row in found)


def test_where_to_deposit_names_the_archive_and_the_gap(server: Server) -> None:
    reply = server.ask("/queries/where-to-deposit?page=pic", headers={"Accept": "text/csv"})
    (gap,) = values(server, "?sheet rdm:knownGap ?x .")
    assert reply.status == 200
    assert "nird-research-data-archive" in reply.text
    assert gap in reply.text


@pytest.mark.parametrize(
    "written",
    [
        "b7z8by",
        "FAIRsharing.b7z8by",
        "bsg-s000114",
        "https://fairsharing.org/bsg-s000114",
        "https://fairsharing.org/FAIRsharing.b7z8by",
        "https://doi.org/10.25504/FAIRsharing.b7z8by",
        "84",
        "https://fairsharing.org/84",
    ],
)
def test_a_fairsharing_record_is_found_by_any_of_its_ids(server: Server, written: str) -> None:
    reply = server.ask(f"/queries/sheets-by-fairsharing?id={written}&format=csv")
    found = list(csv.DictReader(io.StringIO(reply.text)))
    assert {row["page_iri"] for row in found} == {"https://w3id.org/rdm-kg/id/lookup/page/pic"}
    assert {row["record"] for row in found} == {FAIRSHARING + "b7z8by"}


def test_the_dump_is_what_the_store_holds(server: Server, out: Path) -> None:
    listed = {name: facts for name, facts in open_release(out).manifest["files"].items() if name.startswith("dumps/")}
    assert set(listed) == {"dumps/rdm-kg.ttl", "dumps/rdm-kg.nq"}
    name, facts = "dumps/rdm-kg.ttl", listed["dumps/rdm-kg.ttl"]
    assert server.ask("/dumps/rdm-kg.nq").body == open_release(out).graph.read_bytes()
    dump = server.ask("/" + name)
    assert hashlib.sha256(dump.body).hexdigest() == facts["sha256"]
    held = server.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "application/n-triples")
    assert isomorphic(Graph().parse(data=dump.text, format="turtle"), Graph().parse(data=held.text, format="nt"))
    of_data = "FILTER(?g != <https://w3id.org/rdm-kg/graph/description>)"  # which describes the release
    named = server.query(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH ?g {{ ?s ?p ?o }} {of_data} }}", "application/n-triples"
    )
    assert sorted(named.text.splitlines()) == sorted(held.text.splitlines())


@pytest.mark.parametrize(
    "name", ["standards-for-sheet", "where-to-deposit", "sheets-by-fairsharing", "sheets-by-modality"]
)
def test_home_leads_to_each_questions_answer(server: Server, name: str) -> None:
    assert f'href="/queries/{name}"' in server.ask("/", headers={"Accept": "text/html"}).text
    assert "<td" in server.ask(f"/queries/{name}", headers={"Accept": "text/html"}).text
