"""Format findings as text, JSON, SARIF, GitHub workflow commands and Markdown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

from kg import __version__
from kg.errors import UnknownName
from kg.findings import Finding, Severity, markdown_text, printable
from kg.lint import all_rules, documented
from kg.terminal import coloured
from kg.vocab import RULES

_SARIF_LEVELS = {Severity.NOTE: "note", Severity.WARNING: "warning", Severity.ERROR: "error"}
_GITHUB_LEVELS = {Severity.NOTE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def text(findings: Sequence[Finding]) -> str:
    """Return a line for each finding: ``path:line: severity: rule: message``, with the severity in colour."""
    return "".join(f"{coloured(finding)}\n" for finding in findings)


def as_json(findings: Sequence[Finding]) -> str:
    """Return a JSON array of objects with the keys path, line, severity, rule and message."""
    return _json([_facts(finding) for finding in findings])


def sarif(findings: Sequence[Finding]) -> str:
    """Return a SARIF 2.1.0 log with one run; the help of each rule is its documentation."""
    broken = sorted({finding.rule for finding in findings})
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kg check",
                        "semanticVersion": __version__,
                        "rules": [_sarif_rule(name) for name in broken],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(finding, broken.index(finding.rule)) for finding in findings],
            }
        ],
    }
    return _json(log)


def github(findings: Sequence[Finding]) -> str:
    """Return workflow commands, which GitHub shows as annotations of a pull request."""
    return "".join(
        f"::{_GITHUB_LEVELS[finding.severity]} file={_property(finding.place.path)},line={finding.place.line},"
        f"title={_property(finding.rule)}::{_escaped(finding.message)}\n"
        for finding in findings
    )


def markdown(findings: Sequence[Finding]) -> str:
    """Return a Markdown heading and table for each file."""
    parts = ["No findings.\n"] if not findings else []
    for path, group in groupby(findings, key=lambda finding: finding.place.path):
        rows = [
            f"| {f.place.line} | {f.severity} | {markdown_text(f.rule)} | {markdown_text(f.message)} |\n" for f in group
        ]
        heading = f"## {markdown_text(path)}\n\n| line | severity | rule | message |\n| ---: | --- | --- | --- |\n"
        parts.append(heading + "".join(rows))
    return "\n".join(parts)


FORMATS: Mapping[str, Callable[[Sequence[Finding]], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "markdown": markdown,
}


_UNSEEN = re.compile(r"[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


def _json(value: Any) -> str:
    """Return indented JSON with control and invisible characters escaped."""
    written = json.dumps(value, indent=1, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", written) + "\n"


def _facts(finding: Finding) -> dict[str, Any]:
    place = {"path": finding.place.path, "line": finding.place.line}
    return {**place, "severity": str(finding.severity), "rule": finding.rule, "message": finding.message}


def _sarif_rule(name: str) -> dict[str, Any]:
    try:
        page = documented(name)
    except UnknownName:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": page.summary},
        "helpUri": RULES + name,
        "help": {"text": page.text, "markdown": page.text},
        "defaultConfiguration": {"level": _SARIF_LEVELS[all_rules()[name].severity]},
    }


def _sarif_result(finding: Finding, index: int) -> dict[str, Any]:
    location = {
        "artifactLocation": {"uri": quote(finding.place.path)},
        "region": {"startLine": finding.place.line},
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _SARIF_LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": location}],
    }


def _escaped(value: str) -> str:
    return printable(value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(value: str) -> str:
    return _escaped(value).replace(":", "%3A").replace(",", "%2C")
