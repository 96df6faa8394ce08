"""Format a difference as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from kg.diff.difference import Difference, LinkChange, PageChange, ThingChange
from kg.findings import markdown_text, printable
from kg.term_words import label_of
from kg.vocab import expanded_name, prefixed_name

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
_PAGE_KINDS = ("added", "removed", "renamed", "changed", "committed")
_KINDS = ("added", "removed", "changed")


def text(difference: Difference, old: str, new: str) -> str:
    """Return the difference as text: ``+`` added, ``-`` removed, ``~`` changed; ``old`` and ``new`` are titles."""
    return "".join(f"{printable(line)}\n" for line in _lines(difference, old, new))


def as_json(difference: Difference, old: str, new: str) -> str:
    """Return the difference as JSON, with the titles of both sides."""
    return json.dumps({"old": old, "new": new, **asdict(difference)}, indent=1, ensure_ascii=False) + "\n"


def markdown(difference: Difference, old: str, new: str) -> str:
    """Return the text of :func:`text` as Markdown with headings and lists."""
    return "".join(f"{line}\n" for line in _markdown(difference, old, new))


def _lines(difference: Difference, old: str, new: str) -> Iterator[str]:
    if difference.is_empty:
        yield f"{old} and {new} have the same statements"
        return
    yield f"What is new in {new}, compared with {old}"
    yield ""
    yield f"pages: {_tally(difference.pages, _PAGE_KINDS)}"
    for page in _changed_pages(difference):
        yield ""
        yield from _page(page)
    if difference.things:
        yield ""
    yield f"things: {_tally(difference.things, _KINDS)}"
    for thing in difference.things:
        yield from (f"  {line}" for line in (_thing(thing), *_said(thing)))
    yield ""
    yield f"statements: {difference.added} added, {difference.removed} removed"
    yield from _counts(difference)


def _markdown(difference: Difference, old: str, new: str) -> Iterator[str]:
    if difference.is_empty:
        yield f"{markdown_text(old)} and {markdown_text(new)} have the same statements."
        return
    yield f"# What is new in {markdown_text(new)}, compared with {markdown_text(old)}"
    yield f"\n## Pages: {_tally(difference.pages, _PAGE_KINDS)}"
    for page in _changed_pages(difference):
        head, *items = _page(page)
        yield f"\n### {markdown_text(head)}\n"
        yield from (f"- {markdown_text(item.strip())}" for item in items)
    yield f"\n## Things: {_tally(difference.things, _KINDS)}\n"
    for thing in difference.things:
        yield f"- {markdown_text(_thing(thing))}"
        yield from (f"  - {markdown_text(line.strip())}" for line in _said(thing))
    yield f"\n## Statements: {difference.added} added, {difference.removed} removed\n"
    yield "| | before | after |\n| --- | ---: | ---: |"
    yield from (f"| {markdown_text(_word(name))} | {old} | {new} |" for name, (old, new) in difference.counts.items())


def _changed_pages(difference: Difference) -> list[PageChange]:
    """Return the pages with changes other than their commit, in the order of their files."""
    return sorted((page for page in difference.pages if page.change != "committed"), key=lambda page: page.path)


def _page(page: PageChange) -> Iterator[str]:
    where = f"{page.old_path} -> {page.path}" if page.old_path != page.path else page.path or page.iri
    yield f'{where}  "{page.title}"  {page.change}'
    yield from (f"  {_link(link)}" for link in page.links)
    for sign, laws in (("+", page.laws_added), ("-", page.laws_removed)):
        yield from (f"  {sign} cites {law}" for law in laws)
    if page.change not in ("added", "removed"):
        yield from _said(page)
    if page.moved:
        yield f"  {_number(page.moved, 'link')} moved to another line"


def _said(changed: PageChange | ThingChange) -> Iterator[str]:
    for sign, statements in (("+", changed.said), ("-", changed.no_longer_said)):
        yield from (f"  {sign} {statement}" for statement in statements)


def _link(link: LinkChange) -> str:
    does = "recommends" if link.recommends else "links to"
    role = f" ({link.role.replace('-', ' ')})" if link.role else ""
    record = f" {link.record}" if link.record and link.record != link.label else ""
    meant = f"{record} <{prefixed_name(link.target)}>" if link.target else ""
    differs = f": {'; '.join(link.differs)}" if link.differs else ""
    return f'{_SIGNS[link.change]} line {link.line}: {does} "{link.label}"{role}{meant}{differs}'


def _thing(thing: ThingChange) -> str:
    kinds = ", ".join(dict.fromkeys(map(_word, thing.types)))
    return f'{_SIGNS[thing.change]} {kinds} "{thing.name}" <{prefixed_name(thing.iri)}>'


def _word(name: str) -> str:
    """Return the label of the class with a prefixed name; the name if it is no class."""
    return label_of(expanded_name(name) or name)


def _tally(changes: Sequence[PageChange] | Sequence[ThingChange], kinds: Sequence[str]) -> str:
    counts = Counter(change.change for change in changes)
    parts = [f"{counts[kind]} {_WORDS.get(kind, kind)}" for kind in kinds if counts[kind]]
    return ", ".join(parts) or "no change"


_WORDS = {"committed": "the same in a new commit"}


def _counts(difference: Difference) -> Iterator[str]:
    words = [(_word(name), *counts) for name, counts in difference.counts.items()]
    width = max(len(name) for name, _, _ in words)
    yield f"  {'':{width}}  before -> after"
    for name, old, new in words:
        yield f"  {name:{width}}  {old} -> {new}"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
