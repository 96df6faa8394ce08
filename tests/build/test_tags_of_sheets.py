"""A tool tag in a list of a cheat sheet recommends as a Markdown link to the same tool does there."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef

from kg.vocab import RDM, XSD
from tests.build.test_pages import FRONT, SITE, graph_of

ADDRESSES = {
    "mzml": "[mzML](https://www.psidev.info/mzML)",
    "psi-ms": "[PSI-MS](https://www.psidev.info/psi-ms)",
    "zenodo": "[Zenodo](https://zenodo.org/)",
    "pride": "[PRIDE](https://www.ebi.ac.uk/pride/)",
}
SHEET = """
## Type of data
### Spectra
- {mzml} - open format

## Metadata standards
- Terminologies:
  - {psi-ms}

## Data publication and archiving
- {zenodo}, {pride}
- Not {pride} but {zenodo} for pictures
"""


def tag(tool: str) -> str:
    return f'{{% tool "{tool}" %}}'


def said_of_mentions(graph: Graph) -> list[tuple[object, ...]]:
    """Return the facts of each mention that depend on its place on the page."""
    names = ("sourceLine", "role", "because", "section", "openness", "forDataType", "about")
    mentions = set(graph.objects(None, URIRef(RDM.hasMention)))
    of_rdfs = URIRef("http://www.w3.org/2000/01/rdf-schema#label")
    return sorted(
        (str(graph.value(each, of_rdfs)), *(str(graph.value(each, URIRef(RDM[name]))) for name in names))
        for each in mentions
    )


def test_a_tag_says_what_a_link_in_its_place_says(tmp_path: Path) -> None:
    tagged = graph_of(FRONT + SHEET.format_map({tool: tag(tool) for tool in ADDRESSES}), tmp_path / "tagged")
    linked = graph_of(FRONT + SHEET.format_map(ADDRESSES), tmp_path / "linked")
    assert said_of_mentions(tagged) == said_of_mentions(linked)
    assert len(said_of_mentions(tagged)) == 6


@pytest.mark.parametrize(
    ("line", "direct"), [(9, "recommendsFormat"), (13, "recommendsTerminology"), (16, "recommendsDepositIn")]
)
def test_the_sheet_recommends_the_entry_of_the_list(tmp_path: Path, line: int, direct: str) -> None:
    graph = graph_of(FRONT + SHEET.format_map({tool: tag(tool) for tool in ADDRESSES}), tmp_path)
    (mention, *_) = graph.subjects(URIRef(RDM.sourceLine), Literal(str(line), datatype=URIRef(XSD.integer)))
    target = graph.value(mention, URIRef(RDM.target))
    assert str(target).startswith(f"{SITE}tool/")
    assert (URIRef(f"{SITE}page/x"), URIRef(RDM[direct]), target) in graph


def test_the_record_of_a_tagged_tool_is_evidence_of_its_kind(tmp_path: Path) -> None:
    """PRIDE is a database by its record, and no format whatever the section."""
    graph = graph_of(FRONT + f"## Type of data\n- {tag('pride')}\n", tmp_path)
    (mention,) = graph.objects(None, URIRef(RDM.hasMention))
    assert graph.value(mention, URIRef(RDM.role)) is None
    assert graph.value(mention, URIRef(RDM.listedAs)) is not None


def test_a_tag_of_no_tool_recommends_nothing(tmp_path: Path) -> None:
    graph = graph_of(FRONT + f"## Data publication and archiving\n- {tag('Nowhere')}\n", tmp_path)
    (mention,) = graph.objects(None, URIRef(RDM.hasMention))
    assert str(graph.value(mention, URIRef(RDM.toolTag))) == "Nowhere"
    assert graph.value(mention, URIRef(RDM.target)) is None
    assert not list(graph.triples((None, URIRef(RDM.recommendsDepositIn), None)))


def test_a_record_beside_a_tag_is_that_of_the_tool(tmp_path: Path) -> None:
    text = f"## Data publication and archiving\n- {tag('pride')} ([FAIRsharing](https://fairsharing.org/FAIRsharing.e1byny))\n"
    graph = graph_of(FRONT + text, tmp_path)
    targets = {str(target) for target in graph.objects(None, URIRef(RDM.target))}
    assert targets == {f"{SITE}tool/pride"}
