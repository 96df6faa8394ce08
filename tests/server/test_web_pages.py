"""Pages, canned queries, dumps and health over HTTP."""

from __future__ import annotations

import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from kg.query import canned
from tests.server.serving import QUADS, SHEET, Server

pytestmark = pytest.mark.slow

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


OF_WHOLE_RELEASES = {"/ont", "/search", "/browse"}
"""What needs files that the small release does not have."""


class _Page(HTMLParser):
    """The text, tags and URLs of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src", "action"}]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("path", ["/", "/queries/", "/queries/standards-for-sheet", "/sparql", "/dumps/"])
def test_every_page_is_whole_without_any_script(server: Server, path: str) -> None:
    reply = server.ask(path, headers=BROWSER)
    assert (reply.status, reply.media_type) == (200, "text/html")
    page = _Page(reply.text)
    assert page.tags.count("h1") == page.tags.count("main") == 1
    scripts = re.findall(r"<script.*?</script>", reply.text, re.DOTALL)
    allowed = r'<script (src="/static/\w+\.js" (defer|type="module")>|type="application/ld\+json">[^<>&]*)</script>'
    assert all(re.fullmatch(allowed, script) for script in scripts)
    assert "script-src 'self';" in reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    own = {address for address in page.addresses if address.startswith("/")} - OF_WHOLE_RELEASES
    assert own
    replies = {address: server.ask(address, headers=BROWSER).status for address in own}
    assert {address: status for address, status in replies.items() if status != 200} == {}


def test_home_says_what_is_here_and_answers_every_question(server: Server) -> None:
    text = _Page(server.ask("/").text).text
    assert str(len(QUADS) + 2000) in text
    assert "Test site (pages: 1)" in text
    for query in canned.load_all().values():
        assert query.title in text
        assert query.question in text


def test_home_is_a_page_for_every_client(server: Server) -> None:
    assert server.ask("/").media_type == "text/html"
    assert server.ask("/static/style.css").media_type == "text/css"


@pytest.mark.parametrize("name", sorted({*canned.names()} - {"sheets-by-modality"}))  # this release has no modality
def test_every_question_is_answered_in_every_format(server: Server, name: str) -> None:
    query = canned.load(name)
    listed = {each["name"]: each["parameters"] for each in json.loads(server.ask("/queries/").body)}
    given = {each["name"]: each["example"] for each in listed[name]}
    values = urlencode(given, quote_via=quote)
    page = server.ask(f"/queries/{name}?{values}", headers=BROWSER)
    assert (page.status, page.media_type) == (200, "text/html")
    assert query.question in _Page(page.text).text
    as_json = server.ask(f"/queries/{name}?{values}")
    assert as_json.media_type == "application/sparql-results+json"
    columns = json.loads(as_json.body)["head"]["vars"]
    as_csv = server.ask(f"/queries/{name}?{values}&format=csv")
    assert as_csv.text.splitlines()[0] == ",".join(columns)
    assert server.ask(f"/queries/{name}?{values}", headers={"Accept": "text/turtle"}).status == 406


def test_a_question_takes_its_parameters_from_the_url(server: Server) -> None:
    reply = server.ask("/queries/standards-for-sheet?page=mice&format=csv")
    assert "FAIRsharing.b7z8by" in reply.text
    for written in ("MICE", SHEET.upper(), "mice%20%26%20%3Cscript%3Ealert(1)%3C/script%3E"):
        assert server.ask(f"/queries/standards-for-sheet?page={written}&site=Test&format=csv").text == reply.text


def test_an_unknown_page_or_site_is_a_problem_that_names_near_ones(server: Server) -> None:
    reply = server.ask("/queries/standards-for-sheet?page=mics&format=csv")
    said = json.loads(reply.body)
    assert (reply.status, reply.media_type) == (404, "application/problem+json")
    assert said["detail"].startswith("no page 'mics'; the nearest is mice (Mice & ")
    assert list(said["near"].values()) == ["/queries/standards-for-sheet?page=mice&format=csv"]
    page = _Page(server.ask("/queries/standards-for-sheet?page=mics", headers=BROWSER).text)
    assert "/queries/standards-for-sheet?page=mice" in page.addresses
    other = json.loads(server.ask("/queries/standards-for-sheet?page=mice&site=tset").body)
    assert other["detail"] == "no site 'tset'; the nearest is test (Test site)"
    assert other["near"] == {"Test site (test)": "/queries/standards-for-sheet?page=mice&site=test"}


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/queries/standards-for-sheet", 400, "'page' is missing"),
        ("/queries/standards-for-sheet?sheet=mice", 400, "no parameter 'sheet'; it has page, site"),
        ("/queries/standards-for-sheet?page=", 400, "'page' is missing"),
        ("/queries/standards-for-sheet?page=a&page=b", 400, "twice"),
        ("/queries/standards-for-sheet?page=mice&self=1", 400, "no parameter 'self'"),
        ("/queries/standards-for-sheet?page=%FF", 400, "UTF-8"),
        ("/queries/standards-for-sheet?page=mice&format=xlsx", 400, "xlsx"),
        ("/queries/nothing", 404, "standards-for-sheet"),
        ("/nothing", 404, "there is nothing at this address"),
        ("/dumps/nothing", 404, "graph.nq"),
        ("/dumps/..%2Fmanifest.json", 404, "graph.nq"),
    ],
)
def test_what_is_not_there_is_a_problem(server: Server, path: str, status: int, words: str) -> None:
    reply = server.ask(path)
    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert words in json.loads(reply.body)["detail"]


def test_a_page_that_is_not_there_leads_to_the_start(server: Server) -> None:
    reply = server.ask("/nothing", headers=BROWSER)
    page = _Page(reply.text)
    assert reply.status == 404
    assert "There is nothing at this address." in page.text
    assert "/search?q=nothing" in page.addresses
    assert "/" in page.addresses


def test_the_endpoint_answers_with_a_slash_too(server: Server) -> None:
    assert server.ask("/sparql/?query=ASK%20%7B%7D").text == server.ask("/sparql?query=ASK%20%7B%7D").text
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("/sparql/", "POST", b"query=ASK+%7B%7D", form).status == 200
    assert server.ask("/sparql/").text == server.ask("/sparql").text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_form_keeps_a_query_that_cannot_be_read(server: Server, method: str) -> None:
    text = "SELECT *\nWHERE { ?s ?p } # <kept>"
    fields = urlencode({"query": text})
    form = {**BROWSER, "Content-Type": "application/x-www-form-urlencoded"}
    reply = (
        server.ask("/sparql", "POST", fields.encode(), form) if method == "POST" else server.query(text, "text/html")
    )
    page = _Page(reply.text)
    assert (reply.status, reply.media_type) == (400, "text/html")
    assert text in page.text
    assert "syntax error at 2:17" in page.text
    assert "2  WHERE { ?s ?p } # <kept>" in page.text
    assert "textarea" in page.tags


def test_where_a_page_says_nothing_a_question_says_so(server: Server) -> None:
    page = _Page(server.ask("/queries/where-to-deposit?page=mice", headers=BROWSER).text)
    assert "The page “Mice & <script>alert(1)</script>” says nothing of this." in page.text
    found = server.ask("/queries/standards-for-sheet?page=mice", headers=BROWSER).text
    assert "says nothing of this" not in found
    assert '<option value="mice" selected>' in found
    assert '<select id="p-page"' in found


def test_a_question_shows_an_example_as_such_and_its_sparql_bare(server: Server) -> None:
    example = _Page(server.ask("/queries/standards-for-sheet", headers=BROWSER).text).text
    assert "Example answer" in example
    assert "# title:" not in example
    assert "# param" not in example
    assert "PREFIX dct:" in example
    assert "Example" not in _Page(server.ask("/queries/standards-for-sheet?page=mice", headers=BROWSER).text).text
    assert "Example" not in _Page(server.ask("/queries/gaps", headers=BROWSER).text).text


def test_values_of_the_graph_stay_text(server: Server) -> None:
    query = f"SELECT ?title {{ <{SHEET}> <http://purl.org/dc/terms/title> ?title }}"
    text = server.query(query, BROWSER["Accept"]).text
    assert "Mice & <script>alert(1)</script>" in _Page(text).text
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ASK {}", "yes"),
        (f"CONSTRUCT WHERE {{ <{SHEET}> a ?type }}", "rdm:CheatSheet"),
        ("SELECT * { <a:b> ?p ?o }", "Nothing was found"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 30000", "too large"),
        (f"SELECT ?type {{ <{SHEET}> a ?type }}", "rdm:CheatSheet"),
    ],
)
def test_the_form_shows_answers(server: Server, query: str, words: str) -> None:
    assert words in _Page(server.query(query, BROWSER["Accept"]).text).text


def test_dumps_are_listed_with_checksums(server: Server, releases: Path) -> None:
    (listed,) = json.loads(server.ask("/dumps/").body)["files"]
    assert listed.pop("graphs") == "the named graphs"
    assert "the named graphs" in server.ask("/dumps/", headers=BROWSER).text
    whole = (releases / "current" / "dumps" / "graph.nq").read_bytes()
    assert listed == {
        "url": f"{server.url}/dumps/graph.nq",
        "bytes": len(whole),
        "sha256": hashlib.sha256(whole).hexdigest(),
        "mediaType": "application/n-quads",
    }


def test_a_dump_is_sent_once(server: Server, releases: Path) -> None:
    first = server.ask("/dumps/graph.nq")
    assert first.body == (releases / "current" / "dumps" / "graph.nq").read_bytes()
    assert first.media_type == "application/n-quads"
    again = server.ask("/dumps/graph.nq", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert server.ask("/dumps/graph.nq", "HEAD").headers["Content-Length"] == str(len(first.body))


def test_health_tells_the_release(server: Server, releases: Path) -> None:
    reply = server.ask("/health")
    manifest = json.loads((releases / "current" / "manifest.json").read_bytes())
    facts = json.loads(reply.body)
    assert (facts["status"], facts["release"], facts["created"]) == ("ok", manifest["release"], manifest["created"])
    assert facts["triples"] == len(QUADS) + 2000
    assert reply.headers["Cache-Control"] == "no-store"


def test_questions_are_listed_for_programs(server: Server) -> None:
    listed = {query["name"]: query for query in json.loads(server.ask("/queries/").body)}
    assert tuple(listed) == canned.names()
    (parameter,) = (p for p in listed["standards-for-sheet"]["parameters"] if p["name"] == "page")
    assert (parameter["type"], parameter["required"]) == ("page", True)
