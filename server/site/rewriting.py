"""Replace the addresses in a document of the application by those of the files of the site."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from server.site.places import SiteFile, place_of

_TAG = re.compile(r'<[a-zA-Z][\w:-]*(?:\s+[\w:.-]+(?:="[^"]*")?)*\s*/?>')
_ATTRIBUTE = re.compile(r'(?<=\s)(href|src|action|content|data-settings)="([^"]*)"')
_MARKUP = re.compile(r'(?<=<script type="application/ld\+json">).*?(?=</script>)', re.DOTALL)
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&"}
_LINK = re.compile(r'<([^<>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?')
_IN_HEADER_ONLY = re.compile(r"\s*frame-ancestors [^;]*;?")
"""The directive of a policy that is ignored in an element."""
_HEAD = '<meta charset="utf-8">\n'


class SiteAddresses:
    """The addresses of the site at ``url``, which ends with a slash, as they are met in documents."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.root = urlsplit(url).path
        self._absolute = re.compile(re.escape(url) + r"[^\s\"'<>`)]*")
        self.places = set[SiteFile]()
        """The places that the documents lead to."""
        self.without_place = set[str]()
        """The addresses in the documents at which only a server can answer."""

    def in_site(self, address: str) -> str:
        """Return the address of a file for an address of the application; any other address as it is."""
        start = next((start for start in (self.url, self.root) if address.startswith(start)), None)
        if start is None or address.startswith("//"):
            return address
        path, hash_, fragment = address.removeprefix(start).partition("#")
        place = place_of(f"/{path}")
        if place is None:
            self.without_place.add(address)
            return address
        self.places.add(place)
        query = urlsplit(path).query if "?" not in place.request else ""
        return f"{start}{place.address}{'?' if query else ''}{query}{hash_}{fragment}"

    def in_page(self, page: str, headers: Mapping[str, str]) -> str:
        """Return a page with the links and the policy of its headers in its head, which no file server sends."""
        page = _TAG.sub(lambda tag: _ATTRIBUTE.sub(self._attribute, tag[0]), page)
        page = _MARKUP.sub(lambda markup: self.in_json(markup[0], _ESCAPES), page)
        policy = _IN_HEADER_ONLY.sub("", headers["Content-Security-Policy"])
        declared = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">\n'
        return page.replace(_HEAD, _HEAD + declared + "".join(self._links(headers.get("Link", ""))), 1)

    def in_json(self, document: str, escapes: Mapping[int, str] | None = None) -> str:
        """Return a JSON document whose strings that are addresses are replaced."""
        replaced = _mapped(json.loads(document), self.in_site)
        return json.dumps(replaced, ensure_ascii=False, separators=(",", ":")).translate(escapes or {})

    def in_text(self, text: str) -> str:
        """Return a document of any other format, in which absolute addresses are replaced."""
        return self._absolute.sub(lambda found: self.in_site(found[0]), text)

    def in_xml(self, text: str) -> str:
        """Return an XML document in which absolute addresses are replaced."""
        return self._absolute.sub(lambda found: html.escape(self.in_site(html.unescape(found[0]))), text)

    def _attribute(self, found: re.Match[str]) -> str:
        name, value = found[1], html.unescape(found[2])
        if name == "content" and not value.startswith(self.url):
            return found[0]
        return f'{name}="{html.escape(self.in_site(value))}"'

    def _links(self, header: str) -> Iterable[str]:
        """Yield the links of a header as elements, without those to what only a server can answer."""
        for target, relation, media_type in _LINK.findall(header):
            is_ours = target.startswith(self.url)
            if not is_ours or place_of(f"/{target.removeprefix(self.url)}"):
                kind = f' type="{html.escape(media_type)}"' if media_type else ""
                yield f'<link rel="{relation}" href="{html.escape(self.in_site(target))}"{kind}>\n'


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with each of its strings changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    if isinstance(value, dict):
        return {name: _mapped(each, change) for name, each in value.items()}
    return value
