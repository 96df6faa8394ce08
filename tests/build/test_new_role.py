"""A new role needs changes in three files: the ontology, the shape of a mention, and the table of rules."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow

DECLARATION = """
role:training-course a owl:NamedIndividual, skos:Concept, rdm:Role ;
    skos:inScheme <https://w3id.org/rdm-kg/role/> ;
    rdm:directProperty rdm:recommends ;
    rdm:targetClass rdm:Service, schema:Service ;
    skos:prefLabel "training course"@en ;
    rdfs:label "training course"@en ;
    skos:definition "Recommended to learn from."@en ;
    rdfs:comment "Recommended to learn from."@en ;
    rdfs:isDefinedBy <https://w3id.org/rdm-kg/ont> .
"""
RULE = """
[[rule]]
name = "course"
when = { section = "services", group = "scientific-service" }
role = "training-course"

"""
PAGE = """---
title: Courses
type: cheat_sheet
---

## Services

### Scientific services

- [Carpentry](https://carpentry.example.org/)
"""
ASKED = """
import sys
from pathlib import Path
from kg.release import open_release
from server.pages.sheet import _GROUPS
assert "training-course" in _GROUPS["Services"], _GROUPS
print(open_release(Path(sys.argv[1])).graph.read_text())
"""


def _python(copy: Path, *arguments: str | Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_role_is_added_in_three_files(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for folder in ("kg", "server", "ontology"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    ontology, shapes = copy / "ontology" / "rdm.ttl", copy / "ontology" / "shapes" / "mention.ttl"
    rules = copy / "kg" / "page_to_rdf" / "rules.toml"
    ontology.write_text(ontology.read_text() + DECLARATION)
    shapes.write_text(shapes.read_text().replace("role:data-format", "role:training-course role:data-format"))
    begin = '[[rule]]\nname = "scientific-service"'
    rules.write_text(rules.read_text().replace(begin, RULE + begin))
    site = write_site(tmp_path / "site", {"pages/courses.md": PAGE})
    _python(copy, "-m", "kg", "build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    graph = _python(copy, "-c", ASKED, tmp_path / "out")
    sheet = "<https://w3id.org/rdm-kg/id/site-example/page/pages-courses>"
    thing = "<https://w3id.org/rdm-kg/id/site-example/thing/carpentry>"
    assert "<https://w3id.org/rdm-kg/ont#role> <https://w3id.org/rdm-kg/role/training-course>" in graph
    assert f"{sheet} <https://w3id.org/rdm-kg/ont#recommends> {thing}" in graph
    assert f"{thing} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/rdm-kg/ont#Service>" in graph
