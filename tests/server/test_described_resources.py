"""Resources that the front matter of a page describes stand in the readable part of the page, with their anchors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.vocab import BASE, DCT, SCHEMA
from tests.conftest import kg, write_site
from tests.server.pages import BROWSER, Seen
from tests.server.serving import QUADS, SHEET, Server, Start, make_release, run_server

_PAGE = f"{BASE}site-example/page/pages-be"
_NAMED = "\n".join(f"  - name: Service {number:02}\n    url: https://{number}.example" for number in range(30))
FILES = {
    "pages/be.md": f"""\
---
title: Belgium
country_code: BE
national_resources:
  - name: Belnet & co
    description: Moves data of universities.
    how_to_access: Ask your university.
    instance_of: mover
    related_pages:
      your_tasks: [transfer]
    url: https://belnet.example
{_NAMED}
---
## Introduction
Belgium has services.
""",
    "pages/transfer.md": "---\ntitle: Data transfer\npage_id: transfer\n---\n## What\nData move.\n",
    "_data/tool_and_resource_list.yml": "- id: mover\n  name: Mover\n  url: https://mover.example\n",
}


@pytest.fixture(scope="module")
def national(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("national")
    built = kg("build", write_site(folder / "site", FILES), "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


@pytest.fixture(scope="module")
def html(national: Server) -> str:
    return national.ask(_PAGE.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text


def test_a_page_shows_the_resources_that_it_describes_where_people_read(html: str) -> None:
    readable = html.partition("</article>")[0]
    (found,) = re.findall(r'<section class="part" id="resource-belnet-co">.*?</section>', readable, re.DOTALL)
    assert Seen(found).text == (
        "Belnet & co ↗ Moves data of universities. "
        "How to access Ask your university. A form of Mover Related pages Data transfer"
    )
    assert Seen(found).addresses == [
        "https://belnet.example",
        "/id/site-example/tool/mover",
        "/id/site-example/page/transfer",
    ]


def test_every_resource_has_its_anchor_once_and_before_the_data(html: str) -> None:
    anchors = [name for name in Seen(html).ids if re.fullmatch("resource-(service-[0-9]+|belnet-co)", name)]
    assert len(anchors) == len(set(anchors)) == 31
    assert html.rindex('id="resource-service-29"') < html.index("</article>")


def test_a_search_leads_to_the_readable_place(national: Server, html: str) -> None:
    found = national.ask("/search?q=Belnet", headers=BROWSER).text
    (place,) = set(re.findall(r'href="/id/site-example/page/pages-be#(resource-[^"]*)"', found))
    assert f'id="{place}"' in html.partition("</article>")[0]


def test_a_page_without_resources_has_no_heading_for_them(national: Server) -> None:
    assert 'id="resources"' not in national.ask("/id/site-example/page/transfer", headers=BROWSER).text


def test_an_address_that_is_none_of_the_web_is_no_link(start: Start, tmp_path: Path) -> None:
    resource = f"{SHEET}#resource-x"
    told = [
        f"<{SHEET}> <{SCHEMA.mentions}> <{resource}>",
        f'<{resource}> <{DCT.title}> "A service"',
        f"<{resource}> <{SCHEMA.url}> <javascript:alert(1)>",
    ]
    make_release(tmp_path / "out", [*QUADS, *told])
    page = start(tmp_path / "out").ask(SHEET.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text
    assert "<h3>A service</h3>" in page
    assert 'href="javascript:' not in page
