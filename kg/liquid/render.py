"""Renders the body of a page with Liquid and maps each line of the result to its line in the source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import Any

from liquid import BoundTemplate, RenderContext, Token
from liquid.exceptions import LiquidError, LiquidSyntaxError, ResourceLimitError, TemplateNotFoundError
from liquid.parser import get_parser

from kg.liquid import tags
from kg.liquid.limits import BROKEN, MeteredEnvironment, TooMuch, placed
from kg.liquid.lines import NeverClosesError, Rows, numbered, plain, unnumbered
from kg.markdown.html_text import converted
from kg.page import without_marks

_JEKYLL = {"version": "4.3.1", "environment": "production"}
_HAS_LIQUID = re.compile(r"\{[%{]")
_DEEPEST_INCLUDE = 20
_FOUND_TYPE = re.compile(r", found \w+\Z")


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in the Liquid of a page or of what it includes."""

    message: str
    row: int
    """0-based line of the file."""
    file: str = ""
    """Path of the included file within the site; empty for the page itself."""
    stops: bool = False
    """True if Jekyll stops at it, and publishes nothing of the site."""


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
    problems: tuple[Fault, ...] = ()
    """Errors in the Liquid."""

    def row(self, row: int) -> int:
        """Return the source line of a line of the text, both 0-based."""
        return row if self.rows is None else self.rows[min(row, len(self.rows) - 1)]


class _Environment(MeteredEnvironment):
    def __init__(self, own: Iterable[str]) -> None:
        super().__init__((*tags.of_plugins(own), *tags.TAGS))
        self.problems: list[Fault] = []
        self.open: list[tuple[str, str]] = []
        """The page and the includes that are being rendered, outermost first: template and path, empty for the page."""
        self._rows = Rows("")
        """Rows of the template of the last error."""

    def parsed(self, template: str) -> BoundTemplate:
        """Parse a template, the innermost of those that are open.

        Raises:
            LiquidError: when it cannot be parsed.
            TooMuch: when a limit aborted it and the problem has been recorded.
        """
        try:
            return self.from_string(template)
        except LiquidError as error:
            # the library hides errors of its parser that it does not expect
            raise error.__cause__ if isinstance(error.__cause__, TooMuch | ResourceLimitError) else error from None

    def error(self, exc: Any, msg: str | None = None, token: Any = None) -> None:
        """Record an error and continue, as Jekyll does by default.

        Raises:
            TooMuch: when the error is an exceeded resource limit.
            ResourceLimitError: when it is in an include, of which the page's tag is the place.
        """
        problem = exc if isinstance(exc, Exception) else exc(msg)
        if isinstance(problem, ResourceLimitError) and len(self.open) > 1:
            raise problem
        given = [each for each in (token, getattr(problem, "token", None)) if each and each.start_index >= 0]
        places = [placed(each) for each in given]
        rows = [self._row(place) for place in places if place.source is places[0].source]
        file = next(
            (path for text, path in reversed(self.open) if places and text is places[0].source), self.open[-1][1]
        )
        # an expression that ends too early has no position of its own
        self.problems.append(Fault(_words(problem), max(rows, default=0), file))
        if isinstance(problem, ResourceLimitError):
            raise TooMuch

    def _row(self, token: Token) -> int:
        if token.source is not self._rows.text:
            self._rows = Rows(token.source)
        return self._rows.row(token.start_index)


def _words(problem: Exception) -> str:
    """Return what an error says, without the types that Python has for the values of a template."""
    message = str(getattr(problem, "message", problem)).split("\n")[0]
    if isinstance(problem, TemplateNotFoundError):
        return f"the site has no file {message!r} for this tag; only include reads files of _includes"
    return _FOUND_TYPE.sub("", message)


def forget_sites() -> None:
    """Free the sites of earlier renderers, of which the library would hold more than a hundred."""
    get_parser.cache_clear()


