"""SERVICE to listed endpoints, correct and faulty ones, and to all others."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.vocab import BASE
from tests.server.endpoints import LITERALS, REPLIES, SECRET, Endpoints, endpoints
from tests.server.serving import QUADS, RDM, SHEET, Server, make_release, run_server

pytestmark = pytest.mark.slow

SD = "http://www.w3.org/ns/sparql-service-description#"
GOOD = {"/good", "/literals", "/none", "/nothing-bound", "/many"}
CLOSED = "http://127.0.0.1:9/sparql"
PRIVATE = "http://localhost:9/sparql"
UNKNOWN = "https://no-such-name.invalid/sparql"


@dataclass(frozen=True)
class Federated:
    server: Server
    remote: str
    """URL of another server of ours, over other data."""
    others: Endpoints

    def rows(self, text: str) -> list[dict[str, str]]:
        reply = self.server.query(text, "application/sparql-results+json")
        assert reply.status == 200, reply.text
        found = json.loads(reply.body)["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in found]


@pytest.fixture(scope="module")
def federated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Federated]:
    folder = tmp_path_factory.mktemp("federated")
    make_release(folder / "remote", [f'<{SHEET}> <urn:p> "there"', f'<{SHEET}#m-1> <urn:p> "there, too"'])
    make_release(folder / "here", QUADS)
    remote = run_server(folder, ["--release", "remote", "--port", "0"])
    with endpoints() as others:
        listed = [f"{remote.url}/sparql", *(others.url + path for path in REPLIES), others.url + "/good?a=b"]
        options = [word for url in [*listed, CLOSED, PRIVATE, UNKNOWN] for word in ("--allow-service", url)]
        environ = {"KG_QUERY_TIMEOUT": "3"}
        here = run_server(folder, ["--release", "here", "--port", "0", *options], **environ)
        yield Federated(here, f"{remote.url}/sparql", others)
        for server in (here, remote):
            assert server.end() == 0
            assert "Traceback" not in server.log.read_text()


def test_a_block_is_joined_with_what_is_here(federated: Federated) -> None:
    text = f"SELECT * {{ ?sheet a <{RDM}CheatSheet> . SERVICE <{federated.remote}> {{ ?sheet <urn:p> ?there }} }}"
    assert federated.rows(text) == [{"sheet": SHEET, "there": "there"}]


def rows_of_engine(text: str) -> list[dict[str, str]]:
    """Return the rows of an engine that queries the endpoints itself."""
    store = ox.Store()
    store.load("".join(f"{quad} .\n{quad} <urn:g> .\n" for quad in QUADS).encode(), ox.RdfFormat.N_QUADS)
    found = store.query(text)
    assert isinstance(found, ox.QuerySolutions)
    terms = [{name.value: row[name] for name in found.variables if row[name] is not None} for row in found]
    return [{name: getattr(term, "value", "") for name, term in row.items() if name != "g"} for row in terms]


@pytest.mark.parametrize(
    ("pattern", "sheets"),
    [
        ("OPTIONAL { SERVICE %s { ?s <urn:p> ?o FILTER(?o = 'no') } }", 1),
        ("FILTER EXISTS { SERVICE %s { ?s <urn:p> ?o } }", 1),
        ("FILTER NOT EXISTS { SERVICE %s { ?s <urn:p> ?o } }", 0),
        ("MINUS { SERVICE %s { ?s <urn:p> ?o } }", 0),
        ("{ SELECT ?s { SERVICE %s { SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } } }", 1),
        ("SERVICE %s { ?s <urn:p> ?o } SERVICE SILENT %s { ?s <urn:p> ?o }", 1),
        ("GRAPH ?g { SERVICE %s { ?s <urn:p> ?o } }", 1),
        ("SERVICE %s { ?s <urn:p> ?o } BIND(?o AS ?x) FILTER(?x = 'there')", 1),
        ("SERVICE%s{}", 1),
        ("{ SERVICE %s { ?s <urn:p> ?o } } UNION { SERVICE %s { ?o <urn:p> ?s } }", 1),
        ("SERVICE %s { VALUES ?o { 'there' 'there, too' } ?t <urn:p> ?o FILTER(STRLEN(?o) > 5) }", 1),
        ("SERVICE %s { OPTIONAL { ?s <urn:no> ?n } } SERVICE %s { ?s <urn:p> ?o }", 1),
        ("FILTER(?o = 'there') SERVICE %s { ?s <urn:p> ?o }", 1),
    ],
)
def test_where_a_block_may_stand(federated: Federated, pattern: str, sheets: int) -> None:
    text = f"SELECT * {{ ?s a <{RDM}CheatSheet> . {pattern.replace('%s', f'<{federated.remote}>')} }}"
    found = [{name: value for name, value in row.items() if name != "g"} for row in federated.rows(text)]
    assert len(found) == sheets
    assert found == rows_of_engine(text)


def test_every_form_of_query(federated: Federated) -> None:
    where = f"WHERE {{ SERVICE <{federated.remote}> {{ ?s <urn:p> ?o }} }}"
    assert "true" in federated.server.query(f"ASK {where}").text
    built = federated.server.query(f"CONSTRUCT {{ ?s <urn:q> ?o }} {where}", "application/n-triples")
    assert f'<{SHEET}> <urn:q> "there" .' in built.text
    assert f"<{SHEET}>" in federated.server.query(f"DESCRIBE ?s {where}", "application/n-triples").text
    page = federated.server.ask("/sparql?query=" + quote(f"SELECT * {where}"), headers={"Accept": "text/html"})
    assert (page.status, page.headers["Cache-Control"]) == (200, "no-store")
    assert "there, too" in page.text


def test_what_the_endpoint_is_asked(federated: Federated) -> None:
    url = federated.others.url
    text = (
        f"# first\nBASE <{url}/base/>\nPREFIX e: <../>\nPREFIX : <x#>\n"
        "SELECT * { SERVICE # } {\n e:good { ?s :p '}' , <rel> # }\n} }"
    )
    assert federated.rows(text) == [{"s": "good"}]
    asked = federated.others.asked[-1]
    declared, _, block = asked.query.partition("SELECT * WHERE ")
    assert declared == f"BASE <{BASE}>\n{text.partition('SELECT')[0]}"
    assert block == "{ ?s :p '}' , <rel> # }\n}"
    assert asked.headers["Accept"] == "application/sparql-results+json"
    assert asked.headers["User-Agent"].startswith("rdm-kg/")
    assert asked.headers["Host"] == url.removeprefix("http://")
    assert not {"Cookie", "Authorization"} & set(asked.headers)


def test_an_endpoint_is_listed_with_all_of_its_address(federated: Federated) -> None:
    assert federated.rows(f"SELECT * {{ SERVICE <{federated.others.url}/good?a=b> {{ ?s ?p ?o }} }}") == [{"s": "good"}]
    assert federated.others.asked[-1].path == "/good?a=b"


def test_terms_come_through_as_they_are(federated: Federated) -> None:
    text = f"SELECT ?s {{ SERVICE <{federated.others.url}/literals> {{ ?s ?p ?o }} }}"
    found = json.loads(federated.server.query(text, "application/sparql-results+json").body)["results"]["bindings"]
    wanted = [{name: dict(term) for name, term in row.items()} for row in LITERALS]
    wanted[2]["s"]["type"] = "literal"
    assert found == wanted


def test_answers_of_every_size(federated: Federated) -> None:
    def count(path: str) -> list[dict[str, str]]:
        return federated.rows(f"SELECT (COUNT(*) AS ?n) {{ SERVICE <{federated.others.url}{path}> {{ ?s ?p ?o }} }}")

    found = {path: count(path)[0]["n"] for path in GOOD}
    assert found == {"/good": "1", "/literals": "5", "/none": "0", "/nothing-bound": "2", "/many": "20000"}


def test_what_others_had_a_part_in_is_never_kept(federated: Federated) -> None:
    text = f"SELECT * {{ SERVICE <{federated.others.url}/good> {{ ?s ?p ?kept }} }}"
    before = len(federated.others.asked)
    for _ in range(2):
        reply = federated.server.query(text)
        assert reply.headers["Cache-Control"] == "no-store"
        assert "ETag" not in reply.headers
    assert len(federated.others.asked) == before + 2
    assert "ETag" in federated.server.query(text.replace("SERVICE", "GRAPH")).headers


@pytest.mark.parametrize("path", [*sorted(set(REPLIES) - GOOD), CLOSED, PRIVATE, UNKNOWN])
def test_a_bad_endpoint_is_a_bad_gateway(federated: Federated, path: str) -> None:
    url = path if "://" in path else federated.others.url + path
    reply = federated.server.query(f"SELECT * {{\n SERVICE <{url}> {{ ?s ?p ?o }} }}")
    assert (reply.status, reply.media_type) == (502, "application/problem+json"), reply.text
    assert f"SERVICE at 2:2: <{url}> gave " in json.loads(reply.body)["detail"]
    assert reply.headers["Cache-Control"] == "no-store"
    assert SECRET not in reply.text
    silent = f"SELECT * {{ ?sheet a <{RDM}CheatSheet> . SERVICE SILENT <{url}> {{ ?s ?p ?o }} }}"
    found = json.loads(federated.server.query(silent).body)
    assert set(found["head"]["vars"]) == {"sheet", "s", "p", "o"}
    assert [row["sheet"]["value"] for row in found["results"]["bindings"]] == [SHEET]


def test_no_redirect_is_followed(federated: Federated) -> None:
    federated.server.query(f"ASK {{ SERVICE <{federated.others.url}/redirect> {{ ?s ?p ?o }} }}")
    assert federated.others.asked[-1].path == "/redirect"


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "is not an allowed endpoint"),
        ("ASK { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "is not an allowed endpoint"),
        ("ASK { SERVICE <%s/> { ?s ?p ?o } }", 403, "is not an allowed endpoint"),
        ("ASK { SERVICE ?where { ?s ?p ?o } }", 403, "name the endpoint"),
        ("ASK { SERVICE <%s> { ?s ?p ?o SERVICE <%s> { ?s ?p ?o } } }", 403, "another one in its block"),
        ("ASK { SERVICE <%s> { { SERVICE SILENT ?x { ?s ?p ?o } } } }", 403, "another one in its block"),
        (r"ASK { SERVICE <%s> { S\u0045RVICE <%s> { ?s ?p ?o } } }", 403, "another one in its block"),
        (r"ASK { SERVICE <%s> { } S\u0045RVICE <%s> { } }", 403, "cannot be recognised"),
        ("ASK { ?a ?b <urn:x#y> SERVICE <%s> { ?s ?p ?o } }", 403, "cannot be recognised"),
        ("ASK { " + 9 * "SERVICE <%s> { } " + "}", 403, "too many"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <%s> { ?s ?p ?o } }", 400, "INSERT"),
        ("ASK { SERVICE no:such { ?s ?p ?o } }", 400, "prefix no: is not declared"),
        ("ASK { SERVICE <%s> { ?s ?p ?o }\n }}", 400, "2:"),
        ("ASK { SERVICE <%s> { ?s ?p }\n }", 502, "status 400"),
        ("ASK { SERVICE <%s> ", 403, "SERVICE"),
        ("ASK { SERVICE", 403, "SERVICE"),
        ("ASK {" + "SERVICE <%s> {" * 5000, 403, "SERVICE"),
        ("ASK {" + "SERVICE <urn:x> {}" * 10_000 + "}", 403, "too many"),
    ],
)
def test_what_is_refused(federated: Federated, text: str, status: int, said: str) -> None:
    body = text.replace("%s", federated.remote).encode()
    reply = federated.server.ask("/sparql", "POST", body, {"Content-Type": "application/sparql-query"})
    assert reply.status == status, reply.text
    assert said in json.loads(reply.body)["detail"]


def test_a_syntax_error_is_where_its_writer_has_it(federated: Federated) -> None:
    text = f"ASK {{\n SERVICE <{federated.others.url}/literals> {{\n ?s ?p ?o }} ?s ?p }}"
    reply = federated.server.query(text)
    assert reply.status == 400, reply.text
    found = json.loads(reply.body)
    assert found["line"] == 3
    assert found["column"] == json.loads(federated.server.query(text.replace("SERVICE", "GRAPH")).body)["column"]


def test_one_client_cannot_hold_every_place(federated: Federated) -> None:
    slow = f"ASK {{ SERVICE <{federated.others.url}/silent> {{ ?s ?p ?o }} }}"
    with ThreadPoolExecutor(4) as clients:
        statuses = list(clients.map(lambda _: federated.server.query(slow).status, range(4)))
    assert sorted(statuses) == [429, 429, 502, 502]
    assert federated.rows(f"SELECT * {{ SERVICE <{federated.others.url}/good> {{ ?s ?p ?o }} }}")


def test_the_service_says_so(federated: Federated, server: Server) -> None:
    feature = f"<{SD}feature> <{SD}BasicFederatedQuery>"
    accept = {"Accept": "application/n-triples"}
    assert feature in federated.server.ask("/sparql", headers=accept).text
    assert feature not in server.ask("/sparql", headers=accept).text


@pytest.mark.parametrize("url", ["ftp://x/", "x", "http://", "http://u@x/", "http://x/#y", "http://x:0/", "http://ø/"])
def test_only_a_plain_web_address_can_be_listed(federated: Federated, url: str) -> None:
    folder = federated.server.log.parent
    refused = run_server(folder, ["--release", "here", "--port", "0", "--allow-service", url])
    assert refused.process.wait() == 2
    assert "an endpoint for SERVICE must be a web address" in refused.log.read_text()


def _certificate(file: Path, name: str) -> Path:
    """Create a self-signed certificate for a name, with its key."""
    subject = ["-subj", "/CN=test", "-addext", f"subjectAltName={name}"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*made, "-keyout", f"{file}.key", "-out", str(file)], check=True, capture_output=True)
    file.write_text(Path(f"{file}.key").read_text() + file.read_text())
    return file


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not here")
def test_a_certificate_must_be_trusted_and_for_that_name(federated: Federated, tmp_path: Path) -> None:
    good, other = _certificate(tmp_path / "good", "IP:127.0.0.1"), _certificate(tmp_path / "other", "DNS:example.org")
    trusted = tmp_path / "trusted"
    trusted.write_text(good.read_text() + other.read_text())
    plain = federated.others.url.replace("http:", "https:")
    with endpoints(good) as right, endpoints(other) as wrong:
        listed = " ".join(f"{url}/good" for url in (right.url, wrong.url, plain))
        folder = federated.server.log.parent
        for trust, statuses in ((trusted, [200, 502, 502]), (other, [502, 502, 502])):
            environ = {"KG_ALLOW_SERVICE": listed, "SSL_CERT_FILE": str(trust)}
            server = run_server(folder, ["--release", "here", "--port", "0"], **environ)
            replies = [server.query(f"ASK {{ SERVICE <{url}> {{ ?s ?p ?o }} }}") for url in listed.split()]
            assert [reply.status for reply in replies] == statuses
            assert server.end() == 0
        assert len(right.asked) == 1
        assert not wrong.asked
