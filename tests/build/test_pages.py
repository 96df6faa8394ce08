"""Pairs of files: a page (``pages/<rule>.md``) and its graph (``pages/<rule>.ttl``).

A page that cites has its bibliography beside it (``pages/<rule>.bib``).

``pytest --accept`` rewrites the graphs; review them with ``git diff``. Without it, a graph that differs fails the test,
which prints the differing statements, one on each line.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import graph_diff, isomorphic
from rdflib.term import Node

from kg.build.compile import read_site
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf
from kg.vocab import BASE, PREFIXES, prefixed_name
from tests.conftest import write_site

PAGES = Path(__file__).parent.parent / "pages"
FRONT = "---\ntype: cheat_sheet\npage_id: x\ntitle: X\n---\n"
CONFIG = "title: A site\nurl: https://site.example\nbaseurl: /kg\npermalink: /:basename\n"
TOOLS = "_data/tool_and_resource_list.yml"
SITE = f"{BASE}site-example-kg/"
SHOWN = 25
"""The statements of each kind that a failure shows."""


def graph_of(text: str, folder: Path, bibliography: str = "") -> Graph:
    tools = (PAGES / "tools.yml").read_text(encoding="utf-8")
    files = {"x.md": text, TOOLS: tools, "_bibliography/references.bib": bibliography}
    site = read_site(write_site(folder, files, CONFIG))
    (page,) = site.pages
    return PagesToRdf(site.pages, site.site, FairsharingCrosswalk.load()).graph(page)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_page_gives_the_expected_graph(page: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    cited = page.with_suffix(".bib")
    bibliography = cited.read_text(encoding="utf-8") if cited.exists() else ""
    graph = graph_of(page.read_text(encoding="utf-8"), tmp_path, bibliography)
    expected = page.with_suffix(".ttl")
    if pytestconfig.getoption("--accept"):
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        expected.write_text(graph.serialize(format="turtle"), encoding="utf-8")
    wanted = Graph().parse(expected, format="turtle")
    if not isomorphic(graph, wanted):
        pytest.fail(difference(wanted, graph, page.stem), pytrace=False)


def difference(wanted: Graph, graph: Graph, page: str) -> str:
    """Return the missing and the new statements of a page's graph, and the command that accepts them."""
    _, missing, new = graph_diff(wanted, graph)
    return "\n".join(
        [
            f"tests/pages/{page}.md no longer gives the graph of tests/pages/{page}.ttl:",
            *statements("-", missing),
            *statements("+", new),
            f"If that is meant: pytest --accept tests/build/test_pages.py -k {page}; review it with git diff.",
        ]
    )


def statements(sign: str, graph: Graph) -> list[str]:
    """Return the first statements of a graph as lines with a sign, and a line with the number of the others."""
    lines = sorted(f"  {sign} {' '.join(map(short, triple))} ." for triple in graph)
    rest = [f"  {sign} and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    return lines[:SHOWN] + rest


def short(term: Node) -> str:
    """Return a term in Turtle with the project's prefixes; IRIs of the test's site are relative to it."""
    if not isinstance(term, URIRef):
        return term.n3(NAMES.namespace_manager)
    iri = str(term)
    name = prefixed_name(iri)
    return f"<{iri.removeprefix(SITE)}>" if name == iri else name


NAMES = Graph(bind_namespaces="none")
for prefix, base in PREFIXES.items():
    NAMES.bind(prefix, base)


def test_a_graph_that_differs_fails_with_the_statements_that_differ(tmp_path: Path) -> None:
    text = FRONT + "## Type of data\n- [DICOM](https://fairsharing.org/bsg-s000114)\n"
    wanted = graph_of(text, tmp_path / "wanted")
    graph = graph_of(text.replace("bsg-s000114", "99"), tmp_path / "now")
    first, *changed, last = difference(wanted, graph, "links").splitlines()
    assert first == "tests/pages/links.md no longer gives the graph of tests/pages/links.ttl:"
    assert "  - <page/x> rdm:recommendsFormat fairsharing:b7z8by ." in changed
    assert "  + <page/x> rdm:recommendsFormat <https://fairsharing.org/99> ." in changed
    assert last == "If that is meant: pytest --accept tests/build/test_pages.py -k links; review it with git diff."


def test_of_many_statements_that_differ_the_first_are_shown() -> None:
    graph = Graph()
    for number in range(SHOWN + 3):
        graph.add((URIRef(f"{SITE}page/x"), URIRef(f"{PREFIXES['rdm']}sourceLine"), Literal(number)))
    shown = statements("+", graph)
    assert (len(shown), shown[-1]) == (SHOWN + 1, "  + and 3 more")
    assert shown[0] == '  + <page/x> rdm:sourceLine "0"^^xsd:integer .'


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
