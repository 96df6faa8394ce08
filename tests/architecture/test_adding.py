"""Each row of the table "To add something" is enough: what is added in the files of the row takes effect.

A change is made in a copy of the source, and its effect is seen through ``kg`` or the server of that copy.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.release import Release
from tests.architecture.document import additions
from tests.build import test_new_role
from tests.conftest import ROOT, write_site
from tests.server import test_adding_formats
from tests.server.pages import BROWSER
from tests.server.serving import QUADS, RDM, SHEET, Server, make_release, run_server

Change = Callable[[str], str]
"""The text of a file → the text with what is added."""


def new(text: str) -> Change:
    return lambda old: text


def end(text: str) -> Change:
    return lambda old: old + text


def before(*places: tuple[str, str]) -> Change:
    """Return the change that puts a text before each of some others, which stand in the file once."""

    def change(text: str) -> str:
        for anchor, added in places:
            assert text.count(anchor) == 1, anchor
            text = text.replace(anchor, added + anchor)
        return text

    return change


@dataclass(frozen=True)
class Copy:
    """A copy of the source in a folder that has room for more."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "copy"

    def kg(self, *arguments: str | Path) -> str:
        """Run ``kg`` and return its standard output; exit code 1 is that of findings."""
        command = [sys.executable, "-m", "kg", *map(str, arguments)]
        environment = {**os.environ, "PYTHONPATH": str(self.root)}
        done = subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode in {0, 1}, done.stderr
        return done.stdout

    def show(self, page: str) -> str:
        """Return what ``kg show`` says of a page that is the only one of its site."""
        site = write_site(self.folder / "site", {"page.md": page})
        return self.kg("show", site / "page.md")

    def graph(self, page: str) -> str:
        """Return the N-Quads of a build of a site with one page."""
        site = write_site(self.folder / "site", {"page.md": page})
        self.kg("build", site, "--out", self.folder / "built", "--reasoner", "owlrl")
        return (self.folder / "built" / "current" / "graph.nq").read_text(encoding="utf-8")

    def release(self) -> Release:
        """Return a small release."""
        return make_release(self.folder / "out", QUADS)

    def serve(self, **environ: str) -> Server:
        arguments = ["--release", str(self.release().folder), "--port", "0"]
        return run_server(self.folder, arguments, PYTHONPATH=str(self.root), **environ)


@dataclass(frozen=True)
class Addition:
    """Something that is added."""

    name: str
    """What stands for ``<name>`` in the files of the row."""
    changes: Mapping[str, Change]
    """File as the row has it → what is added there."""
    check: Callable[[Copy], None]
    """Asserts that the addition has its effect."""


def sheet(section: str, line: str) -> str:
    return f"---\ntitle: A sheet\ntype: cheat_sheet\n---\n## {section}\n\n- {line}\n"


def word_is_read(copy: Copy) -> None:
    page = copy.root / "content" / "pages" / "rates.md"
    page.write_text(sheet("Grupper av tall", "[A](https://a.example/)"), encoding="utf-8")
    assert "rdm:role role:data-format" in copy.kg("show", page)


WORD = Addition("", {"content/rdm-kg.toml": end("\n[sections]\ndata-types = ['grupper av tall']\n")}, word_is_read)


def language_is_read(copy: Copy) -> None:
    said = copy.show(sheet("Andmetüübid", "[A](https://a.example/)\n  - Avatud"))
    assert "rdm:role role:data-format" in said
    assert 'rdm:openness "open"' in said


LANGUAGE = Addition(
    "",
    {
        "kg/site/ett.toml": before(
            ("    'types? of data( ?/ ?experiments?)", "    'andmetüübid',\n"),
            ("'open', 'åpen'", "'avatud', "),
        )
    },
    language_is_read,
)

