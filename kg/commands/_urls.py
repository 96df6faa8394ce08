"""The option that gives the addresses of sites that do not say theirs."""

from __future__ import annotations

import click

from kg.iri import is_web_address, shown


def _by_key(context: click.Context, option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Return key of a site → address.

    Raises:
        BadParameter: when a value is no key and address.
    """
    found = dict[str, str]()
    for value in values:
        key, sign, url = value.partition("=")
        if not (key and sign and is_web_address(url)) or "?" in url or "#" in url:
            form = "KEY=URL without ? and #, as lookup=https://example.org/lookup"
            raise click.BadParameter(f"expected {form}; {shown(value)!r} is not")
        found[key] = url
    return found


URLS = click.option(
    "--url",
    "urls",
    multiple=True,
    metavar="KEY=URL",
    callback=_by_key,
    help="Where the site with this key is published, if the site does not say so. Repeatable.",
)
