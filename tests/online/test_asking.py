"""What is said of an address, for every kind of answer that a server can give."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Barrier
from typing import Any

import pytest

from kg import __version__
from kg.errors import Offline
from kg.online.asking import Manners, ask
from kg.online.fragments import missing
from kg.online.registries import Registries
from kg.online.verdict import Standing, Verdict
from tests.growth import LINEAR, growth
from tests.online.server import CERTIFICATE, PlayedServer, Plays, html, playing, redirect

pytestmark = pytest.mark.slow

ALIVE, DEAD, UNREACHABLE, UNCHECKED = Standing
HELLO = Plays()


def ask_for(wanted: Mapping[str, Collection[str]], *, private: bool = True, **how: Any) -> dict[str, Verdict]:
    found: dict[str, Verdict] = {}
    given = {name: how.pop(name) for name in ("registries", "resolving") if name in how}
    manners = Manners("https://desk.example/", **{"delay": 0.0, "seconds": 5.0, "private": private, **how})
    ask(wanted, manners, found.__setitem__, **given)
    return found


def verdict_on(path: str, plays: Mapping[str, Plays], **how: Any) -> tuple[Verdict, PlayedServer]:
    with playing(plays) as server:
        return ask_for({server.address + path: ()}, **how)[server.address + path], server


@pytest.mark.parametrize("drips", [1e-9, 0.05], ids=["fast", "slow"])
def test_a_page_without_an_end_is_there_and_none_of_its_fragments_is_missing(drips: float) -> None:
    play = Plays(200, b"<p>Hello</p>" * 1000, {"Content-Type": "text/html"}, drips=drips)
    with playing({"/page": play}) as server:
        found = ask_for({f"{server.address}/page": {"part"}}, seconds=0.5)
    assert found == {f"{server.address}/page": Verdict(ALIVE, present=frozenset({"part"}))}


@pytest.mark.parametrize(
    ("play", "seconds", "asked", "why"),
    [
        (Plays(seconds=2.0), 0.7, [3] * 3, "has a host that gave no answer for 3 others in a row"),
        (Plays(429), 5.0, [3] * 3, "has a host that gave no answer for 3 others in a row"),
        (Plays(503), 5.0, [3] * 3 + [2] * 5, "answers 503 Service Unavailable"),
    ],
    ids=["silence", "refusal", "errors"],
)
def test_a_host_that_fails_again_and_again_is_asked_for_less(
    play: Plays, seconds: float, asked: list[int], why: str
) -> None:
    paths = [f"/{number}" for number in range(8)]
    with playing(dict.fromkeys(paths, play)) as server:
        found = ask_for({server.address + path: () for path in paths}, seconds=seconds, attempts=2)
    counts = Counter(path for _, path in server.asked)  # now that it has read all requests
    assert sorted(counts.values(), reverse=True) == asked
    assert {verdict.why for verdict in list(found.values())[3:]} == {why}


@pytest.mark.parametrize(
    ("play", "standing", "why", "asked"),
    [
        (Plays(200), ALIVE, "", "HEAD"),
        (Plays(204, b""), ALIVE, "", "HEAD"),
        (Plays(200, head=405), ALIVE, "", "HEAD GET"),
        (Plays(200, head=404), ALIVE, "", "HEAD GET"),
        (Plays(200, head=403), ALIVE, "", "HEAD GET"),
        (Plays(200, head=501), ALIVE, "", "HEAD GET"),
        (Plays(200, head=-1), ALIVE, "", "HEAD GET"),
        (Plays(404), DEAD, "answers 404 Not Found", "HEAD GET"),
        (Plays(410), DEAD, "answers 410 Gone", "HEAD GET"),
        (Plays(404, head=200), ALIVE, "", "HEAD"),
        (Plays(401), UNCHECKED, "answers 401 Unauthorized to programs", "HEAD GET"),
        (Plays(403), UNCHECKED, "answers 403 Forbidden to programs", "HEAD GET"),
        (Plays(999), UNCHECKED, "answers 999 to programs", "HEAD GET"),
        (Plays(503, times=2), ALIVE, "", "HEAD GET GET"),
        (Plays(500, times=3), ALIVE, "", "HEAD GET GET GET"),
        (Plays(502), UNREACHABLE, "answers 502 Bad Gateway", "HEAD GET GET GET"),
        (Plays(429, times=1), ALIVE, "", "HEAD GET"),
        (Plays(429), UNCHECKED, "answers 429 Too Many Requests to programs", "HEAD GET GET GET"),
        (Plays(429, headers={"Retry-After": "0"}, times=2), ALIVE, "", "HEAD GET GET"),
        (Plays(300), ALIVE, "", "HEAD"),
        (Plays(-1), UNREACHABLE, "has no complete answer", "HEAD GET GET GET"),
        (Plays(200, b"x" * 20_000_000, head=405), ALIVE, "", "HEAD GET"),
        (Plays(200, is_cut=True, head=405), ALIVE, "", "HEAD GET"),
    ],
)
def test_every_status_has_its_verdict_after_as_few_requests_as_may_be(
    play: Plays, standing: Standing, why: str, asked: str
) -> None:
    verdict, server = verdict_on("/page", {"/page": play})
    assert (verdict.standing, verdict.why) == (standing, why)
    assert [method for method, _ in server.asked] == asked.split()


def test_a_server_that_is_too_slow_has_no_answer() -> None:
    verdict, server = verdict_on("/slow", {"/slow": Plays(seconds=0.6)}, seconds=0.2, attempts=2)
    assert verdict == Verdict(UNREACHABLE, "has no answer within 0.2 seconds")
    assert server.count("/slow") == 3


@pytest.mark.parametrize(
    ("hops", "moved", "redirected"),
    [
        ([(301, "/end")], "/end", ""),
        ([(308, "/end")], "/end", ""),
        ([(302, "/end")], "", "/end"),
        ([(303, "/end")], "", "/end"),
        ([(307, "/end")], "", "/end"),
        ([(301, "/a"), (308, "/end")], "/end", ""),
        ([(301, "/a"), (302, "/end")], "/a", ""),
        ([(302, "/a"), (301, "/end")], "", "/end"),
    ],
)
def test_a_redirect_is_permanent_as_far_as_every_step_is(
    hops: list[tuple[int, str]], moved: str, redirected: str
) -> None:
    steps = ["/page", *(target for _, target in hops)]
    plays = {step: redirect(target, status) for step, (status, target) in zip(steps, hops, strict=False)}
    verdict, server = verdict_on("/page", {**plays, "/end": HELLO})
    assert verdict == Verdict(
        ALIVE, moved=moved and server.address + moved, redirected=redirected and server.address + redirected
    )


@pytest.mark.parametrize(
    "plays",
    [
        {"/page": redirect("/page")},
        {"/page": redirect("/b", 302), "/b": redirect("/page", 302)},
        {"/page": redirect("/0"), **{f"/{n}": redirect(f"/{n + 1}") for n in range(30)}},
    ],
)
def test_redirects_that_do_not_end_are_left(plays: Mapping[str, Plays]) -> None:
    verdict, server = verdict_on("/page", plays)
    assert verdict == Verdict(UNREACHABLE, "redirects in a circle, or without an end")
    assert len(server.asked) <= 11


def test_a_redirect_to_the_same_address_with_a_cookie_ends() -> None:
    play = Plays(302, b"", {"Location": "/page", "Set-Cookie": "seen=yes"}, cookie="seen=yes")
    assert verdict_on("/page", {"/page": play})[0].standing is ALIVE


def test_the_end_of_the_redirects_decides() -> None:
    verdict, server = verdict_on("/page", {"/page": redirect("/gone")})
    assert verdict == Verdict(DEAD, f"redirects to {server.address}/gone, which answers 404 Not Found")
    verdict, _ = verdict_on("/page", {"/page": redirect("ftp://files.example/a")})
    assert verdict.standing is UNCHECKED
    assert verdict.why.startswith("redirects to ftp://files.example/a, which is none that can be asked for")


def test_an_address_to_which_others_redirect_is_asked_for_once() -> None:
    with playing({"/a": redirect("/end"), "/b": redirect("/end"), "/end": HELLO}) as server:
        found = ask_for({f"{server.address}{path}": () for path in ("/a", "/b", "/end")})
    assert {verdict.standing for verdict in found.values()} == {ALIVE}
    assert sorted(server.asked) == [("HEAD", "/a"), ("HEAD", "/b"), ("HEAD", "/end")]


def test_the_program_says_its_name_and_whom_to_write_to() -> None:
    _, server = verdict_on("/", {"/": HELLO})
    assert server.agents == {f"rdm-kg/{__version__} (+https://desk.example/)"}


PAGE = '<h1 id="first">A</h1><a name="second">B</a><h2 id="user-content-third">C</h2><p id=f&uuml;nf>E</p>'


def test_fragments_are_looked_up_in_pages_by_one_request() -> None:
    names = {"first", "second", "third", "fourth", "f%C3%BCnf"}
    with playing({"/page": html(PAGE), "/from": redirect("/page")}) as server:
        found = ask_for({f"{server.address}/page": names, f"{server.address}/from": {"first", "nowhere"}})
    page, moved = found[f"{server.address}/page"], found[f"{server.address}/from"]
    assert (page.missing, page.present) == ({"fourth"}, names - {"fourth"})
    assert (moved.missing, moved.moved) == ({"nowhere"}, f"{server.address}/page")
    assert {method for method, _ in server.asked} == {"GET"}


@pytest.mark.parametrize(
    "play",
    [
        Plays(200, b'<p id="a">A', {"Content-Type": "application/pdf"}),
        Plays(200, b'<p id="a">A'),
        html('<p id="a">A</p>' + "x" * 4_000_000),
        html('<div id="root"></div><script src="app.js"></script><noscript>' + "No scripts? " * 90 + "</noscript>"),
        html('<p id="a">A</p><a href="#absent">to what a program makes</a>'),
    ],
)
def test_a_fragment_is_missing_only_where_the_page_tells(play: Plays) -> None:
    with playing({"/page": play}) as server:
        (verdict,) = ask_for({f"{server.address}/page": {"absent"}}).values()
    assert (verdict.standing, verdict.missing) == (ALIVE, frozenset())


@pytest.mark.parametrize("name", ["/route", ":~:text=A", "L3-L7", "page=3", "README", "top"])
def test_a_fragment_that_a_program_reads_is_not_missing(name: str) -> None:
    assert missing([name, "absent"], PAGE) == {"absent"}


@pytest.mark.parametrize(
    "piece", ["<", "<a ", '<a "', "<a '\"", '<a id="', "<!--", "<script>", "<a id=x>", "<a\t=", "</", "<style></"]
)
def test_a_page_is_read_in_linear_time(piece: str) -> None:
    assert growth(lambda size: missing(["absent"], piece * size), 20_000) < LINEAR


def test_a_fragment_of_a_page_that_is_not_there_is_not_looked_up() -> None:
    with playing({"/page": Plays(404, b'<p id="a">A', {"Content-Type": "text/html"}, is_cut=True)}) as server:
        (verdict,) = ask_for({f"{server.address}/page": {"absent"}}).values()
    assert verdict == Verdict(DEAD, "answers 404 Not Found")


def test_a_host_that_refuses_connections_is_tried_for_one_address_alone() -> None:
    asked: list[str] = []

    async def resolving(host: str, port: int) -> list[str]:
        asked.append(host)
        return [host]

    with playing({}) as server:
        address = server.address
    found = ask_for({f"{address}/{n}": () for n in range(50)}, resolving=resolving)
    assert len(asked) == 4
    assert {*found.values()} == {Verdict(UNREACHABLE, "has a host to which there is no connection")}


def test_certificates_are_verified() -> None:
    with playing({"/": HELLO}, tls=True) as server:
        (verdict,) = ask_for({f"{server.address}/": ()}).values()
    assert verdict.standing is UNREACHABLE
    assert verdict.why.startswith("has a certificate that cannot be verified: self")
    assert server.asked == []


def test_a_certificate_must_be_that_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))

    async def resolving(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with playing({"/": HELLO}, tls=True) as server:
        port = server.address.rpartition(":")[2]
        right, wrong = f"https://archive.example:{port}/", f"https://other.example:{port}/"
        found = ask_for({right: (), wrong: ()}, resolving=resolving)
    assert (found[right].standing, found[wrong].standing) == (ALIVE, UNREACHABLE)
    assert "not valid for 'other.example'" in found[wrong].why


def test_https_at_a_server_without_it_is_no_connection() -> None:
    with playing({"/": HELLO}) as server:
        found = ask_for({f"https{server.address[4:]}/": (), f"{server.address}/": ()})
    assert [verdict.standing for verdict in found.values()].count(ALIVE) == 1
    assert UNREACHABLE in {verdict.standing for verdict in found.values()}


def test_without_permission_no_private_host_is_asked_even_by_a_redirect() -> None:
    with playing({"/": HELLO}) as inside, playing({"/": redirect(f"{inside.address}/")}) as server:
        names = {"public.example": "127.0.0.1"}

        async def resolving(host: str, port: int) -> list[str]:
            return [names.get(host, host)]

        found = ask_for({f"{server.address}/": (), "http://public.example/": ()}, private=False, resolving=resolving)
    assert {*found.values()} == {Verdict(UNCHECKED, "has a host without a public address")}
    assert inside.asked == server.asked == []


def test_a_name_is_resolved_once_and_the_host_is_told_its_name() -> None:
    asked: list[str] = []

    async def resolving(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.9", "127.0.0.1"]

    with playing({"/a": HELLO}) as server:
        port = server.address.rpartition(":")[2]
        address = f"http://bücher.example:{port}/a"
        (verdict,) = ask_for({address: ()}, resolving=resolving).values()
    assert verdict.standing is ALIVE
    assert asked == ["xn--bcher-kva.example"]


@pytest.mark.parametrize(
    ("code", "standing", "why"),
    [
        (socket.EAI_NONAME, DEAD, "has a host that does not exist"),
        (socket.EAI_AGAIN, UNREACHABLE, "has a host whose name cannot be resolved now"),
    ],
)
def test_a_host_without_an_address(code: int, standing: Standing, why: str) -> None:
    with playing({"/": HELLO}) as server:

        async def resolving(host: str, port: int) -> list[str]:
            if host == "gone.example":
                raise socket.gaierror(code, "no address")
            return [host]

        found = ask_for({"http://gone.example/": (), f"{server.address}/": ()}, resolving=resolving)
    assert found["http://gone.example/"] == Verdict(standing, why)


def test_without_a_network_nothing_is_said_of_links() -> None:
    async def resolving(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with pytest.raises(Offline, match="is there a network"):
        ask_for({"http://a.example/": (), "http://b.example/": ()}, resolving=resolving)


@pytest.mark.parametrize("address", ["http://127.0.0.1:99999/", "http://127.0.0.1/" + "a" * 70_000])
def test_what_is_no_address_is_not_asked_for(address: str) -> None:
    (verdict,) = ask_for({address: ()}).values()
    assert verdict.standing is UNCHECKED


def test_a_host_has_one_request_at_a_time() -> None:
    slow = {f"/{n}": Plays(seconds=0.05) for n in range(4)}
    with playing(slow) as server:
        ask_for({f"{server.address}/{n}": () for n in range(4)})
    assert server.at_once == 1


def test_hosts_do_not_wait_for_each_other() -> None:
    together = Plays(meets=Barrier(2, timeout=5.0))
    with playing({"/": together}) as one, playing({"/": together}, "127.0.0.2") as two:
        found = ask_for({f"{one.address}/": (), f"{two.address}/": ()})
    assert {verdict.standing for verdict in found.values()} == {ALIVE}


def pauses_for(play: Plays, *paths: str, **how: Any) -> list[int]:
    """Return the pauses, in whole seconds, before requests for some addresses with the same answer."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    with playing(dict.fromkeys(paths, play)) as server:
        ask_for({server.address + path: () for path in paths}, sleep=sleep, **how)
    return [round(seconds) for seconds in pauses]


