"""Whom a page links by e-mail: a contact for each address, none of which enters the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from kg.page import Link, Page
from kg.page_to_rdf.statements import without_addresses


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to write to."""

    iri: str
    name: str
    """The label of the first link to the address."""


def contacts(page: Page, page_iri: str) -> Mapping[str, Contact]:
    """Return the contacts of a page by address; their IRIs are numbered in the order in which the page names them."""
    found: dict[str, Contact] = {}
    for link in (link for block in page.blocks for link in block.links):
        if (address := mail_address(link)) and address not in found:
            number = f"-{len(found) + 1}" if found else ""
            found[address] = Contact(f"{page_iri}#contact{number}", clean(link.label))
    return found


def mail_address(link: Link) -> str:
    """Return where a link to an e-mail address leads, in lower case; empty for any other link.

    >>> mail_address(Link("MAILTO:Desk%40example.org?subject=Help", "Desk", 1, 0))
    'mailto:desk@example.org'
    >>> mail_address(Link("https://example.org", "Example", 1, 0))
    ''
    """
    address = unquote(link.href.partition("?")[0]).strip().lower()
    return address if address.startswith("mailto:") else ""


def written(link: Link) -> str:
    """Return a link as written, of an e-mail address ``mailto:`` alone."""
    return "mailto:" if mail_address(link) else link.href


def clean(label: str) -> str:
    """Return a label without e-mail addresses."""
    return without_addresses(label).strip() or ("e-mail" if "@" in label else label)
