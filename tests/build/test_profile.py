"""Effects of a site's ``rdm-kg.toml`` on the theme's words, and pages in other languages than English."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import RDFS, Graph, URIRef

from kg.build.compile import read_site
from kg.errors import SiteError
from kg.page_to_rdf import site_graph
from kg.site import Profile
from kg.vocab import DCT, RDM, ROLE, SECTION, Minter
from tests.build.test_pages import FRONT, graph_of
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow


def profile_of(text: str, folder: Path) -> Profile:
    (folder / "rdm-kg.toml").write_text(text, encoding="utf-8")
    return Profile.load(folder)


def test_words_of_a_site_are_added_to_the_themes(tmp_path: Path) -> None:
    assert Profile.load(None).section("Andmetüübid") is None
    profile = profile_of("[sections]\ndata-types = ['andmetüübid']\n[openness]\nopen = ['Avatud']\n", tmp_path)
    assert profile.section("Andmetüübid") == profile.section("Types of data") == "data-types"
    assert profile.section("Services") == "services"
    assert profile.openness("avatud") == profile.openness("open") == "open"


def test_replace_leaves_the_lists_that_stand_beside_it_alone_with_the_sites_words(tmp_path: Path) -> None:
    profile = profile_of("[sections]\nreplace = true\ndata-types = ['andmetüübid']\n", tmp_path)
    assert profile.section("Andmetüübid") == "data-types"
    assert profile.section("Types of data") is None
    assert profile.section("Services") == "services"
    assert "replace" not in profile.table("sections")


def test_lists_outside_of_tables_are_added_to_and_replaced_too(tmp_path: Path) -> None:
    theme = Profile.load(None).settings
    added = profile_of("cheat_sheet_types = ['c++']\ntheme_anchors = ['top']\n", tmp_path)
    assert added.settings["cheat_sheet_types"] == ["c++", *theme["cheat_sheet_types"]]
    assert added.settings["theme_anchors"] == ["top", *theme["theme_anchors"]]
    replaced = profile_of("replace = true\ncheat_sheet_types = ['c++']\n[groups]\nother = ['muud']\n", tmp_path)
    assert replaced.settings["cheat_sheet_types"] == ["c++"]
    assert replaced.settings["leftovers"] == theme["leftovers"]
    assert replaced.group("Muud") == replaced.group("International") == "other"


def test_an_empty_list_that_replaces_matches_nothing(tmp_path: Path) -> None:
    profile = profile_of("[statements]\nreplace = true\ngap = []\n[words]\nreplace = true\ncopula = []\n", tmp_path)
    assert not profile.states("gap", "There is no archive.")
    assert profile.any_of("copula") == "(?:(?!))"


def test_a_number_in_a_sites_pattern_means_its_own_group(tmp_path: Path) -> None:
    profile = profile_of("[groups]\nrdm-service = ['(\\w+)-\\1 abi']", tmp_path)
    assert profile.group("data-data abi") == "rdm-service"


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("replace = 1", "'replace' must be true or false"),
        ("[sections]\nreplace = 'yes'", "'sections.replace' must be true or false"),
        ("[publisher]\nreplace = true", "no name 'replace' in 'publisher'; there are name, url"),
        ("[openness]\nfree = ['fri']", "no name 'free' in 'openness'; there are open, proprietary, replace"),
        ("[words]\nconjunction = 'ja'", "'words.conjunction' must be a list of texts"),
        ("[words]\nconjunction = ['']", "'words.conjunction' must be a list of texts"),
    ],
)
def test_what_is_no_list_to_add_is_refused(setting: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError) as refused:
        profile_of(setting, tmp_path)
    assert str(refused.value).startswith(f"{tmp_path / 'rdm-kg.toml'}: ")
    assert told in str(refused.value)


HEADINGS = {
    "data-types": ["Datatyper og formater", "Datatypar og format", "Typer data", "Filformater"],
    "metadata-standards": ["Metadata og dokumentasjon", "Metadatastandardar", "Standarder, metadata og ontologier"],
    "reusable-sources": ["Gjenbruk av eksisterende data", "Kjelder for gjenbruk", "Gjenbruk av data"],
    "storage-computing": ["Lagring og databehandling", "Datalagring", "Lagring, analyse og sikkerhetskopiering"],
    "deposition-repositories": ["Deponering av data", "Publisere data", "Kvar kan eg arkivere data"],
    "ethics-regulations": ["Lover og regler", "Etiske og juridiske krav", "Etikk, lovverk og personvern"],
    "services": ["Tjenester og støtte", "Nasjonale tenester", "Brukarstøtte"],
    "useful-links": ["Nyttige lenker", "Referansar", "Sjå òg"],
    "description": ["Beskrivelse", "Innleiing"],
}


@pytest.mark.parametrize(("section", "heading"), [(key, text) for key in HEADINGS for text in HEADINGS[key]])
def test_a_norwegian_heading_opens_its_section(section: str, heading: str) -> None:
    assert Profile.load(None).section(heading) == section
    assert Profile.load(None).section(f"{heading} i Norge") == section


ENGLISH = """\
## Types of data

