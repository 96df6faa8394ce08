"""``kg update`` builds one release of all listed sites, and a broken one as it was when it was last good."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.release import open_release
from kg.remote.address import parse_address
from kg.remote.checkouts import Checkout, locked
from tests.change.checkout import commit
from tests.conftest import ROOT, kg, write_site
from tests.remote.server import GitServer

pytestmark = pytest.mark.slow

PAGE = "---\ntype: cheat_sheet\npage_id: {0}\ntitle: {0}\n---\n## Type of data\n- [DICOM](https://fairsharing.org/84)\n"
UPDATE = ("update", "--reasoner", "owlrl")
CONFIG = "title: {0}\nurl: https://{0}.example\nlicense: CC-BY-4.0\n"


class Sites:
    """Sites on a server, and the list of them."""

    def __init__(self, folder: Path, server: GitServer) -> None:
        self.folder, self.server, self.addresses = folder, server, dict[str, str]()

    def write(self, name: str, *pages: str, config: str = "") -> str:
        """Publish a new version of a site and return its commit."""
        site = self.folder / name
        for old in site.glob("*.md"):
            old.unlink()
        write_site(site, {f"{page}.md": PAGE.format(page) for page in pages}, config or CONFIG.format(name))
        made = commit(site)
        self.addresses[name] = self.server.publish(site, f"lab/{name}")
        (self.folder / "kg.toml").write_text(self.list(), encoding="utf-8")
        return made

    def list(self) -> str:
        return "".join(f'[[sites]]\nsource = "{address}"\n' for address in self.addresses.values())

    def checkout(self, name: str) -> Checkout:
        return Checkout(self.folder / "build" / ".sites", parse_address(self.addresses[name]))

    def update(self, code: int) -> list[str]:
        """Run ``kg update`` and return what it prints, with the names of sites instead of their addresses."""
        done = kg(*UPDATE, cwd=self.folder)
        assert done.returncode == code, done.stdout + done.stderr
        text = done.stdout + done.stderr
        for name, address in self.addresses.items():
            text = text.replace(address, name)
        return text.splitlines()

    def pages(self) -> dict[str, int]:
        """Return key → number of pages of each site in the release."""
        return {site["key"]: site["pages"] for site in open_release(self.folder / "build").manifest["sites"]}


@pytest.fixture
def sites(server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sites:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Sites(tmp_path, server)


def test_a_broken_site_is_kept_as_it_was_and_the_others_are_new(sites: Sites) -> None:
    mice, rats = sites.write("mice", "a", "b"), sites.write("rats", "c")
    said = sites.update(code=0)
    assert f"mice: new at {mice[:10]} of 2026-03-01, pages: 2" in said
    assert f"rats: new at {rats[:10]} of 2026-03-01, pages: 1" in said
    assert sites.pages() == {"mice-example": 2, "rats-example": 1}
    release = open_release(sites.folder / "build").id
    said = sites.update(code=0)
    assert f"mice: unchanged at {mice[:10]} of 2026-03-01" in said
    assert "nothing has changed: reusing the existing release" in said
    assert open_release(sites.folder / "build").id == release
    sites.write("mice", "a", "b", config="title: [\n")
    newer = sites.write("rats", "c", "d")
    said = sites.update(code=1)
    (line,) = (line for line in said if line.startswith("mice: failed: "))
    assert "_config.yml:" in line
    assert line.endswith(f"; kept at {mice[:10]} of 2026-03-01")
    assert f"rats: {rats[:10]}..{newer[:10]} of 2026-03-01, pages: 2" in said
    assert sites.pages() == {"mice-example": 2, "rats-example": 2}


def test_a_site_that_has_lost_most_of_its_pages_is_kept_until_somebody_says_that_it_is_right(sites: Sites) -> None:
    mice = sites.write("mice", "a", "b", "c")
    sites.update(code=0)
    sites.write("mice", "a", "b")
    sites.update(code=0)
    sites.write("mice", "a")
    sites.update(code=0)
    assert sites.pages() == {"mice-example": 1}
    sites.write("mice", "a", "b", "c")
    sites.update(code=0)
    newest = sites.write("mice", "a")
    (line,) = (line for line in sites.update(code=1) if line.startswith("mice: failed: "))
    folder = sites.checkout("mice").folder
    assert f"1 of 3 pages are left; if that is right, remove {folder.relative_to(sites.folder)}; kept at " in line
    assert sites.pages() == {"mice-example": 3}
    assert mice != newest
    shutil.rmtree(folder)
    sites.update(code=0)
    assert sites.pages() == {"mice-example": 1}


def test_no_site_takes_the_key_of_another(sites: Sites) -> None:
    sites.write("rats", "a")
    sites.write("mice", "b")
    sites.update(code=0)
    sites.write("rats", "a", config=CONFIG.format("mice"))
    said = "\n".join(sites.update(code=1))
    assert "rats: failed: it has the key 'mice-example' of mice; give one of them another key" in said
    assert "mice: unchanged" in said
    assert sites.pages() == {"rats-example": 1, "mice-example": 1}
    keyed = sites.list().replace('lab/rats"', 'lab/rats"\nkey = "rodents"')
    (sites.folder / "kg.toml").write_text(keyed, encoding="utf-8")
    sites.update(code=0)
    assert sites.pages() == {"rodents": 1, "mice-example": 1}
    graph = open_release(sites.folder / "build").graph.read_text(encoding="utf-8")
    assert "/rodents/page/a>" in graph
    assert "/rats-example/" not in graph
    (sites.folder / "kg.toml").write_text(keyed.replace("rodents", "voles"), encoding="utf-8")
    assert any(line.startswith("rats: unchanged") for line in sites.update(code=0))
    assert sites.pages() == {"voles": 1, "mice-example": 1}


def test_what_was_never_good_is_left_out_and_without_any_site_the_release_stays(sites: Sites) -> None:
    sites.write("mice", "a")
    sites.write("rats")
    said = "\n".join(sites.update(code=1))
    assert "rats: failed: " in said
    assert "has no page that can be in the graph; left out, since there is no good version" in said
    assert sites.pages() == {"mice-example": 1}
    release = open_release(sites.folder / "build").id
    shutil.rmtree(sites.folder / "build" / ".sites")
    sites.server.close()
    said = "\n".join(sites.update(code=2))
    assert "no site can be built" in said
    assert open_release(sites.folder / "build").id == release


def test_a_site_that_cannot_be_fetched_is_kept(sites: Sites) -> None:
    mice = sites.write("mice", "a")
    sites.update(code=0)
    sites.server.close()
    said = "\n".join(sites.update(code=1))
    assert "mice: failed: unable to access" in said
    assert f"; kept at {mice[:10]} of 2026-03-01" in said
    assert "nothing has changed" in said


def test_a_folder_in_the_list_is_built_as_it_is(sites: Sites) -> None:
    sites.write("mice", "a")
    write_site(sites.folder / "own", {"b.md": PAGE.format("b")}, "title: Own\nlicense: CC-BY-4.0\n")
    with (sites.folder / "kg.toml").open("a") as file:
        file.write('[[sites]]\nsource = "own"\nurl = "https://own.example/here"\n')
    assert "own: a folder, which is built as it is" in sites.update(code=0)
    assert sites.pages() == {"mice-example": 1, "own": 1}
    assert "https://own.example/here/b" in open_release(sites.folder / "build").graph.read_text(encoding="utf-8")
    (sites.folder / "own" / "_config.yml").unlink()
    assert "kg: error: own is no site: it has no _config.yml" in sites.update(code=2)
    assert sites.pages() == {"mice-example": 1, "own": 1}


def test_a_key_that_the_list_no_longer_gives_is_the_sites_own_again(sites: Sites) -> None:
    sites.write("mice", "a", config="title: Mice\nlicense: CC-BY-4.0\n")
    for key in ("rodents", ""):
        entry = f'{sites.list()}url = "https://mice.example"\n' + (f'key = "{key}"\n' if key else "")
        (sites.folder / "kg.toml").write_text(entry, encoding="utf-8")
        sites.update(code=0)
        assert sites.pages() == {key or "mice": 1}


def test_a_process_that_is_killed_while_it_fetches_leaves_the_good_version(sites: Sites) -> None:
    mice = sites.write("mice", "a")
    sites.update(code=0)
    good = sites.checkout("mice").good
    write_site(sites.folder / "mice", {"large.txt": os.urandom(200_000).hex()})
    newest = sites.write("mice", "a", "b")
    sites.server.cut = 100_000
    with subprocess.Popen([sys.executable, "-m", "kg", *UPDATE], cwd=sites.folder) as update:
        while update.poll() is None and not [*sites.checkout("mice").folder.rglob("tmp_pack_*")]:
            time.sleep(0.01)
        update.send_signal(signal.SIGKILL)
    assert sites.checkout("mice").good == good
    assert good
    assert good.commit == mice
    sites.server.cut = None
    assert any(line.startswith(f"mice: {mice[:10]}..{newest[:10]}") for line in sites.update(code=0))
    assert not [*sites.checkout("mice").folder.rglob("tmp_*")]


def test_two_commands_do_not_fetch_into_one_folder(sites: Sites) -> None:
    sites.write("mice", "a")
    with locked(sites.folder / "build" / ".sites"):
        (line,) = sites.update(code=2)
    assert line.startswith("kg: error: another command fetches sites into ")


def test_a_site_elsewhere_gives_the_same_release_as_its_clone(sites: Sites) -> None:
    sites.write("mice", "a", "b")
    (sites.folder / "mice" / "picture.png").write_bytes(b"\x89PNG")
    page = PAGE.format("c") + "![mouse](picture.png)\n"
    (sites.folder / "mice" / "c.md").write_text(page, encoding="utf-8")
    commit(sites.folder / "mice", day=2)
    address = sites.server.publish(sites.folder / "mice", "lab/mice")
    for site in (address, sites.folder / "mice"):
        done = kg("build", site, "--reasoner", "owlrl", cwd=sites.folder)
        assert done.returncode == 0, done.stderr
    assert len([*(sites.folder / "build" / "releases").glob("*/manifest.json")]) == 1
    assert "nothing has changed: reusing the existing release" in done.stderr


def test_findings_name_the_file_in_the_repository_and_none_of_the_copy(sites: Sites) -> None:
    sites.write("mice", "a")
    folder = sites.folder / "rats" / "docs"
    write_site(folder, {"a.md": PAGE.format("a"), "b.md": "---\ntitle: [\n---\n"}, CONFIG.format("rats"))
    commit(sites.folder / "rats")
    rats = sites.server.publish(sites.folder / "rats", "lab/rats") + ":docs"
    done = kg("build", sites.addresses["mice"], rats, cwd=sites.folder)
    said = done.stderr.splitlines()
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("rats-example: docs/b.md:3: error: front-matter: ") for line in said)
    assert "kept out: rats-example: docs/b.md" in said
    assert any(line.startswith(f"{rats}: 1 page; findings: 1 error, ") for line in said)
    assert ".sites" not in done.stderr
    assert "kg check" not in done.stderr  # which takes folders only
    for wrong in ({"b.md": "---\ntitle: [\n---\n"}, {"_config.yml": "title: [\n"}):
        (folder / "a.md").unlink(missing_ok=True)
        write_site(folder, wrong, CONFIG.format("rats"))
        commit(sites.folder / "rats", day=2)
        sites.server.publish(sites.folder / "rats", "lab/rats")
        done = kg("build", rats, cwd=sites.folder)
        assert done.returncode == 2
        assert f"kg: error: {rats}" in done.stderr
        assert ".sites" not in done.stderr


def test_an_update_tells_the_findings_of_each_site_and_where_they_are(sites: Sites) -> None:
    sites.write("mice", "a")
    sites.write("rats", "a")
    (sites.folder / "rats" / "b.md").write_text("---\ntitle: [\n---\n")
    commit(sites.folder / "rats", day=2)
    sites.server.publish(sites.folder / "rats", "lab/rats")
    for _ in range(2):  # the second finds a release that is there
        said = sites.update(0)
        (tally,) = (line for line in said if line.startswith("rats: 1 page; findings: 1 error"))
        (mice,) = (line for line in said if line.startswith("mice: 1 page; findings: "))
        assert any(line.startswith("rats-example: b.md:3: error: front-matter: ") for line in said)
        assert "kept out: rats-example: b.md" in said
        assert any(line.startswith("all findings are in ") and line.endswith("report.json") for line in said)
        assert said.index(mice) < said.index(tally) < len(said) - 1
    done = kg(*UPDATE, "--quiet", cwd=sites.folder)
    assert "findings" not in done.stderr


def test_what_kg_build_says_of_an_address(sites: Sites) -> None:
    sites.write("mice", "a")
    for arguments, message in {
        ("http://127.0.0.1/lab/mice",): "'http:…' is not fetched",
        (sites.addresses["mice"], "--watch"): "only folders can be watched",
        (sites.addresses["mice"] + "@nosuch",): "couldn't find remote ref nosuch",
    }.items():
        done = kg("build", *arguments, cwd=sites.folder)
        assert done.returncode == 2
        assert message in done.stderr
        assert "Traceback" not in done.stderr
