"""Renders the body of a page with Liquid and maps each line of the result to its line in the source."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liquid import Token
from liquid.exceptions import LiquidError, ResourceLimitError

from kg.liquid import tags
from kg.liquid.limits import BROKEN, MeteredEnvironment, TooMuch
from kg.liquid.lines import NeverClosesError, Rows, numbered, unnumbered
from kg.page import NO_MARKS

_HAS_LIQUID = re.compile(r"\{[%{]")
_DEEPEST_INCLUDE = 20


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rendered Markdown with the source line of each of its lines."""

    text: str
    rows: tuple[int, ...] | None = None
    """0-based source line of each line of ``text``; ``None`` where the source has no Liquid and the lines are equal."""
    tags: tuple[tuple[str, str], ...] = ()
    """Kind and name of each tag: ``tool`` and its id, ``cite`` and a key of the bibliography.

    ``text`` has for each tag a mark with its index (:func:`kg.page.mark`).
    """
    problems: tuple[tuple[str, int], ...] = ()
    """Errors in the Liquid, each with its 0-based line of the source."""

    def row(self, row: int) -> int:
        """Return the source line of a line of the text, both 0-based."""
        return row if self.rows is None else self.rows[min(row, len(self.rows) - 1)]


class _Environment(MeteredEnvironment):
    def __init__(self) -> None:
        super().__init__(tags.tag(name, publish) for name, publish in tags.TAGS.items())
        self.problems: list[tuple[str, int]] = []
        self._rows = Rows("")
        """Rows of the template of the last error."""
        self.depth = 0
        """1 for a page, 2 for its includes, and so on."""

    def expand(self, template: str, variables: Mapping[str, Any]) -> str:
        """Render a template, which may be that of an include.

        Raises:
            LiquidError: when it cannot be rendered.
            TooMuch: when a limit aborted it and the problem has been recorded.
        """
        self.depth += 1
        try:
            return self.from_string(template).render(variables)
        except LiquidError as error:
            # the library hides errors of its parser that it does not expect
            raise error.__cause__ if isinstance(error.__cause__, TooMuch | ResourceLimitError) else error from None
        finally:
            self.depth -= 1

    def error(self, exc: Any, msg: str | None = None, token: Any = None) -> None:
        """Record an error and continue, as Jekyll does by default.

        Raises:
            TooMuch: when the error is an exceeded resource limit.
            ResourceLimitError: when it is in an include, of which the page's tag is the place.
        """
        problem = exc if isinstance(exc, Exception) else exc(msg)
        if isinstance(problem, ResourceLimitError) and self.depth > 1:
            raise problem
        places = [place for place in (token, getattr(problem, "token", None)) if place and place.start_index >= 0]
        rows = [self._row(place) for place in places if place.source is places[0].source]
        # an expression that ends too early has no position of its own
        self.problems.append((str(getattr(problem, "message", problem)).split("\n")[0], max(rows, default=0)))
        if isinstance(problem, ResourceLimitError):
            raise TooMuch

    def _row(self, token: Token) -> int:
        if token.source is not self._rows.text:
            self._rows = Rows(token.source)
        return self._rows.row(token.start_index)


class _SiteVariable(dict[str, Any]):
    """The variable ``site`` of templates; its ``data`` is read on first access."""

    def __init__(self, settings: Mapping[str, Any], data: Callable[[], Mapping[str, Any]]) -> None:
        super().__init__({key: value for key, value in settings.items() if key != "data"})
        self._data = data

    def __missing__(self, key: str) -> Any:
        if key != "data":
            raise KeyError(key)
        self[key] = dict(self._data())
        return self[key]


class Renderer:
    """Renders the pages of one site.

    ``site`` holds the settings of the template variable ``site``, and ``data`` returns its ``site.data``; ``includes``
    is the site's folder of includes, which take precedence over the theme's; ``tool_names`` maps the id in
    ``{% tool "id" %}`` to the name that the theme prints.
    """

    def __init__(
        self,
        site: Mapping[str, Any] | None = None,
        includes: Path | None = None,
        tool_names: Mapping[str, str] | None = None,
        data: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self._environment = _Environment()
        self._environment.add_filter("relative_url", self._relative_url)
        self._environment.add_filter("absolute_url", self._absolute_url)
        self._environment.add_filter("markdownify", str)
        self._site = _SiteVariable(site or {}, data)
        self._includes = includes
        self._tool_names = tool_names or {}
        self._tags: list[tuple[str, str]] = []
        """Tags of the page so far."""

    def render(self, source: str, page: Mapping[str, Any]) -> Rendered:
        """Render the body of a page whose front matter is ``page``; errors are returned in the result, not raised."""
        source = source.translate(NO_MARKS)
        if not _HAS_LIQUID.search(source):
            return Rendered(source)
        self._environment.problems.clear()
        self._tags.clear()
        self._environment.budget.renew()
        try:
            text = self._expand(numbered(source), {"page": dict(page)})
        except (NeverClosesError, *BROKEN) as error:
            self._note(error)
            return Rendered(source, problems=tuple(self._environment.problems))
        plain, rows = unnumbered(text)
        return Rendered(plain, rows, tuple(self._tags), tuple(self._environment.problems))

    def _note(self, error: Exception) -> None:
        if isinstance(error, NeverClosesError):
            self._environment.problems.append((str(error), error.row))
        elif not isinstance(error, TooMuch):
            with suppress(TooMuch):
                self._environment.error(error)

    def _expand(self, template: str, variables: Mapping[str, Any]) -> str:
        fixed = {
            "site": self._site,
            "kg_include": self._include,
            "kg_tool_names": self._tool_names,
            "kg_tags": self._tags,
        }
        return self._environment.expand(template, {**variables, **fixed})

    def _include(self, name: str, given: Mapping[str, str]) -> str | None:
        """Render a file of the site's own includes; ``None`` where there is none, empty where it cannot be rendered."""
        text = self._file(name)
        if text is None:
            return None
        if self._environment.depth > _DEEPEST_INCLUDE:
            self._environment.problems.append((f"include {name} is nested too deep; does it include itself?", 0))
            return ""
        self._environment.budget.include(text)
        try:
            # numbering checks that every tag is closed; the numbers of an include are not needed
            template, _ = unnumbered(numbered(text))
            return self._expand(template, {"include": dict(given)})
        except NeverClosesError as error:
            self._environment.problems.append((f"include {name}: {error}", 0))
            return ""

    def _file(self, name: str) -> str | None:
        """Return the text of a regular file in the site's folder of includes, or ``None``."""
        try:
            file = (self._includes / name).resolve() if self._includes else None
            if self._includes is None or file is None or not file.is_relative_to(self._includes.resolve()):
                return None
            return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None
        except (OSError, ValueError):
            return None

    def _relative_url(self, value: object) -> str:
        base = str(self._site.get("baseurl") or "").strip("/")
        path = str(value).lstrip("/")
        return f"/{base}/{path}" if base else f"/{path}"

    def _absolute_url(self, value: object) -> str:
        return str(self._site.get("url") or "").rstrip("/") + self._relative_url(value)
