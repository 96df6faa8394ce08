"""Which pages are templates that nobody has filled in yet."""

from __future__ import annotations

from kg.page import Page
from kg.site import Site

_IDENTITY = ("title", "description", "page_id", "contributors", "editors")
"""What the front matter says of the page itself."""


def is_unfinished(page: Page, site: Site) -> bool:
    """Whether a page is a template that nobody has filled in yet."""
    return unfinished_because(page, site) is not None


def unfinished_because(page: Page, site: Site) -> str | None:
    """Why a page counts as unfinished, ``None`` where it does not.

    A cheat sheet does by the share of template lines, any page by two comments of a template in place of its title,
    description, page_id, contributors or editors.
    """
    share = site.profile.template_share(page.body) if site.is_cheat_sheet(page) else 0.0
    if share > float(site.profile.settings["template_share"]):
        return f"{share:.0%} of its lines are template text"
    left = [key for key in _IDENTITY if any(text.startswith("<!--") for text in page.texts(key))]
    return f"its {' and '.join(left)} are those of the template" if len(left) > 1 else None
