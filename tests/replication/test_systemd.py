"""The units in ``docs/deploy/systemd`` are valid, and their commands are those of the program with few rights."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from kg.commands import update
from server.command import serve
from tests.replication.nginx import DEPLOY

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
COMMANDS = {"serve": serve, "update": update.command}
ANALYZE = shutil.which("systemd-analyze")
EXPOSURE = 15
"""Highest exposure level that is allowed, in tenths; a service without any sandbox has 96."""

needs_systemd = pytest.mark.skipif(not ANALYZE, reason="no systemd on this machine")


def lines(unit: Path) -> list[str]:
    return unit.read_text(encoding="utf-8").splitlines()


def command(service: Path) -> list[str]:
    unit = configparser.RawConfigParser(strict=False)
    unit.read(service, encoding="utf-8")
    return unit["Service"]["ExecStart"].split()


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *map(str, arguments)], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_the_commands_are_those_of_the_program(service: Path, tmp_path: Path) -> None:
    program, name, *arguments = command(service)
    assert program == "/opt/rdm-kg/bin/kg"
    (tmp_path / "kg.toml").touch()
    given = [argument.replace("/etc/rdm-kg", str(tmp_path)) for argument in arguments]
    with COMMANDS[name].make_context(name, given) as context:
        assert Path("/var/lib/rdm-kg") in (context.params.get("release"), context.params.get("out"))


def test_both_services_are_confined_alike() -> None:
    first, second = (set(lines(service)) for service in SERVICES)
    differing = {line.partition("=")[0] for line in first ^ second if "=" in line}
    assert differing <= {"Description", "ExecStart", "Nice", "Restart", "TimeoutStartSec", "Type", "WantedBy"}
    assert "DynamicUser=yes" in first & second


@needs_systemd
@pytest.mark.parametrize("unit", sorted(UNITS.iterdir()), ids=lambda unit: unit.name)
def test_systemd_has_no_warning(unit: Path, tmp_path: Path) -> None:
    for each in UNITS.iterdir():
        text = each.read_text(encoding="utf-8").replace("/opt/rdm-kg/bin/kg", "/bin/true")  # a program that is there
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    done = analyze("verify", "--man=no", tmp_path / unit.name)
    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


@needs_systemd
@pytest.mark.parametrize("service", SERVICES, ids=lambda unit: unit.name)
def test_little_is_exposed(service: Path) -> None:
    done = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", service)
    assert done.returncode == 0, done.stdout + done.stderr
