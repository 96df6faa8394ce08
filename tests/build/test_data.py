"""The graph of ``_data`` and front matter: tools, people, organisations, resources, linked data."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib import Graph, Literal, URIRef

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf, data_graphs
from kg.page_to_rdf.linked_data import linked_data_to_rdf
from kg.page_to_rdf.statements import Statements
from kg.release import open_release
from kg.site import data_files, open_site
from kg.vocab import DCT, FOAF, PROV, RDF, RDFS, RDM, ROLE, SCHEMA, SKOS, Minter
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

CONFIG = "title: A site\nurl: https://site.example\nlicense: CC-BY-4.0\npermalink: /:basename\n"
MINT = Minter("site-example")
TOOLS = "_data/tool_and_resource_list.yml"
PAGE = "---\npage_id: x\ntitle: X\n{}---\nText\n"


def built(folder: Path, files: dict[str, str], config: str = CONFIG) -> Graph:
    """Build a small site and return the statements of its data files and pages."""
    site = read_site(write_site(folder, {"x.md": PAGE.format(""), **files}, config))
    crosswalk = FairsharingCrosswalk.load()
    union = Graph()
    for graph in data_graphs(site.site, crosswalk):
        union += graph
    to_rdf = PagesToRdf(site.pages, site.site, crosswalk)
    for page in site.pages:
        union += to_rdf.graph(page)
    return union


def values(graph: Graph, subject: str, predicate: str) -> set[str]:
    return {str(value) for value in graph.objects(URIRef(subject), URIRef(predicate))}


def findings(folder: Path, files: dict[str, str]) -> list[str]:
    """Return the findings about the site's data files alone, in order."""
    found = open_site(write_site(folder, files, CONFIG)).directory.findings
    return [str(finding) for finding in sorted(found, key=lambda finding: finding.place)]


def tool(identifier: str, registry: str = "", name: str = "A tool", url: str = "https://tool.example/") -> str:
    entry = f"- id: {identifier}\n  name: {name}\n  url: {url}\n"
    return entry + (f"  registry: {registry}\n" if registry else "")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("26dmba", "https://doi.org/10.25504/FAIRsharing.26dmba"),
        ("588e65", "https://doi.org/10.25504/FAIRsharing.588e65"),
        ("https://doi.org/10.25504/FAIRsharing.4a8cd2", "https://doi.org/10.25504/FAIRsharing.4a8cd2"),
        ("bsg-s000114", "https://doi.org/10.25504/FAIRsharing.b7z8by"),
        ("298", "https://fairsharing.org/298"),
    ],
)
def test_a_fairsharing_value_means_its_record_in_every_form(written: str, meant: str, tmp_path: Path) -> None:
    graph = built(tmp_path, {TOOLS: tool("t", f"{{fairsharing: {written}}}")})
    assert values(graph, MINT.tool("t"), RDFS.seeAlso) == {meant}


@pytest.mark.parametrize("nothing", ["NA", "n/a", "", "~", "''"])
def test_a_value_that_means_none_says_nothing(nothing: str, tmp_path: Path) -> None:
    files = {TOOLS: tool("t", f"{{fairsharing: {nothing}, biotools: {nothing}, tess: {nothing}}}")}
    assert not values(built(tmp_path, files), MINT.tool("t"), RDFS.seeAlso)
    assert findings(tmp_path, files) == []


def test_search_words_stay_words_and_articles_are_cited(tmp_path: Path) -> None:
    graph = built(tmp_path, {TOOLS: tool("t", "{tess: Data Catalog, europmc: PMC6610131}")})
    assert values(graph, MINT.tool("t"), SCHEMA.keywords) == {"Data Catalog"}
    assert values(graph, MINT.tool("t"), RDFS.seeAlso) == {"https://tess.elixir-europe.org/search?q=Data%20Catalog"}
    assert values(graph, MINT.tool("t"), SCHEMA.citation) == {"https://europepmc.org/article/PMC/PMC6610131"}


