"""The libraries of the query editor in the package: fetched with checked hashes, and with their licences."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zipfile import ZipFile

import pytest

from server.views.ask import has_editor
from tests.server.serving import ROOT

pytest.importorskip("hatchling")
import hatch_build

pytestmark = pytest.mark.slow

LOCK = json.loads((ROOT / hatch_build.PINS / hatch_build.LOCK).read_text(encoding="utf-8"))["packages"]
FETCHED = ("vendor", "__pycache__")


def build_wheel(folder: Path, environ: dict[str, str], left_out: tuple[str, ...] = FETCHED) -> tuple[list[str], str]:
    """Build a wheel from a copy of this checkout; return the names of its files, and the output of the build."""
    source = folder / "source"
    source.mkdir()
    for name in ("kg", "server", "ontology", "content"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns(*left_out))
    for name in (".gitignore", "LICENSE", "README.md", "hatch_build.py", "pyproject.toml"):
        shutil.copy(ROOT / name, source)
    build = "import hatchling.build, sys; hatchling.build.build_wheel(sys.argv[1])"
    command = [sys.executable, "-c", build, str(folder)]
    done = subprocess.run(
        command, cwd=source, env={**os.environ, **environ}, check=True, capture_output=True, text=True
    )
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        return wheel.namelist(), done.stdout + done.stderr


def libraries(names: list[str]) -> list[str]:
    return [name for name in names if "/vendor/" in name]


def test_a_package_is_built_where_no_npm_client_is(tmp_path: Path) -> None:
    names, said = build_wheel(tmp_path, {"PATH": str(tmp_path / "nothing")})
    assert "server/views/ask.py" in names
    assert libraries(names) == []
    assert "the plain form remains" in said


@pytest.fixture
def false_registry() -> Iterator[str]:
    """Run a registry that has every package of the lock with other bytes, and yield its URL."""

    class Registry(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").replace("%2f", "/")
            body = b"other bytes" if name.endswith(".tgz") else json.dumps(self.told(name)).encode()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body)

        def told(self, name: str) -> dict[str, object]:
            version = LOCK[f"node_modules/{name}"]["version"]
            dist = {"tarball": f"{address}/{name}.tgz", "integrity": LOCK[f"node_modules/{name}"]["integrity"]}
            only = {"name": name, "version": version, "dist": dist}
            return {"name": name, "dist-tags": {"latest": version}, "versions": {version: only}}

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield address
        server.shutdown()


@pytest.mark.skipif(shutil.which("npm") is None, reason="this machine has no npm")
def test_other_bytes_than_the_pinned_ones_are_not_taken(tmp_path: Path, false_registry: str) -> None:
    place = {"npm_config_registry": f"{false_registry}/", "npm_config_cache": str(tmp_path / "cache")}
    names, said = build_wheel(tmp_path, place)
    assert libraries(names) == []
    assert "EINTEGRITY" in said


@pytest.mark.skipif(shutil.which("npm") is None, reason="this machine has no npm")
def test_a_package_is_built_where_no_registry_answers(tmp_path: Path) -> None:
    place = {"npm_config_registry": "http://127.0.0.1:9/", "npm_config_cache": str(tmp_path / "cache")}
    names, said = build_wheel(tmp_path, place)
    assert "server/views/ask.py" in names
    assert libraries(names) == []
    assert "ECONNREFUSED" in said


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
def test_the_wheel_has_the_libraries_and_their_licences(tmp_path: Path) -> None:
    names, _ = build_wheel(tmp_path, {"PATH": str(tmp_path / "nothing")}, ("__pycache__",))
    files = {f"{library.name}/{Path(file).name}" for library in hatch_build.LIBRARIES for file in library.files}
    notices = {f"{library.name}/LICENSES.txt" for library in hatch_build.LIBRARIES}
    assert {name.partition("/vendor/")[2] for name in libraries(names)} == {*files, *notices, "pinned.txt"}


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
@pytest.mark.parametrize("library", hatch_build.LIBRARIES, ids=lambda library: library.name)
def test_the_licences_are_those_of_the_pinned_versions(library: hatch_build.Library) -> None:
    text = (ROOT / hatch_build.FOLDER / library.name / hatch_build.NOTICE).read_text(encoding="utf-8")
    heads = [part.partition("\n")[0].rpartition(" ") for part in text.split("=" * 100 + "\n")[1:]]
    assert heads[0][0] == library.package
    for package, _, version in heads:
        assert LOCK[f"node_modules/{package}"]["version"] == version


def package(installed: Path, name: str, files: dict[str, str], **told: object) -> None:
    """Create a package as npm would have installed it."""
    for path, text in {"package.json": json.dumps({"name": name, "version": "1.0.0", **told}), **files}.items():
        file = installed / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def source_map(**sources: str) -> str:
    return json.dumps({"sources": list(sources), "sourcesContent": list(sources.values())})


MIT = "Copyright us\n\nPermission is hereby granted to all\nSOFTWARE.\n\nOther files are under another licence."
BUNDLE = hatch_build.Library("bundle", ("build/b.js",))


def test_whose_work_is_in_a_bundle_is_read_from_its_source_map(tmp_path: Path) -> None:
    told = source_map(**{"../src/own.ts": "", "../../node_modules/@scope/part/x/y.js": "part's"})
    package(tmp_path, "bundle", {"build/b.js.map": told, "LICENSE": "Ours"})
    package(tmp_path, "@scope/part", {"x/y.js": "part's", "licence.md": "Theirs", "NOTICE": "Also theirs"})
    package(tmp_path, "unused", {"LICENSE": "Nobody's"})
    assert hatch_build.bundled(BUNDLE, tmp_path) == ["bundle", "@scope/part"]
    text = hatch_build.notice(BUNDLE, tmp_path, MIT)
    assert "Ours" in text
    assert "Theirs" in text
    assert "Also theirs" in text
    assert "Nobody" not in text


def test_another_version_than_the_bundled_one_is_an_error(tmp_path: Path) -> None:
    package(tmp_path, "bundle", {"build/b.js.map": source_map(**{"../node_modules/part/y.js": "as bundled"})})
    package(tmp_path, "part", {"y.js": "as pinned", "LICENSE": "Theirs"})
    with pytest.raises(ValueError, match=r"part/y\.js is pinned to another version"):
        hatch_build.notice(BUNDLE, tmp_path, MIT)


def test_without_a_source_map_the_imports_of_the_sources_tell(tmp_path: Path) -> None:
    package(tmp_path, "bundle", {"src/a/b.mjs": "import d from 'part/d.js';\nimport e from './e.mjs';\n"})
    assert hatch_build.bundled(BUNDLE, tmp_path) == ["bundle", "part"]


def module(folder: Path, crate: str) -> Path:
    """Write a module whose messages name a source file of this crate."""
    file = folder / "b.wasm"
    file.write_text(f"/rust/registry/memchr-2.8.2/src/lib.rs\0/{crate}/src/", encoding="utf-8")
    return file


def test_crates_have_their_licences_and_the_texts_of_these(tmp_path: Path) -> None:
    text = hatch_build.crates(module(tmp_path, "itoa-1.0.18"), ROOT)
    assert "\nmemchr\t2.8.2\tUnlicense OR MIT\t© 2015 Andrew Gallant\n" in text
    assert "Apache License\nVersion 2.0" in text


def test_a_crate_without_a_known_licence_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"crates that are not in crates\.tsv: itoa-9\.9\.9"):
        hatch_build.crates(module(tmp_path, "itoa-9.9.9"), ROOT)


def test_every_crate_has_a_licence_whose_text_is_here() -> None:
    texts = {"MIT", *(file.stem for file in (ROOT / hatch_build.LICENCES).iterdir())}
    rows = (ROOT / hatch_build.PINS / hatch_build.CRATES).read_text(encoding="utf-8").splitlines()[1:]
    for crate, _, licence, _ in (row.split("\t") for row in rows):
        for needed in licence.split(" AND "):
            assert texts & set(needed.strip("()").split(" OR ")), crate


def test_every_crate_says_whose_it_is() -> None:
    rows = (ROOT / hatch_build.PINS / hatch_build.CRATES).read_text(encoding="utf-8").splitlines()[1:]
    for row in rows:
        assert re.search(r"\t(?:© |by (?:the authors of https://)?)\w.*$", row), row


def test_the_crates_are_those_of_the_pinned_engine() -> None:
    rows = (ROOT / hatch_build.PINS / hatch_build.CRATES).read_text(encoding="utf-8")
    assert f"\noxigraph\t{LOCK['node_modules/oxigraph']['version']}\t" in rows


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
def test_the_crates_of_the_served_engine_are_told_with_their_licences() -> None:
    folder = ROOT / hatch_build.FOLDER / "oxigraph"
    assert hatch_build.crates(folder / "web_bg.wasm", ROOT) in (folder / hatch_build.NOTICE).read_text(encoding="utf-8")


def test_every_folder_of_the_served_libraries_is_pinned_and_has_its_licences() -> None:
    folders = {file.name for file in (ROOT / hatch_build.FOLDER).glob("*/")}
    assert folders <= {library.name for library in hatch_build.LIBRARIES}
    for name in folders:
        assert (ROOT / hatch_build.FOLDER / name / hatch_build.NOTICE).stat().st_size > 1000


def test_a_licence_without_text_is_told_as_what_it_is(tmp_path: Path) -> None:
    people = {"author": "Ada <ada@example.org>", "contributors": [{"name": "Bo"}]}
    package(tmp_path, "bundle", {"src/a.mjs": ""}, license="MIT", **people)
    text = hatch_build.notice(BUNDLE, tmp_path, MIT)
    assert "By Ada, Bo. The package names the MIT License and has no copy of it" in text
    assert text.endswith("Permission is hereby granted to all\nSOFTWARE.\n")


def test_where_a_package_leaves_the_choice_the_mit_license_is_chosen(tmp_path: Path) -> None:
    package(tmp_path, "bundle", {}, license="MIT OR Apache-2.0", repository={"url": "https://code.example/bundle"})
    assert "By the authors of https://code.example/bundle. The package" in hatch_build.notice(BUNDLE, tmp_path, MIT)


def test_an_unknown_licence_without_text_is_an_error(tmp_path: Path) -> None:
    package(tmp_path, "bundle", {"src/a.mjs": ""}, license="UNLICENSED")
    with pytest.raises(ValueError, match="bundle has no text of its licence"):
        hatch_build.notice(BUNDLE, tmp_path, MIT)
