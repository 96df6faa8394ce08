"""What people see is said in words: kinds, numbers, mistaken requests, and where the rest of a list is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote

import pytest

from kg.search_index.kinds import KINDS
from tests.conftest import kg, write_site
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Server, run_server

COOKBOOK = "https://cookbook.example/recipe"
FILES = {
    "pages/cats.md": f"---\ntitle: Cats\nfaircookbook:\n  - name: A recipe\n    url: {COOKBOOK}\n---\n## What\nCats.\n",
    **{f"pages/m{number}.md": f"---\ntitle: Mouse {number}\n---\n## What\nMice.\n" for number in range(30)},
}


@pytest.fixture(scope="module")
def mice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mice")
    built = kg("build", write_site(folder / "site", FILES), "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0
    assert "Traceback" not in served.log.read_text()


def test_the_rest_of_a_list_is_behind_a_link(mice: Server) -> None:
    page = mice.ask("/id/site-example", headers=BROWSER).text
    found = re.findall(r'<a href="(/ask\?query=[^"]*)">and \d+ more</a>', page)
    assert any(
        "?thing <https://schema.org/isPartOf> <https://w3id.org/rdm-kg/id/site-example>" in unquote(each)
        for each in found
    )
    assert not re.search(r"<li[^>]*>and \d+ more", page)


def test_the_name_of_a_list_of_links_is_told_in_words(mice: Server) -> None:
    page = Seen(mice.ask(f"/id/?iri={COOKBOOK}", headers=BROWSER).text).text.partition("As data")[0]
    assert "recipe of the FAIR Cookbook" in page
    assert "faircookbook" not in page


def test_a_kind_has_one_label() -> None:
    assert [kind.label for kind in KINDS if kind.label.startswith("other ")] == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/search?q=mice&kind=nope", "no kind 'nope'; there are cheat-sheet, guidance-page, "),
        ("/browse?site=nope", "no site 'nope'; there is site-example"),
    ],
)
def test_an_unknown_filter_is_told_with_those_that_there_are(mice: Server, path: str, said: str) -> None:
    refused = mice.ask(path)
    assert refused.status == 400
    assert said in json.loads(refused.body)["detail"]


def test_the_name_of_the_ontology_leads_to_it(mice: Server) -> None:
    led = mice.ask("/ontology", headers=BROWSER)
    assert (led.status, led.headers["Location"]) == (303, "/ont")


def test_what_was_meant_by_an_unknown_page_is_said_once(shipped: Server) -> None:
    page = shipped.ask("/queries/where-to-deposit?page=pik", headers=BROWSER).text
    text = Seen(re.sub("<select.*?</select>", "", page, flags=re.DOTALL)).text
    assert "No page 'pik'. Did you mean one of these? Preclinical Imaging (pic)" in text
    assert text.count("Preclinical Imaging") == 1
    assert "the nearest is pic" in json.loads(shipped.ask("/queries/where-to-deposit?page=pik").body)["detail"]


def test_a_number_of_a_record_stands_with_its_registry(shipped: Server) -> None:
    ids = re.findall("<code>([^<]*)</code>", shipped.ask("/id/lookup/page/pic", headers=BROWSER).text)
    assert any(re.fullmatch("FAIRsharing [0-9]+", each) for each in ids)
    assert [each for each in ids if each.isdecimal()] == []