def test_a_shared_entry_is_no_identity(tmp_path: Path) -> None:
    """DICOM's record names DICOM; the same record with another name, or at two tools, identifies nothing."""
    own = tool("dicom", "{fairsharing: b7z8by, biotools: own}", "DICOM")
    graph = built(tmp_path / "own", {TOOLS: own})
    record = "https://doi.org/10.25504/FAIRsharing.b7z8by"
    assert values(graph, MINT.tool("dicom"), SCHEMA.sameAs) == {record, "https://bio.tools/own"}
    graph = built(tmp_path / "shared", {TOOLS: own + tool("other", "{fairsharing: b7z8by, biotools: own}")})
    assert values(graph, MINT.tool("dicom"), SCHEMA.sameAs) == set()
    assert values(graph, MINT.tool("dicom"), RDFS.seeAlso) == {record, "https://bio.tools/own"}
    graph = built(tmp_path / "renamed", {TOOLS: tool("t", "{fairsharing: b7z8by}", "A viewer")})
    assert values(graph, MINT.tool("t"), SCHEMA.sameAs) == set()


def test_two_entries_with_one_id_are_two_tools_and_tags_mean_the_first(tmp_path: Path) -> None:
    page = PAGE.format("") + '{% tool "t" %} and {% tool "missing" %}\n'
    files = {TOOLS: tool("t", name="One") + tool("t", name="Two"), "x.md": page}
    graph = built(tmp_path, files)
    assert values(graph, MINT.tool("t"), DCT.title) == {"One"}
    assert values(graph, MINT.tool("t", 2), DCT.title) == {"Two"}
    assert len(set(graph.subjects(URIRef(RDF.type), URIRef(RDM.Tool)))) == 2
    assert values(graph, MINT.page("x"), SCHEMA.mentions) == {MINT.tool("t")}
    (found,) = findings(tmp_path, files)
    assert found.startswith(f"{TOOLS}:4: warning: duplicate-tool: ")
    assert "line 1" in found


@pytest.mark.parametrize(
    ("entry", "line", "said"),
    [
        (tool("t", "{biotool: x}"), 8, "unknown-registry: no registry 'biotool'; write 'biotools'"),
        (tool("t", "{FAIRsharing: 26dmba}"), 8, "unknown-registry: no registry 'FAIRsharing'; write 'fairsharing'"),
        (tool("t", "{wikidata: Q1}"), 8, "unknown-registry: no registry 'wikidata'; there are biotools, "),
        (tool("t", "[x]"), 8, "unknown-registry: the registry is no mapping"),
        (tool("t", "{fairsharing: zzzzz9}"), 8, "unknown-fairsharing: 'zzzzz9'"),
        (
            tool("t", "{fairsharing: FAIRsharing.4747}"),
            8,
            "unknown-fairsharing: 'FAIRsharing.4747': no DOI has a suffix",
        ),
        (tool("t", "{fairsharing: NOT AN ID}"), 8, "unknown-fairsharing: 'NOT AN ID' is no identifier"),
        (tool("t", "{biotools: two words}"), 8, "invalid-biotools: 'two words'"),
        (tool("t", "{europmc: some words}"), 8, "invalid-europmc: 'some words'"),
        (tool("t", url="soon"), 7, "invalid-url: the address of tool 't'"),
        (tool("t", name=""), 5, "tool-without-name: tool 't'"),
        ("- name: A tool\n", 5, "tool-without-id: "),
    ],
)
def test_what_is_wrong_with_a_tool_has_its_line(entry: str, line: int, said: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {TOOLS: "# Tools\n" + tool("first") + entry})
    assert found.startswith(f"{TOOLS}:{line}: warning: {said}")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("'3505'", "'3505': the record of that number is not known here"),
        ("'3887'", "'3887': the DOI of its record, https://fairsharing.org/3887, is not known here"),
        ("bsg-d999999", "'bsg-d999999': the record of that former identifier is not known here"),
    ],
)
def test_a_record_that_the_crosswalk_may_lack_is_a_note(value: str, said: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {TOOLS: tool("t", f"{{fairsharing: {value}}}")})
    assert found == f"{TOOLS}:4: note: unknown-fairsharing: {said}"


