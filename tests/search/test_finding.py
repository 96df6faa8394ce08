"""Search results by words and identifiers, and their order."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import QueryTimeout, ReleaseError
from kg.identifiers.legislation.law import COUNCIL_OF_EUROPE
from kg.release import open_release
from kg.search_index import FACETS, FILE, SORTS, SearchIndex, SearchRequest, write_index
from kg.search_index.words import trigrams
from kg.vocab import BASE, DCT, ELI, FOAF, RDF, RDFS, RDM, ROLE, SCHEMA, SKOS
from tests.growth import LINEAR, TIMES, growth

pytestmark = pytest.mark.slow

DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"
PIC = f"{BASE}lookup/page/pic"
ACT = "https://lovdata.no/eli/lov/2009/06/19/97"


def first(index: SearchIndex, text: str) -> str:
    return index.search(SearchRequest(text)).hits[0].iri


def index_of(folder: Path, *statements: str) -> SearchIndex:
    """Create the index of a graph with these statements, all from one page."""
    graph = folder / "graph.nq"
    lines = sorted(f"{statement} <{BASE}test/page/p#graph> .\n" for statement in statements)
    graph.write_text("".join(lines), encoding="utf-8")
    write_index(graph, folder / "index.sqlite")
    return SearchIndex(folder / "index.sqlite")


def thing(name: str, title: str, kind: str = RDM.Tool, **more: str) -> list[str]:
    iri = f"<http://example.org/{name}>"
    said = [f"{iri} <{RDF.type}> <{kind}>", f'{iri} <{DCT.title}> "{title}"@en']
    return said + [
        f'{iri} <{ {"label": SKOS.altLabel, "description": DCT.description}[key] }> "{text}"@en'
        for key, text in more.items()
    ]


@pytest.mark.parametrize(
    "written",
    [
        "DICOM",
        "digital imaging and communications in medicine",
        "b7z8by",
        "B7Z8BY",
        "FAIRsharing.b7z8by",
        "fairsharing:b7z8by",
        "10.25504/FAIRsharing.b7z8by",
        "doi:10.25504/FAIRsharing.b7z8by",
        "https://doi.org/10.25504/FAIRsharing.b7z8by",
        "http://dx.doi.org/10.25504/fairsharing.b7z8by",
        "https://fairsharing.org/FAIRsharing.b7z8by",
        "bsg-s000114",
        "BSG-S000114",
        "https://fairsharing.org/bsg-s000114",
        "https://identifiers.org/fairsharing:bsg-s000114",
        "84",
        "https://fairsharing.org/84",
        "FAIRsharing b7z8by",
        "FAIRsharing ID: 84",
        "DOI 10.25504/FAIRsharing.b7z8by",
    ],
)
def test_dicom_is_found_by_any_of_its_ids(index: SearchIndex, written: str) -> None:
    assert first(index, written) == DICOM


@pytest.mark.parametrize(
    ("written", "iri"),
    [
        ("pic", PIC),
        (PIC, PIC),
        ("LOV-2009-06-19-97", ACT),
        ("https://lovdata.no/dokument/NL/lov/2009-06-19-97", ACT),
        (ACT + "/", ACT),
        ("ETS 123", f"{COUNCIL_OF_EUROPE}123"),
        ("MR", "http://dicom.nema.org/resources/ontology/DCM/MR"),
        ("dcm:MR", "http://dicom.nema.org/resources/ontology/DCM/MR"),
        ("0000-0002-3381-7514", "https://orcid.org/0000-0002-3381-7514"),
        ("orcid.org/0000-0002-3381-7514", "https://orcid.org/0000-0002-3381-7514"),
        ("ORCID: 0000-0002-3381-7514", "https://orcid.org/0000-0002-3381-7514"),
        ("orcid 0000-0002-3381-7514", "https://orcid.org/0000-0002-3381-7514"),
        ("bsg-d000627", "https://doi.org/10.25504/FAIRsharing.6824pv"),
        ("biodbcore-000627", "https://doi.org/10.25504/FAIRsharing.6824pv"),
        ("https://fairsharing.org/523", "https://fairsharing.org/523"),
    ],
)
def test_other_identifiers_lead_to_their_things(index: SearchIndex, written: str, iri: str) -> None:
    assert first(index, written) == iri


def test_a_tool_is_found_by_its_id_in_bio_tools(tmp_path: Path) -> None:
    tool = thing("made", "Snakemake")
    index = index_of(tmp_path, *tool, f"<http://example.org/made> <{RDFS.seeAlso}> <https://bio.tools/snakemake>")
    found = {index.search(SearchRequest(text)).total for text in ("biotools:snakemake", "bio.tools:Snakemake")}
    assert found == {1}
    assert index.search(SearchRequest("biotools:other")).total == 0


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("format_3548", "Digital Imaging and COmmunications in Medicine"),
        ("EDAM:format_3548", "Digital Imaging and COmmunications in Medicine"),
        ("http://edamontology.org/format_3548", "Digital Imaging and COmmunications in Medicine"),
        ("r3d100010527", "European Nucleotide Archive"),
        ("re3data r3d100010527", "European Nucleotide Archive"),
        ("bioregistry:ena.embl", "European Nucleotide Archive"),
    ],
)
def test_an_identifier_of_another_registry_leads_to_what_is_described_there(
    index: SearchIndex, written: str, name: str
) -> None:
    assert name in {hit.name for hit in index.search(SearchRequest(written)).hits}


def test_every_thing_is_found_by_its_iri_and_each_identifier(index: SearchIndex) -> None:
    hits = index.search(SearchRequest(size=None)).hits
    assert len(hits) > 200
    for hit in hits:
        for written in (hit.iri, *hit.identifiers):
            assert hit.iri in {found.iri for found in index.search(SearchRequest(written)).hits}


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("ontolgy", "ontology", "https://doi.org/10.25504/FAIRsharing.3ngg40"),
        ("Fairsharng", "fairsharing", DICOM),
        ("mikroscopy", "microscopy", f"{BASE}lookup/page/light_microscopy"),
        ("preclincal", "preclinical", PIC),
    ],
)
def test_a_misspelt_word_finds_what_was_meant_and_says_so(
    index: SearchIndex, typed: str, meant: str, expected: str
) -> None:
    results = index.search(SearchRequest(typed, size=None))
    assert results.corrected == {typed.lower(): (meant,)}
    assert results.hits == index.search(SearchRequest(meant, size=None)).hits
    assert expected in {hit.iri for hit in results.hits}


def test_a_word_that_is_there_and_an_unknown_identifier_are_not_corrected(index: SearchIndex) -> None:
    assert index.search(SearchRequest("ontol")).corrected == {}
    assert index.search(SearchRequest("ontol")).total >= index.search(SearchRequest("ontology")).total > 0
    unknown = index.search(SearchRequest("bsg-s999999"))
    assert (unknown.total, unknown.corrected) == (0, {})
    assert index.search(SearchRequest("https://example.org/ontolgy")).total == 0


def test_all_words_count_and_some_where_nothing_has_all(index: SearchIndex) -> None:
    both = index.search(SearchRequest("plant ontology"))
    assert (both.hits[0].name, both.any_word) == ("Plant Ontology", False)
    some = index.search(SearchRequest("microscopy qqqqqqqq"))
    assert some.any_word
    assert some.total == index.search(SearchRequest("microscopy")).total


def test_it_is_told_whether_a_thing_is_called_so(index: SearchIndex) -> None:
    for text, so_called in {"DICOM": DICOM, "bsg-s000114": DICOM, "preclincal": PIC}.items():
        assert next(hit for hit in index.search(SearchRequest(text)).hits if hit.iri == so_called).is_called_so
    assert {hit.is_called_so for hit in index.search(SearchRequest("XNAT-PiC Assembly")).hits if hit.iri == PIC} == {
        False
    }


def test_sheets_are_found_by_their_headings_and_links(index: SearchIndex) -> None:
    assert PIC in {hit.iri for hit in index.search(SearchRequest("NMR spectroscopy")).hits}
    assert PIC in {hit.iri for hit in index.search(SearchRequest("XNAT-PiC Assembly")).hits}


def test_a_title_goes_before_another_name_before_a_description_and_sheets_before_equals(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        *thing("described", "A", description="zebra"),
        *thing("labelled", "B", label="zebra and others"),
        *thing("titled", "A zebra at the end of a long name"),
        *thing("begins", "A zebrafish"),
        *thing("sheet", "Data of zebra populations", RDM.CheatSheet),
        *thing("exact", "Zebra"),
    )
    found = [hit.iri.rpartition("/")[2] for hit in index.search(SearchRequest("zebra")).hits]
    assert found == ["exact", "sheet", "titled", "begins", "labelled", "described"]


def test_a_thing_has_every_role_in_which_it_is_mentioned(tmp_path: Path) -> None:
    mention = f"<{BASE}test/page/p#m-1>"
    said = [(RDF.type, RDM.Mention), (RDM.target, "http://example.org/x")]
    said += [(RDM.role, ROLE[name]) for name in ("terminology", "identifier-scheme")]
    index = index_of(tmp_path, *thing("x", "X"), *(f"{mention} <{name}> <{value}>" for name, value in said))
    facets = {facet.name: facet.values for facet in index.search(SearchRequest()).facets}
    assert [(value.name, value.count) for value in facets["role"]] == [("identifier-scheme", 1), ("terminology", 1)]


def test_what_is_to_be_done_with_data_asks_for_a_kind(tmp_path: Path) -> None:
    page = f"<{BASE}test/page/p>"
    said = [f"{page} <{RDF.type}> <{kind}>" for kind in (RDM.Page, RDM.AdvicePage, RDM.GuidancePage)]
    said += [f'{page} <{DCT.title}> "Mass data"@en', f"{page} <{RDM.recommendsDepositIn}> <http://example.org/a>"]
    said += [f"{page} <{RDM.citesLegislation}> <{ACT}>", f"<{ACT}> <{RDF.type}> <{ELI.LegalResource}>"]
    said += [f'<{ACT}> <{DCT.title}> "An act"@en', *thing("a", "Shelf", RDM.Repository)]
    said += thing("b", "Deposition of mass")
    index = index_of(tmp_path, *said)
    names = {
        text: [hit.name for hit in index.search(SearchRequest(text)).hits]
        for text in ("where can I deposit mass data", "deposition", "law on mass data")
    }
    assert names["where can I deposit mass data"][0] == "Shelf"
    assert names["deposition"] == ["Deposition of mass"]
    assert names["law on mass data"][0] == "An act"


def test_a_law_in_force_goes_before_the_one_that_it_replaced_which_is_marked(tmp_path: Path) -> None:
    newer = ACT.replace("2009", "2018")
    laws = [f"<{law}> <{RDF.type}> <{ELI.LegalResource}>" for law in (ACT, newer)]
    laws += [f'<{law}> <{DCT.title}> "Data Act"@en' for law in (ACT, newer)]
    index = index_of(tmp_path, *laws, f"<{ACT}> <{ELI.in_force}> <{ELI['InForce-notInForce']}>")
    hits = index.search(SearchRequest("Data Act")).hits
    assert [(hit.iri, hit.name) for hit in hits] == [(newer, "Data Act"), (ACT, "Data Act (not in force)")]


def test_a_short_synonym_is_a_word_and_not_the_beginning_of_others(tmp_path: Path) -> None:
    names = {"a": "Mice and rats", "b": "Mičetić Ivan", "c": "Museum", "d": "Must have"}
    index = index_of(tmp_path, *(line for name, title in names.items() for line in thing(name, title)))
    assert [hit.name for hit in index.search(SearchRequest("mouse")).hits] == ["Mice and rats"]


def test_accents_and_case_do_not_matter(index: SearchIndex) -> None:
    assert first(index, "SJOBAKK") == first(index, "Torill Sjøbakk") == "https://orcid.org/0000-0003-0961-6234"
    assert first(index, "bosl") == first(index, "BÖSL") == "https://orcid.org/0000-0003-0498-4273"


def test_snippets_mark_what_was_found_and_stay_text(tmp_path: Path) -> None:
    index = index_of(
        tmp_path, *thing("x", "<b>Zebra</b>", description="long " * 99 + "</mark><script>zebras" + " x" * 99)
    )
    (hit,) = index.search(SearchRequest("zebra")).hits
    assert hit.title == (("<b>", False), ("Zebra", True), ("</b>", False))
    assert ("zebras", True) in hit.snippet
    assert len("".join(text for text, _ in hit.snippet)) < 250


def test_an_excerpt_says_nothing_that_the_name_says_and_no_word_twice(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        *thing("same", "Zebra images", description="zebra images."),
        *thing("case", "Zebra", label="ZEBRA"),
        *(f'<http://example.org/case> <{SKOS.altLabel}> "{name}"@en' for name in ("Zebra fish", "zebra fish")),
        *thing("twice", "Stripes", description="A zebra Zebra has stripes"),
    )
    shown = {hit.name: "".join(text for text, _ in hit.snippet) for hit in index.search(SearchRequest("zebra")).hits}
    assert shown == {"Zebra images": "", "Zebra": "Zebra fish", "Stripes": "A zebra has stripes"}


def test_everything_comes_sheets_first_and_page_by_page_without_overlap(index: SearchIndex) -> None:
    every = index.search(SearchRequest(size=None))
    assert [hit.kind for hit in every.hits[:4]] == ["cheat sheet"] * 3 + ["guidance page"]
    assert every.total == len(every.hits) == len({hit.iri for hit in every.hits})
    pages = [index.search(SearchRequest(page=number, size=40)) for number in range(1, every.total // 40 + 2)]
    assert [hit for page in pages for hit in page.hits] == list(every.hits)
    assert {page.pages for page in pages} == {len(pages)}


@pytest.mark.parametrize("sort", SORTS[1:])
def test_sorting(index: SearchIndex, sort: str) -> None:
    shown = {
        "name": lambda hit: hit.name.casefold(),
        "site": lambda hit: hit.sites,
        "identifier": lambda hit: (not hit.identifiers, hit.identifiers),
        "sheets": lambda hit: hit.sheets,
    }
    kinds = [value.label for value in index.search(SearchRequest()).facets[0].values]
    key = shown.get(sort, lambda hit: kinds.index(hit.kind))
    up, down = (
        [key(hit) for hit in index.search(SearchRequest(sort=name, size=None)).hits] for name in (sort, f"-{sort}")
    )
    assert up == sorted(up)
    assert down == sorted(down, reverse=True)
    assert len(set(up)) > 1


HOSTILE = [
    *('"', "''", "a\0b", "*", "a*", "^a", "-a", "a:b", "name:a", "{name}:a", "NEAR(a b)", "a AND", "OR", "NOT a", "("),
    *("a" * 10_000, "a " * 5_000, "\U0001f9ec " * 99, "\ufdfa" * 300, "\ud800", "\x00", "%", "_", "' OR 1=1 --", "²"),
    *(
        "\\",
        "a\\",
        "\u0301",
        "10." + "9" * 300,
        "LOV-" * 50,
        "https://" * 40,
        "ont\u200bology",
        "ﬁ",
        "\U0001d53b\U0001d540",
    ),
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_no_text_is_an_error(index: SearchIndex, text: str) -> None:
    results = index.search(SearchRequest(text, {"kind": (text,)}, sort=text))
    assert results.total == 0
    assert index.search(SearchRequest(text)).total == index.search(SearchRequest(text, sort="name")).total
    index.suggest(text)


@settings(max_examples=150)
@given(text=st.text(max_size=80) | st.text(alphabet='ab"*^:(){}+-\\ \0', max_size=30), facet=st.sampled_from([*FACETS]))
def test_any_text_is_answered(index: SearchIndex, text: str, facet: str) -> None:
    results = index.search(SearchRequest(text, size=None))
    assert results.total == len(results.hits)
    assert all(0 < value.count <= results.total for facets in results.facets for value in facets.values)
    assert index.search(SearchRequest("dicom", {facet: (text.encode("utf-8", "ignore").decode(),)})).total == 0


def test_the_matrix_of_sites_takes_linear_time(tmp_path: Path) -> None:
    indexes = {}
    for size in (200, TIMES * 200):
        pages = [f"<{BASE}test/page/p{number}>" for number in range(size)]
        said = [
            *(f"{page} <{RDF.type}> <{RDM.CheatSheet}>" for page in pages),
            *(f'{page} <{DCT.title}> "Page"' for page in pages),
            *(f"{page} <{RDM.recommendsFormat}> <http://example.org/t{number}>" for number, page in enumerate(pages)),
            *(each for number in range(size) for each in thing(f"t{number}", "A format", RDM.DataFormat)),
        ]
        (tmp_path / str(size)).mkdir()
        indexes[size] = index_of(tmp_path / str(size), *said)

    def read(size: int) -> None:
        found = indexes[size].matrix_of_sites(("data-format",), {"test": "Test"}, slice(0, 250))
        assert found.sheets == ((f"{BASE}test", "Test", size),)

    assert growth(read, 200) < LINEAR


def test_a_search_that_takes_too_long_is_ended(content_release: Path) -> None:
    with pytest.raises(QueryTimeout, match="took longer"):
        SearchIndex(open_release(content_release).folder / FILE, seconds=0).search(SearchRequest())


@pytest.mark.parametrize("content", [None, b"", b"no database at all" * 99])
def test_a_file_that_is_no_index_is_told(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "index.sqlite"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ReleaseError, match=r"index\.sqlite"):
        SearchIndex(file).search(SearchRequest())


def test_the_same_graph_gives_the_same_bytes(content_graph: list[str], tmp_path: Path) -> None:
    (tmp_path / "graph.nq").write_text("".join(content_graph), encoding="utf-8")
    digests = {write_index(tmp_path / "graph.nq", tmp_path / name) for name in ("one", "two")}
    assert len(digests) == 1
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_index_has_the_trigrams_by_which_words_are_looked_up(tmp_path: Path) -> None:
    index_of(tmp_path, *thing("a", "cat banana møte abcdefghijklmnopqrstuvwx"))
    with closing(sqlite3.connect(tmp_path / "index.sqlite")) as index:
        words = index.execute("SELECT id, word FROM word").fetchall()
        found = index.execute("SELECT trigram, word FROM trigram").fetchall()
    assert {3, 24} <= {len(word) for _, word in words}
    assert sorted(found) == sorted((trigram, number) for number, word in words for trigram in trigrams(word))


def test_an_empty_graph_has_an_empty_index(tmp_path: Path) -> None:
    index = index_of(tmp_path)
    assert index.search(SearchRequest()).total == index.search(SearchRequest("a")).total == 0
    assert index.matrix(("data-format",), slice(None), slice(None)).rows == ()


@pytest.mark.parametrize("text", ["laws", "acts", "welfare laws", "laws about animals"])
def test_the_plural_of_a_short_word_asks_for_its_kind_too(index: SearchIndex, text: str) -> None:
    found = index.search(SearchRequest(text))
    assert found.kinds == ("law",)
    assert found.hits[0].kind == "law"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fair sharing", "FAIRsharing"),
        ("data sets", "A dataset"),
        ("backing up", "Make a backup"),
        ("Universitetet i Bergen", "University of Bergen"),
        ("universitetet i Oslo", "University of Oslo"),
        ("sykehuset", "A hospital"),
        ("bilder", "An image"),
    ],
)
def test_two_words_that_are_one_and_norwegian_forms_are_found(tmp_path: Path, text: str, name: str) -> None:
    names = ("FAIRsharing", "A dataset", "Make a backup", "University of Bergen", "University of Oslo", "A hospital")
    made = (thing(f"t{number}", each) for number, each in enumerate((*names, "An image", "A background", "Making up")))
    index = index_of(tmp_path, *(statement for each in made for statement in each))
    assert index.search(SearchRequest(text)).hits[0].name == name


def test_people_are_found_by_where_they_work(tmp_path: Path) -> None:
    index = index_of(
        tmp_path,
        f"<http://example.org/ada> <{RDF.type}> <{FOAF.Person}>",
        f'<http://example.org/ada> <{FOAF.name}> "Ada"',
        f"<http://example.org/ada> <{SCHEMA.affiliation}> <http://example.org/work>",
        *thing("work", "University of Somewhere", FOAF.Organization),
        f"<http://example.org/bo> <{RDF.type}> <{FOAF.Person}>",
        f'<http://example.org/bo> <{FOAF.name}> "Bo"',
    )
    assert index.search(SearchRequest("people from Somewhere")).hits[0].name == "Ada"
    assert {hit.name for hit in index.search(SearchRequest("Somewhere")).hits} == {"Ada", "University of Somewhere"}


def test_where_no_person_is_found_the_place_is(tmp_path: Path) -> None:
    person = (f"<http://example.org/bo> <{RDF.type}> <{FOAF.Person}>", f'<http://example.org/bo> <{FOAF.name}> "Bo"')
    index = index_of(tmp_path, *thing("lab", "Laboratory in Somewhere", RDM.Service), *person)
    found = index.search(SearchRequest("people in Somewhere"))
    assert [hit.name for hit in found.hits] == ["Laboratory in Somewhere"]
    assert found.any_word
    assert index.search(SearchRequest("people in Nowhere")).total == 0


def test_a_record_of_fairsharing_is_found_by_its_bare_id_also_where_a_tool_refers_to_it(tmp_path: Path) -> None:
    record = "https://doi.org/10.25504/FAIRsharing.zz9zz9"
    index = index_of(tmp_path, *thing("made", "A tool"), f"<http://example.org/made> <{RDFS.seeAlso}> <{record}>")
    assert {index.search(SearchRequest(text)).total for text in ("zz9zz9", "FAIRsharing zz9zz9", record)} == {1}
    assert index.search(SearchRequest("zz9zz8")).total == 0
