"""``kg``, ``kg query`` and ``kg export``, in this process and in a separate one."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kg import __version__, cli, plugins
from kg.errors import KgError, UnknownName
from kg.query import FORMATS, TURTLE, Form, Format, canned
from kg.release import Release
from kg.writers import write_release

pytestmark = pytest.mark.slow

KG = [sys.executable, "-m", "kg"]


def kg(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [*KG, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", input=stdin, timeout=60)


def test_every_command_has_help() -> None:
    for name, module in plugins.find("kg.commands").items():
        result = CliRunner().invoke(cli.cli, [name, "--help"])
        assert result.exit_code == 0
        assert isinstance(module.command, click.Command)
        assert f"kg {name}" in result.output.replace("cli ", "kg ")


def test_version() -> None:
    assert kg("--version").stdout == f"kg, version {__version__}\n"


def test_an_unknown_command_is_one_line_and_exit_code_2() -> None:
    run = kg("quary")
    assert (run.returncode, run.stdout) == (2, "")
    assert "No such command 'quary'; did you mean 'query'?" in run.stderr
    assert "query" in run.stderr


def test_a_canned_query_by_name(release: Release) -> None:
    run = kg("query", "where-to-deposit", "--param", "page=pic", "--release", release.folder, "--format=json", "-q")
    rows = json.loads(run.stdout)["results"]["bindings"]
    assert [row.get("line", {}).get("value") for row in rows] == [None, "47"]
    assert (run.returncode, run.stderr) == (0, "")


def test_sparql_in_a_pipe_is_tsv_and_graphs_are_turtle(release: Release) -> None:
    folder = release.folder.parent.parent
    assert kg("query", "SELECT (1 AS ?n) {}", "--release", folder).stdout == "?n\n1\n"
    turtle = kg("query", "CONSTRUCT WHERE { ?s a <https://w3id.org/rdm-kg/ont#DataType> }", "--release", folder).stdout
    assert turtle.endswith("#mri> a rdm:DataType .\n")


def test_a_query_from_a_file_and_from_standard_input(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "question.rq"
    file.write_text("ASK { ?s ?p 'é' }", encoding="utf-8")
    assert kg("query", "-f", file, "--release", release.folder).stdout == "false\n"
    assert kg("query", "-f", "-", "--release", release.folder, stdin="ASK { ?s ?p ?o }").stdout == "true\n"


@pytest.mark.parametrize("wanted", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("text", ["ASK {}", "SELECT (1 AS ?n) {}"])
def test_every_answer_ends_with_one_line_end(release: Release, text: str, wanted: str) -> None:
    answer = kg("query", text, "--format", wanted, "--release", release.folder).stdout
    assert answer.endswith("\n")
    assert not answer.endswith("\n\n")


@pytest.mark.parametrize(
    "text",
    [
        "ASK {" + "{" * 100_000 + "}" * 100_000 + "}",
        "ASK {" + "{" * 100_000,
        "ASK { FILTER(" + "!" * 100_000 + "true) }",
        "ASK { FILTER(" + "(" * 100_000 + "true" + ")" * 100_000 + ") }",
        "ASK {" + "OPTIONAL {" * 50_000 + "}" * 50_000 + "}",
        "ASK { # " + "x" * 1_000_000 + "\n}",
    ],
    ids=["groups", "open-groups", "not", "brackets", "optional", "long"],
)
def test_a_deeply_nested_query_ends_in_an_answer_or_in_words(release: Release, text: str, tmp_path: Path) -> None:
    file = tmp_path / "deep.rq"
    file.write_text(text, encoding="utf-8")
    run = kg("query", "-f", file, "--release", release.folder)
    assert (run.returncode, run.stdout in {"true\n", "false\n"}) == (0, True) or (
        run.returncode == 2 and run.stderr.startswith("kg: error: ") and "Traceback" not in run.stderr
    )


def test_ctrl_c_ends_a_query_that_runs(release: Release) -> None:
    everything = " . ".join(f"?a{n} ?b{n} ?c{n}" for n in range(5))
    command = [*KG, "query", f"SELECT (COUNT(*) AS ?n) {{ {everything} }}", "--release", str(release.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        times = Path(f"/proc/{run.pid}/stat")
        while run.poll() is None and int(times.read_text().rpartition(")")[2].split()[11]) < 300:  # it is at work
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        assert run.communicate(timeout=60)[0] == b""
    assert run.returncode == -signal.SIGINT


@pytest.mark.parametrize("columns", ["200", "40"])
def test_a_terminal_gets_a_table_or_blocks(release: Release, columns: str) -> None:
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        [*KG, "query", "laws-of-sheet", "--param", "page=pic", "--release", str(release.folder)],
        stdout=theirs,
        stderr=subprocess.PIPE,
        env={**os.environ, "COLUMNS": columns},
    )
    assert run.communicate(timeout=60)[1].startswith(b"1 row\n")
    os.close(theirs)
    text = os.read(ours, 65536).decode().replace("\r\n", "\n")
    os.close(ours)
    if columns == "200":
        names, line, row = text.splitlines()
        assert re.split("  +", names) == [
            *("Law", "Identifier", "Line", "Pages that cite it", "Page", "Site", "Law IRI", "Page IRI")
        ]
        assert set(line) == {"-", " "}
        assert row.startswith("Animal Welfare Act  LOV-2009-06-19-97  52")
    else:
        assert "Identifier          LOV-2009-06-19-97\n" in text


def test_what_all_rows_share_stands_once_above_the_table(release: Release) -> None:
    text = "SELECT ?same ?n { VALUES (?same ?n) { ('a' 1) ('a' 2) } }"
    run = kg("query", text, "--release", release.folder, "--format", "table")
    assert run.stdout == "same  a\n\nn\n-\n1\n2\n"
    assert run.stderr.startswith("2 rows\n")


@pytest.mark.parametrize(("options", "written"), [([], "?a\n"), (["--format", "table"], "")])
def test_no_rows_are_told(release: Release, options: list[str], written: str) -> None:
    run = kg("query", "SELECT ?a { ?a <http://nowhere.example/> 1 }", "--release", release.folder, *options)
    assert run.stdout == written
    assert run.stderr.startswith("0 rows\n")


@pytest.mark.parametrize(("options", "written"), [([], "false\n"), (["--format", "table"], "no\n")])
def test_an_answer_to_ask_has_no_rows_to_count(release: Release, options: list[str], written: str) -> None:
    run = kg("query", "ASK { ?a <http://nowhere.example/> 1 }", "--release", release.folder, *options)
    assert run.stdout == written
    assert "row" not in run.stderr


def test_a_table_shows_no_control_characters(release: Release) -> None:
    text = r'SELECT ("a\u001B[31mb\nc" AS ?x) (<https://w3id.org/rdm-kg/ont#Page> AS ?y) ?z {}'
    run = kg("query", text, "--release", release.folder, "--format", "table")
    assert run.stdout.splitlines()[2].split() == ["a", "[31mb", "c", "rdm:Page"]


def test_the_list_names_every_question_with_its_parameters() -> None:
    text = kg("query", "--list").stdout
    for query in canned.load_all().values():
        assert f"{query.name}\n    {query.question}\n" in text
    assert "--param minimum=…  least number of pages (integer, default 2)" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["SELECT * {\n ?s foo:bar ?o }"], "kg: error: syntax error at 2:12: prefix foo: is not declared"),
        (["nothing"], "kg: error: no canned query 'nothing'; there are "),
        (
            ["where-to-deposit"],
            "kg: error: parameter 'page' is missing: page id, title or IRI of a page (type page, e.g. pic)",
        ),
        (["where-to-deposit", "--param", "page"], "kg: error: --param page: write NAME=VALUE"),
        (
            ["where-to-deposit", "--param", "page=microscopy"],
            "kg: error: no page 'microscopy'; the nearest is light_microscopy (Light microscopy)",
        ),
        (
            ["where-to-deposit", "--param", "page=pic", "--param", "site=tests"],
            "kg: error: no site 'tests'; the nearest is test (Test site)\n",
        ),
        (["ASK {}", "--param", "a=b"], "kg: error: --param requires a canned query"),
        (["ASK {}", "--format", "turtle"], "kg: error: no format 'turtle' for this answer (boolean); there are json, "),
        (["DROP ALL"], "kg: error: DROP is refused: this store is read-only"),
        (["ASK { SERVICE <http://x/> {} }"], "kg: error: SERVICE at 1:7 is refused"),
        ([], "Error: Give a SPARQL query, "),
        (["ASK {}", "--release", "/nowhere"], "kg: error: no release in /nowhere; make one with: kg build"),
        (["ASK {}", "-f", "/nowhere"], "'/nowhere': No such file"),
    ],
)
def test_what_goes_wrong_is_said_in_words_and_exits_with_2(
    release: Release, arguments: list[str], message: str
) -> None:
    run = kg("query", "--release", release.folder, *arguments)
    assert (run.returncode, run.stdout) == (2, "")
    assert message in run.stderr
    assert "Traceback" not in run.stderr


def test_a_file_that_is_not_utf8_is_an_error_in_words(release: Release, tmp_path: Path) -> None:
    (tmp_path / "latin.rq").write_bytes(b"ASK { ?s ?p '\xe9' }")
    run = kg("query", "-f", tmp_path / "latin.rq", "--release", release.folder)
    assert run.returncode == 2
    assert "latin.rq is not UTF-8" in run.stderr


def test_a_reader_that_goes_away_is_no_error(release: Release) -> None:
    text = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
    run = subprocess.Popen(
        [*KG, "query", text, "--release", str(release.folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert run.stdout
    assert run.stderr
    run.stdout.read(10)
    run.stdout.close()
    assert run.stderr.read() == b""
    run.stderr.close()
    assert run.wait(60) == cli.BROKEN_PIPE


@pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)
def test_export_writes_the_same_to_a_file_and_to_standard_output(
    release: Release, wanted: Format, tmp_path: Path
) -> None:
    file = tmp_path / "out"
    assert kg("export", "--format", wanted.name, "--release", release.folder, "-o", file).stdout == ""
    assert file.read_text(encoding="utf-8") == kg("export", "--format", wanted.name, "--release", release.folder).stdout
    assert list(ox.parse(path=file, format=ox.RdfFormat.from_media_type(wanted.media_type)))
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    ("arguments", "as_format"),
    [
        ([], "turtle"),
        (["-o", "out.nq"], "nquads"),
        (["-o", "out.JSONLD"], "jsonld"),
        (["-o", "out"], "turtle"),
        (["--format", "nt", "-o", "out.trig"], "ntriples"),
        *((["--format", name], full) for name, full in [("ttl", "turtle"), ("nq", "nquads"), ("rdf", "rdfxml")]),
    ],
)
def test_the_format_of_an_export_has_short_names_and_is_known_from_the_file(
    release: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], as_format: str
) -> None:
    monkeypatch.chdir(tmp_path)
    written = kg("export", *arguments, "--release", release.folder).stdout
    if "-o" in arguments:
        written = Path(arguments[-1]).read_text(encoding="utf-8")
    assert written == kg("export", "--format", as_format, "--release", release.folder).stdout


def test_an_ending_of_no_format_is_an_error_with_the_nearest(release: Release, tmp_path: Path) -> None:
    done = kg("export", "-o", tmp_path / "out.nqs", "--release", release.folder)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "no format has the ending of" in done.stderr
    assert "did you mean 'nq'?" in done.stderr


def test_a_failed_export_leaves_the_file_that_was_there(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("before")
    damaged = tmp_path / "graph.nq"
    damaged.write_text("no quad")
    with pytest.raises(SyntaxError), plugins.load("kg.commands", "export").appearing(file) as out:
        write_release(damaged, out, TURTLE)
    assert file.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == [damaged, file]
    assert (
        kg("export", "--format", "nquads", "--release", release.folder, "-o", tmp_path / "no" / "out").returncode == 2
    )


def test_export_to_a_device_writes_into_it(release: Release) -> None:
    assert kg("export", "--format", "nquads", "--release", release.folder, "-o", "/dev/null").returncode == 0
    assert not Path("/dev/null").is_file()


def test_errors_reach_a_caller_in_python_as_exceptions(release: Release) -> None:
    result = CliRunner().invoke(cli.cli, ["query", "nothing", "--release", str(release.folder)])
    assert isinstance(result.exception, UnknownName)
    assert isinstance(result.exception, KgError)
    result = CliRunner().invoke(cli.cli, ["query", "ASK {}", "--release", str(release.folder)])
    assert result.stdout == "true\n"


def test_a_plugin_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(UnknownName, match=r"no writer 'pdf'; there are jsonld, ntriples, trig, turtle"):
        plugins.load("kg.writers", "pdf")
    with pytest.raises(UnknownName):
        plugins.load("kg.writers", "_graph")


def test_our_prefixes_need_no_declaration_and_an_empty_answer_has_a_hint(release: Release) -> None:
    query = "SELECT ?s (COUNT(*) AS ?n) { ?s a rdm:CheatSheet } GROUP BY ?s "
    run = kg("query", query, "--quiet", "--release", release.folder)
    assert (run.returncode, run.stderr) == (0, "")
    assert len(run.stdout.splitlines()) > 1
    run = kg("query", f"{query} HAVING (?n > 0)", "--release", release.folder)
    assert (run.returncode, run.stdout.splitlines()) == (0, ["?s\t?n"])
    assert run.stderr.splitlines()[:2] == ["0 rows", "?n is not bound in HAVING; write COUNT(*) there"]
