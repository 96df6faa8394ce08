"""Tags of Jekyll and of the ELIXIR Toolkit Theme, reduced to Markdown with the links and text that they publish."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any, TextIO

from liquid import Environment, RenderContext
from liquid.ast import Node
from liquid.builtin import output
from liquid.builtin.expressions import LoopExpression, parse_primitive, tokenize
from liquid.builtin.tags.for_tag import ForNode, ForTag
from liquid.exceptions import LiquidValueError
from liquid.expression import Expression
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, Token
from liquid.undefined import is_undefined

from kg.liquid.filters import relative_url, text
from kg.liquid.lax import value
from kg.page import mark

_PARAMETER = re.compile(
    r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w.\[\]-]+))""", re.DOTALL
)
_NAME = re.compile(r"\s*((?:[^\s{]|\{\{\s*[\w.-]+\s*(?:\|[^{}]*)?\}\}|\{)+)")
ADDRESS, INCLUDE, TOOL_NAMES, TAGGED = "kg_address", "kg_include", "kg_tool_names", "kg_tags"
"""Global variables of a template for the functions of tags."""
Publish = Callable[[str, RenderContext], str]
"""Function from the arguments of a tag, as written, and the context to the published Markdown."""


class _Loop(LoopExpression):
    """A loop whose limit or offset, if it is nil, counts as not given."""

    def evaluate(self, context: RenderContext) -> tuple[Iterator[object], int]:
        """Return the items and their number."""
        limit, offset = (_given(option, context) for option in (self.limit, self.offset))
        return LoopExpression(
            self.token, self.identifier, self.iterable, limit=limit, offset=offset, reversed_=self.reversed, cols=None
        ).evaluate(context)


def _given(option: Expression | None, context: RenderContext) -> Expression | None:
    value = option.evaluate(context) if option else None
    return None if value is None or is_undefined(value) else option


class _ForTag(ForTag):
    def parse(self, stream: TokenStream) -> Node:
        """Return the node of a loop."""
        node = super().parse(stream)
        if isinstance(node, ForNode):
            loop = node.expression
            node.expression = _Loop(
                loop.token,
                loop.identifier,
                loop.iterable,
                limit=loop.limit,
                offset=loop.offset,
                reversed_=loop.reversed,
                cols=None,
            )
        return node


