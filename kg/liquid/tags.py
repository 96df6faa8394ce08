"""Tags of Jekyll and of the ELIXIR Toolkit Theme, reduced to Markdown with the links and text that they publish."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import takewhile
from typing import TYPE_CHECKING, TextIO

from liquid.ast import Node
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, Token

from kg.page import mark

if TYPE_CHECKING:
    from liquid import RenderContext
    from liquid.stream import TokenStream

_PARAMETER = re.compile(
    r"""(?<![\w-])([\w-]++)\s*+=\s*+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([\w.\[\]-]+))""", re.DOTALL
)
_NAME = re.compile(r"\s*(\S+)")
Publish = Callable[[str, "RenderContext"], str]
"""Function from the arguments of a tag, as written, and the context to the published Markdown."""


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
    """Return the name of a tool, preceded by a mark with the index of the tag on the page."""
    tool_id = _value(words, context)
    names = context.resolve("kg_tool_names", default={})
    return _mark("tool", tool_id, context) + str(names.get(tool_id, tool_id))


def cite(words: str, context: RenderContext) -> str:
    """Return a mark for each key of the bibliography, which stand before the options (jekyll-scholar)."""
    keys = takewhile(lambda word: not word.startswith("-"), words.split())
    return "".join(_mark("cite", key.strip("\"'"), context) for key in keys)


def _mark(kind: str, name: str, context: RenderContext) -> str:
    """Note that the page tags something, and return the mark for that place."""
    tags = context.resolve("kg_tags", default=[])
    tags.append((kind, name))
    return mark(len(tags) - 1)


def address(words: str, context: RenderContext) -> str:
    """Return the address of the page with the named file (Jekyll's ``link`` and ``post_url``)."""
    return "/" + _value(words, context).rpartition(".")[0].strip("/")


def _value(words: str, context: RenderContext) -> str:
    words = words.strip()
    if words[:1] in "\"'" and words[-1:] == words[:1]:
        return words[1:-1].strip()
    resolved = context.resolve(words, default=words) if re.fullmatch(r"[A-Za-z_]\w*", words) else words
    return str(resolved)


def include(words: str, context: RenderContext) -> str:
    """Return the output of an include: the site's own file rendered, a callout's content, or an image with caption."""
    name = _NAME.match(words)
    if name is None:
        return ""
    given = parameters(words[name.end() :], context)
    own = context.resolve("kg_include", default=None)
    if own is not None and (text := own(name[1].strip("\"'"), given)) is not None:
        return str(text)
    return _THEME_INCLUDES.get(name[1].strip("\"'"), lambda _: "")(given)


def parameters(words: str, context: RenderContext) -> dict[str, str]:
    """Return the parameters of an include, as Jekyll's ``IncludeTag`` parses them: quoted text or variables."""
    found = dict[str, str]()
    for key, double, single, variable in _PARAMETER.findall(words):
        text = re.sub(r"\\([\"'])", r"\1", double or single)
        found[key] = str(_path(variable, context)) if variable else text
    return found


def _path(name: str, context: RenderContext) -> object:
    value: object = context.resolve(name.split(".")[0], default="")
    for part in name.split(".")[1:]:
        value = value.get(part, "") if isinstance(value, dict) else ""
    return value


def _callout(given: dict[str, str]) -> str:
    return given.get("content", "")


def _image(given: dict[str, str]) -> str:
    return f"![{given.get('alt', '')}]({given.get('file', '')}) {given.get('caption', '')}".rstrip()


_THEME_INCLUDES = {"callout.html": _callout, "image.html": _image}
TAGS = {
    "tool": tool,
    "include": include,
    "include_relative": nothing,
    "link": address,
    "post_url": address,
    "highlight": fence,
    "endhighlight": fence,
    "cite": cite,
    "cite_details": cite,
    "reference": cite,
    "bibliography": nothing,
    "octicon": nothing,
    "seo": nothing,
    "feed_meta": nothing,
    "github_edit_link": nothing,
}
"""Mapping of each supported tag to its function; any other tag is reported and left out."""
