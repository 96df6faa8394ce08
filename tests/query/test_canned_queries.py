"""Canned queries: their results, their parsing, and the escaping of values."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import KgError, ParameterError, UnknownName
from kg.query import canned
from kg.release import Release
from kg.store.oxigraph import OxigraphStore, open_store
from kg.vocab import PREFIXES
from tests.query.rows import FIXTURE, no_rows, rows

PIC = "https://w3id.org/rdm-kg/id/test/page/pic"
TEXT = """\
# title: A title
# question: A question: which?
# for: authors
# param word: string, a word, or two
# param thing: iri, a thing
# param number: optional integer, a number
# Other comments are free.
SELECT ?word ?thing ?number {
  # VALUES ?word { "not this" }
  VALUES ?word { "a \\"b\\"" } VALUES ?thing { <http://x/> } values ?number { 3 }
}
"""


@pytest.fixture(scope="module")
def store(release: Release) -> OxigraphStore:
    return open_store(release.store)


def found(store: OxigraphStore, name: str, **parameters: str) -> list[dict[str, str]]:
    return rows(store, canned.load(name).fill(**parameters))


@pytest.mark.parametrize("name", canned.names())
def test_every_file_runs_as_it_is_and_finds_something(store: OxigraphStore, name: str) -> None:
    query = canned.load(name)
    if name != "sheets-by-fairsharing" and not rows(store, query.text):
        pytest.fail(no_rows(query, store, FIXTURE), pytrace=False)
    assert query.question.endswith("?"), f"end the line '# question:' of kg/queries/{name}.rq with a question mark"
    assert query.fill(**{parameter.name: parameter.example for parameter in query.parameters}) == query.text


def test_a_question_without_rows_says_what_it_asks_for_and_where_the_data_must_stand(store: OxigraphStore) -> None:
    planted = canned.parse(
        "committees",
        """# title: Committees
# question: Which committees does a cheat sheet name?
# for: curators
# param sheet: string, page id of a cheat sheet
PREFIX dct: <http://purl.org/dc/terms/> PREFIX rdm: <https://w3id.org/rdm-kg/ont#>
SELECT ?committee { VALUES ?sheet { "pic" } ?page a rdm:CheatSheet ; dct:identifier ?sheet ; rdm:committee ?committee }
""",
    )
    assert rows(store, planted.text) == []
    assert no_rows(planted, store, FIXTURE).splitlines() == [
        "kg/queries/committees.rq finds nothing in GRAPHS in tests/query/conftest.py.",
        "Its patterns ask for rdm:CheatSheet, dct:identifier, rdm:committee;",
        "no statement there has rdm:committee.",
        f'Its examples are ?sheet "pic" in {PIC}#graph.',
        "Add what it asks for to GRAPHS in tests/query/conftest.py, or give it other examples.",
    ]


def test_standards_come_with_line_and_link_in_the_order_of_the_page(store: OxigraphStore) -> None:
    answer = found(store, "standards-for-sheet", page="pic")
    assert [(row["kind"], row["name"], row["line"]) for row in answer] == [
        ("data format", "DICOM", "24"),
        ("data format", "OME-NGFF", "26"),
        ("terminology", "NCBI Taxonomy", "31"),
    ]
    assert answer[0]["openness"] == "open"
    assert [row.get("for") for row in answer] == ["MRI", None, None]
    assert answer[0]["link"] == "https://fairsharing.org/bsg-s000114"
    assert found(store, "standards-for-sheet", page="nothing") == []


def test_where_to_deposit_says_what_is_missing_first(store: OxigraphStore) -> None:
    gap, repository = found(store, "where-to-deposit", page="pic")
    assert gap["note"] == "No repository takes these images."
    assert (repository["name"], repository["line"]) == ("NIRD archive", "47")


@pytest.mark.parametrize(
    ("name", "values"), [("where-to-deposit", {"page": "a"}), ("where-to-deposit-data-about", {"words": "images"})]
)
def test_a_repository_with_two_home_pages_has_one_row(name: str, values: dict[str, str]) -> None:
    graph = ox.Store()
    prefixes = "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in PREFIXES.items())
    page = """
        <http://example.org/a> a rdm:Page, rdm:AdvicePage ; dct:identifier "a" ; dct:title "Images" ;
          schema:isPartOf <http://example.org/id/site> ; rdm:hasRecommendation <http://example.org/m> .
        <http://example.org/id/site> dct:title "Site" .
        <http://example.org/m> rdm:role role:deposition-repository ; rdm:target <http://example.org/r> ;
          rdfs:label "Archive" ; rdm:sourceLine 3 .
        <http://example.org/r> foaf:homepage <http://archive.example/> ; schema:url <https://archive.example/> ."""
    graph.load(prefixes + page, ox.RdfFormat.TURTLE)
    answer = graph.query(canned.load(name).fill(**values))
    assert isinstance(answer, ox.QuerySolutions)
    assert [row["link"].value for row in answer] == ["https://archive.example/"]


@pytest.mark.parametrize(
    "form",
    [
        "b7z8by",
        "FAIRsharing.b7z8by",
        "10.25504/FAIRsharing.b7z8by",
        "doi:10.25504/FAIRsharing.b7z8by",
        "https://doi.org/10.25504/FAIRsharing.b7z8by",
        "http://dx.doi.org/10.25504/fairsharing.b7z8by",
        "https://fairsharing.org/FAIRsharing.b7z8by",
        " bsg-s000114 ",
        "BSG-S000114",
        "https://fairsharing.org/bsg-s000114/",
        "114",
        "https://fairsharing.org/114",
    ],
)
def test_a_fairsharing_record_is_found_by_every_form_of_its_id(store: OxigraphStore, form: str) -> None:
    (row,) = found(store, "sheets-by-fairsharing", id=form)
    assert (row["page_iri"], row["line"]) == (PIC, "24")
    assert row["record"] == "https://doi.org/10.25504/FAIRsharing.b7z8by"


@pytest.mark.parametrize("form", ["3887", "https://fairsharing.org/3887", "fairsharing.org/3887/"])
def test_a_record_without_doi_is_found_by_its_number(store: OxigraphStore, form: str) -> None:
    (row,) = found(store, "sheets-by-fairsharing", id=form)
    assert row["record"] == "https://fairsharing.org/3887"


@pytest.mark.parametrize("form", ["", "b7", ".", "es03", "https://fairsharing.org/", "pic", "%", "a b", "["])
def test_no_other_id_finds_a_record(store: OxigraphStore, form: str) -> None:
    assert found(store, "sheets-by-fairsharing", id=form) == []


@pytest.mark.parametrize("form", ["MR", "mr", "http://dicom.nema.org/resources/ontology/DCM/MR"])
def test_a_modality_is_found_by_code_and_by_iri(store: OxigraphStore, form: str) -> None:
    (row,) = found(store, "sheets-by-modality", modality=form)
    assert (row["page_iri"], row["meaning"], row["data_types"]) == (PIC, "Magnetic Resonance", "MRI")
    assert found(store, "sheets-by-modality", modality="NMR") == []


def test_a_law_is_one_row_although_it_has_two_titles(store: OxigraphStore) -> None:
    (row,) = found(store, "laws-of-sheet", page="pic")
    assert (row["identifier"], row["name"], row["line"]) == ("LOV-2009-06-19-97", "Animal Welfare Act", "52")
    assert found(store, "laws-of-sheet", page="light_microscopy") == []


def test_gaps_are_those_said_and_those_seen(store: OxigraphStore) -> None:
    assert [(row["title"], row["missing"]) for row in found(store, "gaps")] == [
        ("Light microscopy", "law"),
        ("Preclinical imaging", "DMP template"),
        ("Preclinical imaging", "said by the page"),
    ]


def test_shared_recommendations_has_a_default(store: OxigraphStore) -> None:
    (row,) = found(store, "shared-recommendations")
    assert (row["pages"], set(row["page_ids"].split(", "))) == ("2", {"pic", "light_microscopy"})
    assert len(found(store, "shared-recommendations", minimum="1")) > 1
    assert found(store, "shared-recommendations", minimum="3") == []


def test_the_crosswalk_counts_mentions_and_names_every_record(store: OxigraphStore) -> None:
    answer = {row["record"].rpartition("/")[2]: row for row in found(store, "fairsharing-crosswalk")}
    assert answer.keys() == {"FAIRsharing.es03fk", "FAIRsharing.b7z8by", "FAIRsharing.ddk9t9", "3887"}
    taxonomy, dicom = answer["FAIRsharing.es03fk"], answer["FAIRsharing.b7z8by"]
    assert (taxonomy["name"], taxonomy["mentions"], taxonomy["pages"]) == ("NCBI Taxonomy", "2", "2")
    assert (set(dicom["other_ids"].split(", ")), dicom["mentions"]) == ({"bsg-s000114", "114"}, "1")
    assert answer["3887"]["name"] == "OME-NGFF"


def test_links_to_mend_come_with_file_line_and_what_to_write(store: OxigraphStore) -> None:
    answer = found(store, "fairsharing-links-to-mend")
    assert [(row["file"], row["line"], row["problem"], row["write"]) for row in answer] == [
        ("pages/light.md", "13", "former identifier", "https://doi.org/10.25504/FAIRsharing.ddk9t9"),
        ("pages/pic.md", "24", "former identifier", "https://doi.org/10.25504/FAIRsharing.b7z8by"),
        ("pages/pic.md", "31", "former identifier", "https://doi.org/10.25504/FAIRsharing.es03fk"),
    ]


def test_a_conflict_of_section_and_type(store: OxigraphStore) -> None:
    (row,) = found(store, "section-type-conflicts")
    assert (row["name"], row["line"]) == ("InChI", "13")
    assert (row["listed_as"], row["known_as"]) == ("terminology", "identifier scheme")


def test_laws_and_the_sheets_they_bind(store: OxigraphStore) -> None:
    (row,) = found(store, "laws-and-sheets")
    assert (row["identifier"], row["pages"], row["page_ids"]) == ("LOV-2009-06-19-97", "1", "pic")


def test_similar_sheets_share_standards(store: OxigraphStore) -> None:
    (row,) = found(store, "similar-sheets", page="light_microscopy")
    assert (row["other"], row["shared"], row["standards"]) == (PIC, "1", "NCBI Taxonomy")
    assert [row["other_title"] for row in found(store, "similar-sheets", page="pic")] == ["Light microscopy"]


def test_plan_and_infrastructure(store: OxigraphStore) -> None:
    assert [(row["what"], row["name"], row["address"]) for row in found(store, "plan-and-infrastructure")] == [
        ("DMP template", "Light plan", "https://example.org/wizard?uuid=1"),
        ("infrastructure", "University of Bergen", "https://www.uib.no/"),
        ("storage and computing", "NeLS", "https://nels.bioinfo.no"),
    ]


def test_what_is_described_elsewhere(store: OxigraphStore) -> None:
    (row,) = found(store, "described-elsewhere", page="pic")
    assert (row["name"], row["how"]) == ("DICOM", "nearly the same")
    assert row["elsewhere"] == "http://edamontology.org/format_3548"


def test_the_header_is_read() -> None:
    query = canned.parse("x", TEXT)
    assert (query.title, query.question) == ("A title", "A question: which?")
    assert query.parameters == (
        canned.Parameter("word", "string", "a word, or two", 'a "b"', None),
        canned.Parameter("thing", "iri", "a thing", "http://x/", None),
        canned.Parameter("number", "integer", "a number", "3", "3"),
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("# title: A title\n", "", "header needs"),
        ("string, a word, or two", "text, a word", "write '# param word"),
        ("VALUES ?thing { <http://x/> }", "", "give \\?thing its example once"),
        ("SELECT", "SELECT ?a { VALUES ?word { 'twice' } } SELECT", "give \\?word its example once"),
        ("{ 3 }", "{ 03 }", "write the example of \\?number as 3"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_an_error(old: str, new: str, message: str) -> None:
    with pytest.raises(KgError, match=message):
        canned.parse("x", TEXT.replace(old, new, 1))


@given(
    st.text(alphabet=st.characters(exclude_categories=("Cs",)))
    | st.sampled_from(['"', "\\", '"} #', "'''", "\n", "\\u0022"])
)
def test_a_string_stays_in_its_place(value: str) -> None:
    text = canned.parse("x", TEXT).fill(word=value, thing="http://x/")
    (row,) = ox.Store().query(text)
    assert (row["word"], row["number"].value) == (ox.Literal(value), "3")


@given(st.text(alphabet="<>\"{}|^`\\ #?ab:/%'\n\u00e9", max_size=12).map("http://x/".__add__) | st.text(max_size=12))
def test_an_iri_stays_in_its_place_or_is_none(value: str) -> None:
    query = canned.parse("x", TEXT)
    try:
        text = query.fill(word="w", thing=value)
        node = ox.NamedNode(value)
    except (ParameterError, ValueError):
        return
    (row,) = ox.Store().query(text)
    assert row["thing"] == node


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"thing": "http://x/"}, "parameter 'word' is missing: a word, or two"),
        ({"word": "w", "thing": "x"}, "'thing' must be of type iri, e.g. http://x/: 'x' is not an absolute IRI"),
        ({"word": "w", "thing": "http://x/", "number": "1 } #"}, "'number' must be of type integer, e.g. 3"),
        ({"word": "w", "thing": "http://x/", "number": "\u0661"}, "is not an integer"),
        ({"word": "\ud800", "thing": "http://x/"}, "surrogate"),
        ({"word": "w", "thing": "http://x/", "other": "1"}, "no parameter 'other'; it has word, thing, number"),
    ],
)
def test_a_wrong_parameter_is_named(values: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        canned.parse("x", TEXT).fill(**values)


def test_an_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(
        UnknownName, match=r"no canned query '\.\./x'; there are about-page, contacts, described-elsewhere"
    ):
        canned.load("../x")
    assert tuple(canned.load_all()) == canned.names()
