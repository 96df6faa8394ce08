"""The crosswalk is updated within the rate limits and without losing facts."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from kg.errors import CrosswalkError, KgError
from kg.fairsharing.client import FairsharingClient, RequestLimits, Stopped
from kg.fairsharing.facts import facts
from kg.fairsharing.sync import JOURNAL, SyncResult, sync
from kg.fairsharing.tables import refresh
from kg.identifiers.fairsharing import FairsharingCrosswalk, Record
from kg.identifiers.tables import CROSSWALKS
from tests.conftest import kg
from tests.fairsharing.replay import Answer, Replay, record, replay

EFO, SBML, DICOM, NGFF = "FAIRsharing.1gr4tz", "FAIRsharing.9qv71f", "FAIRsharing.b7z8by", "3887"
ANSWERS: dict[str, Answer | list[Answer]] = {
    f"/{NGFF}": record("3887", "bed3e2", name="OME-NGFF"),
    f"/{EFO}": record("1498", "1gr4tz", **{"record-type": "terminology_artefact", "legacy-ids": ["bsg-s000082"]}),
    f"/{SBML}": record("400", "9qv71f", name="Systems Biology Markup Language", abbreviation="SBML"),
    f"/{DICOM}": record(
        "84",
        "b7z8by",
        metadata={"name": "Digital Imaging and\tCommunications in Medicine", "abbreviation": "DICOM"},
        fairsharing_registry="Standard",
        record_type="model_and_format",
        legacy_ids=["bsg-s000114", "bsg-s000999", "no id"],
    ),
}


def fetch(tables: Path, server: Replay, *wanted: str, **limits: Any) -> tuple[SyncResult, list[float]]:
    waits: list[float] = []
    client = FairsharingClient(server.address, RequestLimits(**{"delay": 0.25, **limits}), waits.append)
    return sync(tables, client, wanted, lambda words: None), waits


def crosswalk(tables: Path) -> FairsharingCrosswalk:
    """Return the current crosswalk, bypassing the cache by folder."""
    copies = (tables.with_name(f"copy{n}") for n in itertools.count())
    copy = next(folder for folder in copies if not folder.exists())
    copy.mkdir()
    for file in tables.glob("*.tsv"):
        (copy / file.name).write_bytes(file.read_bytes())
    return FairsharingCrosswalk.load(copy)


def resolved(tables: Path, text: str) -> Record:
    found = crosswalk(tables).resolve(text)
    assert found is not None
    return found


def test_a_round_asks_for_every_record_once_and_says_what_it_wants(tables: Path) -> None:
    with replay(ANSWERS) as server:
        outcome, waits = fetch(tables, server)
    assert server.paths == [f"/{NGFF}", f"/{EFO}", f"/{SBML}", f"/{DICOM}"]
    assert {accept for _, accept, _ in server.asked} == {"application/json"}
    assert all(agent.startswith("rdm-kg/") for _, _, agent in server.asked)
    assert waits == [0.25] * 3
    assert (outcome.asked, outcome.missing, outcome.left, outcome.stopped) == (4, (), 0, "")
    assert not (tables / JOURNAL).exists()


def test_the_facts_are_written_down(tables: Path) -> None:
    with replay(ANSWERS) as server:
        fetch(tables, server)
    dicom = resolved(tables, "bsg-s000114")
    assert (dicom.name, dicom.abbreviation) == ("Digital Imaging and Communications in Medicine", "DICOM")
    assert (dicom.registry, dicom.asserted_type, dicom.number) == ("standard", "model_and_format", "84")
    assert dicom.legacy_ids == ("bsg-s000114", "bsg-s000999")
    assert dicom.re3data == ("r3d100010000",)
    assert dicom.source == "FAIRsharing; Bioregistry"
    assert crosswalk(tables).unmatched == {}


def test_a_record_known_by_number_gets_its_doi_and_keeps_its_other_identifiers(tables: Path) -> None:
    with replay(ANSWERS) as server:
        fetch(tables, server)
    ngff = resolved(tables, "https://fairsharing.org/3887")
    assert (ngff.suffix, ngff.number, ngff.legacy_ids) == ("bed3e2", "3887", ("bsg-s009999",))


def test_evidence_is_kept_and_a_guess_becomes_evidence_only_by_fairsharings_word(tables: Path) -> None:
    with replay({**ANSWERS, f"/{EFO}": record("1498", "1gr4tz", name="Experimental Factor Ontology")}) as server:
        fetch(tables, server)
    assert resolved(tables, EFO).asserted_type is None
    assert resolved(tables, SBML).asserted_type == "model_and_format"
    with replay(ANSWERS) as server:
        fetch(tables, server)
    assert resolved(tables, EFO).asserted_type == "terminology_artefact"


def test_a_second_round_with_the_same_answers_changes_nothing(tables: Path) -> None:
    with replay(ANSWERS) as server:
        fetch(tables, server)
        before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tables.glob("*.tsv")}
        outcome, _ = fetch(tables, server)
    assert outcome.changed == 0
    assert before == {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tables.glob("*.tsv")}


def test_a_limit_ends_a_run_and_the_next_one_asks_for_the_rest(tables: Path) -> None:
    with replay(ANSWERS) as server:
        first, _ = fetch(tables, server, records=3)
        assert (first.asked, first.left) == (3, 1)
        assert "3 records" in first.stopped
        second, _ = fetch(tables, server)
    assert (second.asked, second.left) == (1, 0)
    assert server.paths == [f"/{NGFF}", f"/{EFO}", f"/{SBML}", f"/{DICOM}"]


def test_what_a_killed_run_had_half_written_is_asked_again(tables: Path) -> None:
    with replay(ANSWERS) as server:
        fetch(tables, server, records=2)
        with (tables / JOURNAL).open("a", encoding="utf-8") as journal:
            journal.write('["FAIRsharing.9qv71f", {"suf')
        outcome, _ = fetch(tables, server)
    assert (outcome.asked, outcome.left) == (2, 0)
    assert resolved(tables, DICOM).number == "84"


def test_fairsharings_wish_to_wait_is_followed(tables: Path) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    busy = [Answer(429, headers={"Retry-After": "7"}), Answer(503, headers={"Retry-After": soon}), ANSWERS[f"/{EFO}"]]
    with replay({f"/{EFO}": busy}) as server:  # type: ignore[dict-item]
        outcome, waits = fetch(tables, server, EFO)
    assert (outcome.asked, outcome.stopped) == (1, "")
    assert waits[0] == 7
    assert 50 < waits[2] <= 100


def test_more_patience_than_is_left_ends_the_run(tables: Path) -> None:
    with replay({f"/{EFO}": Answer(429, headers={"Retry-After": "3600"})}) as server:
        outcome, waits = fetch(tables, server, EFO)
    assert (outcome.asked, outcome.left, waits) == (0, 1, [])
    assert "seconds" in outcome.stopped


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(403, {}), "403"),
        (Answer(500, {}), "500"),
        (Answer(503, {}), "no answer"),
        (Answer(200, b"<html>"), "not JSON"),
        (Answer(200, b'{"data": ' + b" " * 3_000_000), "larger"),
        (Answer(302, {}, {"Location": "http://example.org/"}), "redirects to another site"),
    ],
)
def test_an_answer_that_is_none_ends_the_run_and_changes_nothing(tables: Path, answer: Answer, words: str) -> None:
    before = [file.read_bytes() for file in sorted(tables.glob("*.tsv"))]
    with replay(dict.fromkeys(ANSWERS, answer)) as server:
        outcome, _ = fetch(tables, server)
    assert (outcome.asked, outcome.changed, outcome.left) == (0, 0, 4)
    assert len(server.asked) <= 3
    assert words in outcome.stopped
    assert before == [file.read_bytes() for file in sorted(tables.glob("*.tsv"))]


def test_one_record_without_an_answer_does_not_hold_up_the_others(tables: Path) -> None:
    with replay({**ANSWERS, f"/{EFO}": Answer(500, {})}) as server:
        outcome, _ = fetch(tables, server)
        assert (outcome.asked, outcome.left) == (3, 1)
        assert "500" in outcome.stopped
        server.answers[f"/{EFO}"] = [record("1498", "1gr4tz", abbreviation="EFO!")]
        second, _ = fetch(tables, server)
    assert (second.asked, second.left, server.paths[4:]) == (1, 0, [f"/{EFO}"])
    assert resolved(tables, EFO).abbreviation == "EFO!"


def test_bytes_are_limited(tables: Path) -> None:
    with replay(ANSWERS) as server:
        outcome, _ = fetch(tables, server, bytes=150)
    assert outcome.asked == 1
    assert "150 bytes" in outcome.stopped


def test_a_redirection_within_the_site_is_followed(tables: Path) -> None:
    moved = Answer(301, {}, {"Location": "/84"})
    with replay({**ANSWERS, f"/{DICOM}": moved, "/84": ANSWERS[f"/{DICOM}"]}) as server:
        outcome, _ = fetch(tables, server, DICOM)
    assert (outcome.asked, outcome.changed) == (1, 1)


def test_a_record_that_is_gone_or_became_another_stays_as_it_was(tables: Path) -> None:
    with replay({f"/{EFO}": Answer(410, {}), f"/{SBML}": record("9", "zzzzzz", name="Other")}) as server:
        outcome, _ = fetch(tables, server, EFO, SBML)
    assert outcome.missing == (EFO, SBML)
    assert resolved(tables, SBML).name == "Systems Biology Markup Language"


def test_news_that_the_tables_cannot_hold_change_nothing(tables: Path) -> None:
    before = [file.read_bytes() for file in sorted(tables.glob("*.tsv"))]
    of_no_row = facts(record("7", "zzzzzz").body)
    assert of_no_row is not None
    with pytest.raises(CrosswalkError, match=r"are contradictory.*no record .*zzzzzz"):
        refresh(tables, {EFO: of_no_row})
    assert before == [file.read_bytes() for file in sorted(tables.glob("*.tsv"))]


def test_a_stranger_is_refused(tables: Path) -> None:
    with replay(ANSWERS) as server, pytest.raises(CrosswalkError, match=r"no record FAIRsharing\.zzzzzz"):
        fetch(tables, server, "FAIRsharing.zzzzzz")
    assert server.asked == []
    with pytest.raises(KgError):
        sync(tables / "nowhere", FairsharingClient("http://127.0.0.1:9/"))


def test_nobody_there() -> None:
    with pytest.raises(Stopped, match="cannot be reached"):
        FairsharingClient("http://127.0.0.1:9/").get(EFO)
    with pytest.raises(Stopped, match="no web address"):
        FairsharingClient("file:///etc/")


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"data": None}, {"data": {"id": "x", "attributes": 3}}])
def test_what_holds_no_facts(answer: Any) -> None:
    assert facts(answer) is None


def test_a_bare_object_holds_facts_too() -> None:
    found = facts({"id": 84, "doi": "FAIRsharing.b7z8by", "type": "Reporting guideline", "registry": "standard"})
    assert found is not None
    assert (found.number, found.suffix, found.record_type) == ("84", "b7z8by", "reporting_guideline")


def test_the_shipped_tables_are_written_as_they_were_read(tmp_path: Path) -> None:
    for name in ("fairsharing.records.tsv", "fairsharing.sssom.tsv"):
        (tmp_path / name).write_bytes((CROSSWALKS / name).read_bytes())
    given = facts(record("84", "b7z8by", abbreviation="DICOM (test)").body)
    assert given is not None
    assert refresh(tmp_path, {DICOM: given}) == 1
    for name, differing in (("fairsharing.records.tsv", 1), ("fairsharing.sssom.tsv", 0)):
        before, after = (CROSSWALKS / name).read_text("utf-8"), (tmp_path / name).read_text("utf-8")
        assert len(set(before.splitlines()) ^ set(after.splitlines())) == 2 * differing


@pytest.mark.slow
def test_the_command(tables: Path) -> None:
    with replay(ANSWERS) as server:
        options = ("--address", server.address, "--crosswalk", tables, "--delay", "0")
        first = kg("fairsharing", "sync", *options, "--max-records", "1")
        assert (first.returncode, first.stdout) == (1, "1 records requested, 1 changed, 3 left for the next run\n")
        second = kg("fairsharing", "sync", *options)
    assert (second.returncode, second.stdout) == (0, "3 records requested, 3 changed, 0 left for the next run\n")
    assert "Digital Imaging" in second.stderr
