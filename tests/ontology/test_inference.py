"""Inference over a graph: HermiT and the rules of OWL 2 RL give the same result."""

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, Graph, URIRef

from kg.build_cache import BuildCache
from kg.errors import UnknownName
from kg.infer import Inference, Ontology, infer, reasoners
from kg.vocab import DCAT, DCT, FOAF, RDM, SKOS

pytestmark = pytest.mark.slow

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java")
both = pytest.mark.parametrize("reasoner", [pytest.param("hermit", marks=[pytest.mark.slow, needs_java]), "owlrl"])

EX = "https://example.org/"
PREFIXES = f"@prefix rdm: <{RDM.base}> . @prefix foaf: <{FOAF.base}> . @prefix : <{EX}> .\n"
SHEET = """
:sheet a rdm:CheatSheet ; rdm:recommendsFormat :nifti ; rdm:recommendsDepositIn :archive ; rdm:mentionsModality :MR ;
    rdm:citesLegislation :law ; rdm:knownGap "No repository for these images."@en ; rdm:hasRecommendation :m1 .
:m1 a rdm:Recommendation ; rdm:target :nifti ; rdm:sourceLine 24 .
:plain a rdm:CheatSheet ; rdm:recommendsGuideline :miame ; rdm:recommendsReuseFrom :register .
:page a rdm:Page ; rdm:recommendsDepositIn :other .
"""
PRIDE = SHEET + ":sheet rdm:recommendsFormat :pride . :pride a rdm:Repository ."


def graph(turtle: str) -> Graph:
    return Graph().parse(data=PREFIXES + turtle)


def concluded(statements: Graph, ontology: Ontology, reasoner: str = "auto") -> Inference:
    return infer(ontology.facts(statements), ontology, reasoner)


def said(inference: Inference, s: str, p: str, o: str) -> bool:
    subject, value = (name if "/" in name else EX + name for name in (s, o))
    return (subject, p, value) in inference.added


def types(inference: Inference, name: str) -> set[str]:
    return {o for s, p, o in inference.added if (s, p) == (EX + name, str(RDF.type))}


@both
def test_a_recommended_format_is_a_format_and_a_standard(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(SHEET), ontology, reasoner)
    assert found.reasoner == reasoner
    assert found.warnings == ()
    assert types(found, "nifti") == {
        RDM.DataFormat,
        RDM.RecommendedStandard,
        RDM.Standard,
        DCT.Standard,
        DCT.MediaTypeOrExtent,
    }
    assert types(found, "miame") == {RDM.ReportingGuideline, RDM.RecommendedStandard, RDM.Standard, DCT.Standard}
    assert types(found, "MR") == {RDM.ImagingModality, SKOS.Concept}
    assert types(found, "law") == set()  # a class of others, above none of ours


@both
def test_recommendations_follow_upwards_and_backwards(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(SHEET + ":nmrml rdm:recommendedBy :sheet ."), ontology, reasoner)
    for thing in ("nifti", "archive", "nmrml"):
        assert said(found, "sheet", RDM.recommends, thing)
    assert said(found, "sheet", RDM.recommendsStandard, "nifti")
    assert said(found, "nifti", RDM.recommendedBy, "sheet")
    assert not said(found, "nmrml", RDM.recommendedBy, "sheet"), "what the graph says itself is no news"
    assert said(found, "plain", RDM.recommends, "register")
    assert types(found, "register") == set(), "a source of data need not be a repository"


@both
def test_sheets_and_repositories_are_classified(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(SHEET), ontology, reasoner)
    assert {RDM.ImagingSheet, RDM.RegulatedSheet, RDM.Page, DCAT.Dataset} <= types(found, "sheet")
    assert not {RDM.ImagingSheet, RDM.RegulatedSheet} & types(found, "plain")
    assert RDM.DepositionTarget in types(found, "archive")
    assert types(found, "other") >= {RDM.Repository}
    assert RDM.DepositionTarget not in types(found, "other"), "a page that is no cheat sheet recommends it"


@both
def test_standards_and_data_types_are_classified(ontology: Ontology, reasoner: str) -> None:
    more = """
    :page rdm:recommendsFormat :csv . :unread a rdm:Terminology . :told rdm:recommendedBy :sheet ; a rdm:Standard .
    :tomography a rdm:DataType ; rdm:modality :CT . :text a rdm:DataType .
    """
    found = concluded(graph(SHEET + more), ontology, reasoner)
    assert RDM.RecommendedStandard in types(found, "nifti") & types(found, "told")
    assert RDM.RecommendedStandard not in types(found, "csv") | types(found, "unread") | types(found, "archive")
    assert types(found, "tomography") == {RDM.ImagingDataType, SKOS.Concept}
    assert types(found, "text") == {SKOS.Concept}


