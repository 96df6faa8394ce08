"""The files in ``docs/deploy`` can be read, and the commands in them are those of the program."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
import yaml

from kg.commands import pull
from server.command import serve
from tests.replication.nginx import DEPLOY

COMMANDS = {"pull": pull.command, "serve": serve}
SOURCE = ("$(KG_SOURCE)", "${KG_SOURCE:?the server whose release is copied}")


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def resources() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text(encoding="utf-8")))


def pods() -> list[dict[str, Any]]:
    return [each["spec"]["template"]["spec"] for each in resources() if "template" in each["spec"]]


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod.get("initContainers", ()), *pod["containers"]]


def commands() -> list[list[str]]:
    """Return the arguments of kg in all files."""
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    image = yaml.safe_load(dockerfile.partition("\nCMD ")[2].partition("\n")[0])
    of_compose = (service["command"] for service in services().values() if "command" in service)
    return [image, *of_compose, *(each["args"] for pod in pods() for each in containers(pod) if "args" in each)]


def test_the_commands_are_those_of_the_program() -> None:
    assert {arguments[0] for arguments in commands()} == set(COMMANDS)
    for name, *arguments in commands():
        with COMMANDS[name].make_context(name, arguments) as context:
            assert context.params.get("source", SOURCE[0]) in SOURCE


def test_nginx_asks_the_replicas_by_their_names() -> None:
    conf = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    asked = {line.split()[1] for line in conf.splitlines() if line.strip().startswith("server replica")}
    assert asked == {f"{name}:7878" for name in services() if name.startswith("replica")}
    named = {each["metadata"]["name"] for each in resources() if each["kind"] == "Service"}
    assert {address.partition(":")[0] for address in asked} <= named


def test_volumes_and_dependencies_are_declared() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    for service in compose["services"].values():
        mounted = {volume.partition(":")[0] for volume in service["volumes"]}
        assert {name for name in mounted if not name.startswith(".")} <= set(compose["volumes"])
        assert set(service.get("depends_on", ())) <= set(compose["services"])
    for resource in resources():
        pod = resource["spec"].get("template", {}).get("spec", {})
        mounts = {
            m["name"] for c in (*pod.get("initContainers", ()), *pod.get("containers", ())) for m in c["volumeMounts"]
        }
        assert mounts == {volume["name"] for volume in pod.get("volumes", ())}


@pytest.mark.skipif(not shutil.which("kubectl"), reason="no kubectl on this machine")
def test_kustomize_makes_the_manifests_with_the_configuration() -> None:
    made = subprocess.run(["kubectl", "kustomize", DEPLOY], capture_output=True, text=True, check=True).stdout
    found = list(yaml.safe_load_all(made))
    (conf,) = (each for each in found if each["kind"] == "ConfigMap")
    assert conf["data"]["default.conf"] == (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    assert len(found) == len(resources()) + 1