def test_between_two_requests_to_a_host_is_a_pause_and_a_longer_one_before_each_attempt() -> None:
    assert pauses_for(Plays(200), "/a", "/b", "/c", delay=30.0) == [30, 30]
    assert pauses_for(Plays(503), "/a", delay=10.0) == [20, 40, 60]
    assert pauses_for(Plays(429, headers={"Retry-After": "50"}), "/a", delay=10.0) == [50, 50, 50]


LATER = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)


@pytest.mark.parametrize("pause", ["3600", LATER], ids=["seconds", "date"])
def test_a_host_that_asks_for_a_long_pause_is_left_alone(pause: str) -> None:
    plays = {f"/{n}": Plays(429, headers={"Retry-After": pause}) for n in range(5)}
    with playing(plays) as server:
        found = ask_for({f"{server.address}/{n}": () for n in range(5)})
    assert {verdict.standing for verdict in found.values()} == {UNCHECKED}
    assert all("asks to be left alone for 3" in verdict.why for verdict in found.values())
    assert len(server.asked) == 1


# What doi.org and bio.tools answer by their documentation.
HANDLE = b'{"responseCode":1,"handle":"10.1000/1","values":[{"index":1,"type":"URL","data":{"format":"string","value":"https://www.doi.org/"}}]}'
JSON = {"Content-Type": "application/json"}
INTERFACES = {
    "/api/handles/10.1000/1": Plays(200, HANDLE, JSON),
    "/api/handles/10.25504/FAIRsharing.b7z8by": Plays(200, HANDLE, JSON),
    "/api/handles/10.1000/none": Plays(404, b'{"responseCode":100,"handle":"10.1000/none"}', JSON),
    "/api/handles/10.1000/broken": Plays(500, b'{"responseCode":2}', JSON),
    "/api/tool/galaxy?format=json": Plays(200, b'{"name":"Galaxy","biotoolsID":"galaxy"}', JSON),
    "/api/tool/nothing?format=json": Plays(404, b'{"detail":"Not found."}', JSON),
}


