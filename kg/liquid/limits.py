"""The work that one page may cost, since a few lines of Liquid can request more of it than a machine can do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from inspect import signature
from io import StringIO
from typing import Any, TextIO

from liquid import Environment, Mode, RenderContext, Token
from liquid.ast import Node
from liquid.exceptions import FilterArgumentError, LiquidError, ResourceLimitError
from liquid.output import LimitedStringIO
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG
from liquid.undefined import UNDEFINED

from kg.liquid.filters import FILTERS, UNKNOWN
from kg.liquid.lax import strict

LONGEST_OUTPUT = 4_000_000
"""Bytes of a rendered page, at most: twice the largest page."""
MOST_STEPS = 1_000_000
"""Steps that a page may cost; a step takes about a microsecond."""
_CHARACTERS = 50
"""Characters that are written, copied or compared in a step."""
_EXPRESSION = 5
"""Characters of an expression that are evaluated in a step."""
_ITEMS = 8
"""Items of a list that are copied or compared in a step."""
_READ = 8
"""Characters of an include that are parsed in a step."""
_INCLUDE = 200
"""Steps to find and open an include."""
_LARGEST_NUMBER = 10**300
_SCANNED = re.compile(r"[(\[\"']")
"""Signs from each of which the rest of an expression may be searched."""


class Expression(str):
    """The source of the tokens of an expression, which has been rewritten; empty: they are not in the template."""

    token: Token
    """Its token."""

    def __new__(cls, token: Token) -> Expression:
        """Return the source for the tokens of the expression at ``token``."""
        source = super().__new__(cls, "")
        source.token = token
        return source


def placed(token: Token) -> Token:
    """Return the token of the template that a token of an expression belongs to; any other token is returned itself."""
    return token.source.token if isinstance(token.source, Expression) else token


class TooMuch(Exception):
    """Rendering was aborted by a limit, and the problem has been recorded."""


class WorkLimitError(ResourceLimitError):
    """A page costs more work than it may."""


class NumberLimitError(ResourceLimitError):
    """The result of a filter is too large a number."""


BROKEN = (TooMuch, LiquidError, ValueError, TypeError, ArithmeticError, LookupError, RecursionError)
"""Exceptions that rendering raises for a template that it cannot render."""


class PageBudget:
    """The steps that are left for one page: all of its includes, loops, filters and output share them."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin another page."""
        self._left = MOST_STEPS

    def spend(self, steps: int, token: Token | None = None) -> None:
        """Take steps from the budget, for what stands at ``token``.

        Raises:
            WorkLimitError: when fewer are left.
        """
        self._left -= steps
        if self._left < 0:
            raise WorkLimitError("rendering this page takes too much work", token=token)

    def include(self, text: str) -> None:
        """Pay for opening and parsing an include."""
        self.spend(_INCLUDE + len(text) // _READ)

    def expression(self, token: Token) -> None:
        """Pay for what parsing an expression takes beyond linear time."""
        self.spend(len(token.value) * len(_SCANNED.findall(token.value)) // _CHARACTERS, token)

    def filter(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a filter so that it pays for its arguments, which it may copy, and for its result.

        Raises:
            WorkLimitError: from the wrapped filter, when too few steps are left.
            NumberLimitError: from the wrapped filter, when its result is too large a number.
        """

        @wraps(function)
        def paid(*given: Any, **named: Any) -> Any:
            self.spend(sum(map(_steps, given)) + _expected(name, given) // _CHARACTERS)
            try:
                result = function(*given, **named)
            except ResourceLimitError:
                raise
            except (LiquidError, TypeError, LookupError, AttributeError) as error:
                if words := _misuse(function, given, named, error):
                    raise FilterArgumentError(f"{name}: {words}", token=None) from None
                raise
            if isinstance(result, int | float) and abs(result) > _LARGEST_NUMBER:
                raise NumberLimitError(f"{name}: the result is too large", token=None)
            # what gives a text may have written its arguments out
            self.spend(_steps(result) + sum(map(_written, given)) if isinstance(result, str) else _steps(result))
            return result

        return paid


class _MeteredTag(Tag):
    """A tag whose node pays for each time that it is rendered."""

    def __init__(self, tag: Tag, budget: PageBudget) -> None:
        super().__init__(tag.env)
        self._tag, self._budget = tag, budget

    def get_node(self, stream: TokenStream) -> Node:
        """Return the tag's node."""
        begin = stream.pos
        return _MeteredNode(self._tag.get_node(stream), stream.tokens[begin : stream.pos + 1], self._budget)

    def parse(self, stream: TokenStream) -> Node:
        """Return the node that the tag parses."""
        return self._tag.parse(stream)


class _MeteredNode(Node):
    __slots__ = ("_budget", "_node", "_price")

    def __init__(self, node: Node, tokens: Iterable[Token], budget: PageBudget) -> None:
        super().__init__(node.token)
        self.blank = node.blank
        self._node, self._budget = node, budget
        written = [token.value for token in tokens if token.kind == TOKEN_EXPRESSION]
        self._price = 1 + sum(1 + len(expression) // _EXPRESSION for expression in written)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        self._budget.spend(self._price)
        return self._node.render_to_output(context, buffer)


class _MeteredOutput(LimitedStringIO):
    """Output that pays for what is written."""

    def __init__(self, budget: PageBudget) -> None:
        super().__init__(LONGEST_OUTPUT)
        self._budget = budget

    def write(self, text: str) -> int:
        self._budget.spend(len(text) // _CHARACTERS)
        return super().write(text)


class _MeteredContext(RenderContext):
    """The variables of a template; reading them and the iterations of loops are paid for."""

    env: MeteredEnvironment

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Return a value, which the template may compare or copy."""
        value = super().get(path, token=token, default=default)
        self.env.budget.spend(_steps(value))
        return value

    def assign(self, key: str, val: Any) -> None:
        """Set a variable; memory is needed for every item of a list."""
        self.env.budget.spend(len(val) if isinstance(val, list | tuple) else 0)
        super().assign(key, val)

    def stopindex(self, key: str, index: int | None = None) -> int:
        """Remember the item at which a loop will end, or return it; every loop calls this before it begins."""
        self.env.budget.spend(index or 0)
        return super().stopindex(key, index)

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        """Return a buffer for the output of a part of the template."""
        return _MeteredOutput(self.env.budget)


class _MeteredTemplate(BoundTemplate):
    env: MeteredEnvironment
    context_class = _MeteredContext

    def _get_buffer(self) -> StringIO:
        return _MeteredOutput(self.env.budget)


class MeteredEnvironment(Environment):
    """Renders templates within one budget, with the given tags besides those of the library."""

    template_class = _MeteredTemplate
    context_depth_limit = 1000  # the depth of includes is limited

    def __init__(self, added: Iterable[type[Tag]]) -> None:
        super().__init__(tolerance=Mode.STRICT, strict_filters=False)
        self.budget = PageBudget()
        for tag in added:
            self.add_tag(tag)
        self.tags = {name: _MeteredTag(tag, self.budget) for name, tag in self.tags.items()}
        for name in UNKNOWN:
            del self.filters[name]
        for name, function in {**self.filters, **FILTERS}.items():
            self.add_filter(name, self.budget.filter(name, function))

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Return the function that splits a template into tokens."""
        split = super().tokenizer()
        return lambda source: self._expressions(split(source))

    def _expressions(self, tokens: Iterable[Token]) -> Iterator[Token]:
        """Yield the tokens of a template with their expressions in strict syntax."""
        tag = ""
        for token in tokens:
            if token.kind == TOKEN_EXPRESSION:
                self.budget.expression(token)
                token = Token(token.kind, strict(tag, token.value), token.start_index, Expression(token))
            elif token.kind in (TOKEN_OUTPUT, TOKEN_TAG):
                tag = token.value if token.kind == TOKEN_TAG else ""
            yield token


def _misuse(function: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], error: Exception) -> str:
    """Return what is wrong with the use of a filter that failed; empty where the error itself says so."""
    wanted = signature(function)
    try:
        wanted.bind(*given, **named)
    except TypeError:
        places = [each for each in wanted.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD][1:]
        least = sum(each.default is each.empty for each in places)
        takes = f"{least}" if least == len(places) else f"{least} to {len(places)}"
        written = len(given) - 1 + len(named.keys() - {"context", "environment"})
        return f"the filter takes {takes} argument{'' if takes == '1' else 's'}, and not {written}"
    # the library turns errors of Python into its own
    is_own = isinstance(error, LiquidError) and not isinstance(
        error.__cause__, TypeError | LookupError | AttributeError
    )
    return "" if is_own else "the value or an argument is of a kind that the filter cannot take"


def _steps(value: object) -> int:
    """Return the price of comparing or copying a value."""
    if isinstance(value, str):
        return len(value) // _CHARACTERS
    if isinstance(value, list | tuple):
        return len(value) // _ITEMS + sum(len(item) for item in value if isinstance(item, str)) // _CHARACTERS
    return len(value) // _ITEMS if isinstance(value, range) else 0


def _written(value: object) -> int:
    """Return the price of writing out a mapping or list; texts have been paid for."""
    if isinstance(value, Mapping):
        return sum(1 + _written(inner) + _steps(inner) for inner in value.values())
    return sum(map(_written, value)) if isinstance(value, list | tuple) else 0


def _expected(name: str, given: tuple[Any, ...]) -> int:
    """Return a lower bound of the length of the result of ``replace`` or ``join``, in characters; else 0."""
    if name == "replace" and len(given) > 1:
        text, old, new = str(given[0]), str(given[1]), str(given[2]) if len(given) > 2 else ""
        return len(text) + text.count(old) * len(new)
    if name == "join" and isinstance(given[0], list | tuple):
        between = len(str(given[1])) if len(given) > 1 else 1
        return sum(between + (len(item) if isinstance(item, str) else 1) for item in given[0])
    return 0
