"""Detection of pages that are templates not yet filled in."""

from __future__ import annotations

from kg.page import Page
from kg.site import Site

_IDENTITY = ("title", "description", "page_id", "contributors", "editors")
"""Front matter keys that describe the page itself."""


def is_unfinished(page: Page, site: Site) -> bool:
    """Return whether a page is a template not yet filled in."""
    return unfinished_because(page, site) is not None


def is_template(page: Page, site: Site) -> bool:
    """Return whether a page is there to be copied: it is not filled in, or its file is called a template."""
    return is_unfinished(page, site) or is_called_template(page)


def is_called_template(page: Page) -> bool:
    """Return whether a page's file is called a template, so that nobody fills it in."""
    return "template" in page.path.rpartition("/")[2].lower()


def unfinished_because(page: Page, site: Site) -> str | None:
    """Return why a page counts as unfinished, or ``None`` if it does not.

    A cheat sheet is unfinished if too many of its lines are template text. Any page is if at least two of its title,
    description, page_id, contributors and editors are still comments of a template.
    """
    share = site.profile.template_share(page.body) if site.is_cheat_sheet(page) else 0.0
    if share > float(site.profile.settings["template_share"]):
        return f"{share:.0%} of its lines are template text"
    left = [key for key in _IDENTITY if any(text.startswith("<!--") for text in page.texts(key))]
    return f"its {' and '.join(left)} are those of the template" if len(left) > 1 else None
