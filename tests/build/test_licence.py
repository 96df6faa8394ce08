"""The licence of a site: where it is read, what is said with it, and what is told of a site without one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from rdflib import Graph, URIRef

from kg.build.compile import read_site
from kg.cli import main
from kg.findings import Severity
from kg.identifiers.tables import CROSSWALKS
from kg.page_html.schema_org import page_markup, query
from kg.query import BINDINGS_FORMATS
from kg.release import Release, open_release
from kg.resources import shipped
from kg.site import open_site
from kg.store.oxigraph import open_store
from kg.vocab import DATASET, DCAT, DCT, ENDPOINT, KNOWLEDGE_BASE, RDF, SKOS, VOID, Minter
from tests.conftest import write_site
from tests.growth import LINEAR, growth

pytestmark = pytest.mark.slow

CC = "https://creativecommons.org/licenses/"
CC_BY, CC_BY_SA, CC_BY_NC = f"{CC}by/4.0/", f"{CC}by-sa/4.0/", f"{CC}by-nc/4.0/"
CC_0 = "https://creativecommons.org/publicdomain/zero/1.0/"
MIT, APACHE = "https://spdx.org/licenses/MIT", "https://spdx.org/licenses/Apache-2.0"
CONFIG = "title: A site\nurl: https://site.example\n"
MIT_TEXT = """Copyright (c) 2020 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
"""
PROFILE = {"rdm-kg.toml": f'license = "{CC_BY}deed.nb"\n'}
CONFIGURED = {"_config.yml": f"{CONFIG}license: CC-BY-SA-4.0\n"}
FILE = {"LICENSE": "Attribution-NonCommercial 4.0 International\n"}
FOOTER = {"_includes/footer.html": f'<a href="{CC_0.replace("https", "http")}">CC0</a>'}


def licence(folder: Path, *files: Mapping[str, str]) -> str:
    return open_site(write_site(folder, {name: text for each in files for name, text in each.items()}, CONFIG)).licence


def test_the_strongest_source_counts(tmp_path: Path) -> None:
    sources = [PROFILE, CONFIGURED, FILE, FOOTER]
    expected = [CC_BY, CC_BY_SA, CC_BY_NC, CC_0, ""]
    assert [licence(tmp_path / str(n), *reversed(sources[n:])) for n in range(5)] == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("LICENSE", "Attribution 4.0 International\n\n====\n\nCreative Commons Corporation is not a law firm", CC_BY),
        ("LICENCE.md", "# Licence\nCreative Commons Attribution-ShareAlike\n4.0 International", CC_BY_SA),
        ("license.txt", "CC0 1.0 Universal\n\nStatement of Purpose", CC_0),
        ("COPYING", MIT_TEXT, MIT),
        ("LICENSE", "".join(f"> {line}\n" for line in MIT_TEXT.splitlines()), MIT),
        ("LICENSE", "           Apache License\n          Version 2.0, January 2004", APACHE),
        ("LICENSE", f"{MIT_TEXT}\nThe pages are under [CC BY]({CC_BY}legalcode).", CC_BY),
        ("LICENSE", "GNU GENERAL PUBLIC LICENSE\nVersion 3", ""),
        ("LICENSE", "All rights reserved. No attribution 4.0.", ""),
        ("LICENSE.html", MIT_TEXT, ""),
        ("pages/LICENSE", MIT_TEXT, ""),
        ("_config.yml", f"{CONFIG}licence: CC BY-NC-ND 4.0\n", f"{CC}by-nc-nd/4.0/"),
        ("_config.yml", f"{CONFIG}license: {{name: x, url: '{CC_BY}'}}\n", CC_BY),
        ("_config.yml", f"{CONFIG}license: MIT\n", MIT),
        ("_config.yml", f"{CONFIG}license: https://site.example/terms\n", "https://site.example/terms"),
        ("_config.yml", f"{CONFIG}license: [CC0]\n", CC_0),
        ("_config.yml", f"{CONFIG}license: ours\n", ""),
        ("_config.yml", f'{CONFIG}footer: {{text: "//creativecommons.org/licenses/by/3.0/no/"}}\n', f"{CC}by/3.0/no/"),
        ("_data/footer.yml", f"copyright: 'is under [this]({CC_BY_SA}), except'\n", CC_BY_SA),
        ("_includes/footer-bottom.html", "Theme under the MIT License", ""),
        ("_includes/header.html", f'<a href="{CC_BY}">x</a>', ""),
    ],
)  # fmt: skip
def test_a_licence_is_known_by_its_address_name_or_words(name: str, text: str, expected: str, tmp_path: Path) -> None:
    assert licence(tmp_path, {name: text}) == expected


def test_a_link_out_of_the_site_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "other").write_text(MIT_TEXT)
    site = write_site(tmp_path / "site", {}, CONFIG)
    (site / "LICENSE").symlink_to(tmp_path / "other")
    (site / "COPYING").mkdir()
    assert open_site(site).licence == ""


def test_a_long_text_is_read_in_linear_time(tmp_path: Path) -> None:
    def work(size: int) -> None:
        licence(tmp_path, {"LICENSE": "Attribution-ShareAlike > * Apache CC BY-NC-SA " * size})

    assert growth(work, 100) < LINEAR


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({}, "_config.yml:1", "nothing says"),
        ({"LICENSE": "ours"}, "LICENSE:1", "this names no licence that is known"),
        ({"LICENSE": "ours", "_config.yml": f"{CONFIG}license: ours\n"}, "_config.yml:3", "this names no licence"),
    ],
)
def test_a_site_without_a_licence_is_told(files: Mapping[str, str], place: str, words: str, tmp_path: Path) -> None:
    (finding,) = read_site(write_site(tmp_path, {"a.md": "---\ntitle: A\n---\n", **files}, CONFIG)).findings
    assert (str(finding.place), finding.rule, finding.severity) == (place, "site-without-licence", Severity.NOTE)
    assert words in finding.message


REFERENCE = Path(os.environ.get("KG_REFERENCE", "/nowhere")) / "corpus"


@pytest.mark.skipif(not REFERENCE.is_dir(), reason="KG_REFERENCE names no folder with the reference sites")
@pytest.mark.parametrize("name", ["lookup", "rdmkit"])
def test_the_licence_of_a_reference_site_is_read(name: str) -> None:
    assert open_site(REFERENCE / name).licence == CC_BY


SHEET = "---\ntitle: Sheet\npage_id: sheet\ntype: cheat_sheet\n---\nText.\n"
MINT = Minter("s")


def release_of(folder: Path, files: Mapping[str, str]) -> Release:
    """Build a site with one cheat sheet in this process."""
    write_site(folder / "site", {"rdm-kg.toml": 'key = "s"\n', "sheet.md": SHEET, **files}, CONFIG)
    assert main(["build", str(folder / "site"), "--reasoner", "owlrl", "--out", str(folder / "out")]) == 0
    return open_release(folder / "out")


def said(graph: Graph) -> dict[str, str]:
    """Return the licence of each thing that has one, by the licence's own address."""
    own = {str(s): str(o) for s, o in graph.subject_objects(URIRef(SKOS.exactMatch))}
    return {str(s): own.get(str(o), str(o)) for s, o in graph.subject_objects(URIRef(DCT.license))}


