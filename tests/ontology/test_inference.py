"""What follows from a graph: the same from HermiT and from the rules of OWL 2 RL."""

import random
import shutil
import tempfile
from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef

from kg.errors import UnknownName
from kg.infer import Inference, Ontology, infer, reasoners
from kg.vocab import DCAT, DCT, FOAF, RDM, SKOS

needs_java = pytest.mark.skipif(shutil.which("java") is None, reason="HermiT needs Java")
both = pytest.mark.parametrize("reasoner", [pytest.param("hermit", marks=needs_java), "owlrl"])

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


def said(inference: Inference, s: str, p: str, o: str) -> bool:
    subject, value = (URIRef(EX + name if "/" not in name else name) for name in (s, o))
    return (subject, URIRef(p), value) in inference.added


def types(inference: Inference, name: str) -> set[str]:
    return {str(o) for o in inference.added.objects(URIRef(EX + name), RDF.type)}


@both
def test_a_recommended_format_is_a_format_and_a_standard(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(SHEET), ontology, reasoner)
    assert found.reasoner == reasoner
    assert found.warnings == ()
    assert types(found, "nifti") == {RDM.DataFormat, RDM.Standard, DCT.Standard, DCT.MediaTypeOrExtent}
    assert types(found, "miame") == {RDM.ReportingGuideline, RDM.Standard, DCT.Standard}
    assert types(found, "MR") == {RDM.ImagingModality, SKOS.Concept}
    assert types(found, "law") == set()  # a class of others, above none of ours


@both
def test_recommendations_follow_upwards_and_backwards(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(SHEET + ":nmrml rdm:recommendedBy :sheet ."), ontology, reasoner)
    for thing in ("nifti", "archive", "nmrml"):
        assert said(found, "sheet", RDM.recommends, thing)
    assert said(found, "sheet", RDM.recommendsStandard, "nifti")
    assert said(found, "nifti", RDM.recommendedBy, "sheet")
    assert not said(found, "nmrml", RDM.recommendedBy, "sheet"), "what the graph says itself is no news"
    assert said(found, "plain", RDM.recommends, "register")
    assert types(found, "register") == set(), "a source of data need not be a repository"


@both
def test_sheets_and_repositories_are_classified(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(SHEET), ontology, reasoner)
    assert {RDM.ImagingSheet, RDM.RegulatedSheet, RDM.Page, DCAT.Dataset} <= types(found, "sheet")
    assert not {RDM.ImagingSheet, RDM.RegulatedSheet} & types(found, "plain")
    assert RDM.DepositionTarget in types(found, "archive")
    assert types(found, "other") >= {RDM.Repository}
    assert RDM.DepositionTarget not in types(found, "other"), "a page that is no cheat sheet recommends it"


@both
def test_mentions_and_the_ontology_itself_are_not_reasoned_about(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(SHEET), ontology, reasoner)
    assert (URIRef(EX + "m1"), None, None) not in found.added
    assert not [t for t in found.added.subjects() if not str(t).startswith(EX)]


@both
def test_a_repository_that_is_used_as_a_format_is_found(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(PRIDE), ontology, reasoner)
    assert not found.consistent
    (culprit,) = found.culprits
    assert culprit.thing == EX + "pride"
    assert culprit.classes == (RDM.Repository, RDM.Standard)
    assert {tuple(map(str, statement)) for statement in culprit.said} == {
        (EX + "pride", str(RDF.type), RDM.Repository),
        (EX + "sheet", RDM.recommendsFormat, EX + "pride"),
    }
    assert "pride is taken for a Repository and for a Standard" in str(culprit)
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
    found = infer(graph(MIXED), ontology, reasoner)
    assert found.consistent
    assert found.culprits == ()


@both
def test_what_nothing_can_be_is_a_contradiction(ontology: Ontology, reasoner: str) -> None:
    found = infer(graph(IMPOSSIBLE), ontology, reasoner)
    assert not found.consistent
    assert [c.thing.removeprefix(EX) for c in found.culprits] == ["archive", "law", "nifti", "page", "tool"]


