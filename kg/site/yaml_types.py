"""The types that Ruby gives the values of YAML that are written without quotes, for templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

from kg.site.yaml_text import Plain

_LONGEST = 40
"""Length of the longest text that is looked at: no number, date or word for a truth value is longer."""
_WORDS = {**dict.fromkeys(("yes", "true", "on"), True), **dict.fromkeys(("no", "false", "off"), False)}
_INTEGER = re.compile(
    r"(?P<sign>[-+]?)(?:0b(?P<b>[01_,]+)|0x(?P<x>[\dA-Fa-f_,]+)|0(?P<o>[0-7_,]+)|(?P<d>0|[1-9][\d_,]*))", re.ASCII
)
_BASES = {"b": 2, "x": 16, "o": 8, "d": 10}
_FLOAT = re.compile(r"[-+]?(?:\d[\d_,]*)?\.\d*(?:[eE][-+]\d+)?", re.ASCII)
_SIXTIETHS = re.compile(r"[-+]?\d[\d_]*(?::[0-5]?\d){1,2}(?:\.[\d_]*)?", re.ASCII)
_DATE = re.compile(r"(\d{4})-(1[012]|0?\d)-([12]\d|3[01]|0?\d)", re.ASCII)
_ZULU = timezone(timedelta(), "UTC")
"""The zone of a time that ends with Z, the only one that Ruby writes by its name."""
_TIME = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt]|\s+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?"
    r"\s*(?:(?P<utc>Z)|(?P<sign>[-+])(?P<hours>\d\d?):?(?P<minutes>\d\d)?)?",
    re.ASCII,
)


class Time(datetime):
    """A time that is written as Ruby does."""

    def __str__(self) -> str:
        return self.strftime(f"%Y-%m-%d %H:%M:%S {'%Z' if self.tzinfo is _ZULU else '%z'}")


def typed(value: Any) -> Any:
    """Return a value of a YAML file with numbers, dates and truth values for the texts that are such in Ruby.

    >>> typed([Plain("1.50"), "1.50", Plain("012"), Plain("No"), Plain("12:30"), Plain("1.2.3"), Plain("2020-01-02")])
    [1.5, '1.50', 10, False, 45000, '1.2.3', datetime.date(2020, 1, 2)]
    """
    if isinstance(value, Mapping):
        return {_key(key): typed(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return _scalar(value) if isinstance(value, Plain) and len(value) <= _LONGEST else value


def is_true(value: Any) -> bool:
    """Return whether Ruby takes a value of a YAML file as true: all but false and nothing, so any text and number.

    >>> [is_true(value) for value in (Plain("off"), "off", None, Plain("0"), Plain("yes"))]
    [False, True, False, True, True]
    """
    found = typed(value)
    return found is not None and found is not False


def _key(key: Any) -> Any:
    found = typed(key)
    return found if isinstance(found, int | float) else key  # JSON has no other keys


def _scalar(written: Plain) -> object:
    """Return the value of a scalar without quotes (``Psych::ScalarScanner``)."""
    if not written[:1].isdigit() and written[:1] not in ("-", "+", "."):
        return _WORDS.get(written.lower(), written)
    if found := _INTEGER.fullmatch(written):
        kind = str(found.lastgroup)
        digits = re.sub("[_,]", "", found[kind])
        return int(found["sign"] + digits, _BASES[kind]) if digits else written
    if _FLOAT.fullmatch(written) and any(map(str.isdigit, written)):
        return float(re.sub("[_,]", "", written))
    if _SIXTIETHS.fullmatch(written):
        return _seconds(written.replace("_", ""))
    return _moment(written)


def _seconds(written: str) -> int | float:
    """Return hours, minutes and seconds in seconds; a sign is that of the hours alone, as in Ruby."""
    parts = (float(part) if "." in part else int(part) for part in written.split(":"))
    return sum(part * factor for part, factor in zip(parts, (3600, 60, 1), strict=False))


def _moment(written: Plain) -> object:
    try:
        if found := _DATE.fullmatch(written):
            return date(*map(int, found.groups()))
        found = _TIME.fullmatch(written)
        return written if found is None else _time(found)
    except (ValueError, OverflowError):
        return written


def _time(found: re.Match[str]) -> Time:
    year, month, day, hour, minute, second = map(int, found.group(1, 2, 3, 4, 5, 6))
    offset = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
    zone = _ZULU if found["utc"] else timezone(-offset if found["sign"] == "-" else offset)
    parts = timedelta(microseconds=int((found[7] or "").ljust(6, "0")[:6]))
    return Time(year, month, day, hour, minute, second, tzinfo=zone) + parts
