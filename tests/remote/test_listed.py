"""The list of sites in ``kg.toml``, and the examples of it in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from kg.build_cache import FOLDER as CACHE
from kg.errors import SettingError
from kg.remote.address import SiteAddress
from kg.remote.checkouts import FOLDER as COPIES
from kg.remote.listed import ListedSite, read_list
from kg.terminal import RELEASE
from tests.conftest import ROOT

DOCUMENT = ROOT / "docs" / "sites.md"
SITE = '[[sites]]\nsource = "https://host.example/lab/site"\n'


def listed(folder: Path, text: str) -> tuple[ListedSite, ...]:
    file = folder / "kg.toml"
    file.write_text(text, encoding="utf-8")
    return read_list(file)


def test_sites_are_addresses_or_folders_beside_the_list(tmp_path: Path) -> None:
    text = f'{SITE}key = "a"\nurl = "https://a.example"\n[[sites]]\nsource = "../mine"\n'
    assert listed(tmp_path, text) == (
        ListedSite(SiteAddress("https://host.example/lab/site"), "a", "https://a.example"),
        ListedSite(tmp_path / "../mine"),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no [[sites]] with a source"),
        ("sites = []", "no [[sites]] with a source"),
        ('sites = ["a"]', "no [[sites]] with a source"),
        ("[[sites]]\n", "site 1 has no source"),
        ("[[site]]\n", "there is no setting 'site'; did you mean 'sites'?"),
        (SITE + 'sorce = "x"\n', "site 1: there is no setting 'sorce'; did you mean 'source'?"),
        (SITE + "key = 1\n", "site 1: 'key' must be a text; 1 is none"),
        (SITE + 'key = "A b"\n', "site 1: 'key' must be made of a to z, 0 to 9 and hyphens"),
        (SITE + 'url = "a.example"\n', "site 1: 'url' must be an address"),
        (SITE + '[[sites]]\nsource = "http://host.example/a/b"\n', "site 2: 'http:…' is not fetched"),
        (SITE + SITE, "two sites have the source 'https://host.example/lab/site'"),
        (SITE + 'key = "a"\n[[sites]]\nsource = "b"\nkey = "a"\n', "two sites have the key 'a'"),
        (SITE + 'url = "https://me:secret@a.example"\n', "without user; 'https://…@a.example' is none"),
        ("[[sites", "Expected"),
        ("sites = " + "[" * 100_000, "maximum recursion depth exceeded"),
        ("sites = " + "9" * 5000, "Exceeds the limit"),
    ],
)
def test_what_is_wrong_in_a_list_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SettingError) as error:
        listed(tmp_path, text)
    assert str(error.value).startswith(f"{tmp_path / 'kg.toml'}")
    assert message in str(error.value)


def test_the_documents_list_is_read_and_its_workflow_keeps_the_copies(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(listed(tmp_path, example)) > 1
    (workflow,) = re.findall(r"```yaml\n(.+?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    steps = yaml.safe_load(workflow)["jobs"]["update"]["steps"]
    (kept,) = (step["with"]["path"].split() for step in steps if step.get("uses", "").startswith("actions/cache"))
    assert kept == [str(RELEASE / COPIES), str(RELEASE / CACHE)]