RULE = """def _loud(page: Page, context: Context) -> Iterator[RuleMatch]:
    if page.text("title").isupper():
        yield RuleMatch(page.line("title"), "the title is in capitals")


"""
RULE_PAGE = """# loud-title

A title is in capitals.

## Wrong

```markdown pages/proteomics.md
---
title: PROTEOMICS
---
```

## Right

```markdown pages/proteomics.md
---
title: Proteomics
---
```
"""


def rule_is_checked(copy: Copy) -> None:
    site = write_site(copy.folder / "site", {"page.md": "---\ntitle: PROTEOMICS\n---\n"})
    assert "page.md:2: warning: loud-title: the title is in capitals" in copy.kg("check", site)
    assert copy.kg("check", "--explain", "loud-title").startswith("# loud-title")


LINT_RULE = Addition(
    "loud-title",
    {
        "kg/lint/rules/pages.py": before(
            ("RULES = (", RULE), ('    Rule("unfinished"', '    Rule("loud-title", Severity.WARNING, _loud),\n')
        ),
        "kg/lint/docs/<name>.md": new(RULE_PAGE),
    },
    rule_is_checked,
)

QUESTION = """# title: Identifiers
# question: Which identifier has each cheat sheet?
# for: curators
# column id: Identifier, of sheet

SELECT ?sheet ?id { ?sheet a <https://w3id.org/rdm-kg/ont#CheatSheet> ; <http://purl.org/dc/terms/identifier> ?id }
"""


def question_is_answered(copy: Copy) -> None:
    answer = copy.kg("query", "identifiers", "--format", "csv", "--release", copy.release().folder)
    assert answer.splitlines() == ["sheet,id", f"{SHEET},mice"]


CANNED_QUERY = Addition("identifiers", {"kg/queries/<name>.rq": new(QUESTION)}, question_is_answered)

RECORD = "https://doi.org/10.25504/FAIRsharing."
EDAM_ROW = (
    "fairsharing:26dmba\tmz Markup Language\tskos:broadMatch\tEDAM:format_3245\tMass spectrometry data format\t"
    "semapv:ManualMappingCuration\t\n"
)
SKOS = "http://www.w3.org/2004/02/skos/core#"


def row_is_in_the_graph(copy: Copy) -> None:
    graph = copy.graph(sheet("Data types", f"[mzML]({RECORD}26dmba)"))
    statement = f"<{RECORD}26dmba> <{SKOS}broadMatch> <http://edamontology.org/format_3245>"
    assert f"{statement} <https://w3id.org/rdm-kg/graph/edam> ." in graph


CROSSWALK_ROW = Addition(
    "",
    {"ontology/crosswalks/edam.sssom.tsv": before(("fairsharing:2hh7g7\t", EDAM_ROW))},
    row_is_in_the_graph,
)

CROSSWALK_TABLE = """# mapping_set_id: "https://w3id.org/rdm-kg/crosswalk/examples"
# license: "https://creativecommons.org/publicdomain/zero/1.0/"
# curie_map:
#   ex: "https://example.org/formats/"
#   fairsharing: "https://doi.org/10.25504/FAIRsharing."
#   semapv: "https://w3id.org/semapv/vocab/"
#   skos: "http://www.w3.org/2004/02/skos/core#"
subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification
fairsharing:26dmba\tmz Markup Language\tskos:exactMatch\tex:mzml\tsemapv:ManualMappingCuration
"""


def crosswalk_is_in_the_graph(copy: Copy) -> None:
    graph = copy.graph(sheet("Data types", f"[mzML]({RECORD}26dmba)"))
    statement = f"<{RECORD}26dmba> <{SKOS}exactMatch> <https://example.org/formats/mzml>"
    assert f"{statement} <https://w3id.org/rdm-kg/graph/examples> ." in graph


CROSSWALK = Addition(
    "examples",
    {
        "ontology/crosswalks/<name>.sssom.tsv": new(CROSSWALK_TABLE),
        "ontology/crosswalks/LICENSE": end("\nexamples.sssom.tsv\n------------------\n\nCC0 1.0.\n"),
    },
    crosswalk_is_in_the_graph,
)

