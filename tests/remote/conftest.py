from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.remote.server import GitServer


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """Start a git server that this process and its children trust."""
    found = GitServer(tmp_path_factory.mktemp("server"))
    monkeypatch.setenv("GIT_SSL_CAINFO", str(found.certificate))
    yield found
    found.close()
