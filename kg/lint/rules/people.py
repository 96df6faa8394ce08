"""Contributors and organisations of a page: known names, valid identifiers, private e-mail addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.findings import Severity
from kg.identifiers.orcid import BASE as ORCID
from kg.identifiers.orcid import orcid
from kg.identifiers.ror import ror
from kg.lint.context import Context, SourceFile, outside_fences
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page
from kg.site.yaml_text import Scalar
from kg.vocab import slug

_ROLES = ("contributors", "editors", "coordinators")
_SUPPORT = ("affiliations", "supported_by")
_IN_ORCID = re.compile(r"(?<!\d)\d{4}-?\d{4}-?\d{4}-?\d{3}[\dXx](?!\d)", re.ASCII)
_EMAIL = re.compile(r"(?<![\w.+/:@-])([A-Za-z][\w.+-]*)@[\w-]+(?:\.[\w-]+)+(?!:)")
_MAILTO = re.compile(r"mailto:\s*([A-Za-z][\w.+-]*)@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)

_FULL_NAME = re.compile(r"[A-Za-z]+(?:[.][A-Za-z-]+)*[._][A-Za-z][A-Za-z-]+\d{0,2}")
"""A local part that looks like a first and a last name: ``ada.lovelace``."""
_INSTEAD = "link to a page or a shared address instead"


def _contributors(page: Page, context: Context) -> Iterator[RuleMatch]:
    people = context.site.directory.people
    for scalar, name in _names(page, context, _ROLES) if people else ():
        if name not in people:
            file, close = next(iter(people.values())).place.path, context.closest(page, name, context.known_people)
            advice = f"; there is {close!r}" if close else ""
            yield RuleMatch(scalar.line, f"{name!r} of {scalar.keys[0]} is not in {file}{advice}")


def _organisations(page: Page, context: Context) -> Iterator[RuleMatch]:
    organisations = context.site.directory.organisations
    for scalar, name in _names(page, context, _SUPPORT) if organisations else ():
        # the theme shows two capital letters as the flag of a country
        if name not in organisations and not re.fullmatch("[A-Z]{2}", name):
            file = next(iter(organisations.values())).place.path
            yield RuleMatch(scalar.line, f"{name!r} of {scalar.keys[0]} is not in {file}")


def _names(page: Page, context: Context, keys: tuple[str, ...]) -> Iterator[tuple[Scalar, str]]:
    """Yield the names under these keys; none under a key that holds a comment, since YAML splits it at its commas."""
    for key in keys:
        values = [scalar for scalar in context.front(page) if scalar.keys and scalar.keys[0] == key]
        if not any("<!--" in scalar.value for scalar in values):
            yield from ((scalar, name) for scalar in values if _is_name(name := scalar.value.strip()))


def _is_name(text: str) -> bool:
    return bool(text) and not text.startswith("<!--") and text.lower() not in ("null", "~")


def _orcid(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    for scalar in file.scalars:
        if scalar.keys[-1:] == ("orcid",) and _is_name(scalar.value.strip()) and orcid(scalar.value) is None:
            who = " ".join(scalar.keys[:-1]) or "this person"
            yield RuleMatch(scalar.line, f"the ORCID of {who} is {_no_orcid(scalar.value.strip())}")


def _no_orcid(written: str) -> str:
    """Return what a text is instead of an ORCID iD."""
    if "@" in written:
        return "an e-mail address"
    found = _IN_ORCID.search(written)
    if found and (iri := orcid(found[0])):
        return f"{written!r}, with more than the iD; write {iri.removeprefix(ORCID)!r}"
    if found:
        return f"no iD: the last digit of {found[0]} does not fit the others"
    return f"no iD, which has four groups of four digits: {written!r}"


def _orcid_link(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in (link for block in page.blocks for link in block.links):
        if re.match(r"https?://(www\.)?orcid\.org/\d", link.href) and orcid(link.href.partition("?")[0]) is None:
            yield RuleMatch(link.line, f"{link.href} is no ORCID iD: its digits do not check")


def _ror(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    for scalar in file.scalars:
        key, value = scalar.keys[-1] if scalar.keys else "", scalar.value.strip()
        means_ror = key in ("ror", "ror_id") or re.match(r"(https?://)?(www\.)?ror\.org/\S+$", value)
        if means_ror and _is_name(value) and ror(value) is None:
            yield RuleMatch(scalar.line, f"{value} is no ROR id: its digits do not check")


def _ror_link(page: Page, context: Context) -> Iterator[RuleMatch]:
    for link in (link for block in page.blocks for link in block.links):
        if re.match(r"https?://(www\.)?ror\.org/0", link.href) and ror(link.href) is None:
            yield RuleMatch(link.line, f"{link.href} is no ROR id: its digits do not check")


def _person_email(page: Page, context: Context) -> Iterator[RuleMatch]:
    for number, line in outside_fences(context.body(page)):
        found = {match[1] for pattern in (_EMAIL, _MAILTO) for match in pattern.finditer(line)}
        for local in sorted(found):
            if _is_known(local, context):
                yield RuleMatch(number, f"an e-mail address of a person ({local[0]}\u2026); {_INSTEAD}")
            elif _FULL_NAME.fullmatch(local) and not context.site.profile.states("shared-address", local):
                yield RuleMatch(
                    number, f"what may be a person's e-mail address ({local[0]}\u2026); {_INSTEAD}", Severity.NOTE
                )


def _is_known(local: str, context: Context) -> bool:
    """Return whether the part before the @ is the name of a person whom the site lists."""
    words = {word for word in slug(local).split("-") if not word.isdigit()}
    return any(words & context.last_names.get(word, set()) for word in words)


def _contributor_email(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    lines = [scalar.line for scalar in file.scalars if scalar.keys[-1:] == ("email",) and "@" in scalar.value]
    if lines and file.name == "contributors":
        what = (
            "the e-mail address of a person is" if len(lines) == 1 else f"e-mail addresses of {len(lines)} people are"
        )
        yield RuleMatch(min(lines), f"{what} public in this file{', from this line on' if len(lines) > 1 else ''}")


RULES = (
    Rule("unknown-contributor", Severity.WARNING, _contributors),
    Rule("unknown-organisation", Severity.WARNING, _organisations),
    Rule("invalid-orcid", Severity.WARNING, _orcid_link, _orcid),
    Rule("invalid-ror", Severity.WARNING, _ror_link, _ror),
    Rule("person-email", Severity.WARNING, _person_email),
    Rule("contributor-email", Severity.NOTE, on_data=_contributor_email),
)
