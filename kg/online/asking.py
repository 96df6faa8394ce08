"""Asks the servers of outside addresses: HEAD, then GET, again after a pause, and along redirects."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import urldefrag

import httpx

from kg.errors import Offline
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.networks import retry_after, user_agent
from kg.online import fragments
from kg.online.pace import Pace
from kg.online.registries import Lookup, Registries
from kg.online.transport import GuardedTransport, NotPublic, Resolve, UnknownHost, Unresolved, resolve
from kg.online.verdict import Standing, Verdict

_PERMANENT = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_OF_SERVER = range(500, 600)
"""Errors of servers; some sites have codes of their own beyond, with which they refuse programs."""
_HTML = ("text/html", "application/xhtml+xml")
_WITHOUT_PAGE = ("HEAD", "GET")
"""Methods for an address of which only the status matters."""
_WITH_PAGE = ("GET",)
"""Methods for an address whose page is needed."""
_MOST_HOPS = 10
_IN_VAIN = 3
"""Number of addresses of a host, in a row, that may fail in a way that may pass, before others are asked for less."""
_LARGEST = 3_000_000
"""Number of bytes of a page, at most, in which fragments are looked up."""
_AT_ONCE = 32
"""Number of hosts that are asked at the same time."""
_UNTRUSTED_ISSUER = 20
"""OpenSSL's code for a certificate whose issuer the server should have sent; browsers fetch it, this program cannot."""


@dataclass(frozen=True, slots=True)
class Manners:
    """Settings of the requests to servers."""

    contact: str
    """The web page of those who ask, for the operators of servers."""
    delay: float = 1.0
    """Seconds between two requests to a host; the first pause before another attempt."""
    attempts: int = 3
    """Number of GET requests for an address that fails in a way that may pass."""
    seconds: float = 30.0
    """Time limit of a request."""
    longest: float = 60.0
    """Longest pause, in seconds, before another attempt."""
    private: bool = False
    """Whether hosts are asked that are not public."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Called with the seconds of each pause."""


