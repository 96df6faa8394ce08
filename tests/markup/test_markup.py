"""Markup of the pages of a release, checked against schema.org and Bioschemas."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from rdflib import SDO, URIRef

from kg.errors import ParameterError
from kg.page_html.schema_org import KEYWORD, page_markup, query
from kg.query import BINDINGS_FORMATS, Query
from kg.release import Release, open_release
from kg.store.oxigraph import create, open_store
from kg.vocab import DCT, RDF, RDM
from tests.conftest import kg, write_site
from tests.markup.bioschemas import MINIMUM, RECOMMENDED, UNSAID, violations
from tests.markup.schema_org import ADDRESS, DATE, PARENT, PROPERTIES, TEXT, faults

pytestmark = pytest.mark.slow

PAGE = "https://w3id.org/rdm-kg/id/s/page/{}"
SITE = {
    "_data/CONTRIBUTORS.yml": "Ada Example:\n  orcid: 0000-0002-1825-0097\n  email: ada@example.org\n",
    "rdm-kg.toml": 'key = "s"\nlicense = "https://creativecommons.org/licenses/by/4.0/"\n',
    "sheet.md": (
        "---\ntype: cheat_sheet\npage_id: sheet\ntitle: A </script><script>alert(1)</script> & sheet\n"
        "description: Images\ncontributors: [Ada Example]\naffiliations: [An institute]\n"
        "supported_by: [A funder]\nsummary: What images show\nkeywords: [anatomy]\n---\n"
        "## Type of data\n#### MR imaging\n- [DICOM](https://fairsharing.org/bsg-s000114)\n"
        "## Data deposition repositories\n- [An archive](https://archive.example/)\n"
        "## Ethics and regulations\n- LOV-2009-06-19-97\n- Ask someone@example.org\n"
        "## Useful links\n- [Task](task)\n- [elsewhere](https://other.example/)\n"
    ),
    "task.md": "---\ntype: your_task\npage_id: task\ntitle: Task\n---\n[Sheet](sheet)\n",
}
CONFIG = "title: A site\nurl: https://site.example\nlang: nb\npermalink: /:basename\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("site")
    done = kg("build", write_site(folder / "site", SITE, CONFIG), "--out", folder / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return open_release(folder / "out")


def answer(release: Release, asked: Query) -> bytes:
    out = io.BytesIO()
    open_store(release.store).ask(asked).write(out, BINDINGS_FORMATS[0])
    return out.getvalue()


def markup(release: Release, page: str) -> dict[str, Any]:
    text = page_markup(page, answer(release, query(page)))
    assert text is not None
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def pages(release: Release) -> list[str]:
    rows = json.loads(answer(release, Query(f"SELECT DISTINCT ?p {{ ?p <{RDF.type}> <{RDM.Page}> }} ORDER BY ?p")))
    return [row["p"]["value"] for row in rows["results"]["bindings"]]


def test_a_sheet_says_what_its_graph_says(small: Release) -> None:
    found = markup(small, PAGE.format("sheet"))
    assert found["@type"] == "LearningResource"
    assert found["name"] == "A </script><script>alert(1)</script> & sheet"
    assert (found["description"], found["abstract"]) == ("Images", "What images show")
    assert found["keywords"] == [KEYWORD, "anatomy", "MR imaging", "Magnetic Resonance"]
    assert found["learningResourceType"] == "cheat sheet"
    assert found["inLanguage"] == "nb"
    assert found["url"] == "https://site.example/sheet"
    assert found["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["contributor"] == [
        {"@type": "Person", "@id": "https://orcid.org/0000-0002-1825-0097", "name": "Ada Example"}
    ]
    organisations = [found[key] for key in ("sourceOrganization", "sponsor", "publisher")]
    assert [agent["name"] for (agent,) in organisations] == ["An institute", "A funder", "A site"]
    assert [topic["name"] for topic in found["about"]] == ["MR imaging"]
    assert found["citation"] == [
        {
            "@type": "Legislation",
            "@id": "https://lovdata.no/eli/lov/2009/06/19/97",
            "name": "dyrevelferdsloven",
            "legislationIdentifier": "LOV-2009-06-19-97",
        }
    ]
    kinds = {thing["name"]: thing["@type"] for thing in found["mentions"]}
    assert kinds["An archive"] == "DataCatalog"
    assert kinds["Task"] == "LearningResource"
    assert kinds["Magnetic Resonance"] == "DefinedTerm"
    assert "elsewhere" not in kinds


def test_what_is_not_known_is_not_said(small: Release) -> None:
    found = markup(small, PAGE.format("task"))
    assert found["isPartOf"] == {
        "@type": "WebSite",
        "@id": "https://w3id.org/rdm-kg/id/s",
        "name": "A site",
        "url": "https://site.example",
    }
    assert found["keywords"] == [KEYWORD]
    assert found.keys().isdisjoint({"datePublished", "author", "contributor", "about", "citation", "publisher"})


def test_nothing_ends_the_element_that_it_stands_in(small: Release) -> None:
    page = PAGE.format("sheet")
    text = page_markup(page, answer(small, query(page)))
    assert text is not None
    assert not re.search("[<>&\u2028\u2029]", text)
    assert "example.org" not in text


def test_what_is_no_page_has_none(small: Release) -> None:
    for iri in ("https://w3id.org/rdm-kg/id/s", PAGE.format("nothing")):
        assert page_markup(iri, answer(small, query(iri))) is None


@pytest.mark.parametrize("wrong", ["", "https://x.example/> ?p ?o } #", "a b", 'a"b'])
def test_only_an_iri_is_asked_for(wrong: str) -> None:
    with pytest.raises(ParameterError, match="IRI of a page is required"):
        query(wrong)


def test_dates_are_said_where_they_are_known(tmp_path: Path) -> None:
    page = PAGE.format("x")
    dated = f'<{page}> <{DCT.modified}> "2025-01-31T12:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> <g:x> .\n'
    (tmp_path / "graph.nq").write_text(
        f'<{page}> <{RDF.type}> <{RDM.Page}> <g:x> .\n<{page}> <{DCT.title}> "X"@en <g:x> .\n' + dated
    )
    create(tmp_path / "store", tmp_path / "graph.nq")
    out = io.BytesIO()
    open_store(tmp_path / "store").ask(query(page)).write(out, BINDINGS_FORMATS[0])
    text = page_markup(page, out.getvalue())
    assert text is not None
    assert json.loads(text)["dateModified"] == "2025-01-31T12:00:00Z"


def test_every_page_of_the_content_is_valid_schema_org(small: Release, content_release: Path) -> None:
    for release in (small, open_release(content_release)):
        assert pages(release)
        for page in pages(release):
            assert list(faults(markup(release, page), page)) == []


def test_every_page_of_the_content_conforms_to_bioschemas(small: Release, content_release: Path) -> None:
    for release in (small, open_release(content_release)):
        for page in pages(release):
            assert violations(markup(release, page)) == ""


@pytest.mark.parametrize("name", MINIMUM)
def test_markup_that_lacks_the_minimum_does_not_conform(small: Release, name: str) -> None:
    found = markup(small, PAGE.format("sheet"))
    del found[name]
    assert violations(found)


def test_a_sheet_has_what_bioschemas_recommends_as_far_as_pages_say_it(small: Release) -> None:
    assert RECOMMENDED - markup(small, PAGE.format("sheet")).keys() == UNSAID


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("license", "CC BY 4.0"),
        ("contributor", [{"@type": "Thing", "@id": "https://example.org/a", "name": "A"}]),
        ("termCode", "MR"),
        ("dateModified", "yesterday"),
        ("sheetType", "cheat sheet"),
    ],
)
def test_what_schema_org_does_not_have_is_a_fault(small: Release, name: str, wrong: object) -> None:
    assert [fault for fault in faults({**markup(small, PAGE.format("sheet")), name: wrong}) if name in fault]


def test_every_term_is_one_of_schema_org() -> None:
    for term in {*PARENT, *PARENT.values(), *PROPERTIES, TEXT, ADDRESS, DATE}:
        assert SDO[term] == URIRef(f"https://schema.org/{term}")
