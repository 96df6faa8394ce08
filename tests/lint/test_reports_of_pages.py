"""Numbers of laws that no law can have, tool tags without a list of tools, and tags at which Jekyll stops."""

from __future__ import annotations

from pathlib import Path

from kg.findings import Severity
from kg.lint.check import check, select
from tests.conftest import write_site


def found_in(body: str, folder: Path) -> list[tuple[int, str, str]]:
    (selection,) = select([write_site(folder, {"a.md": f"---\ntitle: A\n---\n{body}\n"}, "title: A site\n")])
    return [
        (found.place.line, found.rule, found.message)
        for found in check(selection).findings
        if found.place.path == "a.md"
    ]


def test_a_law_of_an_impossible_day_is_told(tmp_path: Path) -> None:
    assert found_in("Text\nof LOV-2099-13-45-1.\n\n- FOR-2015-02-30-7", tmp_path) == [
        (5, "invalid-law", "LOV-2099-13-45-1 is no law: there is no such day"),
        (7, "invalid-law", "FOR-2015-02-30-7 is no law: there is no such day"),
    ]


def test_a_tool_tag_without_a_list_of_tools_is_told(tmp_path: Path) -> None:
    message = "no tool has the id 'pride': this site has no list of tools"
    assert found_in('{% tool "pride" %}', tmp_path) == [(4, "unknown-tool", message)]


def test_a_tag_that_never_closes_is_an_error_since_jekyll_stops_there(tmp_path: Path) -> None:
    files = {"a.md": "---\ntitle: A\n---\nText\n\n{% include note.html\n", "b.md": "---\ntitle: B\n---\n{% endif %}\n"}
    (selection,) = select([write_site(tmp_path, files, "title: A site\n")])
    told = {
        f.place.path: (f.place.line, f.severity, f.message) for f in check(selection).findings if f.rule == "liquid"
    }
    assert told["a.md"] == (6, Severity.ERROR, "{% never closes; Jekyll stops here and publishes nothing")
    assert told["b.md"][:2] == (4, Severity.WARNING)