def test_a_broken_data_file_is_an_error_and_keeps_no_page_out(tmp_path: Path) -> None:
    site = read_site(write_site(tmp_path, {"x.md": PAGE.format(""), TOOLS: "- id: [never\n"}, CONFIG))
    (found,) = site.site.directory.findings
    assert str(found).startswith(f"{TOOLS}:2: error: data-file: ")
    assert site.kept_out == {}
    assert len(site.pages) == 1


@pytest.mark.parametrize("name", ["CONTRIBUTORS.yml", "CONTRIBUTORS.yaml"])
def test_people_with_all_their_organisations(name: str, tmp_path: Path) -> None:
    people = (
        "Ada Example:\n  orcid: https://orcid.org/0000-0002-1825-0097 \n  git: ada-example\n"
        "  email: ada@example.org\n  affiliation: Known; Unknown Institute\nBob Example:\n"
        "Eve Example:\n  orchid: 0000-0002-1825-0097\n  affiliation: eve@example.org\n"
    )
    organisations = (
        "- name: Known\n  pid: https://ror.org/03zga2b32\n  type: institution\n  url: https://known.example/\n"
        "- name: Other\n  pid: https://other.example/id\n- name: Other\n"
    )
    files = {f"_data/{name}": people, "_data/affiliations.yml": organisations}
    graph = built(tmp_path, files)
    ada, known = "https://orcid.org/0000-0002-1825-0097", "https://ror.org/03zga2b32"
    assert values(graph, ada, FOAF.name) == {"Ada Example"}
    assert values(graph, ada, SCHEMA.affiliation) == {known, MINT.organisation("Unknown Institute")}
    assert values(graph, ada, SCHEMA.sameAs) == {"https://github.com/ada-example"}
    kind = MINT.organisation_type("institution")
    assert values(graph, known, DCT.type) == {kind}
    assert values(graph, kind, SKOS.prefLabel) == {"institution"}
    assert values(graph, known, FOAF.homepage) == {"https://known.example/"}
    assert values(graph, MINT.person("Eve Example"), SCHEMA.affiliation) == set()
    assert len(set(graph.subjects(URIRef(RDF.type), URIRef(FOAF.Person)))) == 3
    assert "@example.org" not in graph.serialize(format="nt")
    assert [found.split(": ", 2)[0:3:2] for found in findings(tmp_path, files)] == [
        [f"_data/{name}:8", "misspelt-key: 'orchid' of Eve Example is not read; write 'orcid'"],
        ["_data/affiliations.yml:7", "duplicate-name: 'Other' is that of line 5 already; the last one counts"],
    ]


QUESTION = "https://wizard.example/knowledge-models/km/preview?questionUuid="
TEMPLATE = "https://wizard.example/wizard/projects/create?selectedProjectTemplate="
UUID = "bc5e3dbf-2923-4025-a49a-f204b01d4018"


@pytest.mark.parametrize(
    ("prefix", "value", "address"),
    [
        (TEMPLATE, UUID, TEMPLATE + UUID),
        ("https://wizard.example/", f"wizard/projects/create?selectedProjectTemplate={UUID}", TEMPLATE + UUID),
        (QUESTION, TEMPLATE + UUID, TEMPLATE + UUID),
        ("", UUID, ""),
    ],
    ids=["prefix", "path", "address", "no-prefix"],
)
def test_a_project_template_is_a_dmp_template(prefix: str, value: str, address: str, tmp_path: Path) -> None:
    config = CONFIG + (f"dsw_deep_link_prefix: {prefix}\n" if prefix else "")
    graph = built(tmp_path, {"x.md": PAGE.format(f'dsw:\n- name: A plan\n  uuid: "{value}"\n')}, config)
    assert values(graph, MINT.page("x"), RDM.dmpTemplate) == {MINT.dmp_template(UUID)}
    assert values(graph, MINT.dmp_template(UUID), FOAF.page) == ({address} if address else set())