IRISH_LAW = '''

def irish(year: str, number: str) -> Law:
    """Return the Act of the Oireachtas of a year and number."""
    iri = f"https://www.irishstatutebook.ie/eli/{year}/act/{int(number)}"
    return Law(iri, f"No. {int(number)} of {year}", LawKind.IRISH_ACT)
'''
IRISH_URL = """def _ireland(path: str) -> Law | None:
    match = re.match(r"eli/(?P<year>\\d{4})/act/(?P<number>\\d+)", path)
    return irish(match["year"], match["number"]) if match else None


"""
IRISH_TEXT = """    (
        re.compile(r"(?<!\\w)No\\. (?P<number>\\d+) of (?P<year>\\d{4})(?!\\w)"),
        lambda match: irish(match["year"], match["number"]),
    ),
"""


def law_is_cited(copy: Copy) -> None:
    address = "https://www.irishstatutebook.ie/eli/2018/act/7/enacted/en/html"
    for written in (f"[Data Protection Act]({address})", "the Data Protection Act (No. 7 of 2018)"):
        said = copy.show(sheet("Ethics and regulations", written))
        assert "rdm:citesLegislation <https://www.irishstatutebook.ie/eli/2018/act/7>" in said
        assert "rdm:role role:regulation" in said


LAW_SCHEME = Addition(
    "",
    {
        "kg/identifiers/legislation/law.py": lambda old: (
            before(('    TREATY = "treaty"', '    IRISH_ACT = "irish-act"\n'))(old) + IRISH_LAW
        ),
        "kg/identifiers/legislation/urls.py": before(
            ("norwegian, treaty", "irish, "),
            (r"coe\.int)", r"irishstatutebook\.ie|"),
            ("_READERS = {", IRISH_URL),
            ('    "coe.int": _council', '    "irishstatutebook.ie": _ireland,\n'),
        ),
        "kg/identifiers/legislation/text.py": before(
            ("norwegian, treaty", "irish, "), ("    (_TREATY_NUMBER, _by_treaty", IRISH_TEXT)
        ),
    },
    law_is_cited,
)


def role_is_in_the_graph(copy: Copy) -> None:
    graph = copy.graph(test_new_role.PAGE)
    assert f"<{RDM}role> <https://w3id.org/rdm-kg/role/training-course>" in graph
    report = json.loads((copy.folder / "built" / "current" / "report.json").read_text(encoding="utf-8"))
    assert report["sites"][0]["rules"].keys() == {"missing-section"}


ROLE = Addition(
    "",
    {
        "ontology/rdm.ttl": end(test_new_role.DECLARATION),
        "ontology/shapes/mention.ttl": before(("role:data-format role", "role:training-course ")),
        "kg/page_to_rdf/rules.toml": before(('[[rule]]\nname = "scientific-service"', test_new_role.RULE)),
    },
    role_is_in_the_graph,
)

LINES = test_adding_formats.LINES


def format_is_served(copy: Copy) -> None:
    select = f"SELECT ?id {{ <{SHEET}> <http://purl.org/dc/terms/identifier> ?id }}"
    answer = copy.kg("query", select, "--format", LINES.name, "--release", copy.release().folder)
    assert answer == '{"id": "mice"}\n'


SERVED_FORMAT = Addition(
    LINES.name,
    {"kg/query/formats.py": before((LINES.before, LINES.row)), "kg/writers/<name>.py": new(LINES.writer)},
    format_is_served,
)