class _OutputNode(output.OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write a value as Ruby's Liquid does."""
        return buffer.write(text(self.expression.evaluate(context)))


class _Written(output.Output):
    node_class = _OutputNode


class _PublishNode(Node):
    __slots__ = ("_publish", "_words")

    def __init__(self, token: Token, words: str, publish: Publish) -> None:
        super().__init__(token)
        self._words = words
        self._publish = publish
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        return buffer.write(self._publish(self._words, context))


def tag(name: str, publish: Publish) -> type[Tag]:
    """Return the class of a tag without an end tag that outputs the result of ``publish``."""

    def parse(self: Tag, stream: TokenStream) -> Node:
        token, words = stream.current, ""
        if stream.peek.kind == TOKEN_EXPRESSION:
            next(stream)
            words = stream.current.value
        return _PublishNode(token, words, publish)

    return type(f"{name.title()}Tag", (Tag,), {"name": name, "block": False, "parse": parse})


def nothing(words: str, context: RenderContext) -> str:
    """Return no text, for tags whose output has no text or link of the page itself."""
    return ""


def fence(words: str, context: RenderContext) -> str:
    """Return the fence that opens or closes a code block."""
    return "```"


def tool(words: str, context: RenderContext) -> str:
    """Return the name of a tool, preceded by a mark with the index of the tag on the page.

    Raises:
        LiquidValueError: when the id is not in quotes and no variable with a value, which names no tool.
    """
    tool_id = _value(words, context)
    names = _registered(TOOL_NAMES, context)
    return _mark("tool", tool_id, context) + str(names.get(tool_id, tool_id))


def cite(words: str, context: RenderContext) -> str:
    """Return a mark for each key of the bibliography, which stand before the options (jekyll-scholar)."""
    keys = takewhile(lambda word: not word.startswith("-"), words.split())
    return "".join(_mark("cite", key.strip("\"'"), context) for key in keys)


def _mark(kind: str, name: str, context: RenderContext) -> str:
    """Note that the page tags something, and return the mark for that place."""
    tags = _registered(TAGGED, context)
    tags.append((kind, name))
    return mark(len(tags) - 1)


def _registered(name: str, context: RenderContext) -> Any:
    """Return a global variable, which a template cannot change."""
    return context.globals[name]


def link(words: str, context: RenderContext) -> str:
    """Return the address of a file of the site.

    Raises:
        LiquidValueError: when there is none.
    """
    path = _filled(words, context).strip().lstrip("/")
    return _published(_registered(ADDRESS, context)(path), words, context)


def post_url(words: str, context: RenderContext) -> str:
    """Return the address of a post, whose file is named without its folder ``_posts`` and its extension.

    Raises:
        LiquidValueError: when there is none.
    """
    folder, _, name = words.strip().strip("/").rpartition("/")
    ways = [PurePosixPath("_posts", folder, name), PurePosixPath(folder, "_posts", name)]
    posts = _registered("site", context).get("posts") or ()
    context.env.budget.spend(len(posts))  # type: ignore[attr-defined]
    found = (post["url"] for post in posts if PurePosixPath(post["path"]).with_suffix("") in ways)
    return _published(next(found, None), words, context)


def _published(address: str | None, words: str, context: RenderContext) -> str:
    if address is None:
        raise LiquidValueError(f"the site has no file {words.strip()!r}", token=None)
    return str(relative_url(address, context=context))


def _value(words: str, context: RenderContext) -> str:
    words = words.strip()
    if quoted := re.fullmatch(r"""(["'])(.*)\1""", words, re.DOTALL):
        if not quoted[2].strip():
            raise LiquidValueError("the tag has no id of a tool", token=None)
        return quoted[2].strip()
    found = _variable(words, context) if re.fullmatch(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*", words) else None
    if found is None or is_undefined(found):
        raise LiquidValueError(f"{words!r} is no variable with a value; put the id of a tool in quotes", token=None)
    return text(found)


def include(words: str, context: RenderContext) -> str:
    """Return the output of an include: the site's own file rendered, a callout's content, or an image with caption."""
    name, given = _arguments(words, context)
    own = _registered(INCLUDE, context)(name, "_includes", given, context)
    return _THEME_INCLUDES.get(name, lambda _: "")(given or {}) if own is None else str(own)


def include_relative(words: str, context: RenderContext) -> str:
    """Return the output of a file beside the page."""
    name, given = _arguments(words, context)
    folder = PurePosixPath(str(_registered("page", context).get("path") or "")).parent.as_posix()
    return _registered(INCLUDE, context)(name, folder, given, context) or ""


def _arguments(words: str, context: RenderContext) -> tuple[str, dict[str, Any] | None]:
    """Return the name of an include's file and its parameters, ``None`` where it has none."""
    name = _NAME.match(words)
    if name is None:
        return "", None
    rest = words[name.end() :]
    return _filled(name[1], context).strip("\"'"), parameters(rest, context) if rest.strip() else None


def _filled(words: str, context: RenderContext) -> str:
    """Return the argument of a tag with the values that it names in doubled braces."""
    if "{{" not in words:
        return words
    buffer = context.get_buffer()
    context.env.from_string(words).render_with_context(context, buffer, partial=True)
    return buffer.getvalue()


def parameters(words: str, context: RenderContext) -> dict[str, Any]:
    """Return the parameters of an include, as Jekyll's ``IncludeTag`` parses them: quoted text or variables."""
    found = dict[str, Any]()
    for key, double, single, variable in _PARAMETER.findall(words):
        text = re.sub(r"\\([\"'])", r"\1", double or single)
        found[key] = _variable(variable, context) if variable else text
    return found


def _variable(name: str, context: RenderContext) -> object:
    written = value(name)
    parsed = parse_primitive(context.env, TokenStream(tokenize(written, Token(TOKEN_EXPRESSION, written, -1, ""))))
    return parsed.evaluate(context)


def _callout(given: Mapping[str, Any]) -> str:
    return text(given.get("content"))


def _image(given: Mapping[str, Any]) -> str:
    alt, file, caption = (text(given.get(name)) for name in ("alt", "file", "caption"))
    return f"![{alt}]({file}) {caption}".rstrip()


_THEME_INCLUDES = {"callout.html": _callout, "image.html": _image}
_PUBLISHED: dict[str, Publish] = {
    "tool": tool,
    "include": include,
    "include_cached": include,
    "include_relative": include_relative,
    "link": link,
    "post_url": post_url,
    "highlight": fence,
    "endhighlight": fence,
    "cite": cite,
    "cite_details": cite,
    "reference": cite,
    "avatar": nothing,
    "bibliography": nothing,
    "gist": nothing,
    "octicon": nothing,
    "seo": nothing,
    "feed_meta": nothing,
    "github_edit_link": nothing,
}
TAGS: tuple[type[Tag], ...] = (_ForTag, _Written, *(tag(name, publish) for name, publish in _PUBLISHED.items()))
"""The supported tags beside those of the library; any other tag is reported and left out."""


def of_plugins(names: Iterable[str]) -> tuple[type[Tag], ...]:
    """Return tags that are left out, but not what stands between them and their ends: those of a site's plug-ins."""
    known = {*Environment().tags, *(each.name for each in TAGS)}
    return tuple(tag(part, nothing) for name in names if name not in known for part in (name, f"end{name}"))
