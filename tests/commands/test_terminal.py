"""Messages on a terminal: near names, errors in words, colours, ``--quiet``, and the command that is useful next."""

from __future__ import annotations

import os
import pty
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from kg import plugins
from kg.commands.fairsharing import command as fairsharing
from tests.change.checkout import commit
from tests.conftest import ROOT, kg, write_site
from tests.server.serving import run_server

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Mice\npage_id: mice\n---\nSee [this]((https://example.org/a)).\n"
LINKING = PAGE + "## Standards\n- [DICOM](https://fairsharing.org/FAIRsharing.b7z8by)\n"
COLOURS = {"error": "\x1b[31m", "warning": "\x1b[33m", "note": "\x1b[36m"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("terminal") / "site", {"pages/mice.md": PAGE})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("chek", "No such command 'chek'; did you mean 'check'?"),
        ("zzzzz", "No such command 'zzzzz'; there are backup, build, check, "),
        ("check --explain unknown-fragmen", "no rule 'unknown-fragmen'; did you mean 'unknown-fragment'?"),
        ("query where-to-deposi", "no canned query 'where-to-deposi'; did you mean 'where-to-deposit'?"),
        ("build nosuch", "there is no folder nosuch"),
        ("build tests", "tests is no site: it has no _config.yml"),
        ("show preclinical", "no page 'preclinical'; the nearest is pic (Preclinical Imaging)"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(arguments: str, message: str) -> None:
    run = kg(*arguments.split())
    assert message in run.stderr
    assert run.returncode == 2


def test_an_error_of_the_system_is_said_in_words(site: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    run = kg("build", site, "--out", tmp_path / "file" / "out")
    assert run.stderr.splitlines()[-1].endswith(": not a directory")
    assert "[Errno" not in run.stderr
    assert run.returncode == 2


@pytest.mark.parametrize(
    "command", ["explain", "show", "query", "search --release", "build", "check", "serve --release"]
)
def test_no_error_has_escapes_of_a_terminal(command: str) -> None:
    names = "\x1b]8;;http://x\x1b\\\u202e\x9b31m\x07", os.fsdecode(b"\xff")
    for name in names:
        run = kg(*command.split(), name, *(["word"] if command.startswith("search") else []))
        assert run.returncode == 2, run.stderr
        *before, error = run.stderr.splitlines()
        assert error.startswith("kg: error: ")
        assert all(line.isprintable() for line in [*before, error]), ascii(run.stderr)


def test_findings_are_coloured_on_a_terminal_only(site: Path) -> None:
    command = ["check", str(site)]
    shown = on_terminal(command, {})
    assert any(f"{colour}{severity}" in shown for severity, colour in COLOURS.items())
    assert "\x1b" not in on_terminal(command, {"NO_COLOR": "1"})
    assert "\x1b" not in kg(*command).stdout


def on_terminal(arguments: Sequence[str], environment: dict[str, str]) -> str:
    """Return what a command writes to a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "kg", *arguments]
    run = subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs, env={**os.environ, **environment})
    os.close(theirs)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the terminal is closed by its last program
        pass
    os.close(ours)
    run.wait()
    return shown.decode()


@pytest.mark.parametrize("command", ["build", "check", "fix", "show"])
def test_quiet_writes_results_only(site: Path, tmp_path: Path, command: str) -> None:
    arguments = {
        "build": ["build", site, "--out", tmp_path / "out", "--reasoner", "owlrl"],
        "check": ["check", site],
        "fix": ["fix", site],
        "show": ["show", site / "pages" / "mice.md"],
    }[command]
    assert kg(*arguments).stderr != ""
    run = kg(*arguments, "--quiet")
    assert run.stderr == ""
    assert run.stdout != ""


NEXT = [
    ("check {site}", "kg check --explain "),
    ("check {site}/pages/mice.md", "kg check --explain "),
    ("check --rules", "kg check --explain "),
    ("check --explain unknown-fragment", "kg check --rules"),
    ("fix {site}", "kg fix --yes {site}"),
    ("show pic", "kg check "),
    ("pull {release} --out {out}", "kg serve --release {out}"),
    ("publish {release} {out}", "kg serve --release {out}"),
    ("query --list --release {release}", "kg query about-page --param=page=pic --release {release}"),
    ("query where-to-deposit --param page=PIC --release {release}", "kg query --list --release {release}"),
    ("search DICOM --release {release}", "kg explain fairsharing:b7z8by --release {release}"),
    ("search xqzzw --release {release}", "kg query --list --release {release}"),
    ("explain DICOM --release {release}", "kg query --list --release {release}"),
    ("explain mzml --release {guidance}", "kg explain fairsharing:26dmba --release {guidance}"),
    ("export -o {out}/graph.ttl --release {release}", "kg query --list --release {release}"),
    ("export --format madmp --page pic --release {release}", "kg explain pic --release {release}"),
    ("diff {release} {guidance}", "kg serve --release "),
    ("diff HEAD~1 HEAD --site {versions}", "kg check '--changed=HEAD~1' {versions}"),
    ("fairsharing report --release {release}", "kg fairsharing report --mend --release {release}"),
    ("fairsharing report --mend --release {release}", "kg fairsharing export --release {release}"),
    ("fairsharing report {site}", "kg fairsharing export {site}"),
    ("fairsharing export --release {release}", "kg fairsharing report --release {release}"),
    ("update --config {out}/kg.toml --reasoner owlrl --out {out}", "kg serve --release {out}"),
    ("build {site} --reasoner owlrl --out {out}", "kg serve --release {out}"),
    ("build {site} --reasoner owlrl --out {out} --fail-on note", "kg check {site}"),
]
"""Command → the one that it says is useful next."""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site with two commits."""
    folder = write_site(tmp_path_factory.mktemp("versions") / "site", {"pages/mice.md": PAGE})
    commit(folder)
    (folder / "pages" / "mice.md").write_text(PAGE + "\nMore.\n", encoding="utf-8")
    commit(folder)
    return folder


@pytest.mark.parametrize(("arguments", "following"), NEXT)
def test_the_last_line_is_a_command_that_works(
    content_release: Path,
    guidance_release: Path,
    site: Path,
    versions: Path,
    tmp_path: Path,
    arguments: str,
    following: str,
) -> None:
    own = tmp_path / "site"
    shutil.copytree(site, own)
    places = {"release": content_release, "guidance": guidance_release, "site": own, "versions": versions}
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kg.toml").write_text(f"[[sites]]\nsource = '{own}'\n")
    run = kg(*arguments.format(out=tmp_path / "out", **places).split())
    last = run.stderr.splitlines()[-1]
    assert last.startswith(f"next: {following.format(out=tmp_path / 'out', **places)}")
    command = shlex.split(last.removeprefix("next: "))[1:]
    if command[0] == "serve":
        served = run_server(tmp_path, [*command[1:], "--port", "0"])
        assert served.ask("/health").status == 200
        assert served.end() == 0
        return
    done = kg(*command)
    assert done.returncode in ({0, 1} if command[0] in {"check", "fix"} else {0}), done.stderr
    assert done.stdout


def test_every_command_says_what_is_useful_next() -> None:
    to_be_ended = {"mcp", "serve"}
    of_network_or_copy = {"fairsharing sync", "fairsharing details"}
    groups = {"fairsharing": [f"fairsharing {name}" for name in fairsharing.commands]}
    names = {each for name in plugins.names(plugins.COMMANDS) for each in groups.get(name, [name])}
    said = {each for each in names for arguments, _ in NEXT if arguments.startswith(f"{each} ")}
    assert names - to_be_ended - of_network_or_copy == said


def test_files_of_several_sites_are_named_with_their_site(tmp_path: Path) -> None:
    sites = tmp_path / "sites"
    for key in ("cats", "dogs"):
        write_site(sites / key, {"pages/mice.md": LINKING, "rdm-kg.toml": f'key = "{key}"\n'})
    built = kg("build", sites / "cats", sites / "dogs", "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    told = kg("explain", "https://doi.org/10.25504/FAIRsharing.b7z8by", "--release", tmp_path / "out").stdout
    assert {f"Stated in {key}: pages/mice.md, no commit known:" for key in ("cats", "dogs")} <= set(told.splitlines())
    report = kg("fairsharing", "report", "--release", tmp_path / "out").stdout
    mappings = kg("fairsharing", "export", "--release", tmp_path / "out").stdout
    for key in ("cats", "dogs"):
        assert f"  {key}: pages/mice.md:" in report
        assert f"\t{key}: pages/mice.md:" in mappings
        hits = kg("search", "mice", "--site", key, "--release", tmp_path / "out").stdout
        assert {each for each in ("cats", "dogs") if f"{each}/page/" in hits} == {key}
        assert "  A site  " in hits
    assert "did you mean 'cats'?" in kg("search", "mice", "--site", "cat", "--release", tmp_path / "out").stderr
    alone = kg("build", sites / "cats", "--out", tmp_path / "one", "--reasoner", "owlrl")
    assert alone.returncode == 0, alone.stderr
    told = kg("explain", "https://doi.org/10.25504/FAIRsharing.b7z8by", "--release", tmp_path / "one").stdout
    assert "Stated in pages/mice.md, no commit known:" in told.splitlines()
    shown = kg("show", sites / "dogs" / "pages" / "mice.md").stderr
    assert f"{sites / 'dogs' / 'pages' / 'mice.md'}:" in shown


def test_a_thing_is_explained_by_the_name_on_pages(content_release: Path) -> None:
    run = kg("explain", "dicom", "--release", content_release)
    assert "FAIRsharing.b7z8by" in run.stdout.splitlines()[0]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_completes_commands(shell: str) -> None:
    environment = {**os.environ, "_KG_COMPLETE": f"{shell}_complete", "COMP_WORDS": "kg se"}
    environment["COMP_CWORD"] = "se" if shell == "fish" else "1"
    command = [sys.executable, "-m", "kg"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    assert "search" in run.stdout
    assert "serve" in run.stdout
    assert "check" not in run.stdout
