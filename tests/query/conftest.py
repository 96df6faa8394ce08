"""A small hand-made release in the form of the builder's: two cheat sheets, a crosswalk, an empty template."""

from dataclasses import asdict
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.release import Release, new_release, publish
from kg.store.oxigraph import create
from kg.vocab import PREFIXES

BASE = "https://w3id.org/rdm-kg/id/test/page/"
GAP = "No repository takes these images."
GRAPHS = {
    f"{BASE}pic#graph": f"""
<{BASE}pic> a rdm:CheatSheet, rdm:AdvicePage, rdm:Page ; dct:identifier "pic" ; dct:title "Preclinical imaging"@en ;
    schema:isPartOf <https://w3id.org/rdm-kg/id/test> ; dct:contributor <https://orcid.org/0000-0002-1825-0097> ;
    rdm:knownGap "{GAP}"@en ; rdm:recommendsDepositIn <https://w3id.org/rdm-kg/id/test/thing/nird> ;
    rdm:recommendsFormat fairsharing:b7z8by ; rdm:recommendsTerminology fairsharing:es03fk ;
    rdm:mentionsModality dcm:MR, dcm:PT ; rdm:coversDataType <{BASE}pic#mri> ;
    rdm:citesLegislation <https://lovdata.no/eli/lov/2009/06/19/97> ;
    schema:mentions fairsharing:b7z8by, fairsharing:es03fk, <https://w3id.org/rdm-kg/id/test/thing/nird>,
        <https://fairsharing.org/3887>, <https://lovdata.no/eli/lov/2009/06/19/97> ;
    rdm:hasRecommendation <{BASE}pic#m-1>, <{BASE}pic#m-2>, <{BASE}pic#m-3>, <{BASE}pic#m-4> ;
    rdm:hasMention <{BASE}pic#m-1>, <{BASE}pic#m-2>, <{BASE}pic#m-3>, <{BASE}pic#m-4>, <{BASE}pic#m-5> .
<https://orcid.org/0000-0002-1825-0097> a foaf:Person ; foaf:name "Josiah Carberry" .
<{BASE}pic#graph> prov:wasDerivedFrom <{BASE}pic#md> .
<{BASE}pic#md> dct:identifier "pages/pic.md" .
<{BASE}pic#mri> a rdm:DataType ; dct:title "MRI"@en ; skos:prefLabel "MRI"@en ; rdm:modality dcm:MR .
<{BASE}pic#m-1> a rdm:Recommendation ; rdm:target fairsharing:b7z8by ; rdm:role role:data-format ;
    rdfs:label "DICOM"@en ;
    rdm:section section:data-types ; rdm:sourceLine 24 ; rdm:openness "open" ; rdm:forDataType <{BASE}pic#mri> ;
    rdm:linkAsWritten "https://fairsharing.org/bsg-s000114" .
<{BASE}pic#m-2> a rdm:Recommendation ; rdm:target fairsharing:es03fk ; rdm:role role:terminology ;
    rdfs:label "NCBI Taxonomy"@en ; rdm:sourceLine 31 ; rdm:linkAsWritten "https://fairsharing.org/bsg-s000563" .
<{BASE}pic#m-3> a rdm:Recommendation ; rdm:target <https://w3id.org/rdm-kg/id/test/thing/nird> ;
    rdm:role role:deposition-repository ; rdfs:label "NIRD archive"@en ; rdm:sourceLine 47 ;
    rdm:linkAsWritten "https://archive.sigma2.no" .
<{BASE}pic#m-4> a rdm:Recommendation ; rdm:target <https://fairsharing.org/3887> ; rdm:role role:data-format ;
    rdfs:label "OME-NGFF"@en ; rdm:sourceLine 26 .
<{BASE}pic#m-5> a rdm:Mention ; rdm:target <https://lovdata.no/eli/lov/2009/06/19/97> ; rdm:role role:regulation ;
    rdfs:label "Animal Welfare Act"@en ; rdm:sourceLine 52 ; rdm:linkAsWritten "https://lovdata.no/lov/2009-06-19-97" .
<https://lovdata.no/eli/lov/2009/06/19/97> a eli:LegalResource ; dct:identifier "LOV-2009-06-19-97" ;
    dct:title "Animal Welfare Act"@en, "Dyrevelferdsloven"@no .
fairsharing:b7z8by a rdm:DataFormat ; dct:title "DICOM"@en .
""",
    f"{BASE}light_microscopy#graph": f"""
<{BASE}light_microscopy> a rdm:CheatSheet, rdm:AdvicePage, rdm:Page ; dct:identifier "light_microscopy" ;
    dct:title "Light microscopy"@en ; schema:isPartOf <https://w3id.org/rdm-kg/id/test> ;
    rdm:recommendsTerminology fairsharing:es03fk ; rdm:recommendsDepositIn <https://w3id.org/rdm-kg/id/test/thing/idr> ;
    rdm:dmpTemplate <https://w3id.org/rdm-kg/id/test/thing/dmp> ; dct:contributor <https://ror.org/03zga2b32> ;
    schema:mentions fairsharing:es03fk, fairsharing:ddk9t9, <https://w3id.org/rdm-kg/id/test/thing/nels> ;
    rdm:hasRecommendation <{BASE}light_microscopy#m-1>, <{BASE}light_microscopy#m-2>, <{BASE}light_microscopy#m-3> ;
    rdm:hasMention <{BASE}light_microscopy#m-1>, <{BASE}light_microscopy#m-2>, <{BASE}light_microscopy#m-3> .
<{BASE}light_microscopy#graph> prov:wasDerivedFrom <{BASE}light_microscopy#md> .
<{BASE}light_microscopy#md> dct:identifier "pages/light.md" .
<{BASE}light_microscopy#m-2> a rdm:Recommendation ; rdm:target fairsharing:ddk9t9 ; rdm:role role:terminology ;
    rdfs:label "InChI"@en ; rdm:sourceLine 13 ; rdm:linkAsWritten "https://fairsharing.org/bsg-s999999" .
<{BASE}light_microscopy#m-3> a rdm:Recommendation ; rdm:target <https://w3id.org/rdm-kg/id/test/thing/nels> ;
    rdm:role role:storage-computing ; rdfs:label "NeLS"@en ; rdm:sourceLine 20 ;
    rdm:linkAsWritten "https://nels.bioinfo.no" .
<https://w3id.org/rdm-kg/id/test/thing/dmp> a rdm:DmpTemplate ; dct:title "Light plan"@en ;
    foaf:page <https://example.org/wizard?uuid=1> .
<https://ror.org/03zga2b32> a foaf:Organization ; foaf:name "University of Bergen"@en ;
    foaf:homepage <https://www.uib.no/> .
<{BASE}light_microscopy#m-1> a rdm:Recommendation ; rdm:target fairsharing:es03fk ; rdm:role role:terminology ;
    rdfs:label "Taxonomy"@en ; rdm:sourceLine 12 ; rdm:linkAsWritten "https://doi.org/10.25504/FAIRsharing.es03fk" .
fairsharing:es03fk a rdm:Terminology ; dct:title "NCBI Taxonomy"@en .
""",
    "https://w3id.org/rdm-kg/ont": """
role:terminology skos:prefLabel "terminology"@en .
""",
    "https://w3id.org/rdm-kg/graph/site/test": """
<https://w3id.org/rdm-kg/id/test> a dcat:Catalog ; dct:title "Test site"@en .
""",
    "https://w3id.org/rdm-kg/graph/fairsharing": """
fairsharing:b7z8by a rdm:DataFormat ; dct:title "Digital Imaging and COmmunications in Medicine"@en ;
    adms:identifier fairsharing:b7z8by-legacy, fairsharing:b7z8by-record ; skos:altLabel "DICOM"@en .
fairsharing:ddk9t9 a rdm:IdentifierScheme ; dct:title "IUPAC International Chemical Identifier" .
fairsharing:b7z8by skos:closeMatch <http://edamontology.org/format_3548> .
fairsharing:b7z8by-legacy skos:notation "bsg-s000114"^^rdm:FAIRsharingLegacyId .
fairsharing:b7z8by-record skos:notation "114"^^rdm:FAIRsharingRecordId .
dcm:MR a rdm:ImagingModality ; skos:prefLabel "Magnetic Resonance"@en ; skos:notation "MR" .
dcm:PT a rdm:ImagingModality ; skos:prefLabel "Positron emission tomography"@en .
<https://w3id.org/rdm-kg/id/test/odd> dct:title "01"^^xsd:integer, 7, "7", "7"@nb, false, "1"^^xsd:boolean,
    "P12M"^^xsd:duration,
    "1.10"^^xsd:decimal, "line\\nbreak \\"quoted\\" \\\\ <b>&amp;</b> \\u0009tab  two", "試 🐁"@ja ;
    rdfs:seeAlso <urn:uuid:0f1e>, <dct:title>, <https://w3id.org/rdm-kg/ont#>, <http://example.org/%20?a=b&c='d'#e> .
""",
}


def quads() -> list[ox.Quad]:
    """Return the statements of the release, each in its named graph."""
    head = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(name))
        for name, text in GRAPHS.items()
        for quad in ox.parse(input=head + text, format=ox.RdfFormat.TURTLE)
    ]


def make_release(out: Path) -> Release:
    """Publish the release below ``out``."""
    with new_release(out) as draft:
        lines = sorted({f"{quad} .\n" for quad in quads()})
        (draft / "graph.nq").write_text("".join(lines), encoding="utf-8")
        counts = create(draft / "store", draft / "graph.nq")
        (draft / "report.json").write_text("{}", encoding="utf-8")
        return publish(
            draft, {"builder": "by hand", "created": "2026-01-01T00:00:00Z", "sites": [], "counts": asdict(counts)}
        )


@pytest.fixture(scope="session")
def statements() -> list[ox.Quad]:
    return quads()


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return make_release(tmp_path_factory.mktemp("build"))
