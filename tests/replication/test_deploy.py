"""The files in ``docs/deploy`` can be read, and the commands in them are those of the program."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.commands import publish, pull
from server.command import serve
from tests.conftest import kg
from tests.engines.engines import free_port, is_here, oxigraph, run_oxigraph
from tests.replication.nginx import DEPLOY
from tests.replication.test_publish import described_release

COMMANDS = {"pull": pull.command, "serve": serve, "publish": publish.command}
ENGINE = ("http://engine:7878/query", "http://127.0.0.1:7878/query")
FILES = (DEPLOY, DEPLOY / "engine")
SOURCE = ("$(KG_SOURCE)", "${KG_SOURCE:?the server whose release is copied}")


def compose(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "compose.yaml").read_text(encoding="utf-8"))
    return found


def services() -> dict[str, dict[str, Any]]:
    """Return the services with an engine; without one there are fewer."""
    first, second = (compose(folder)["services"] for folder in FILES)
    return {name: first.get(name, {}) | second.get(name, {}) for name in first | second}


def resources() -> list[dict[str, Any]]:
    texts = ((folder / "kubernetes.yaml").read_text(encoding="utf-8") for folder in FILES)
    return [each for text in texts for each in yaml.safe_load_all(text)]


def pods() -> list[dict[str, Any]]:
    return [each["spec"]["template"]["spec"] for each in resources() if "template" in each["spec"]]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def commands() -> list[list[str]]:
    """Return the arguments of kg in all files."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    image = yaml.safe_load(dockerfile.rpartition("\nCMD ")[2].partition("\n")[0])
    of_compose = [
        each["command"] for folder in FILES for each in compose(folder)["services"].values() if "command" in each
    ]
    checks = [each["healthcheck"]["test"] for each in services().values() if "healthcheck" in each]
    of_kubernetes = [each["args"] for pod in pods() for each in containers(pod) if "args" in each]
    return [image, *of_compose, *(check[2:] for check in checks if check[1] == "kg"), *of_kubernetes, *patched()]


def patched() -> list[list[str]]:
    """Return the arguments that replace those of the servers when there is an engine."""
    (patch,) = yaml.safe_load((DEPLOY / "engine" / "kustomization.yaml").read_text(encoding="utf-8"))["patches"]
    named, replaced = yaml.safe_load(patch["patch"])
    (replica,) = (each for each in resources() if each["kind"] == patch["target"]["kind"])
    found = containers({"containers": replica["spec"]["template"]["spec"]["containers"]})
    assert [found[1]["name"], found[1]["args"]] == [named["value"], replaced["value"][:-2]]
    return [replaced["value"]]


def test_the_commands_are_those_of_the_program() -> None:
    assert {arguments[0] for arguments in commands()} == set(COMMANDS)
    for name, *arguments in commands():
        given = [argument.replace("/data", "/") for argument in arguments]  # a folder that exists
        with COMMANDS[name].make_context(name, given) as context:
            assert context.params.get("source", SOURCE[0]) in SOURCE
            assert (context.params.get("engine") or context.params.get("target", ENGINE[0])) in ENGINE


def test_probes_ask_routes_of_the_server() -> None:
    """A container is restarted when it answers nothing, and gets no requests while it cannot answer queries."""
    ours = [each for pod in pods() for each in containers(pod) if each["name"] in ("serve", "nginx")]
    assert {each["readinessProbe"]["httpGet"]["path"] for each in ours} == {"/health/ready"}
    assert [each["livenessProbe"]["httpGet"]["path"] for each in ours if each["name"] == "serve"] == ["/health/live"]
    checks = [(DEPLOY / "Dockerfile").read_text(encoding="utf-8"), str(services()["replica-0"]["healthcheck"])]
    assert all("127.0.0.1:7878/health/ready'" in check for check in checks)


@pytest.mark.slow
@pytest.mark.skipif(not is_here("oxigraph"), reason="no oxigraph on this machine")
def test_the_engine_s_command_is_that_of_the_program(tmp_path: Path) -> None:
    stage = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").partition("AS engine")[2].partition("\nFROM ")[0]
    command = yaml.safe_load(stage.partition("\nCMD ")[2])
    assert yaml.safe_load(stage.partition("\nENTRYPOINT ")[2].partition("\n")[0]) == ["oxigraph"]
    assert command[-1] == "0.0.0.0:7878"
    given = [str(tmp_path / "store") if argument == "/data" else argument for argument in command[:-1]]
    with run_oxigraph([*given, f"127.0.0.1:{free_port()}"], tmp_path) as engine:
        assert engine.rows("SELECT * { ?s ?p ?o }") == []


@pytest.mark.slow
@pytest.mark.skipif(not is_here("oxigraph"), reason="no oxigraph on this machine")
def test_the_publisher_is_healthy_when_the_engine_holds_a_release_and_nothing_is_counted(tmp_path: Path) -> None:
    _, *check, program = services()["publisher"]["healthcheck"]["test"]
    assert check == ["python", "-c"]
    assert "COUNT" not in program
    described_release(tmp_path / "out", "first")
    with oxigraph(tmp_path / "store", free_port(), how="serve") as engine:
        asked = [sys.executable, "-c", program.replace(ENGINE[0], engine.url)]
        assert subprocess.run(asked, stderr=subprocess.DEVNULL).returncode != 0
        assert kg("publish", tmp_path / "out", engine.url).returncode == 0
        assert subprocess.run(asked).returncode == 0


def test_nginx_asks_the_replicas_by_their_names() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    asked = {line.split()[1] for line in conf.splitlines() if line.strip().startswith("server replica")}
    assert asked == {f"{name}:7878" for name in services() if name.startswith("replica")}
    named = {each["metadata"]["name"] for each in resources() if each["kind"] == "Service"}
    assert {address.partition(":")[0] for address in asked} <= named


def test_volumes_and_dependencies_are_declared() -> None:
    volumes = {name for folder in FILES for name in compose(folder)["volumes"]}
    for service in services().values():
        mounted = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {name for name in mounted if not name.startswith(".")} <= volumes
        assert set(service.get("depends_on", ())) <= services().keys()
    for resource in resources():
        pod = resource["spec"].get("template", {}).get("spec", {})
        mounts = {
            m["name"] for c in (*pod.get("initContainers", ()), *pod.get("containers", ())) for m in c["volumeMounts"]
        }
        assert mounts == {volume["name"] for volume in pod.get("volumes", ())}


@pytest.mark.skipif(not shutil.which("kubectl"), reason="no kubectl on this machine")
@pytest.mark.parametrize("addition", ["", "components: [engine]\n"])
def test_kustomize_makes_the_manifests_with_the_configuration(addition: str, tmp_path: Path) -> None:
    folder = shutil.copytree(DEPLOY, tmp_path / "deploy")
    with (folder / "kustomization.yaml").open("a", encoding="utf-8") as kustomization:
        kustomization.write(addition)
    made = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=True).stdout
    found = list(yaml.safe_load_all(made))
    (conf,) = (each for each in found if each["kind"] == "ConfigMap")
    assert conf["data"]["default.conf"] == (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    (replica,) = (each for each in found if each["kind"] == "StatefulSet")
    assert ("--engine" in replica["spec"]["template"]["spec"]["containers"][1]["args"]) == bool(addition)
