"""Parts of SERVICE: finding clauses, checking addresses, reading answers."""

from __future__ import annotations

import json
import socket
import threading

import pytest

from kg.errors import QueryRefused, ServiceFailed, UpdateRefused
from kg.networks import is_public
from kg.query.text import check_read_only
from server.federation.budget import Budget
from server.federation.clauses import clauses
from server.federation.endpoint import ask
from server.federation.guard import resolve
from server.federation.solutions import values

E = "http://example.org/sparql"
SERVICE = f"SERVICE <{E}> {{}} "
WRITTEN = [
    f"ASK {{ SERVICE <{E}> {{ }} }}",
    f"ASK {{ service<{E}>{{}}}}",
    f"ASK {{ SERVICE\n# {{ <x> ?x\n<{E}> # {{\n {{ }} }}",
    f"BASE <{E}> ASK {{ SERVICE <> {{}} }}",
    "BASE <http://example.org/a/> ASK { SERVICE <../sparql> {} }",
    "BASE <http://example.org/a/> BASE <b/> ASK { SERVICE <../../sparql> {} }",
    "PREFIX : <http://example.org/> ASK { SERVICE :sparql {} }",
    "PREFIX e: <http://no.example/> PREFIX e: <http://example.org/> ASK { SERVICE e:sparql {} }",
    "BASE <http://example.org/> PREFIX e: </sp> VERSION '1.2' ASK { SERVICE e:arql {} }",
    r"ASK { SERVICE <http://ex\u0061mple.org/sparql> {} }",
    f"ASK {{ ?s ?p 'SERVICE <x> {{}}' , <http://x/SERVICE> . SERVICE <{E}> {{}} # SERVICE <x> {{}}\n }}",
]
BLOCKS = [
    "{}",
    "{ { ?s ?p ?o } UNION { ?s ?q ?o } }",
    '{ ?s ?p \'}\' , """a"}""" , <http://x/SERVICE> . # }\n }',
    "{ FILTER(?a<?b&&?c>?d) }",
    "{ SELECT ?s { ?s ?p 'SERVICE' } LIMIT 1 }",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_an_endpoint_in_all_its_spellings(text: str) -> None:
    (clause,) = clauses(text)
    assert clause.endpoint == E
    assert not clause.is_silent


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_ends_where_it_ends(block: str) -> None:
    text = f"PREFIX x: <urn:x>\nSELECT * {{ ?x ?y ?z . sErViCe SILENT <{E}> {block} . {{ ?a ?b ?c }} }}"
    (clause,) = clauses(text)
    assert (clause.block, clause.is_silent) == (block, True)
    assert text[clause.start : clause.end] == f"sErViCe SILENT <{E}> {block}"
    assert clause.query.endswith(f"\nPREFIX x: <urn:x>\nSELECT * WHERE {block}")


def test_the_names_in_a_block() -> None:
    (clause,) = clauses(f"SELECT ?x {{ SERVICE <{E}> {{ ?a $b '?c' # ?d\n }} ?e ?f ?g }}")
    assert clause.variables == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (f"ASK {{ SERVICE ?x {{}} SERVICE <{E}> {{}} }}", QueryRefused),
        (f"ASK {{ SERVICE <{E}> {{ SERVICE <{E}> {{}} }} }}", QueryRefused),
        (f"PREFIX x: <urn:x> ASK {{ SERVICE <{E}> {{ x:SERVICE ?x {{}} }} }}", QueryRefused),
        (f"PREFIX x: <urn:x> ASK {{ SERVICE <{E}> {{}} x:SERVICE ?x {{}} }}", QueryRefused),
        (f"ASK {{ SERVICE <{E}> {{}} trueSERVICE<{E}> {{}} }}", QueryRefused),
        pytest.param("BASE <a/> " * 20_000 + f"ASK {{ SERVICE <{E}> {{}} }}", QueryRefused, id="bases"),
        pytest.param(f"ASK {{ {SERVICE * 5000} }}", QueryRefused, id="clauses"),
        (f"DELETE {{}} WHERE {{ SERVICE <{E}> {{}} }}", UpdateRefused),
    ],
)
def test_what_could_be_another_clause_is_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        clauses(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?service a 'SERVICE' }",
        pytest.param("PREFIX service: <urn:x> " * 200 + "ASK { ?s service:p ?o }", id="prefixes"),
        "ASK { SERVICE",
        "ASK { SERVICE <x> ?y {} }",
        pytest.param("ASK {" + "SERVICE <x> {" * 18_000, id="unclosed"),
        pytest.param("SERVICE " * 30_000, id="words"),
    ],
)
def test_what_has_no_clause_is_left_to_the_store(text: str) -> None:
    assert clauses(text) == []


def test_an_answer_is_never_taken_for_a_clause() -> None:
    terms = [{"type": "uri", "value": "urn:x#'"}, {"type": "literal", "value": "SERVICE <x> {}"}]
    body = json.dumps({"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term} for term in terms]}})
    check_read_only(f"SELECT * {{ {values(body.encode(), {'a'})} }}")


def test_unbound_variables_do_not_come_for_nothing() -> None:
    names = [f"v{number}" for number in range(2000)]
    body = json.dumps({"head": {"vars": names}, "results": {"bindings": [{}] * 2000}})
    with pytest.raises(ServiceFailed, match="too many rows"):
        values(body.encode(), names)


PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
NOT_PUBLIC = """
    0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.8.8.8 168.63.129.16 169.254.169.254 172.16.0.1 192.0.0.8
    192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
    :: ::1 ::127.0.0.1 ::ffff:10.0.0.1 ::ffff:93.184.215.14 64:ff9b::7f00:1 64:ff9b::5db8:d70e 64:ff9b:1::1 100::1
    2001::1 2001:db8::1 2002:7f00:1:: fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1
""".split()


def test_which_addresses_are_public() -> None:
    assert [address for address in PUBLIC + NOT_PUBLIC if is_public(address)] == PUBLIC


def _resolver(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Resolve every name to these addresses, and record the requests."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_: object, **__: object) -> list[object]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_inside_leads_nowhere(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    asked = _resolver(monkeypatch, address)
    with pytest.raises(ServiceFailed, match="resolves to no public address"):
        ask(E, "ASK {}", Budget(10, 1000))
    assert asked == ["example.org"]


def test_a_name_is_resolved_once_and_only_its_public_addresses_count(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _resolver(monkeypatch, "127.0.0.1", PUBLIC[0], "10.0.0.1", PUBLIC[0])
    assert resolve("example.org", 8080, 10) == [(PUBLIC[0], 8080)]
    assert asked == ["example.org"]


def test_an_address_is_meant_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = _resolver(monkeypatch)
    assert resolve("127.0.0.1", 80, 10) == [("127.0.0.1", 80)]
    assert resolve("::1", 80, 10) == [("::1", 80)]
    assert asked == []


def test_a_resolver_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        over.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    with pytest.raises(ServiceFailed, match="no answer in time"):
        ask(E, "ASK {}", Budget(0.1, 1000))
    over.set()