@pytest.mark.parametrize(
    ("address", "standing", "why"),
    [
        ("https://doi.org/10.1000/1", ALIVE, ""),
        ("http://dx.doi.org/10.1000%2F1", ALIVE, ""),
        ("https://www.doi.org/10.1000/none", DEAD, "is no DOI that doi.org knows"),
        (
            "https://doi.org/10.1000/broken",
            UNCHECKED,
            "cannot be looked up: its registry answers 500 Internal Server Error",
        ),
        ("https://fairsharing.org/FAIRsharing.b7z8by", ALIVE, ""),
        ("https://fairsharing.org/bsg-s000114", ALIVE, ""),
        ("https://doi.org/10.25504/FAIRsharing.b7z8by", ALIVE, ""),
        ("https://bio.tools/galaxy", ALIVE, ""),
        ("https://bio.tools/t/galaxy", ALIVE, ""),
        ("https://bio.tools/nothing", DEAD, "is no entry of bio.tools"),
    ],
)
def test_registries_are_asked_at_their_interfaces(address: str, standing: Standing, why: str) -> None:
    with playing(INTERFACES) as server:
        registries = Registries(f"{server.address}/api/handles/", f"{server.address}/api/tool/")
        (verdict,) = ask_for({address: ()}, registries=registries).values()
    assert (verdict.standing, verdict.why) == (standing, why)
    assert {path for _, path in server.asked} <= INTERFACES.keys()


def test_a_record_that_fairsharing_shows_only_with_an_account_is_not_checked() -> None:
    (verdict,) = ask_for({"https://fairsharing.org/999999": ()}).values()
    assert verdict.standing is UNCHECKED
    assert "with an account" in verdict.why
