"""``kg update`` builds one release of all listed sites, and a broken one as it was when it was last good."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.release import open_release
from tests.change.checkout import commit
from tests.conftest import kg, write_site
from tests.remote.server import GitServer

pytestmark = pytest.mark.slow

PAGE = "---\ntype: cheat_sheet\npage_id: {0}\ntitle: {0}\n---\n## Type of data\n- [DICOM](https://fairsharing.org/84)\n"
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

    def update(self, code: int) -> list[str]:
        """Run ``kg update`` and return what it prints, with the names of sites instead of their addresses."""
        done = kg("update", "--reasoner", "owlrl", cwd=self.folder)
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
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
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
