"""Reading takes time in proportion to a text, whatever it is made of."""

from __future__ import annotations

import io

import pyoxigraph as ox
import pytest

from kg.iri import whole_web_address
from kg.site import front_matter, permalinks
from kg.site.characters import control_findings, without_controls
from kg.writers._xml import XmlOutput, nameable
from tests.growth import LINEAR, growth

pytestmark = pytest.mark.slow

OPENINGS = ["-", "---\n", "---\n\n", "\n", "\ufeff", "--- ", "---\na: b\n...x\n", " \t\n", "\u200b---\n", "...\n"]


@pytest.mark.parametrize("part", OPENINGS)
def test_front_matter_is_looked_for_in_linear_time(part: str) -> None:
    def work(size: int) -> None:
        text = part * size
        front_matter.split(text)
        front_matter.split(f"---\n{text}")
        front_matter.kept_from(text)
        front_matter.kept_from(f"\n---\na: b\n{text}")

    assert growth(work, 20_000) < LINEAR


@pytest.mark.parametrize("part", ["\x01", "a\x01", "a"])
def test_control_characters_are_left_out_in_linear_time(part: str) -> None:
    def work(size: int) -> None:
        without_controls(part * size)
        assert len(list(control_findings(part * size, "a.md"))) == int("\x01" in part)

    assert growth(work, 100_000) < LINEAR


@pytest.mark.parametrize("part", ["a.", "a", "/", ":", ":title", "-a", "\u00e5"])
def test_addresses_are_made_and_checked_in_linear_time(part: str) -> None:
    def work(size: int) -> None:
        whole_web_address(f"https://{part * size}")
        whole_web_address(f"https://a.example/{part * size} x")
        permalinks.page_url("a.md", part * size, "date")
        permalinks.slugify(part * size)

    assert growth(work, 20_000) < LINEAR


@pytest.mark.parametrize("part", ["a", "1", "a/", "\u00e5", "."])
def test_names_and_texts_of_xml_are_checked_in_linear_time(part: str) -> None:
    def work(size: int) -> None:
        predicate = ox.NamedNode(f"urn:{part * size}a")
        assert list(nameable([ox.Triple(predicate, predicate, predicate)]))
        XmlOutput(io.BytesIO()).write((part + "\r\x01").encode() * size)

    assert growth(work, 20_000) < LINEAR
