"""Pages of strangers: no e-mail address or password enters the graph, and no page takes more than linear time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from rdflib import Graph

from kg.align.joins import name_forms
from kg.build.compile import read_site
from kg.findings import Finding, Place, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page_to_rdf import PagesToRdf, data_graphs
from kg.site.bibliography import entries
from tests.conftest import write_site
from tests.growth import LINEAR, growth

TOOLS = """\
- id: zenodo
  name: Zenodo
  description: A repository.
  url: https://zenodo.org/
"""
SECRETS = """\
[a](jane@mail.example) [b](//jane@mail.example) [c](xmpp:jane@mail.example) [d](https://jane:word@host.example/)
[e](https://mail.example/?to=jane@mail.example) [f](https://mail.example/?to=jane%40mail.example)
[jane@localhost](https://host.example/) jane&#64;mail.example {% tool "jane@mail.example" %}
<a href="https://host.example/mailto:jane@mail.example">g</a>
"""


def graph_of(text: str, folder: Path) -> Graph:
    files = {"x.md": f"---\ntitle: X\npage_id: x\n---\n{text}", "_data/tool_and_resource_list.yml": TOOLS}
    site = read_site(write_site(folder, files, "title: T\nurl: https://t.example\n"))
    return PagesToRdf(site.pages, site.site, FairsharingCrosswalk.load()).graph(site.pages[0])


@pytest.mark.parametrize("line", SECRETS.splitlines())
def test_no_address_or_password_enters_the_graph(line: str, tmp_path: Path) -> None:
    written = graph_of(line, tmp_path).serialize(format="nt").lower()
    assert "#m-" in written
    assert "jane" not in written
    assert "word" not in written.replace("keyword", "")


def test_a_tag_within_an_address_is_its_text(tmp_path: Path) -> None:
    written = graph_of('[y](https://{% tool "zenodo" %}.org/)', tmp_path).serialize(format="nt")
    assert '"https://Zenodo.org/"' in written
    assert not any("\ufdd0" <= sign <= "\ufdef" for sign in written)


def test_ids_types_and_titles_with_addresses_are_anonymous(tmp_path: Path) -> None:
    page = "---\ntitle: X\npage_id: jane@mail.example\ndsw:\n- uuid: mailto:jane@mail.example\n---\n"
    files = {
        "x.md": page + '{% tool "jane@tool.example" %}',
        "_data/tool_and_resource_list.yml": TOOLS.replace("id: zenodo", "id: jane@tool.example"),
        "_data/affiliations.yml": "- name: Lab\n  type: jane@type.example\n",
    }
    built = read_site(write_site(tmp_path, files, "title: Site of jane@site.example\nurl: https://t.example\n"))
    graphs = [
        PagesToRdf(built.pages, built.site, FairsharingCrosswalk.load()).graph(built.pages[0]),
        *data_graphs(built.site, FairsharingCrosswalk.load()),
    ]
    written = "".join(graph.serialize(format="nt") for graph in graphs)
    assert "jane" not in written + built.site.title
    assert "/page/81f8f6dd-at-mail.example>" in written
    assert '"81f8f6dd-at-mail.example"' in written
    assert "/tool/81f8f6dd-at-tool.example>" in written
    assert "dmpTemplate" not in written


def test_a_finding_has_no_address() -> None:
    finding = Finding(Severity.ERROR, "invalid-url", "none: 'mailto:jane@mail.example'", Place("a.yml", 1))
    assert "jane" not in str(finding)
    assert "j…@mail.example" in str(finding)


PARTS: dict[str, Callable[[int], str]] = {
    "tags": lambda n: " and ".join(['{% tool "zenodo" %}'] * n),
    "links": lambda n: " and ".join(["[Zenodo](https://zenodo.org/)"] * n),
    "headings of HTML": lambda n: '<h2>Topic</h2>\n\nUse {% tool "zenodo" %}.\n\n' * n,
    "attributes": lambda n: "binary " * n,
    "parentheses": lambda n: "x" + "(" * (60 * n),
    "paragraphs of HTML": lambda n: "<div>" + '<p>a <a href="/b">c</a></p>\n' * n + "</div>",
}


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_a_page_takes_linear_time(part: str, tmp_path: Path) -> None:
    numbers = iter(range(100))

    def work(size: int) -> object:
        return graph_of(PARTS[part](size), tmp_path / str(next(numbers)))

    assert growth(work, 250) < LINEAR


@pytest.mark.slow
@pytest.mark.parametrize(
    "work",
    [
        lambda n: name_forms(f"X ({'A' * n}.)"),
        lambda n: list(entries("@a{k, title={a" + "\u0300\u0316" * n + "}}")),
    ],
    ids=["name", "title"],
)
def test_a_name_takes_linear_time(work: Callable[[int], object]) -> None:
    assert growth(work, 10_000) < LINEAR