@both
def test_mentions_and_the_ontology_itself_are_not_reasoned_about(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(SHEET), ontology, reasoner)
    assert EX + "m1" not in {s for s, _, _ in found.added}
    assert not [s for s, _, _ in found.added if not s.startswith(EX)]


@both
def test_a_repository_that_is_used_as_a_format_is_found(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(PRIDE), ontology, reasoner)
    assert not found.consistent
    (contradiction,) = found.contradictions
    assert contradiction.thing == EX + "pride"
    assert contradiction.classes == (RDM.Database, RDM.Standard)
    assert set(contradiction.statements) == {
        (EX + "pride", str(RDF.type), RDM.Repository),
        (EX + "sheet", RDM.recommendsFormat, EX + "pride"),
    }
    assert "pride is taken for a Database and for a Standard" in str(contradiction)
    assert said(found, "sheet", RDM.recommendsStandard, "nifti"), "the rest still follows"


MIXED = (
    SHEET
    + """
:sheet rdm:recommendsTerminology :inchi . :inchi a rdm:IdentifierScheme, rdm:DataFormat .
:archive a rdm:Service, foaf:Agent . :nifti a rdm:Tool . :facility a rdm:Service, foaf:Organization .
"""
)
IMPOSSIBLE = (
    SHEET
    + """
:law a foaf:Organization . :sheet rdm:recommendsDepositIn :page . :nifti a rdm:Service . :archive a foaf:Person .
:tool a rdm:Tool, foaf:Person .
"""
)


@both
def test_what_real_pages_mix_is_no_contradiction(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(MIXED), ontology, reasoner)
    assert found.consistent
    assert found.contradictions == ()


@both
def test_what_nothing_can_be_is_a_contradiction(ontology: Ontology, reasoner: str) -> None:
    found = concluded(graph(IMPOSSIBLE), ontology, reasoner)
    assert not found.consistent
    assert [c.thing.removeprefix(EX) for c in found.contradictions] == ["archive", "law", "nifti", "page", "tool"]


@both
def test_the_ontology_is_consistent_and_each_class_can_have_members(ontology: Ontology, reasoner: str) -> None:
    assert concluded(Graph(), ontology, reasoner).consistent
    one_each = Graph()
    for n, cls in enumerate(sorted(ontology.superclasses)):
        one_each.add((URIRef(f"{EX}{n}"), RDF.type, URIRef(cls)))
    assert concluded(one_each, ontology, reasoner).consistent


ODD = ["f(1)", "a)(b", "a,b", "å", "it's", "x|possible instances:"]


@both
def test_iris_come_back_as_they_went_in(ontology: Ontology, reasoner: str) -> None:
    odd = Graph()
    for name in ODD:
        odd.add((URIRef(EX + "sheet"), URIRef(RDM.recommendsFormat), URIRef(EX + name)))
    found = concluded(odd, ontology, reasoner)
    assert found.warnings == ()
    for name in ODD:
        assert said(found, "sheet", RDM.recommends, EX + name)
        assert RDM.DataFormat in types(found, name)


def triple(s: str, p: str, o: str) -> tuple[URIRef, URIRef, URIRef]:
    return URIRef(s if "/" in s else EX + s), URIRef(p), URIRef(o if "/" in o else EX + o)


def plausible(ontology: Ontology) -> st.SearchStrategy[Graph]:
    """Generate cheat sheets and pages with relations to things, and between things, within domains and ranges."""

    def statement(relation: str, n: int, m: int) -> tuple[URIRef, URIRef, URIRef]:
        name = relation.partition("#")[2]
        subject = f"sheet{n}" if RDM.Page in ontology.subject_types[relation] else f"{name}-from{n}"
        value = f"sheet{m}" if RDM.Page in ontology.object_types[relation] else f"{name}-to{m}"
        return triple(subject, relation, value)

    few = st.integers(0, 2)
    relations = st.lists(st.builds(statement, st.sampled_from(sorted(map(str, ontology.relations))), few, few))
    classes = st.lists(st.sampled_from([RDM.CheatSheet, RDM.Page]), min_size=3, max_size=3)
    types = classes.map(lambda found: [triple(f"sheet{n}", RDF.type, cls) for n, cls in enumerate(found)])
    return st.builds(lambda one, other: as_graph([*one, *other]), types, relations)


