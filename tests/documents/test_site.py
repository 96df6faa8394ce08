"""The documents are one web site, which needs no other host, and their links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.conftest import ROOT
from tests.documents.texts import DOCS, DOCUMENTS, path_of
from tests.server.browsing import browser

__all__ = ["browser"]
LINK = re.compile(r"\]\(([^)#\s:<]+)(?:#[^)\s]*)?\)")
REPOSITORY = "https://github.com/owner/repository"


def build(folder: Path, **environ: str) -> dict[str, str]:
    """Build the site and return its pages: path → HTML."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", **environ}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in folder.rglob("*.html")}


@pytest.mark.slow
def test_links_out_of_the_folder_are_text_where_no_repository_is_named(tmp_path: Path) -> None:
    pages = build(tmp_path)
    assert "<li>CONTRIBUTING.md:" in pages["contributors/index.html"]
    assert [page for page, html in pages.items() if re.search(r'href="[./]*CONTRIBUTING\.md', html)] == []


def test_the_site_leads_to_the_repository_and_loads_nothing_from_elsewhere(tmp_path: Path, browser: Browser) -> None:
    pages = build(tmp_path, DOCS_REPOSITORY=REPOSITORY)
    assert f'href="{REPOSITORY}/blob/HEAD/CONTRIBUTING.md"' in pages["contributors/index.html"]
    asked: list[str] = []
    with browser.new_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        for name in ("index.html", "sparql/index.html", "deploy/index.html"):
            page.goto((tmp_path / name).as_uri(), wait_until="networkidle")
    assert any(url.endswith(".css") for url in asked)
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=path_of)
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    links = LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "code", document.read_text(encoding="utf-8"), flags=re.DOTALL))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_document_is_in_the_menu_and_the_readme_or_the_index_leads_to_it() -> None:
    menu = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    names = [file.relative_to(DOCS).as_posix() for file in DOCS.rglob("*.md")]
    assert [file for file in names if not re.search(rf"[ \[]{re.escape(file)}\b", menu)] == []
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    assert [file for file in names if f"({file})" not in index and file != "index.md"] == []
