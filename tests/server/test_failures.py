"""Errors of a query process are raised as the right kind of error in the server process."""

from __future__ import annotations

import io

import pytest

from kg import errors
from server.processes.errors import to_failure
from server.processes.framing import read_error, write_error
from server.writing.messages import WriteResult, read_result, write_result
from tests.conftest import ROOT

KINDS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.QueryError)
]  # fmt: skip
PLACED = [errors.QuerySyntaxError("no", 3, 7), errors.QuerySyntaxError("no"), errors.DocumentError("no", 1, None)]


@pytest.mark.parametrize("error", [*(kind("no") for kind in KINDS), *PLACED], ids=repr)
def test_an_error_of_a_query_arrives_with_its_place(error: errors.QueryError) -> None:
    payload = write_error(error)[5:]
    with pytest.raises(errors.QueryError) as raised:
        read_result(io.BytesIO(write_result(WriteResult(False, to_failure(error)))))
    for arrived in (read_error(payload), raised.value):
        assert (type(arrived), str(arrived), vars(arrived)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("error", [KeyError("x"), errors.ReleaseError("x")])
def test_any_other_error_is_nobodys_query(error: Exception) -> None:
    assert type(read_error(write_error(error)[5:])) is RuntimeError


def test_an_outcome_that_is_cut_off_is_the_end() -> None:
    whole = write_result(WriteResult())
    assert read_result(io.BytesIO(whole)) is True
    for length in range(len(whole)):
        with pytest.raises(EOFError):
            read_result(io.BytesIO(whole[:length]))


@pytest.mark.parametrize("sign", ["RLIMIT_DATA", "setitimer", "stack_size", "import deny_network"])
def test_a_process_is_limited_in_one_place(sign: str) -> None:
    files = [file for file in (ROOT / "server").rglob("*.py") if sign in file.read_text(encoding="utf-8")]
    assert {file.name for file in files} == {"limits.py"}
