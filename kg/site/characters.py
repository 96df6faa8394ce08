"""Characters that no text has: control characters, surrogates and the two noncharacters that XML has not either."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.findings import Finding, Place, Severity

_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def without_controls(text: str) -> str:
    r"""Return a text without control characters; tabs and ends of lines are none.

    >>> without_controls("La\x01bel\n")
    'Label\n'
    """
    return _CONTROL.sub("", text)


def first_control(text: str) -> int | None:
    """Return the position of the first control character of a text, or ``None``."""
    found = _CONTROL.search(text)
    return found.start() if found else None


def control_findings(text: str, path: str, first_line: int = 1) -> Iterator[Finding]:
    """Yield a finding for the control characters of a text, at the line of the first."""
    if (first := first_control(text)) is not None:
        line = first_line + text.count("\n", 0, first)
        message = f"the control character U+{ord(text[first]):04X} is left out; delete it"
        yield Finding(Severity.WARNING, "control-character", message, Place(path, line))
