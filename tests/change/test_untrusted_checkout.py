"""No command runs a program named by a checkout or git's environment; such a program leaves a file when it is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.change.checkout import commit, git
from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Page\n---\n[EGA](https://ega-archive.org/)\n"
PROGRAMS = """
    core.alternateRefsCommand core.askPass core.editor core.fsmonitor core.gitProxy core.pager core.sshCommand
    browser.trap.cmd browser.trap.path credential.helper credential.https://example.org.helper
    diff.command.command diff.textconv.textconv diff.external difftool.trap.cmd difftool.trap.path
    filter.clean.clean filter.smudge.smudge filter.process.process gc.recentObjectsHook
    gpg.openpgp.program gpg.program gpg.ssh.defaultKeyCommand gpg.ssh.program gpg.x509.program
    guitool.trap.cmd imap.tunnel instaweb.browser instaweb.httpd interactive.diffFilter man.trap.cmd man.trap.path
    merge.driver.driver mergetool.trap.cmd mergetool.trap.path remote.upload.receivepack remote.upload.uploadpack
    sendemail.ccCmd sendemail.headerCmd sendemail.sendmailCmd sendemail.smtpServer sendemail.toCmd sequence.editor
    tar.trap.command trailer.trap.cmd trailer.trap.command uploadpack.packObjectsHook
""".split()
"""Settings whose value is a program; those with ``trap`` are tools that :data:`CHOICES` choose."""
GIT_COMMANDS = "cat-file config diff log ls-files ls-tree rev-parse status".split()
CHOICES = {
    **dict.fromkeys(("diff.guitool", "diff.tool", "help.browser", "man.viewer", "web.browser"), "trap"),
    **dict.fromkeys(("merge.guitool", "merge.tool"), "trap"),
    **dict.fromkeys(("protocol.allow", "protocol.ext.allow", "protocol.file.allow"), "always"),
    "core.repositoryFormatVersion": "1",
    "core.untrackedCache": "true",
    "extensions.partialClone": "ext",
    "gc.auto": "1",
    "log.showSignature": "true",
}
REMOTES = {"ssh": "ssh://example.invalid/x", "git": "git://example.invalid/x", "instead": "https://example.invalid/x"}
HOOKS = """
    applypatch-msg commit-msg fsmonitor-watchman p4-changelist p4-post-changelist p4-pre-submit p4-prepare-changelist
    post-applypatch post-checkout post-commit post-index-change post-merge post-receive post-rewrite post-update
    pre-applypatch pre-auto-gc pre-commit pre-merge-commit pre-push pre-rebase pre-receive prepare-commit-msg
    proc-receive push-to-checkout query-watchman reference-transaction sendemail-validate update
""".split()
VARIABLES = """
    BROWSER EDITOR GIT_ASKPASS GIT_EDITOR GIT_EXTERNAL_DIFF GIT_PAGER GIT_PROXY_COMMAND GIT_SEQUENCE_EDITOR GIT_SSH
    GIT_SSH_COMMAND PAGER SSH_ASKPASS VISUAL