PAGE_VIEW = '''"""``/identifiers``: the identifier of every cheat sheet."""

from functools import partial

from flask import Blueprint, Response

from server.pages.about import page_about
from server.pages.identifiers import identifiers
from server.pages.rendering import render
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/identifiers``."""
    routes = Blueprint("identifiers", __name__)
    routes.add_url_rule("/identifiers", "all", partial(listing, service))
    return routes


def listing(service: Service) -> Response:
    """Return the identifiers as a page."""
    about = page_about(service, "CollectionPage", "Identifiers", "The identifier of every cheat sheet.")
    return render("identifiers.html", about, identifiers=identifiers(service))
'''
PAGE_MODEL = '''"""The identifiers of cheat sheets."""

from kg.query.rows import text
from server.pages.rows import rows
from server.service import Service


def identifiers(service: Service) -> list[str]:
    """Return the identifier of every cheat sheet."""
    found = rows(service, "SELECT ?id { ?sheet a rdm:CheatSheet ; dct:identifier ?id }")
    return [text(row, "id") for row in found]
'''
PAGE_TEMPLATE = """{% extends "base.html" %}
{% block title %}Identifiers{% endblock %}
{% block main %}
<h1>Identifiers</h1>
{% for identifier in identifiers %}
<p>{{ identifier }}</p>
{% endfor %}
{% endblock %}
"""


def page_is_served(copy: Copy) -> None:
    server = copy.serve()
    try:
        page = server.ask("/identifiers", headers=BROWSER)
    finally:
        assert server.end() == 0
    assert page.status == 200
    assert "<p>mice</p>" in page.text


PAGE = Addition(
    "identifiers",
    {
        "server/views/<name>.py": new(PAGE_VIEW),
        "server/pages/<name>.py": new(PAGE_MODEL),
        "server/templates/<name>.html": new(PAGE_TEMPLATE),
    },
    page_is_served,
)

REMOTE_POOL = Path(__file__).with_name("remote_pool.py").read_text(encoding="utf-8")


def another_endpoint_answers(copy: Copy) -> None:
    local = run_server(copy.folder, ["--release", str(copy.release().folder), "--port", "0"])
    try:
        remote = copy.serve(KG_REMOTE=f"{local.url}/sparql")
        try:
            assert remote.family() == {remote.process.pid}
            select = f"SELECT ?id {{ <{SHEET}> <http://purl.org/dc/terms/identifier> ?id }}"
            assert remote.query(select, "text/csv").text == local.query(select, "text/csv").text
            assert "Mice &amp; &lt;script&gt;" in remote.ask("/id/test/page/mice", headers=BROWSER).text
            assert remote.query("SELECT").status == 400
        finally:
            assert remote.end() == 0
    finally:
        assert local.end() == 0


ENGINE = Addition(
    "remote",
    {
        "server/workers/<name>.py": new(REMOTE_POOL),
        "server/command.py": lambda old: old.replace(
            "from server.workers.pool import ProcessPool", "from server.workers.remote import RemotePool as ProcessPool"
        ),
    },
    another_endpoint_answers,
)

ADDITIONS = {
    "word of one site": WORD,
    "language of words": LANGUAGE,
    "lint rule": LINT_RULE,
    "canned query": CANNED_QUERY,
    "crosswalk row": CROSSWALK_ROW,
    "crosswalk": CROSSWALK,
    "law scheme": LAW_SCHEME,
    "role": ROLE,
    "served format": SERVED_FORMAT,
    "page": PAGE,
    "engine": ENGINE,
}


def test_every_row_is_tried() -> None:
    assert set(additions()) == set(ADDITIONS)


@pytest.mark.slow
@pytest.mark.parametrize("thing", additions())
def test_what_is_added_in_the_files_of_its_row_takes_effect(thing: str, tmp_path: Path) -> None:
    addition, files = ADDITIONS[thing], additions()[thing].files
    assert set(files) == set(addition.changes)
    copy = Copy(tmp_path)
    for folder in ("content", "kg", "ontology", "server"):
        shutil.copytree(ROOT / folder, copy.root / folder, ignore=shutil.ignore_patterns("vendor", "__pycache__"))
    for file in files:
        path = copy.root / file.replace("<name>", addition.name)
        assert path.exists() != ("<name>" in file), path
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        path.write_text(addition.changes[file](old), encoding="utf-8")
    addition.check(copy)