- [A](https://a.example) and [B](https://b.example)
  - Proprietary file format
- [C](https://c.example) is an open format
- D is an open format
- [E](https://e.example) is a partly open format

## Data deposition in Norway

- [F](https://f.example)
  - [License](https://f.example/l)
- Not recommended: [G](https://g.example)
- Instead of [H](https://h.example)

## Metadata standards

### Checklists {#lists}

- [K](https://k.example)
"""
BOKMAL = """\
## Datatyper

- [A](https://a.example) og [B](https://b.example)
  - Proprietært filformat
- [C](https://c.example) er et åpent format
- D er et åpent format
- [E](https://e.example) er et delvis åpent format

## Deponering av data i Norge

- [F](https://f.example)
  - [Lisens](https://f.example/l)
- Ikke anbefalt: [G](https://g.example)
- I stedet for [H](https://h.example)

## Metadatastandarder

### Sjekklister {#lists}

- [K](https://k.example)
"""
NYNORSK = """\
## Datatypar

- [A](https://a.example) og [B](https://b.example)
  - Proprietært filformat
- [C](https://c.example) er eit ope format
- D er eit ope format
- [E](https://e.example) er ikkje eit ope format

## Deponering av data i Noreg

- [F](https://f.example)
  - [Lisens](https://f.example/l)
- Ikkje tilrådd: [G](https://g.example)
- I staden for [H](https://h.example)

## Metadatastandardar

### Sjekklister {#lists}

- [K](https://k.example)
"""


def mentions(text: str, folder: Path) -> set[tuple[str, ...]]:
    """Return link, section, role, openness and subject of every mention."""
    graph = graph_of(FRONT + text, folder)
    nodes = graph.subjects(URIRef(RDM.hasMention), None)
    found = {node for _ in nodes for node in graph.objects(None, URIRef(RDM.hasMention))}
    kinds = (RDM.linkAsWritten, RDM.section, RDM.role, RDM.openness, RDM.about, RDM.target)
    return {tuple(str(graph.value(node, URIRef(kind))) for kind in kinds) for node in found}


@pytest.mark.parametrize("text", [BOKMAL, NYNORSK], ids=["bokmål", "nynorsk"])
def test_a_norwegian_page_is_read_like_its_english_twin(text: str, tmp_path: Path) -> None:
    english = mentions(ENGLISH, tmp_path / "english")
    assert {m[3] for m in english} == {"open", "proprietary", "None"}
    assert {ROLE["license"], ROLE["reporting-guideline"]} <= {m[2] for m in english}
    assert {SECTION["deposition-repositories"], SECTION["metadata-standards"]} <= {m[1] for m in english}
    assert mentions(text, tmp_path / "other") == english


def test_a_site_in_another_language_is_read_by_its_own_words(tmp_path: Path) -> None:
    words = (
        "[sections]\ndata-types = ['andmetüübid']\n[openness]\nopen = ['avatud']\n[words]\nformat-noun = ['vorming']\n"
    )
    page = f"{FRONT}## Andmetüübid\n\n- [A](https://a.example)\n  - Avatud vorming\n"
    (tmp_path / "rdm-kg.toml").write_text(words, encoding="utf-8")
    graph = graph_of(page, tmp_path)
    (mention,) = graph.subjects(RDFS.label, None)
    assert str(graph.value(mention, URIRef(RDM.openness))) == "open"


@pytest.mark.parametrize("word", ["Proprietært", "often", "Åpent", "Opened"])
def test_a_right_or_a_short_word_is_no_misspelling(word: str, tmp_path: Path) -> None:
    said = misspelt(word, tmp_path)
    assert said == []


def test_a_misspelling_in_norwegian_is_told(tmp_path: Path) -> None:
    (line,) = misspelt("Propritært", tmp_path)
    assert line.endswith("'Propritært' is misspelt; write 'Proprietært'")


def misspelt(word: str, folder: Path) -> list[str]:
    site = write_site(folder, {"x.md": f"{FRONT}## Datatyper\n\n- [A](https://a.example) - {word} format\n"})
    lines = kg("check", ".", cwd=site).stdout.splitlines()
    return [line for line in lines if ": misspelt-openness: " in line]


def catalogue(folder: Path, config: str, profile: str = "") -> tuple[Graph, list[tuple[str, str]]]:
    site = write_site(
        folder, {"a.md": f"{FRONT}Words.\n", "rdm-kg.toml": f'key = "s"\n{profile}'}, f"title: A\n{config}"
    )
    build = read_site(site)
    told = [(f.place.path, f.message) for f in build.findings if f.rule == "invalid-language"]
    return site_graph(build.pages, build.site), told


def test_a_croatian_site_is_in_croatian(tmp_path: Path) -> None:
    graph, told = catalogue(tmp_path, "lang: hr\n")
    (language,) = graph.objects(URIRef(Minter("s").catalog), URIRef(DCT.language))
    assert str(language) == "http://publications.europa.eu/resource/authority/language/HRV"
    assert told == []


@pytest.mark.parametrize(
    ("config", "profile", "file"),
    [
        ("lang: cz\n", "", "_config.yml"),
        ("locale: xyz_QQ\n", "", "_config.yml"),
        ("", 'language = "cz"\n', "rdm-kg.toml"),
    ],
)
def test_a_language_without_a_code_is_told(config: str, profile: str, file: str, tmp_path: Path) -> None:
    graph, told = catalogue(tmp_path, config, profile)
    assert list(graph.objects(None, URIRef(DCT.language))) == []
    ((path, message),) = told
    assert path == file
    assert "no language with a code known here" in message


def test_a_page_in_a_language_without_a_code_is_told(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"a.md": "---\ntitle: A\nlang: dk\n---\nWords.\n"}, "title: A\nlang: da\n")
    told = [f for f in read_site(site).findings if f.rule == "invalid-language"]
    assert [(f.place.path, f.place.line) for f in told] == [("a.md", 3)]