class Renderer:
    """Renders the pages of one site.

    ``site`` is the template variable ``site``; ``folder`` is the site's folder, whose own includes take precedence over
    the theme's; ``tool_names`` maps the id in ``{% tool "id" %}`` to the name that the theme prints; ``address``
    returns the path on the published site of a file of the site, ``None`` for one that is not there; ``is_source``
    returns whether a file may be included; ``own_tags`` are the names of the tags that the site's plug-ins define.
    """

    def __init__(
        self,
        site: Mapping[str, Any] | None = None,
        folder: Path | None = None,
        tool_names: Mapping[str, str] | None = None,
        address: Callable[[str], str | None] = lambda path: None,
        is_source: Callable[[PurePath], bool] = lambda path: True,
        own_tags: Iterable[str] = (),
    ) -> None:
        self._environment = _Environment(own_tags)
        self._address = address
        self._is_source = is_source
        self._site = site or {}
        self._folder = folder
        self._tool_names = tool_names or {}
        self._tags: list[tuple[str, str]] = []
        """Tags of the page so far."""

    def render(self, source: str, page: Mapping[str, Any]) -> Rendered:
        """Render the body of a page, the template variable ``page``; errors are in the result, and not raised."""
        source = without_marks(source)
        if not _HAS_LIQUID.search(source) or page.get("render_with_liquid") is False:
            return Rendered(source)
        self._environment.problems.clear()
        self._tags.clear()
        self._environment.budget.renew()
        try:
            text = self._expand(numbered(source), page)
        except NeverClosesError as error:
            return Rendered(source, problems=(Fault(str(error), error.row, stops=True),))
        except BROKEN:
            return Rendered(source, problems=tuple(self._environment.problems))
        published, rows = unnumbered(text)
        return Rendered(published, rows, tuple(self._tags), tuple(self._environment.problems))

    def part(self, source: str, page: Mapping[str, Any]) -> str:
        """Return the HTML of a part of another page, which the page that is being rendered shows.

        Errors in it are those of the other page.
        """
        environment = self._environment
        if len(environment.open) > _DEEPEST_INCLUDE:
            return ""
        environment.budget.include(source)
        before = len(environment.problems)
        environment.open.append((source, ""))
        try:
            template = plain(numbered(without_marks(source)))
            text = environment.parsed(template).render(self._variables(page))
        except (NeverClosesError, LiquidSyntaxError):
            text = source
        finally:
            del environment.open[-1], environment.problems[before:]
        environment.budget.spend(len(text))
        return converted(text, lambda row: "")

    def _variables(self, page: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "page": page,
            "site": self._site,
            "jekyll": _JEKYLL,
            tags.ADDRESS: self._address,
            tags.INCLUDE: self._include,
            tags.TOOL_NAMES: self._tool_names,
            tags.TAGGED: self._tags,
        }

    def _expand(self, template: str, page: Mapping[str, Any]) -> str:
        environment = self._environment
        environment.open[:] = [(template, "")]
        try:
            return environment.parsed(template).render(self._variables(page))
        except TooMuch:
            raise
        except BROKEN as error:
            environment.error(error)
            raise

    def _include(self, name: str, folder: str, given: Mapping[str, Any] | None, context: RenderContext) -> str | None:
        """Render a file in a folder of the site with the variables of its page.

        Return ``None`` where there is no such file, and nothing where it cannot be rendered.
        """
        environment = self._environment
        text = self._file(name, folder)
        if text is None:
            return None
        path = PurePosixPath(folder, name).as_posix()
        if len(environment.open) > _DEEPEST_INCLUDE:
            environment.problems.append(Fault("this is included too deep; does it include itself?", 0, path))
            return ""
        environment.budget.include(text)
        try:
            # numbering checks that every tag is closed; the numbers of an include are not needed
            template = plain(numbered(text))
        except NeverClosesError as error:
            environment.problems.append(Fault(str(error), error.row, path, stops=True))
            return ""
        return self._included(template, path, {} if given is None else {"include": given}, context)

    def _included(self, template: str, path: str, variables: Mapping[str, Any], context: RenderContext) -> str:
        environment, buffer = self._environment, context.get_buffer()
        environment.open.append((template, path))
        try:
            parsed = environment.parsed(template)
            with context.extend(variables, template=parsed):
                parsed.render_with_context(context, buffer, partial=True)
        except LiquidError as error:
            environment.error(error)
        finally:
            environment.open.pop()
        return buffer.getvalue()

    def _file(self, name: str, folder: str) -> str | None:
        """Return the text of a regular file in a folder of the site, or ``None``."""
        try:
            allowed = (self._folder / folder).resolve() if self._folder else None
            file = (allowed / name).resolve() if allowed else None
            if allowed is None or file is None or not file.is_relative_to(allowed):
                return None
            if not self._is_source(PurePath(folder, name)) or name.startswith(".") or "/." in name:
                return None
            return file.read_text(encoding="utf-8-sig", errors="replace") if file.is_file() else None
        except (OSError, ValueError):
            return None
