"""Stubs of data management plans: valid by the standard, and the same from ``kg export`` and from the server."""

from __future__ import annotations

import importlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from kg.madmp import FILL_IN, plan
from kg.query.rows import rows
from kg.store.oxigraph import open_store
from kg.vocab import DCAT, FOAF, SCHEMA
from tests.conftest import kg
from tests.server.pages import BROWSER, PIC, Seen
from tests.server.serving import QUADS, RDM, SHEET, Server, make_release

PAGES = ("pic", "light_microscopy", "sequencing")


def served(server: Server, page: str) -> dict[str, Any]:
    reply = server.ask(f"/madmp?page={page}")
    assert (reply.status, reply.media_type) == (200, "application/json")
    made: dict[str, Any] = json.loads(reply.body)
    return made


def hosts(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the distributions of a plan's first dataset by the title of their host."""
    found: list[dict[str, Any]] = made["dmp"]["dataset"][0]["distribution"]
    return {each["host"]["title"]: each for each in found}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("version", ["v1_1", "v1_2"])
def test_a_plan_is_valid_by_both_versions_of_the_standard(shipped: Server, page: str, version: str) -> None:
    models = importlib.import_module(f"madmpy.{version}.dmp")
    whole = served(shipped, page)
    assert set(whole) == {"dmp"}
    made = models.DMP(**whole["dmp"]).model_dump(exclude_none=True)
    assert len(made["dataset"]) >= 1


def test_a_dataset_is_a_type_of_data_with_the_formats_for_it(shipped: Server) -> None:
    datasets = {each["title"]: each for each in served(shipped, "pic")["dmp"]["dataset"]}
    assert {title: each["distribution"][0]["format"] for title, each in datasets.items()} == {
        "MR Imaging": ["DICOM"],
        "NMR spectroscopy": ["Nuclear Magnetic Resonance Markup Language"],
    }
    (metadata,) = datasets["MR Imaging"]["metadata"]
    assert metadata["metadata_standard_id"]["identifier"] == "https://doi.org/10.25504/FAIRsharing.p1ss22"
    host = datasets["MR Imaging"]["distribution"][0]["host"]
    assert host == {"title": "NIRD RESEARCH DATA ARCHIVE", "url": "https://archive.norstore.no/"}


def test_a_repository_has_the_id_of_its_record(shipped: Server) -> None:
    found = hosts(served(shipped, "sequencing"))["European Nucleotide Archive (ENA)"]["host"]
    assert found["host_id"] == [{"identifier": "https://doi.org/10.25504/FAIRsharing.dj8nt8", "type": "doi"}]
    assert found["url"] == "https://www.ebi.ac.uk/ena/browser/"


def test_the_licences_of_a_repository_are_those_that_the_page_names_for_it(shipped: Server) -> None:
    licences = [each["license_ref"] for each in hosts(served(shipped, "light_microscopy"))["IDR"]["license"]]
    both = {"https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/publicdomain/zero/1.0/"}
    assert (set(licences), len(licences)) == (both, 2)
    assert all("license" not in each for each in hosts(served(shipped, "sequencing")).values())


def mention(number: int, role: str, target: str, about: str = "") -> list[str]:
    it = f"<{SHEET}#m-{number}>"
    return [
        f"<{SHEET}> <{RDM}hasMention> {it}",
        f"{it} <{RDM}role> <https://w3id.org/rdm-kg/role/{role}>",
        f"{it} <{RDM}target> <{target}>",
        f'{it} <http://www.w3.org/2000/01/rdf-schema#label> "{target[-5:]}"',
        f'{it} <{RDM}sourceLine> "{number}"^^<http://www.w3.org/2001/XMLSchema#integer>',
        *([f"{it} <{RDM}about> <{about}>"] if about else []),
    ]


@pytest.mark.parametrize("known", [FOAF.homepage, SCHEMA.url, DCAT.landingPage])
def test_a_repository_has_the_address_of_its_home_page(tmp_path: Path, known: str) -> None:
    tool, home = "https://w3id.org/rdm-kg/id/test/tool/jpostrepo", "https://repository.example/"
    about = f"<{tool}> <http://xmlns.com/foaf/0.1/page> <https://z.example/about>"
    quads = [*mention(11, "deposition-repository", tool), f"<{tool}> <{known}> <{home}>", about]
    release = make_release(tmp_path, [*QUADS, *quads])
    made = plan(SHEET, "2026-01-31T12:00:00Z", partial(rows, open_store(release.store)))
    (host,) = [each["host"] for each in made["dmp"]["dataset"][0]["distribution"]]
    assert host["url"] == home


def test_a_licence_that_is_named_for_one_repository_is_not_that_of_another(tmp_path: Path) -> None:
    first, second = "https://a.example/first", "https://a.example/other"
    quads = [
        *mention(11, "deposition-repository", first),
        *mention(12, "deposition-repository", second),
        *mention(13, "license", "https://a.example/cc-by", first),
        *mention(14, "license", "https://a.example/cc-no"),
    ]
    release = make_release(tmp_path, [*QUADS, *quads])
    made = hosts(plan(SHEET, "2026-01-31T12:00:00Z", partial(rows, open_store(release.store))))
    for_both = {"license_ref": "https://a.example/cc-no", "start_date": "2026-01-31"}
    assert made["other"]["license"] == [for_both]
    assert made["first"]["license"] == [{**for_both, "license_ref": "https://a.example/cc-by"}, for_both]
    assert made["first"]["host"] == {"title": "first", "url": first}


def test_what_the_page_does_not_know_is_left_to_fill_in(shipped: Server) -> None:
    made = served(shipped, "pic")["dmp"]
    assert (made["contact"]["name"], made["dmp_id"]["identifier"], made["cost"][0]["title"]) == (FILL_IN,) * 3
    assert made["contact"]["mbox"].endswith(".invalid")
    assert {"value", "currency_code"}.isdisjoint(made["cost"][0])
    access = made["dataset"][0]["distribution"][0]
    assert (access["data_access"], FILL_IN in access["description"]) == ("closed", True)
    assert made["related_identifier"] == [{"identifier": PIC, "type": "url", "relation_type": "IsDerivedFrom"}]


def test_the_page_offers_its_plan(shipped: Server) -> None:
    (address,) = (a for a in Seen(shipped.ask("/id/lookup/page/pic", headers=BROWSER).text).addresses if "madmp" in a)
    assert json.loads(shipped.ask(address).body) == served(shipped, "pic")
    other = Seen(shipped.ask("/id/lookup/page/pages-contribute-main", headers=BROWSER).text)
    assert not any("madmp" in each for each in other.addresses)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 400, "expected a parameter 'page'"),
        ("?page=picc", 404, "the nearest is pic"),
        ("?page=biobanks", 404, "kept out"),
    ],
)
def test_a_page_that_is_not_there_is_a_problem(shipped: Server, query: str, status: int, words: str) -> None:
    reply = shipped.ask(f"/madmp{query}")
    assert (reply.status, words in json.loads(reply.body)["detail"]) == (status, True)


