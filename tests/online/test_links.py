"""Which outside links are asked for, where they stand, and which are left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import SiteError
from kg.lint.check import select
from kg.online.links import OutsideLinks, outside_links, wanted
from tests.conftest import write_site

TOOLS = "_data/tool_and_resource_list.yml"
FILES = {
    "pages/a.md": "---\ntitle: A\nhomepage: https://front.example/#part\n---\n"
    "[one](https://One.example) <https://two.example/a_(b)>\n"
    "![alt](https://three.example/p.png) <img alt='' src='https://four.example/q.png'>\n"
    "[own](b) [too](https://site.example/pages/b) [mail](mailto:a@b.example) [bad](https://x y) [top](#one)\n"
    "[again](https://one.example/#top) [plain](//five.example/x) [ftp](ftp://six.example/)\n",
    "pages/b.md": "---\ntitle: B\n---\n[one](https://one.example/)\n",
    "pages/c.md": "---\ntitle: C\n---\n[seven](https://Bücher.example/ä) [none](https://\u2100.example/)\n",
    TOOLS: "- id: t\n  name: T\n  url: https://tool.example/\n"
    "  description: See [docs](https://docs.example/x) or <a href='https://help.example/'>help</a>.\n"
    "  registry:\n    biotools: galaxy\n    fairsharing: b7z8by\n    tess: Galaxy\n",
    "_data/schema.yml": "'@context': https://schema.example/\nname: A\n",
}


def links_of(folder: Path, *below: str) -> OutsideLinks:
    (selection,) = select([folder / name for name in below] or [folder])
    return outside_links(selection)


def places(outside: OutsideLinks) -> dict[str, str]:
    return {
        f"{address}#{fragment}".removesuffix("#"): " ".join(map(str, found))
        for (address, fragment), found in outside.links.items()
    }


def test_every_outside_address_of_pages_and_data_has_its_places(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", FILES)
    assert places(links_of(site)) == {
        "https://front.example/#part": "pages/a.md:3",
        "https://one.example/": "pages/a.md:5 pages/b.md:4",
        "https://two.example/a_(b)": "pages/a.md:5",
        "https://three.example/p.png": "pages/a.md:6",
        "https://four.example/q.png": "pages/a.md:6",
        "https://one.example/#top": "pages/a.md:8",
        "https://five.example/x": "pages/a.md:8",
        "https://bücher.example/%C3%A4": "pages/c.md:4",
        "https://tool.example/": f"{TOOLS}:3",
        "https://docs.example/x": f"{TOOLS}:4",
        "https://help.example/": f"{TOOLS}:4",
        "https://bio.tools/galaxy": f"{TOOLS}:6",
        "https://doi.org/10.25504/FAIRsharing.b7z8by": f"{TOOLS}:7",
    }
    assert wanted([links_of(site), links_of(site)])["https://one.example/"] == {"top"}


def test_only_the_links_of_selected_files_are_asked_for(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", FILES)
    assert places(links_of(site, "pages/b.md")) == {"https://one.example/": "pages/b.md:4"}


LINKS = "[a](https://a.example/x) [b](https://www.b.example/docs/y?z) [c](http://c.b.example/) [d](https://bb.example/)"


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ("", "a.example www.b.example c.b.example bb.example"),
        ("ignore = ['b.example']", "a.example bb.example"),
        ("ignore = ['https://b.example/docs']", "a.example c.b.example bb.example"),
        ("ignore = ['a.example/X', 'b.example/doc']", "a.example www.b.example c.b.example bb.example"),
        ("allow = ['b.example', 'a.example']\nignore = ['c.b.example']", "a.example www.b.example"),
    ],
)
def test_a_site_says_which_links_are_asked_for(settings: str, asked: str, tmp_path: Path) -> None:
    files = {"a.md": f"---\ntitle: A\n---\n{LINKS}\n", "rdm-kg.toml": f"[online]\n{settings}\n"}
    found = links_of(write_site(tmp_path / "site", files))
    assert sorted(address.split("/")[2] for address, _ in found.links) == sorted(asked.split())


def test_a_setting_that_is_none_is_an_error(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"rdm-kg.toml": "[online]\nignored = ['a.example']\n"})
    with pytest.raises(SiteError, match=r"no name 'ignored' in 'online'; there are allow, ignore, replace, resolvers"):
        links_of(site)


@pytest.mark.parametrize(
    ("settings", "contact"),
    [
        ("", "https://site.example"),
        ("[contact]\nurl = 'https://desk.example/wir-über-uns'\n", "https://desk.example/wir-%C3%BCber-uns"),
    ],
)
def test_the_contact_is_that_of_the_profile_or_the_site_itself(settings: str, contact: str, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"rdm-kg.toml": settings})
    assert links_of(site).contact == contact
