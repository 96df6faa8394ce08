"""Words of page bodies, by section, and words for kinds, laws, modalities and synonyms."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.release import open_release, text_file
from kg.search_index import FILE, Hit, SearchIndex, SearchRequest, write_index
from kg.vocab import BASE, DCAT, DCT, RDF, RDM
from tests.conftest import kg, write_site
from tests.growth import LINEAR, TIMES, growth
from tests.search.test_finding import index_of, thing

pytestmark = pytest.mark.slow

PAGE = f"{BASE}test/page/p"
SEQUENCING, PIC = f"{BASE}lookup/page/sequencing", f"{BASE}lookup/page/pic"
SIZE = 500
ACT = "https://lovdata.no/eli/lov/2009/06/19/97"


def found(index: SearchIndex, text: str, size: int | None = 20) -> list[Hit]:
    return list(index.search(SearchRequest(text, size=size)).hits)


def text_of(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(piece for piece, _ in pieces)


def page_with(folder: Path, *sections: tuple[str, str, str], others: tuple[str, ...] = ()) -> SearchIndex:
    """Create the index of a page with these sections."""
    said = [f"<{PAGE}> <{RDF.type}> <{RDM.GuidancePage}>", f'<{PAGE}> <{DCT.title}> "A page"@en']
    said += [f"<{PAGE}> <{DCAT.landingPage}> <https://site.example/p>", *others]
    index_of(folder, *said)
    write_index(folder / "graph.nq", folder / "again.sqlite", {PAGE: sections})
    return SearchIndex(folder / "again.sqlite")


def test_a_word_of_a_body_finds_the_page_with_the_section_and_an_excerpt(tmp_path: Path) -> None:
    sections = ("one", "Beginning", "Nothing here."), ("two", "People / Names", "Zebras are given pseudonyms here.")
    (hit,) = found(page_with(tmp_path, *sections), "pseudonym")
    assert (hit.iri, text_of(hit.section), hit.is_called_so) == (PAGE, "People / Names", False)
    assert (hit.section_iri, hit.section_published) == (f"{PAGE}#two", "https://site.example/p#two")
    assert ("pseudonyms", True) in hit.snippet


def test_a_short_word_that_is_meant_is_marked_as_a_whole_only(tmp_path: Path) -> None:
    (hit,) = found(page_with(tmp_path, ("one", "Animals", "Mice must be kept in mus rooms.")), "mouse")
    assert [piece for piece, is_wanted in hit.snippet if is_wanted] == ["Mice", "mus"]


def test_an_excerpt_does_not_begin_with_the_heading_of_its_section(tmp_path: Path) -> None:
    (hit,) = found(page_with(tmp_path, ("one", "Animals / Zebra", "Zebra Stripes of zebras")), "zebra")
    assert text_of(hit.snippet) == "Stripes of zebras"


def test_a_record_comes_before_a_page_that_mentions_it_and_a_heading_before_a_text(tmp_path: Path) -> None:
    other = f"{BASE}test/page/q"
    said = [f"<{other}> <{RDF.type}> <{RDM.GuidancePage}>", f'<{other}> <{DCT.title}> "Another page"@en']
    index_of(
        tmp_path, *said, *thing("zebra", "The zebra"), *thing("topic", "The zebra", RDM.Topic),
        f"<{PAGE}> <{RDF.type}> <{RDM.GuidancePage}>", f'<{PAGE}> <{DCT.title}> "A page"@en',
    )  # fmt: skip
    sections = {PAGE: [("a", "Animals", "A zebra.")], other: [("b", "Of zebras", "And of others.")]}
    write_index(tmp_path / "graph.nq", tmp_path / "again.sqlite", sections)
    hits = found(SearchIndex(tmp_path / "again.sqlite"), "zebra")
    assert [hit.iri.rpartition("/")[2] for hit in hits] == ["zebra", "q", "p", "topic"]


def test_words_of_several_sections_find_the_page(tmp_path: Path) -> None:
    index = page_with(tmp_path, ("a", "Animals", "Zebras."), ("b", "Plants", "Oaks."))
    assert [hit.iri for hit in found(index, "zebra oak")] == [PAGE]


def test_a_misspelt_word_of_bodies_is_corrected_if_it_stands_there_twice(tmp_path: Path) -> None:
    index = page_with(tmp_path, ("a", "Animals", "Zebras. Okapis."), ("b", "More", "Zebras."))
    assert index.search(SearchRequest("zebrax")).corrected == {"zebrax": ("zebras",)}
    assert index.search(SearchRequest("okapix")).total == 0


def test_the_anchor_of_a_section_is_in_the_text_of_the_page(index: SearchIndex, content_release: Path) -> None:
    hit = next(hit for hit in found(index, "nanopores") if hit.iri == SEQUENCING)
    html = (open_release(content_release).folder / text_file(SEQUENCING)).read_text(encoding="utf-8")
    assert f'id="{hit.anchor}"' in html
    assert text_of(hit.section).endswith("Commonly used raw file formats")
    assert hit.section_published == f"https://w3id.org/rdm-kg/lookup/sequencing#{hit.anchor}"


def test_no_email_address_of_a_body_is_in_the_index(tmp_path: Path) -> None:
    text = "---\ntitle: A page\n---\nAbove all.\n\n## Ask ada@site.example\n\nWrite to ada@site.example about okapis.\n"
    site = write_site(tmp_path / "site", {"p.md": text, "q.md": text.replace("okapis", "zebras")})
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    release = open_release(tmp_path / "out")
    assert b"ada@site" not in (release.folder / FILE).read_bytes()
    (hit,) = found(SearchIndex(release.folder / FILE), "okapis")
    assert text_of(hit.section) == "Ask"


def test_a_word_for_a_kind_is_a_filter_if_the_rest_matches(index: SearchIndex) -> None:
    every = index.search(SearchRequest("repositories"))
    assert every.kinds == ("repository",)
    kinds = index.search(SearchRequest(chosen={"kind": ("repository",)})).total
    assert every.total == kinds
    assert {hit.kind for hit in found(index, "sequencing repository")} == {"repository"}
    assert index.search(SearchRequest("zeiss repository")).kinds == ()
    assert index.search(SearchRequest('"repository"')).kinds == ()


def test_a_thing_with_the_words_in_its_name_is_found_beside_the_kind(tmp_path: Path) -> None:
    lines = (*thing("zoo", "Zebra", RDM.Repository), *thing("all", "A zebra repository"), *thing("no", "Zebra"))
    index = index_of(tmp_path, *lines)
    assert [hit.iri.rpartition("/")[2] for hit in found(index, "zebra repository")] == ["all", "zoo"]


@pytest.mark.parametrize("name", ["dyrevelferdsloven", "Animal Welfare Act", "Dyrevelferdsloven"])
def test_a_law_is_found_by_its_names_and_then_the_page_that_cites_it(index: SearchIndex, name: str) -> None:
    hits = [hit.iri for hit in found(index, name)]
    assert hits[0] == ACT
    assert PIC in hits


def test_a_modality_is_found_by_each_of_its_names_with_what_speaks_of_it(index: SearchIndex) -> None:
    for name in ("MRI", "magnetic resonance imaging"):
        hits = [hit.iri for hit in found(index, name)]
        assert hits[0] == "http://dicom.nema.org/resources/ontology/DCM/MR"
        assert PIC in hits[:3]


def test_synonyms_are_found_in_both_directions(tmp_path: Path) -> None:
    index = index_of(tmp_path, *thing("long", "Data management plan"), *thing("short", "A DMP"))
    for text in ("DMP", "data management plan", "datahåndteringsplan"):
        assert {hit.iri.rpartition("/")[2] for hit in found(index, text)} >= {"long"}
    assert [hit.iri.rpartition("/")[2] for hit in found(index, "data management plans")] == ["long", "short"]


def test_an_abbreviation_after_a_name_is_a_name(tmp_path: Path) -> None:
    index = index_of(tmp_path, *thing("a", "ZOO of zebras"), *thing("b", "Zebras of Our Own (ZOO)"))
    assert found(index, "zoo")[0].iri.endswith("/b")


@pytest.mark.parametrize("text", ["xqzwv", "blorp florbnitz", "purple monkey dishwasher", "qwerty"])
def test_nonsense_finds_nothing(index: SearchIndex, text: str) -> None:
    assert found(index, text) == []


def test_the_time_of_a_search_grows_with_the_words_found_and_no_faster(tmp_path: Path) -> None:
    indices = dict[int, SearchIndex]()
    for size in (SIZE, TIMES * SIZE):
        (tmp_path / str(size)).mkdir()
        sections = [(f"a{n}", f"Part {n}", "Zebras and oaks.") for n in range(size)]
        indices[size] = page_with(tmp_path / str(size), *sections)
    assert growth(lambda size: found(indices[size], "zebra oak"), SIZE) < LINEAR