def anything(ontology: Ontology) -> st.SearchStrategy[Graph]:
    """Generate things of any class, in any relation to each other."""
    thing = st.integers(0, 7).map(str)
    types = st.builds(triple, thing, st.just(str(RDF.type)), st.sampled_from(sorted(map(str, ontology.superclasses))))
    relations = st.builds(triple, thing, st.sampled_from(sorted(map(str, ontology.relations))), thing)
    return st.lists(types | relations, min_size=1, max_size=20).map(as_graph)


def as_graph(statements: Iterable[tuple[URIRef, URIRef, URIRef]]) -> Graph:
    graph = Graph()
    for statement in statements:
        graph.add(statement)
    return graph


def same_from_both(statements: Graph, ontology: Ontology) -> bool:
    hermit, owlrl = concluded(statements, ontology, "hermit"), concluded(statements, ontology, "owlrl")
    assert (hermit.reasoner, owlrl.reasoner) == ("hermit", "owlrl")
    assert hermit.added == owlrl.added
    assert (hermit.consistent, hermit.contradictions) == (owlrl.consistent, owlrl.contradictions)
    return hermit.consistent


@pytest.mark.slow
@needs_java
@pytest.mark.parametrize(("turtle", "consistent"), [(SHEET, True), (MIXED, True), (PRIDE, False), (IMPOSSIBLE, False)])
def test_both_reasoners_answer_alike_on_sheets(ontology: Ontology, turtle: str, consistent: bool) -> None:
    assert same_from_both(graph(turtle), ontology) is consistent


FEW = settings(max_examples=6, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.mark.slow
@needs_java
@FEW
@given(st.data())
def test_both_reasoners_answer_alike_on_any_sheets(ontology: Ontology, data: st.DataObject) -> None:
    assert same_from_both(data.draw(plausible(ontology)), ontology)


@pytest.mark.slow
@needs_java
@FEW
@given(st.data())
def test_both_reasoners_answer_alike_on_anything(ontology: Ontology, data: st.DataObject) -> None:
    same_from_both(data.draw(anything(ontology)), ontology)


def java_that(does: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another ``java`` before the real one on the path."""
    java = folder / "java"
    java.write_text(f"#!/bin/sh\n{does}\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.slow
@pytest.mark.parametrize("does", ["echo 'no memory' >&2; exit 1", "exec sleep 60"])
def test_where_java_fails_the_rules_answer(
    ontology: Ontology, does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java_that(does, tmp_path, monkeypatch)
    monkeypatch.setattr(reasoners, "JAVA_SECONDS", 1)
    found = concluded(graph(SHEET), ontology)
    assert found.reasoner == "owlrl"
    assert len(found.warnings) == 1
    assert "HermiT failed" in found.warnings[0]
    assert found.added == concluded(graph(SHEET), ontology, "owlrl").added


def test_without_java_the_rules_answer(ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = concluded(graph(SHEET), ontology)
    assert (found.reasoner, found.warnings) == ("owlrl", ())
    insisted = concluded(graph(SHEET), ontology, "hermit")
    assert insisted.reasoner == "owlrl"
    assert len(insisted.warnings) == 1


def test_another_reasoner_is_refused_by_name(ontology: Ontology) -> None:
    with pytest.raises(UnknownName, match="no reasoner 'pellet'; there are auto, hermit, owlrl"):
        concluded(Graph(), ontology, "pellet")


@pytest.mark.parametrize("turtle", [SHEET, PRIDE])
@both
def test_nothing_is_printed_and_nothing_left_on_disk(
    ontology: Ontology,
    reasoner: str,
    turtle: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    concluded(graph(turtle), ontology, reasoner)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("text", [SHEET, PRIDE], ids=["consistent", "contradictory"])
def test_what_follows_from_the_same_facts_is_taken_from_the_cache(
    text: str, ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, facts = BuildCache(tmp_path), ontology.facts(graph(text))
    found = infer(facts, ontology, "owlrl", cache)
    monkeypatch.setattr("kg.infer.conclusions.Kinds", None)
    assert infer(facts, ontology, "owlrl", BuildCache(tmp_path)) == found
    with pytest.raises(TypeError):
        infer([*facts, (f"{EX}more", str(RDF.type), str(RDM.Page))], ontology, "owlrl", cache)
