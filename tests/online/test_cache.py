"""Verdicts are kept between two checks as long as they last."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from kg.errors import LinkCacheError
from kg.online.cache import VerdictCache, default_file
from kg.online.verdict import Standing, Verdict

WEEK = timedelta(days=7)
A, B = "https://a.example/", "https://b.example/"
FOUND = Verdict(Standing.ALIVE, moved=B, present=frozenset({"one"}), missing=frozenset({"two"}))


def test_what_is_kept_is_found_again_with_its_fragments(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "links.json"
    cache = VerdictCache(file, WEEK)
    cache.add(A, FOUND)
    cache.add(B, Verdict(Standing.DEAD, "answers 404 Not Found"))
    cache.save()
    again = VerdictCache(file, WEEK)
    assert again.get(A, {"one", "two"}) == FOUND
    assert again.get(A, {"three"}) is None
    assert again.get(B, {"three"}) == Verdict(Standing.DEAD, "answers 404 Not Found")
    assert again.get("https://c.example/", ()) is None
    assert [entry.name for entry in file.parent.iterdir()] == ["links.json"]


@pytest.mark.parametrize("standing", [Standing.UNREACHABLE, Standing.UNCHECKED])
def test_what_may_pass_is_not_kept(standing: Standing, tmp_path: Path) -> None:
    cache = VerdictCache(tmp_path / "links.json", WEEK)
    cache.add(A, Verdict(standing, "answers 503"))
    assert cache.get(A, ()) is None


@pytest.mark.parametrize("century", ["19", "21"])
def test_what_is_too_old_or_of_a_time_to_come_is_dropped(century: str, tmp_path: Path) -> None:
    file = tmp_path / "links.json"
    cache = VerdictCache(file, WEEK)
    cache.add(A, FOUND)
    cache.save()
    file.write_text(file.read_text(encoding="utf-8").replace('"at": "20', f'"at": "{century}'), encoding="utf-8")
    old = VerdictCache(file, WEEK)
    assert old.get(A, ()) is None
    old.save()
    assert json.loads(file.read_text(encoding="utf-8"))["verdicts"] == {}


FORM = '{"form": "rdm-kg outside links 1", "verdicts": '


@pytest.mark.parametrize(
    "text",
    [
        FORM + "[]}",
        FORM + '{"a": {"at": "now"}}}',
        "",
        "# Notes",
        "[]",
        "{}",
        '{"form": "other", "verdicts": {}}',
        "[" * 100_000,
    ],
)
def test_a_file_that_is_no_cache_is_left_as_it_is(text: str, tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(LinkCacheError, match=r"notes\.md is no cache"):
        VerdictCache(file, WEEK)
    assert file.read_text(encoding="utf-8") == text


def test_git_ignores_the_cache_of_a_site(tmp_path: Path) -> None:
    file = default_file(tmp_path)
    VerdictCache(file, WEEK).save()
    assert (file.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
