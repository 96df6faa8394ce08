"""The addresses of commits and of lines of files at hosts of git repositories, in the forms that the hosts document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class _Forms:
    """Parts that a kind of host puts after the address of a repository."""

    commit: str
    """Before the hash of a commit."""
    line: str
    """Of a line of the source of a file, which is shown as it is written."""
    edit: str = ""
    """Of the editor of a file on the branch that the repository shows; empty if the branch must be known."""


_GITHUB = _Forms("/commit/", "/blob/{commit}/{path}?plain=1#L{line}", "/edit/HEAD/{path}")
_GITLAB = _Forms("/-/commit/", "/-/blob/{commit}/{path}?plain=1#L{line}")
_FORGEJO = _Forms("/commit/", "/src/commit/{commit}/{path}?display=source#L{line}")
_BITBUCKET = _Forms("/commits/", "/src/{commit}/{path}#lines-{line}")
_HOSTS = {"codeberg.org": _FORGEJO, "bitbucket.org": _BITBUCKET}
_PROGRAMS = {"github": _GITHUB, "gitlab": _GITLAB, "gitea": _FORGEJO, "forgejo": _FORGEJO}
"""Program → its forms; an institution's own host of it is mostly named after it: ``gitlab.example.org``."""
_ADDRESS = re.compile(r"https://(?P<host>[\w.-]+)(?P<path>(?:/[\w~-][\w.~-]*?){2,}?)(?:\.git)?/?", re.ASCII)
_COMMIT = re.compile(r"(?P<repository>.+?)(?:/-)?/commits?/(?P<commit>[0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository at a host whose forms of addresses are known."""

    url: str
    """Address without a slash and ``.git`` at its end."""
    _forms: _Forms

    def commit(self, commit: str) -> str:
        """Return the address of a commit.

        >>> repository("https://gitlab.com/group/part/sheets.git").commit("1a2b")
        'https://gitlab.com/group/part/sheets/-/commit/1a2b'
        """
        return f"{self.url}{self._forms.commit}{commit}"

    def line(self, commit: str, path: str, line: int) -> str:
        """Return the address of a line of a file as it is in a commit.

        >>> repository("https://codeberg.org/owner/sheets").line("1a2b", "a sheet.md", 3)
        'https://codeberg.org/owner/sheets/src/commit/1a2b/a%20sheet.md?display=source#L3'
        """
        return self.url + self._forms.line.format(commit=commit, path=quote(path), line=line)

    def editor(self, path: str) -> str:
        """Return the address of the editor of a file; empty if it has none that is known."""
        return self.url + self._forms.edit.format(path=quote(path)) if self._forms.edit else ""


def repository(address: str) -> Repository | None:
    """Return the repository at an address of HTTPS; ``None`` if it is at no host that is known.

    >>> repository("https://github.com/owner/sheets/").url, repository("https://git.example.org/owner/sheets")
    ('https://github.com/owner/sheets', None)
    """
    if not (found := _ADDRESS.fullmatch(address)):
        return None
    host = found["host"].lower()
    forms = _HOSTS.get(host) or _PROGRAMS.get(host.partition(".")[0])
    return Repository(f"https://{host}{found['path']}", forms) if forms else None


def commit_at(address: str) -> tuple[Repository, str] | None:
    """Return the repository and the hash of the commit at an address, if its host is known.

    >>> commit_at("https://bitbucket.org/owner/sheets/commits/1a2b")[1], commit_at("https://github.com/owner/sheets")
    ('1a2b', None)
    """
    found = _COMMIT.fullmatch(address)
    of = repository(found["repository"]) if found else None
    return (of, found["commit"]) if found and of and of.commit(found["commit"]) == address else None
