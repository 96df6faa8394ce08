"""A contradiction is traced to the lines of the pages that cause it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.explain.origins import StatementOrigin, origins
from kg.findings import Place
from kg.vocab import DCT, PROV, RDF, RDM
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

STORE = "https://w3id.org/rdm-kg/id/site-example/thing/lab-store"
LINK = "https://store.example/"
PROTEOMICS = f"""---
title: Proteomics
page_id: prot
type: cheat_sheet
---

## Metadata standards

### Data formats

* [mzML](https://doi.org/10.25504/FAIRsharing.26dmba)
* [Lab store]({LINK}) is no format
* [Lab store]({LINK})

## Data deposition repositories

* [Lab store]({LINK})
"""
OTHER = f"""---
title: Lipids
page_id: lipids
type: cheat_sheet
---

## Data deposition repositories

Deposit lipids in [Lab store]({LINK}).
"""


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[StatementOrigin, ...]:
    """Return the reported sources of STORE's contradictory types after a build."""
    folder = tmp_path_factory.mktemp("site")
    write_site(folder / "site", {"pages/prot.md": PROTEOMICS, "pages/lipids.md": OTHER})
    done = kg("build", folder / "site", "--out", folder / "out", "--reasoner", "owlrl")
    assert f"contradiction: {STORE} is taken for a Database and for a Standard" in done.stderr
    sheets = [f"https://w3id.org/rdm-kg/id/site-example/page/{name}" for name in ("prot", "lipids")]
    statements = [(STORE, RDF.type, cls) for cls in (RDM.DataFormat, RDM.Standard, RDM.Repository)]
    statements += [(s, p, STORE) for s in sheets for p in (RDM.recommendsFormat, RDM.recommendsDepositIn)]
    return origins(statements, folder / "out" / "current" / "graph.nq")


def places(reported: tuple[StatementOrigin, ...], predicate: str, value: str) -> set[str]:
    found = (origin for origin in reported if origin.statement[1:] == (predicate, value))
    return {str(place) for origin in found for place in origin.places}


def test_what_makes_it_a_format_is_on_the_lines_of_the_format_links(reported: tuple[StatementOrigin, ...]) -> None:
    assert places(reported, RDM.recommendsFormat, STORE) == {"pages/prot.md:12", "pages/prot.md:13"}
    assert places(reported, RDF.type, RDM.DataFormat) == {"pages/prot.md:12", "pages/prot.md:13"}
    assert places(reported, RDF.type, RDM.Standard) == {"pages/prot.md:12", "pages/prot.md:13"}


def test_what_makes_it_a_repository_is_on_the_lines_of_every_page_that_says_so(
    reported: tuple[StatementOrigin, ...],
) -> None:
    assert places(reported, RDM.recommendsDepositIn, STORE) == {"pages/prot.md:17", "pages/lipids.md:9"}


def test_a_saying_reads_like_a_finding(reported: tuple[StatementOrigin, ...]) -> None:
    lines = [str(origin) for origin in reported]
    assert f"pages/prot.md:12, pages/prot.md:13 states: <{STORE}> rdf:type rdm:DataFormat" in lines


PAGE = "https://a.test/p"
SAID = f"<https://a.test/pride> <{RDF.type}> <{RDM.Repository}>"
LINES = [
    f"{SAID} <https://a.test/crosswalk> .\n",
    f"{SAID} <{PAGE}#graph> .\n",
    f'<{PAGE}#md> <{DCT.identifier}> "pages/a b.md" <{PAGE}#graph> .\n',
    f"<{PAGE}#graph> <{PROV.wasDerivedFrom}> <{PAGE}#md> <{PAGE}#graph> .\n",
]


def test_a_crosswalk_has_no_line_and_a_statement_without_mention_has_the_files_first(tmp_path: Path) -> None:
    (tmp_path / "graph.nq").write_text("".join(LINES), encoding="utf-8")
    statement = ("https://a.test/pride", RDF.type, RDM.Repository)
    found = origins([statement, ("https://a.test/nobody", RDF.type, RDM.Tool)], tmp_path / "graph.nq")
    assert found == (
        StatementOrigin(statement, "https://a.test/crosswalk", ()),
        StatementOrigin(statement, "https://a.test/p#graph", (Place("pages/a b.md", 1),)),
    )
    assert str(found[0]) == "<https://a.test/crosswalk> states: <https://a.test/pride> rdf:type rdm:Repository"