@pytest.mark.parametrize("value", [UUID, QUESTION + UUID], ids=["prefix", "address"])
def test_a_question_is_a_link_and_no_template(value: str, tmp_path: Path) -> None:
    page = PAGE.format(f"dsw:\n- name: How long?\n  uuid: {value}\n- name: Nothing\n  uuid:\n")
    graph = built(tmp_path, {"x.md": page}, CONFIG + f"dsw_deep_link_prefix: {QUESTION}\n")
    assert values(graph, MINT.page("x"), RDM.dmpTemplate) == set()
    assert values(graph, MINT.page("x"), DCT.relation) == {QUESTION + UUID}
    assert values(graph, QUESTION + UUID, DCT.title) == {"How long?"}
    assert values(graph, QUESTION + UUID, DCT.type) == {"dsw"}


def test_related_pages_are_named_by_id_or_by_path(tmp_path: Path) -> None:
    front = "related_pages: {{Your_tasks: [{}]}}\n"
    others = {"a/storage.md": PAGE.replace("x\n", "keep\n", 1).format(""), "a/plain.md": "---\ntitle: Plain\n---\n"}
    for written, meant in {
        "keep": MINT.page("keep"),
        "storage": None,
        "a/storage.md": MINT.page("keep"),
        "/a/storage": MINT.page("keep"),
        "plain": MINT.page("a-plain"),
        "nowhere": None,
    }.items():
        graph = built(tmp_path, {**others, "x.md": PAGE.format(front.format(written))})
        assert values(graph, MINT.page("x"), DCT.relation) == ({meant} if meant else set()), written


def test_pages_and_resources_refer_to_tools_of_the_list_only(tmp_path: Path) -> None:
    front = (
        "ref_to_main_resources: [galaxy, missing]\nnational_resources:\n"
        "- {name: Ours, instance_of: galaxy}\n- {name: Yours, instance_of: missing}\n"
    )
    graph = built(tmp_path, {TOOLS: tool("galaxy"), "x.md": PAGE.format(front)})
    ours, yours = (f"{MINT.page('x')}#resource-{name}" for name in ("ours", "yours"))
    assert values(graph, MINT.page("x"), DCT.references) == {MINT.tool("galaxy")}
    assert values(graph, MINT.page("x"), SCHEMA.mentions) == {ours, yours}
    assert values(graph, ours, PROV.specializationOf) == {MINT.tool("galaxy")}
    assert values(graph, yours, PROV.specializationOf) == set()


INDICATORS = """
"@context": ["https://indicators.example/context.jsonld", {"ind": "https://indicators.example/"}]
"@graph":
- "@id": ind:licensed
  "@type": ind:Indicator
  name: Software is licensed
  identifier: NO
  ind:owner: {name: Ask owner@example.org}
  ind:rank: 298
  "https://w3id.org/rdm-kg/ont#modality": {"@id": "ind:none"}
  "ind:contact": {"@id": "mailto:owner@example.org"}
"""


def test_linked_data_in_yaml_is_said_without_the_network(tmp_path: Path) -> None:
    files = {
        "_data/indicators.yml": INDICATORS,
        "_data/broken.yaml": '"@type": {a: [1]}\n"@context": {"@vocab": [1]}\n',
        "x.md": PAGE.format("quality_indicators: [licensed, unknown]\n"),
    }
    graph = built(tmp_path, files)
    licensed = "https://indicators.example/licensed"
    assert values(graph, licensed, RDF.type) == {"https://indicators.example/Indicator"}
    assert values(graph, licensed, DCT.title) == {"Software is licensed"}
    assert values(graph, licensed, DCT.identifier) == {"NO"}
    assert values(graph, licensed, "https://indicators.example/rank") == {"298"}
    (owner,) = values(graph, licensed, "https://indicators.example/owner")
    assert owner.startswith(MINT.data("_data/indicators.yml"))
    assert values(graph, owner, DCT.title) == {"Ask"}
    assert values(graph, MINT.page("x"), SCHEMA.mentions) == {licensed}
    text = graph.serialize(format="nt")
    assert "owner@example.org" not in text
    assert RDM.modality not in text
    assert "_:" not in text