@both
def test_the_ontology_is_consistent_and_each_class_can_have_members(ontology: Ontology, reasoner: str) -> None:
    assert infer(Graph(), ontology, reasoner).consistent
    one_each = Graph()
    for n, cls in enumerate(sorted(ontology.superclasses)):
        one_each.add((URIRef(f"{EX}{n}"), RDF.type, cls))
    assert infer(one_each, ontology, reasoner).consistent


ODD = ["f(1)", "a)(b", "a,b", "å", "it's", "x|possible instances:"]


@both
def test_iris_come_back_as_they_went_in(ontology: Ontology, reasoner: str) -> None:
    odd = Graph()
    for name in ODD:
        odd.add((URIRef(EX + "sheet"), URIRef(RDM.recommendsFormat), URIRef(EX + name)))
    found = infer(odd, ontology, reasoner)
    assert found.warnings == ()
    for name in ODD:
        assert said(found, "sheet", RDM.recommends, EX + name)
        assert RDM.DataFormat in types(found, name)


def scattered(ontology: Ontology, seed: int, relations: int) -> Graph:
    """Some things, each at random of some class, in some relation to another."""
    chance = random.Random(seed)
    things = [URIRef(f"{EX}{n}") for n in range(12)]
    some = Graph()
    for _ in range(6):
        some.add((chance.choice(things), RDF.type, chance.choice(sorted(ontology.superclasses))))
    for _ in range(relations):
        some.add((chance.choice(things), chance.choice(sorted(ontology.relations)), chance.choice(things)))
    return some


def same_from_both(statements: Graph, ontology: Ontology) -> bool:
    hermit, owlrl = infer(statements, ontology, "hermit"), infer(statements, ontology, "owlrl")
    assert (hermit.reasoner, owlrl.reasoner) == ("hermit", "owlrl")
    assert set(hermit.added) == set(owlrl.added)
    assert (hermit.consistent, hermit.culprits) == (owlrl.consistent, owlrl.culprits)
    return hermit.consistent


@needs_java
@pytest.mark.parametrize(("turtle", "consistent"), [(SHEET, True), (MIXED, True), (PRIDE, False), (IMPOSSIBLE, False)])
def test_both_reasoners_answer_alike_on_sheets(ontology: Ontology, turtle: str, consistent: bool) -> None:
    assert same_from_both(graph(turtle), ontology) is consistent


@needs_java
@pytest.mark.parametrize(("seed", "relations", "consistent"), [(1, 2, True), (5, 2, True), (4, 16, False)])
def test_both_reasoners_answer_alike_on_anything(
    ontology: Ontology, seed: int, relations: int, consistent: bool
) -> None:
    assert same_from_both(scattered(ontology, seed, relations), ontology) is consistent


def java_that(does: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another ``java`` before the real one."""
    java = folder / "java"
    java.write_text(f"#!/bin/sh\n{does}\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize("does", ["echo 'no memory' >&2; exit 1", "exec sleep 60"])
def test_where_java_fails_the_rules_answer(
    ontology: Ontology, does: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    java_that(does, tmp_path, monkeypatch)
    monkeypatch.setattr(reasoners, "JAVA_SECONDS", 1)
    found = infer(graph(SHEET), ontology)
    assert found.reasoner == "owlrl"
    assert len(found.warnings) == 1
    assert "HermiT failed" in found.warnings[0]
    assert set(found.added) == set(infer(graph(SHEET), ontology, "owlrl").added)


def test_without_java_the_rules_answer(ontology: Ontology, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = infer(graph(SHEET), ontology)
    assert (found.reasoner, found.warnings) == ("owlrl", ())
    insisted = infer(graph(SHEET), ontology, "hermit")
    assert insisted.reasoner == "owlrl"
    assert len(insisted.warnings) == 1


def test_another_reasoner_is_refused_by_name(ontology: Ontology) -> None:
    with pytest.raises(UnknownName, match="no reasoner 'pellet'; there are auto, hermit, owlrl"):
        infer(Graph(), ontology, "pellet")


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
    infer(graph(turtle), ontology, reasoner)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")