@pytest.mark.slow
def test_kg_export_writes_the_same_plan(shipped: Server, content_release: Path) -> None:
    done = kg("export", "--format", "madmp", "--page", "Preclinical imaging", "--release", content_release)
    made, other = json.loads(done.stdout)["dmp"], served(shipped, "pic")["dmp"]
    assert {**made, "created": "", "modified": ""} == {**other, "created": "", "modified": ""}
    manifest = json.loads((content_release / "current" / "manifest.json").read_text(encoding="utf-8"))
    assert made["created"] == manifest["created"]


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--format", "madmp"], ["--format", "turtle", "--page", "pic"]])
def test_a_page_and_the_format_of_a_plan_go_together(content_release: Path, options: list[str]) -> None:
    done = kg("export", *options, "--release", content_release)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--format madmp and --page go together" in done.stderr


@pytest.mark.slow
def test_a_name_of_several_pages_is_ambiguous(tmp_path: Path) -> None:
    page = "---\ntitle: Mice\ntype: cheat_sheet\npage_id: mice\n---\n## Data types\n\n- [A](https://a.example/)\n"
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "_config.yml").write_text(f"title: {name}\nurl: https://{name}.example\n", encoding="utf-8")
        (folder / "mice.md").write_text(page, encoding="utf-8")
    out = tmp_path / "out"
    built = kg("build", tmp_path / "first", tmp_path / "second", "--out", out, "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    done = kg("export", "--format", "madmp", "--page", "mice", "--release", out)
    assert (done.returncode, "'mice' is ambiguous; give one of" in done.stderr) == (2, True)