KEYWORDS = (
    "@context @id @type @graph @value @list @set @vocab @base @container @reverse @nest @included @index @import "
    "@language @direction @propagate @protected @prefix @json @none"
).split()
KEYS = st.sampled_from([*KEYWORDS, "id", "type", "name", "ex:x", "ex", "a b", "https://a.example/p"])
TEXTS = st.sampled_from(["https://a.example/", "ex:y", "a@b.example", "_:b", *KEYWORDS])
JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def test_a_document_of_aliases_of_aliases_says_nothing(tmp_path: Path) -> None:
    lines = [f"n{n}: &n{n} [{', '.join([f'*n{n - 1}'] * 9)}]" for n in range(1, 12)]
    bomb = "\n".join(['"@type": ind:x', '"@id": https://a.example/bomb', "n0: &n0 [x]", *lines])
    graph = built(tmp_path, {"_data/bomb.yml": bomb})
    assert not values(graph, "https://a.example/bomb", RDF.type)


@settings(max_examples=300)
@given(JSON)
def test_whatever_linked_data_says_can_be_written(data: object) -> None:
    say = Statements("https://a.example/graph")
    linked_data_to_rdf(say, data, "https://a.example/data")
    assert "a@b.example" not in say.graph.serialize(format="nt")
    assert all(isinstance(s, URIRef) and isinstance(o, URIRef | Literal) for s, _, o in say.graph)


@pytest.mark.slow
def test_a_build_has_one_graph_for_each_data_file(tmp_path: Path) -> None:
    files = {TOOLS: tool("t"), "_data/CONTRIBUTORS.yaml": "Ada Example:\n  email: ada@example.org\n"}
    site = write_site(tmp_path / "site", {"x.md": PAGE.format(""), **files}, CONFIG)
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    text = open_release(tmp_path / "out").graph.read_text(encoding="utf-8")
    for path in files:
        iri = MINT.data(path)
        assert f'<{iri}#file> <{DCT.identifier}> "{path}" <{iri}#graph> .' in text
    assert "@example.org" not in text


def test_a_tool_whose_name_is_a_law_means_the_law(tmp_path: Path) -> None:
    gdpr = "http://data.europa.eu/eli/reg/2016/679/oj"
    files = {
        TOOLS: tool("gdpr", name="EU General Data Protection Regulation"),
        "x.md": PAGE.format("") + "{% tool 'gdpr' %}",
    }
    graph = built(tmp_path, files)
    (mention,) = graph.subjects(URIRef(RDM.toolTag), Literal("gdpr"))
    assert values(graph, str(mention), RDM.target) == {gdpr}
    assert values(graph, str(mention), RDM.role) == {ROLE["regulation"]}
    assert values(graph, MINT.page("x"), RDM.citesLegislation) == {gdpr}
    assert values(graph, MINT.tool("gdpr"), SCHEMA.sameAs) == {gdpr}


def test_a_text_of_the_data_folder_is_parsed_once(tmp_path: Path) -> None:
    (tmp_path / "list.yml").write_text("- name: a\n", encoding="utf-8")
    (tmp_path / "copy.yml").write_text("- name: a\n", encoding="utf-8")
    files = [data_files.read(tmp_path, tmp_path / name, []) for name in ("list.yml", "copy.yml")]
    assert files[0].document is files[1].document
    assert [file.path for file in files] == ["_data/list.yml", "_data/copy.yml"]
