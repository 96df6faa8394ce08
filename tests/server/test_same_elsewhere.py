"""The page of a thing that two sites tell of shows what both say."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.joins.sites import release_of_both
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server, run_server

pytestmark = pytest.mark.slow

CABINET, CAB = "/id/lookup/thing/cabinet-cab", "/id/guide/tool/cab"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("both")
    release_of_both(folder)
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def seen(server: Server, path: str) -> Seen:
    return Seen(server.ask(path, headers=BROWSER).body.decode())


def test_a_thing_shows_what_its_partner_is_called_and_described_as_with_the_source(both: Server) -> None:
    page = seen(both, CABINET)
    assert "same" in page.ids
    assert "Cabinet keeps what is measured. Guide, _data/tool_and_resource_list.yml" in page.text
    assert "Elsewhere CAB, of Guide" in page.text
    assert CAB in page.addresses


def test_a_match_has_a_heading_in_words(both: Server) -> None:
    address = next(each for each in seen(both, CABINET).addresses if "graph/joins" in each)
    assert "Match of CAB (Guide) and Cabinet (CAB) (Look-up)" in seen(both, address).text


@pytest.mark.parametrize("path", [CABINET, CAB])
def test_the_mentions_of_both_are_listed_with_their_sites(both: Server, path: str) -> None:
    page = seen(both, path)
    table = page.text.partition("Recommended by")[2]
    assert "Line Site" in table
    assert "Proteins" in table
    assert "14 Look-up" in table
    assert "Clouds, Costs 10 Guide" in table


def test_what_is_counted_together_is_said(both: Server) -> None:
    text = seen(both, CABINET).text
    assert "Counted together with CAB, of Guide. Lists and the matrix count each by itself." in text
    assert "Counted together" not in seen(both, "/id/guide/tool/viewer").text


def test_the_page_of_a_record_shows_the_tool_that_is_the_same(both: Server) -> None:
    page = seen(both, f"/id/?iri={quote('https://doi.org/10.25504/FAIRsharing.26dmba', safe='')}")
    assert "A format of spectra. Guide, " in page.text
    same = page.text.partition("Elsewhere")[2].partition("close match")[0]
    assert "mzML, of Guide" in same
    assert "viewer" not in same


def test_a_tool_leads_to_the_page_of_a_record_that_it_is_not_the_same_as(both: Server) -> None:
    page = seen(both, "/id/guide/tool/viewer")
    assert "Elsewhere close match mz Markup Language ↗ As data" in page.text
    assert "/id/?iri=https://doi.org/10.25504/FAIRsharing.26dmba" in page.addresses


def test_a_thing_of_one_site_has_no_such_part(both: Server) -> None:
    page = seen(both, "/id/guide/tool/mzml-copy")
    assert "same" not in page.ids
    assert "Elsewhere" not in page.text
