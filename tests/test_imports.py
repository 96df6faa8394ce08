"""Modules that the commands, the shared packages, and each server process must not load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg import plugins
from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow

RDF = {"rdflib", "pyoxigraph", "owlready2", "owlrl", "pyshacl"}
WEB = {"flask", "werkzeug", "httptools", "h11", "jinja2"}
AGENTS = {"mcp", "pydantic", "starlette"}
PARSERS = {"frontmatter", "liquid", "markdown_it"}


def run(program: str) -> tuple[set[str], str]:
    """Run a program and return the modules that it has loaded at the end, and its standard output."""
    command = [sys.executable, "-c", f"import sys; {program}; print(*sys.modules, file=sys.stderr)"]
    done = subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT)
    return set(done.stderr.splitlines()[-1].split()), done.stdout


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("kg", {"kg.client", "kg.vocab"} | RDF | WEB | PARSERS | {"yaml", "click"}),
        ("kg.client", RDF | WEB | PARSERS | {"yaml", "click", "pandas"}),
        ("kg.cli", RDF | WEB | PARSERS | {"yaml"}),
        ("kg.query.canned", RDF | WEB | PARSERS | {"yaml"}),
        ("kg.release", RDF | WEB | PARSERS | {"yaml"}),
        ("kg.site", RDF | WEB | PARSERS),
        ("kg.search_index", RDF | WEB | PARSERS),
        ("server.command", RDF | PARSERS | {"kg.build.compile"} | AGENTS),
        ("server.app", RDF | PARSERS | {"kg.explain"} | AGENTS),
        ("server.views.mcp", RDF | PARSERS | {"kg.explain"} | AGENTS),
        ("server.workers.master", RDF - {"pyoxigraph"} | WEB | PARSERS | {"kg.build.compile"}),
        ("server.workers.worker", RDF - {"pyoxigraph"} | WEB | PARSERS | {"kg.build.compile"}),
        ("server.writing.process", RDF - {"pyoxigraph"} | WEB | PARSERS | {"kg.build.compile"}),
        ("server.http.protocol", RDF | WEB | PARSERS),
    ],
)
def test_a_module_loads_its_own_part_alone(module: str, absent: set[str]) -> None:
    loaded, _ = run(f"import {module}")
    assert module in loaded
    assert not absent & loaded


def test_help_lists_the_commands_without_importing_them() -> None:
    loaded, text = run("from kg.cli import main; assert main(['--help']) == 0")
    assert not (RDF | WEB | PARSERS) & loaded
    for name in plugins.names("kg.commands"):
        assert plugins.summary(f"kg.commands.{name}")
        assert f"\n  {name} " in text
        assert f"kg.commands.{name}" not in loaded


def test_a_check_of_a_page_needs_no_library_of_the_graph() -> None:
    page = "content/pages/cheat_sheets/sequencing.md"
    loaded, text = run(f"from kg.cli import main; assert main(['check', '{page}']) == 0")
    assert page in text
    assert "kg.lint.check" in loaded
    assert not (RDF | WEB) & loaded


def test_a_build_after_a_change_of_words_neither_reasons_nor_validates_and_reads_no_query(
    tmp_path: Path,
) -> None:
    site = write_site(tmp_path / "site", {"a.md": "---\ntitle: A\n---\nText\n"})
    build = f"from kg.cli import main; assert main(['build', {str(site)!r}, '--out', {str(tmp_path / 'out')!r}]) == 0"
    build += "; from kg.query.text import token_pattern; print(token_pattern.cache_info().currsize)"
    first, told = run(build)
    (site / "a.md").write_text("---\ntitle: A\n---\nOther text\n")
    second, told_then = run(build)
    left_out = {"owlready2", "owlrl", "jinja2", "pyshacl"}
    assert (first & left_out, second & left_out) == (left_out, set())
    assert (told.split()[-1], told_then.split()[-1]) == ("1", "0")


def test_a_command_is_found_without_asking_for_those_of_other_distributions() -> None:
    loaded, _ = run("from kg.cli import main; assert main(['show', '--help']) == 0")
    assert "importlib.metadata" not in loaded


def test_a_graph_that_gives_rows_needs_no_library_for_tables_and_graphs(content_release: Path) -> None:
    program = f"import kg; rows = kg.open({str(content_release)!r}).ask('where-to-deposit', page='pic').rows()"
    loaded, text = run(f"{program}; print(len(rows))")
    assert text == "2\n"
    assert not {"rdflib", "pandas", "flask"} & loaded


def test_what_a_command_has_imported_is_not_looked_at_again_by_the_collector() -> None:
    _, text = run("import gc; from kg.cli import cli; cli.get_command(None, 'check'); print(gc.get_freeze_count())")
    assert int(text) > 10_000
