"""FAIR Signposting, level 2: typed links in the headers of pages and descriptions, and complete link sets."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.query import FORMATS, Form
from kg.vocab import DCAT, RDF
from server.views.things import LINKSET
from tests.server.pages import BROWSER, DICOM, PIC
from tests.server.serving import Reply, Server, Start, make_release

SHEET = "/id/lookup/page/pic"
OF_DICOM = f"/id/?iri={quote(DICOM, safe='')}"
PAGES = (SHEET, "/id/lookup", "/id/lookup/thing/normolim", OF_DICOM, "/id/?iri=http://purl.org/dc/terms/title")
Links = dict[str, list[tuple[str, str]]]


def links(reply: Reply) -> Links:
    """Return relation → targets with their media types."""
    found: Links = {}
    for target, relation, media_type in re.findall(
        r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', reply.headers["Link"]
    ):
        found.setdefault(relation, []).append((target, media_type))
    return found


def contexts(reply: Reply) -> dict[str, Links]:
    """Return anchor → its links; fail if the link set does not conform to RFC 9264."""
    assert (reply.status, reply.media_type) == (200, "application/linkset+json")
    found = {}
    for context in json.loads(reply.body)["linkset"]:
        anchor = context.pop("anchor")
        assert all(set(target) <= {"href", "type"} for targets in context.values() for target in targets)
        found[anchor] = {
            relation: [(target["href"], target.get("type", "")) for target in targets]
            for relation, targets in context.items()
        }
    return found


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_the_page_of_a_sheet_tells_all_of_it(shipped: Server, method: str) -> None:
    found = links(shipped.ask(SHEET, method, headers=BROWSER))
    assert found["cite-as"] == [(PIC, "")]
    types = [("https://schema.org/AboutPage", ""), ("https://schema.org/LearningResource", "")]
    assert set(types) <= set(found["type"])
    assert found["license"] == [("https://creativecommons.org/licenses/by/4.0/", "")]
    assert found["author"] == [("https://orcid.org/0000-0003-0961-6234", "")]
    assert found["item"] == [("https://w3id.org/rdm-kg/lookup/preclinical_imaging", "")]
    assert found["collection"] == [("https://w3id.org/rdm-kg/id/lookup", "")]
    assert found["linkset"] == [(f"{shipped.url}{SHEET}.linkset", "application/linkset+json")]


def test_a_catalogue_has_its_sheets_as_items(shipped: Server) -> None:
    found = links(shipped.ask("/id/lookup", headers=BROWSER))
    assert (PIC, "") in found["item"]
    assert found["license"] == [("https://creativecommons.org/licenses/by/4.0/", "")]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_what_every_landing_page_must_have(shipped: Server, path: str) -> None:
    found = links(shipped.ask(path, headers=BROWSER))
    assert len(found["cite-as"]) == 1
    assert len(found.get("license", [])) <= 1
    assert ("https://schema.org/AboutPage", "") in found["type"]
    assert [media_type for _, media_type in found["describedby"]] == [fmt.media_type for fmt in FORMATS[Form.GRAPH]]
    for target, media_type in found["describedby"]:
        reply = shipped.ask(target.removeprefix(shipped.url))
        assert (reply.status, reply.media_type) == (200, media_type)


@pytest.mark.parametrize("path", PAGES)
def test_a_description_leads_back_to_its_page(shipped: Server, path: str) -> None:
    page = links(shipped.ask(path, headers=BROWSER))
    for target, _ in page["describedby"]:
        found = links(shipped.ask(target.removeprefix(shipped.url)))
        ((home, media_type),) = found["describes"]
        assert media_type == "text/html"
        assert links(shipped.ask(home.removeprefix(shipped.url), headers=BROWSER)) == page
        assert (found["cite-as"], found["linkset"]) == (page["cite-as"], page["linkset"])


@pytest.mark.parametrize("path", PAGES)
def test_the_link_set_has_all_links_of_all_resources(shipped: Server, path: str) -> None:
    page = links(shipped.ask(path, headers=BROWSER))
    ((address, _),) = page.pop("linkset")
    found = contexts(shipped.ask(address.removeprefix(shipped.url)))
    home = next(iter(found))
    assert found.pop(home) == page
    assert links(shipped.ask(home.removeprefix(shipped.url), headers=BROWSER))["cite-as"] == page["cite-as"]
    back = {target: {"describes": [(home, "text/html")]} for target, _ in page["describedby"]}
    assert found == back | {item: {"collection": [(home, "text/html")]} for item, _ in page.get("item", [])}


def test_very_many_items_are_in_the_link_set_alone(start: Start, tmp_path: Path) -> None:
    catalogue = "https://w3id.org/rdm-kg/id/many"
    members = {f"{catalogue}/page/{number}" for number in range(500)}
    listed = [f"<{catalogue}> <{DCAT.dataset}> <{member}>" for member in members]
    make_release(tmp_path / "out", [f"<{catalogue}> <{RDF.type}> <{DCAT.Catalog}>", *listed])
    server = start(tmp_path / "out")
    page = server.ask("/id/many", headers=BROWSER)
    assert "item" not in links(page)
    found = contexts(server.ask(links(page)["linkset"][0][0].removeprefix(server.url)))
    assert {item for item, _ in found[f"{server.url}/id/many"]["item"]} == members


def test_of_an_unknown_thing_there_is_no_link_set(shipped: Server) -> None:
    reply = shipped.ask(f"/id/lookup/thing/no-such-archive.{LINKSET.extension}")
    assert (reply.status, reply.media_type) == (404, "application/problem+json")
