"""Pairs of files: what a page says (``pages/<rule>.md``) and its graph (``pages/<rule>.ttl``).

``pytest --accept`` rewrites the graphs; ``git diff`` is the review.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from tests.conftest import write_site

PAGES = Path(__file__).parent.parent / "pages"
FRONT = "---\ntype: cheat_sheet\npage_id: x\ntitle: X\n---\n"
CONFIG = "title: A site\nurl: https://site.example\nbaseurl: /kg\npermalink: /:basename\n"


def graph_of(text: str, folder: Path) -> Graph:
    site = read_site(write_site(folder, {"x.md": text}, CONFIG))
    (page,) = site.pages
    return PagesToRdf(site.pages, site.site, FairsharingCrosswalk.load()).graph(page)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_page_gives_the_expected_graph(page: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    graph = graph_of(page.read_text(encoding="utf-8"), tmp_path)
    expected = page.with_suffix(".ttl")
    if pytestconfig.getoption("--accept"):
        expected.write_text(graph.serialize(format="turtle"), encoding="utf-8")
    assert isomorphic(graph, Graph().parse(expected, format="turtle"))


def test_real_pseudo_and_lead_in_lists_say_the_same(tmp_path: Path) -> None:
    """A nested list, a pseudo-list and an indented list after a paragraph are one thing to the author."""
    head = FRONT + "## Type of data\n#### Alignment Formats\n"
    link, record = (
        "[SAM](http://samtools.github.io/hts-specs/SAMv1.pdf)",
        "[FAIRsharing](https://fairsharing.org/FAIRsharing.k97xzh)",
    )
    forms = {
        "nested": f"- {link}\n  - {record}\n  - Open Format\n",
        "pseudo": f"{link}\n\t- {record}\n\t- Open Format\n",
        "lead-in": f"{link}\n  - {record}\n  - Open Format\n",
    }
    graphs = [graph_of(head + text, tmp_path / name) for name, text in forms.items()]
    assert set(graphs[0]) == set(graphs[1]) == set(graphs[2])
    assert any("open" in str(o) for _, p, o in graphs[0] if str(p).endswith("openness"))


def test_an_edit_elsewhere_leaves_a_mention_its_name(tmp_path: Path) -> None:
    text = FRONT + "## Type of data\n- [A](https://a.example/)\n- [A](https://a.example/)\n"
    before = graph_of(text, tmp_path / "before")
    after = graph_of(
        text.replace("## Type", "A sentence with [another](https://b.example/).\n\n## Type"), tmp_path / "after"
    )
    mentions = {s for s in before.subjects() if "#m-" in str(s)}
    assert len(mentions) == 2
    assert mentions < set(after.subjects())
