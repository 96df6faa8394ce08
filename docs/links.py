"""Make links out of ``docs/`` lead to the repository, or be plain text where the builder of the site names none."""

import re
from typing import Any

_OUTSIDE = re.compile(r"\[([^\]]+)\]\(\.\./(?!\.)([^)\s]*)\)")


def on_page_markdown(markdown: str, *, config: Any, page: Any, **_: object) -> str:
    """Return the text of a page with its links out of the folder changed; called by MkDocs."""
    if "/" in page.file.src_uri:
        return markdown  # links from its folder stay inside docs/
    repository = config.extra["repository"]
    to = rf"[\1]({repository}/blob/HEAD/\2)" if repository else r"\1"
    return _OUTSIDE.sub(to, markdown)