@dataclass(frozen=True, slots=True)
class _ServerReply:
    """The parts of a response that matter."""

    status: int
    target: str = ""
    """Where it redirects to; empty if it does not."""
    pause: float = 0.0
    """Seconds for which the server asks to be left alone."""
    html: str | None = None
    """The page, if it was asked for and is HTML of which the end was seen."""

    @property
    def may_pass(self) -> bool:
        """Whether another attempt may have success."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or self.status in _OF_SERVER

    def is_final(self, method: str) -> bool:
        """Return whether the reply to a method is what the server has to say: some answer HEAD with any error."""
        return self.status < HTTPStatus.BAD_REQUEST or (method == "GET" and not self.may_pass)


class _NoReply(Exception):
    """An address has no reply; the message continues "this address …"."""

    pause = 0.0

    def __init__(self, standing: Standing, why: str, *, is_of_host: bool = False, may_pass: bool = True) -> None:
        super().__init__(why)
        self.standing = standing
        self.is_of_host = is_of_host
        """Whether all addresses of the host fail in this way."""
        self.may_pass = may_pass
        """Whether another attempt may have success."""

    def is_final(self, method: str) -> bool:
        """Return whether no other attempt may have success."""
        return not self.may_pass


_UNRESOLVED = "has a host whose name cannot be resolved now"


def ask(
    wanted: Mapping[str, Collection[str]],
    manners: Manners,
    on_verdict: Callable[[str, Verdict], None],
    registries: Registries | None = None,
    resolving: Resolve = resolve,
) -> None:
    """Ask for each address, which has no fragment, and the fragments that its page should have.

    ``on_verdict`` is called with each address and its verdict as soon as it is known.

    Raises:
        Offline: when there are only hosts whose names cannot be resolved.
    """
    asyncio.run(_ask_all(wanted, manners, on_verdict, registries or Registries(), resolving))


async def _ask_all(
    wanted: Mapping[str, Collection[str]],
    manners: Manners,
    on_verdict: Callable[[str, Verdict], None],
    registries: Registries,
    resolving: Resolve,
) -> None:
    headers = {
        "User-Agent": user_agent(manners.contact),
        "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
        "Accept-Encoding": "identity",
    }
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_AT_ONCE))  # it resolves the names of hosts
    limits = httpx.Timeout(manners.seconds, connect=manners.seconds / 3)
    transport = GuardedTransport(resolving, private=manners.private)
    async with (
        httpx.AsyncClient(transport=transport, headers=headers, timeout=limits, trust_env=False) as client,
        asyncio.TaskGroup() as group,
    ):
        asker = _Asker(client, manners, registries)

        async def one(address: str, names: Collection[str]) -> None:
            on_verdict(address, await asker.verdict(address, names))

        for address, names in wanted.items():
            group.create_task(one(address, names))
    if asker.is_offline:
        raise Offline("the name of no host can be resolved: is there a network?")


@dataclass
class _Asker:
    """Asks for addresses, each of which is requested once if it answers."""

    client: httpx.AsyncClient
    manners: Manners
    registries: Registries
    crosswalk: FairsharingCrosswalk = field(default_factory=FairsharingCrosswalk.load)

    def __post_init__(self) -> None:
        self._pace = Pace(self.manners.delay, self.manners.sleep)
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._has_reply = False
        self._failed: dict[str, _NoReply] = {}
        """Scheme and host → why nothing there can be reached."""
        self._in_vain = Counter[str]()
        """Scheme and host → how many addresses there failed since the last one that did not."""
        self._replies: dict[tuple[str, tuple[str, ...]], _ServerReply] = {}
        """Address and methods → the reply, since several addresses may redirect to one."""

    @property
    def is_offline(self) -> bool:
        """Whether there was no name that could be resolved."""
        return not self._has_reply and {*map(str, self._failed.values())} == {_UNRESOLVED}

    async def verdict(self, address: str, names: Collection[str]) -> Verdict:
        """Return the verdict on an address."""
        lookup = self.registries.lookup(address, self.crosswalk)
        if isinstance(lookup, str):
            return Verdict(Standing.UNCHECKED, lookup)
        try:
            if lookup:
                return await self._registered(lookup)
            return await self._followed(address, names)
        except _NoReply as failure:
            return Verdict(failure.standing, str(failure))
        except httpx.InvalidURL as error:
            return Verdict(Standing.UNCHECKED, f"is none that can be asked for: {error}")

    async def _registered(self, lookup: Lookup) -> Verdict:
        reply = await self._reply(lookup.url, _WITHOUT_PAGE)
        if reply.status in _GONE:
            return Verdict(Standing.DEAD, lookup.otherwise)
        if reply.status != HTTPStatus.OK:
            return Verdict(Standing.UNCHECKED, f"cannot be looked up: its registry {_answers(reply)}")
        return Verdict(Standing.ALIVE)

    async def _followed(self, address: str, names: Collection[str]) -> Verdict:
        """Return the verdict on an address by the end of its redirects."""
        methods = _WITH_PAGE if names else _WITHOUT_PAGE
        url, moved, redirected, seen = address, "", "", Counter[str]()
        while (reply := await self._reply(url, methods, address)).target:
            seen[url] += 1
            if seen[url] > 2 or seen.total() > _MOST_HOPS:  # the second time, it may have set a cookie
                raise _NoReply(Standing.UNREACHABLE, "redirects in a circle, or without an end")
            if reply.status in _PERMANENT and not redirected:
                moved = reply.target
            else:
                redirected = reply.target
            url = urldefrag(reply.target).url
        standing, why = _judged(reply)
        if standing is not Standing.ALIVE:
            return Verdict(standing, _on_the_way(address, url, why))
        absent = fragments.missing(names, reply.html) if reply.html is not None else frozenset[str]()
        return Verdict(
            standing,
            moved=moved,
            redirected="" if moved else redirected,
            present=frozenset(names) - absent,
            missing=absent,
        )

    async def _reply(self, url: str, methods: tuple[str, ...], origin: str = "") -> _ServerReply:
        """Return the reply for an address, to which ``origin`` redirects; nobody else asks its host meanwhile."""
        host, site = httpx.URL(url).host, _site(url)
        async with self._pace.alone(host):
            if known := self._replies.get((url, methods)):
                return known
            outcome = self._failed.get(site) or await self._attempted(host, url, methods)
            self._count(site, outcome)
            if isinstance(outcome, _NoReply):
                if outcome.is_of_host:
                    self._failed[site] = outcome
                raise _NoReply(outcome.standing, _on_the_way(origin or url, url, str(outcome)))
            if not outcome.target and outcome.html is None:
                self._replies[url, methods] = outcome
            return outcome

    def _count(self, site: str, outcome: _ServerReply | _NoReply) -> None:
        """Count an address in vain; a host that gives no answers, or asks for fewer questions, is then left alone."""
        self._in_vain[site] = self._in_vain[site] + 1 if outcome.may_pass else 0
        is_silent = isinstance(outcome, _NoReply) or outcome.status == HTTPStatus.TOO_MANY_REQUESTS
        if is_silent and self._in_vain[site] >= _IN_VAIN and site not in self._failed:
            why = f"has a host that gave no answer for {_IN_VAIN} others in a row"
            self._failed[site] = _NoReply(Standing.UNCHECKED, why)

    async def _attempted(self, host: str, url: str, methods: tuple[str, ...]) -> _ServerReply | _NoReply:
        """Try the methods in order until one has success, and the last one again while that may help."""
        *others, last = methods
        attempts = [*others, *[last] * (self.manners.attempts if self._in_vain[_site(url)] < _IN_VAIN else 1)]
        for number, method in enumerate(attempts, 1):
            await self._pace.turn(host)
            outcome = await self._request(method, url, with_page=methods == _WITH_PAGE)
            if outcome.is_final(method):
                break
            if outcome.pause > self.manners.longest:
                why = f"has a host that asks to be left alone for {outcome.pause:.0f} seconds"
                return _NoReply(Standing.UNCHECKED, why, is_of_host=True)
            if number < len(attempts) and outcome.may_pass:
                own = min(self.manners.delay * 2**number, self.manners.longest)
                self._pace.hold(host, outcome.pause or own)
        return outcome

    async def _request(self, method: str, url: str, *, with_page: bool) -> _ServerReply | _NoReply:
        seconds, reply = self.manners.seconds, None
        try:
            async with self._at_once, asyncio.timeout(seconds), self.client.stream(method, url) as response:
                again, self._has_reply = response.next_request, True
                reply = _ServerReply(response.status_code, str(again.url) if again else "", _pause(response))
                return replace(reply, html=await _page(response)) if with_page and response.is_success else reply
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout):  # the page of a reply may be endless
            return reply or _NoReply(Standing.UNREACHABLE, f"has no answer within {seconds:g} seconds")
        except (httpx.RequestError, httpx.InvalidURL, ValueError) as error:
            return _failure(error)


def _site(url: str) -> str:
    return url.partition("://")[0] + "://" + httpx.URL(url).netloc.decode("ascii")


def _on_the_way(address: str, url: str, why: str) -> str:
    """Return what is wrong with an address whose redirects end at another one."""
    return why if url == address else f"redirects to {url}, which {why}"


def _pause(response: httpx.Response) -> float:
    """Return the seconds for which a server asks to be left alone."""
    return retry_after(response.headers.get("Retry-After"), 0.0) if response.is_error else 0.0


async def _page(response: httpx.Response) -> str | None:
    """Return the text of a response that is HTML and not too large, else ``None``."""
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() not in _HTML:
        return None
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > _LARGEST:
            return None
    try:
        return content.decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _failure(error: Exception) -> _NoReply:
    """Return what an exception of the client says of an address."""
    if isinstance(error, NotPublic):
        return _NoReply(Standing.UNCHECKED, "has a host without a public address", is_of_host=True, may_pass=False)
    if isinstance(error, UnknownHost):
        return _NoReply(Standing.DEAD, "has a host that does not exist", is_of_host=True, may_pass=False)
    if isinstance(error, Unresolved):
        return _NoReply(Standing.UNREACHABLE, _UNRESOLVED, is_of_host=True)
    if certificate := _certificate_error(error):
        is_trusted = certificate.verify_code == _UNTRUSTED_ISSUER
        standing = Standing.UNCHECKED if is_trusted else Standing.UNREACHABLE
        return _NoReply(
            standing,
            f"has a certificate that cannot be verified: {certificate.verify_message}",
            is_of_host=True,
            may_pass=False,
        )
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return _NoReply(Standing.UNREACHABLE, "has a host to which there is no connection", is_of_host=True)
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL | ValueError):
        return _NoReply(Standing.UNCHECKED, f"is none that can be asked for: {error}", may_pass=False)
    return _NoReply(Standing.UNREACHABLE, "has no complete answer")


def _certificate_error(error: BaseException | None) -> ssl.SSLCertVerificationError | None:
    """Return the fault of a certificate that led to an exception, or ``None``."""
    while error:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _judged(reply: _ServerReply) -> tuple[Standing, str]:
    """Return what a reply without a redirect says of its address, and why."""
    if reply.status < HTTPStatus.BAD_REQUEST:
        return Standing.ALIVE, ""
    if reply.status in _GONE:
        return Standing.DEAD, _answers(reply)
    if reply.status in _OF_SERVER:
        return Standing.UNREACHABLE, _answers(reply)
    return Standing.UNCHECKED, f"{_answers(reply)} to programs"


def _answers(reply: _ServerReply) -> str:
    known = {status.value: status.phrase for status in HTTPStatus}
    return f"answers {reply.status} {known.get(reply.status, '')}".strip()