def union(release: Release) -> Graph:
    return Graph().parse(release.dumps / "rdm-kg.ttl")


def description(release: Release) -> Graph:
    return Graph().parse(release.description, publicID="https://server.example/", format="turtle")


def markup(release: Release, page: str) -> Mapping[str, object]:
    out = Path(release.folder.parent / "answer")
    with out.open("wb") as answer:
        open_store(release.store).ask(query(page)).write(answer, BINDINGS_FORMATS[0])
    found: Mapping[str, object] = json.loads(page_markup(page, out.read_bytes()) or "")
    return found


def test_the_licence_is_said_of_everything_that_it_covers(tmp_path: Path) -> None:
    release = release_of(tmp_path, {"LICENSE": "CC BY-SA 4.0"})
    found, sheet = said(union(release)), MINT.page("sheet")
    for thing in (MINT.catalog, sheet, f"{sheet}#md", f"{sheet}#ttl", KNOWLEDGE_BASE, ENDPOINT):
        assert found[thing] == CC_BY_SA, thing
    assert markup(release, sheet)["license"] == CC_BY_SA
    found, this = said(description(release)), f"{DATASET}/{release.id}"
    for thing in (DATASET, this, MINT.catalog, ENDPOINT, f"{this}#dumps/rdm-kg.ttl", f"{this}#dumps/rdm-kg.nq"):
        assert found[thing] == CC_BY_SA, thing


@pytest.mark.parametrize("text", ["All rights reserved", "CC BY-NC 4.0"])
def test_a_whole_with_a_part_that_nobody_may_share_alike_has_no_licence(text: str, tmp_path: Path) -> None:
    release = release_of(tmp_path, {"LICENSE": text})
    this, found = f"{DATASET}/{release.id}", said(description(release))
    assert not found.keys() & {DATASET, this, ENDPOINT, f"{this}#dumps/rdm-kg.ttl"}
    assert f"{this}#terms" in found
    assert not said(union(release)).keys() & {KNOWLEDGE_BASE, ENDPOINT}
    assert (MINT.catalog in found) == ("BY" in text)


def test_another_licence_makes_another_release(tmp_path: Path) -> None:
    """Though no page has changed, and the results about pages are remembered."""
    for code, expected, whole in (("CC BY 4.0", CC_BY, CC_BY_SA), ("CC BY-NC 4.0", CC_BY_NC, None)):
        found = said(union(release_of(tmp_path, {"LICENSE.md": code})))
        assert (found[MINT.page("sheet")], found.get(KNOWLEDGE_BASE)) == (expected, whole)


def test_our_own_parts_have_the_licences_of_the_tables_that_they_are_made_from(content_release: Path) -> None:
    release = open_release(content_release)
    found, this = said(description(release)), f"{DATASET}/{release.id}"
    ontology = Graph().parse(shipped("ontology") / "rdm.ttl")
    assert found[f"{this}#terms"] == str(ontology.value(URIRef("https://w3id.org/rdm-kg/ont"), URIRef(DCT.license)))
    headers = [file.read_text(encoding="utf-8").split("# license: ")[1] for file in CROSSWALKS.glob("*.sssom.tsv")]
    of_tables = {header.split('"')[1] for header in headers}
    assert of_tables == {CC_BY_SA, CC_0}  # the latter may be shared alike
    assert found[f"{this}#crosswalks"] == found[f"{this}#joins"] == CC_BY_SA
    graph = description(release)
    parts = {f"{this}#{name}" for name in ("terms", "crosswalks", "joins")}
    assert parts <= set(map(str, graph.objects(URIRef(this), URIRef(VOID.subset))))


def test_every_dataset_and_distribution_of_the_example_has_a_licence(content_release: Path) -> None:
    release = open_release(content_release)
    whole = union(release) + description(release)
    for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.Distribution, DCAT.DataService):
        for thing in whole.subjects(URIRef(RDF.type), URIRef(kind)):
            assert (thing, URIRef(DCT.license), None) in whole, thing