""".split()
ATTRIBUTES = """\
clean.md filter=clean
smudge.md filter=smudge
process.md filter=process
included.md filter=included
chosen.md filter=chosen
command.md diff=command
textconv.md diff=textconv
driver.md merge=driver
"""


@dataclass(frozen=True)
class Traps:
    """Programs that each leave a file of its name in a folder when they are run."""

    folder: Path

    def set(self, name: str) -> str:
        """Create the program of this name and return its path."""
        name = name.replace("/", "-")
        program = self.folder / "programs" / name
        program.parent.mkdir(exist_ok=True)
        self.left.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n: > '{self.left / name}'\n", encoding="utf-8")
        program.chmod(0o755)
        return str(program)

    @property
    def left(self) -> Path:
        return self.folder / "left"

    def sprung(self) -> set[str]:
        """Return the names of the programs that were run since the last call."""
        found = list(self.left.iterdir())
        for file in found:
            file.unlink()
        return {file.name for file in found}


@pytest.fixture(scope="module")
def traps(tmp_path_factory: pytest.TempPathFactory) -> Traps:
    return Traps(tmp_path_factory.mktemp("traps"))


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, traps: Traps) -> Path:
    """Create a site of two commits, the second signed, with a changed and a new file; every program in it is a trap."""
    pages = ATTRIBUTES.split()[::2]
    site = write_site(tmp_path_factory.mktemp("checkout") / "site", dict.fromkeys(pages, PAGE))
    (site / ".gitattributes").write_text(ATTRIBUTES, encoding="utf-8")
    commit(site)
    write_site(site, dict.fromkeys(pages, f"{PAGE}\nMore.\n"))
    git(site, "add", "--all")
    git(site, "-c", f"gpg.program={signer(traps)}", "commit", "--quiet", "--gpg-sign", "--message", "signed")
    write_site(site, dict.fromkeys([*pages, "new.md"], f"{PAGE}\nStill more.\n"))
    for key, value in settings(traps):
        git(site, "config", "--add", key, value)
    for hook in HOOKS:
        (site / ".git" / "hooks" / hook).symlink_to(traps.set(f"hook {hook}"))
    traps.sprung()
    return site


def signer(traps: Traps) -> Path:
    """Create a program that signs any input."""
    program = traps.folder / "signer"
    signature = "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----"
    program.write_text(
        f"#!/bin/sh\ncat >/dev/null\necho '{signature}'\necho '\n[GNUPG:] SIG_CREATED ' >&2\n", encoding="utf-8"
    )
    program.chmod(0o755)
    return program


def settings(traps: Traps) -> Iterator[tuple[str, str]]:
    """Return every git setting that can name a program, with a program of its own."""
    yield from ((key, traps.set(key)) for key in PROGRAMS)
    yield from ((f"pager.{name}", traps.set(f"pager.{name}")) for name in GIT_COMMANDS)
    yield from ((f"alias.{name}", f"!{traps.set(f'alias.{name}')}") for name in GIT_COMMANDS)
    yield from CHOICES.items()
    yield "core.hooksPath", ".git/hooks"
    for hook in HOOKS:
        yield f"hook.{hook}.command", traps.set(f"hook.{hook}.command")
        yield f"hook.{hook}.event", hook
    yield "submodule.trap.update", f"!{traps.set('submodule.trap.update')}"
    yield "submodule.trap.url", f"ext::{traps.set('submodule.trap.url')}"
    for name, key in (("included", "include.path"), ("chosen", "includeIf.gitdir:**.path")):
        file = traps.folder / f"{name}.config"
        file.write_text(f'[filter "{name}"]\n\tclean = {traps.set(key)}\n', encoding="utf-8")
        yield key, str(file)
    yield from remotes(traps)


def remotes(traps: Traps) -> Iterator[tuple[str, str]]:
    """Return remotes from which missing objects would be fetched, over every kind of transport."""
    addresses = REMOTES | {"ext": f"ext::{traps.set('remote.ext.url')}", "upload": f"file://{traps.folder}"}
    for name, address in addresses.items():
        yield f"remote.{name}.url", address
    yield "remote.vcs.vcs", "trap"
    yield f"url.ext::{traps.set('url.insteadOf')}.insteadOf", REMOTES["instead"]
    for name in [*addresses, "vcs"]:
        yield f"remote.{name}.promisor", "true"


@pytest.fixture(scope="module")
def environment(traps: Traps) -> dict[str, str]:
    """Return every environment variable that can name a program for git, with a program of its own."""
    (Path(traps.set("GIT_EXEC_PATH")).parent / "git-remote-trap").symlink_to(traps.set("GIT_EXEC_PATH"))
    configuration = traps.folder / "global.config"
    configuration.write_text(f"[core]\n\tsshCommand = {traps.set('GIT_CONFIG_GLOBAL')}\n", encoding="utf-8")
    return {
        **{name: traps.set(name) for name in VARIABLES},
        "GIT_ALLOW_PROTOCOL": "ext:file:git:https:ssh:trap",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": traps.set("GIT_CONFIG_VALUE_0"),
        "GIT_CONFIG_GLOBAL": str(configuration),
        "GIT_CONFIG_PARAMETERS": f"'diff.external={traps.set('GIT_CONFIG_PARAMETERS')}'",
        "GIT_EXEC_PATH": str(traps.folder / "programs"),
    }


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(checkout: Path, environment: dict[str, str]) -> Run:
    """Run a command in the checkout, with that environment."""

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)

    return run


def test_the_traps_are_live(run: Run, traps: Traps) -> None:
    run("git", "diff", "HEAD")
    configured = {"filter.clean.clean", "filter.process.process", "include.path", "includeIf.gitdir:**.path"}
    assert {*configured, "GIT_CONFIG_VALUE_0"} <= traps.sprung()
    run("git", "diff", "HEAD", "--", "driver.md", "command.md")
    run("git", "diff", "--no-ext-diff", "HEAD", "--", "textconv.md")
    run("git", "log")
    assert {"GIT_EXTERNAL_DIFF", "diff.command.command", "diff.textconv.textconv", "gpg.program"} <= traps.sprung()


@pytest.mark.parametrize(
    "command",
    [
        "check . --changed",
        "check . --changed=HEAD~1",
        "build . --reasoner owlrl --out ../out",
        "diff --site . HEAD~1 HEAD",
    ],
)
def test_no_command_runs_a_program_that_the_checkout_names(command: str, run: Run, traps: Traps) -> None:
    done = run(sys.executable, "-m", "kg", *command.split())
    assert traps.sprung() == set()
    assert done.returncode == 0, done.stderr


def test_what_is_missing_is_an_error_and_not_fetched(run: Run, checkout: Path, traps: Traps) -> None:
    name = git(checkout, "rev-parse", "HEAD~1:clean.md")
    missing = checkout / ".git" / "objects" / name[:2] / name[2:]
    content = missing.read_bytes()
    missing.unlink()
    done = run(sys.executable, "-m", "kg", "diff", "--site", ".", "HEAD~1", "HEAD")
    assert traps.sprung() == set()
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("kg: error: ")
    assert "lacks the content of chosen.md" in line
    run("git", "cat-file", "-p", name)
    transports = {"remote.ext.url", "url.insteadOf", "remote.upload.uploadpack", "GIT_EXEC_PATH", "GIT_SSH_COMMAND"}
    assert traps.sprung() & transports
    missing.write_bytes(content)
