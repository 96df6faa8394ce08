"""The options of ``kg check`` that concern outside links, and the check of these links."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import MissingExtra
from kg.findings import Finding
from kg.lint.check import Selection

if TYPE_CHECKING:
    from kg.online.verdict import Verdict


@dataclass(frozen=True, slots=True)
class OnlineSettings:
    """Settings of the check of outside links."""

    cache: Path | None
    """``None`` means the file in the folder of the first site."""
    max_age: float
    """In days."""
    delay: float
    private: bool


def ONLINE(command: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802 (as click's options elsewhere)
    """Add the options to a command."""
    options = (
        click.option("--online", is_flag=True, help="Also ask whether outside links still exist (needs the extra)."),
        click.option(
            "--cache",
            type=click.Path(path_type=Path, dir_okay=False),
            help="File that keeps the answers. [default: .cache/rdm-kg/links.json in the site]",
        ),
        click.option(
            "--max-age", type=click.FloatRange(0, 36500), default=7, show_default=True, help="Age of answers, in days."
        ),
        click.option(
            "--delay",
            type=click.FloatRange(min=0),
            default=1.0,
            show_default=True,
            help="Seconds between two requests to a host.",
        ),
        click.option("--private", is_flag=True, help="Also ask hosts that are not public, such as localhost."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def online_findings(
    selections: Sequence[Selection], urls: Mapping[str, str], settings: OnlineSettings
) -> list[tuple[Path, list[Finding]]]:
    """Return folder and findings of each site; every address is asked for once, with a progress bar.

    Raises:
        MissingExtra: when httpx is not installed; the message has the command to install it.
        LinkCacheError: when the file named as the cache is none.
        Offline: when the name of no host can be resolved.
    """
    try:
        from kg.online.asking import Manners, ask
    except ImportError as error:
        raise MissingExtra(f"kg check --online needs httpx: pip install 'rdm-kg[online]' ({error})") from error
    from kg.online.cache import VerdictCache, default_file
    from kg.online.links import outside_links, wanted
    from kg.online.report import findings

    sites = [outside_links(selection, urls) for selection in selections]
    if not sites:
        return []
    addresses = wanted(sites)
    cache = VerdictCache(settings.cache or default_file(sites[0].folder), timedelta(days=settings.max_age))
    verdicts = {address: known for address, names in addresses.items() if (known := cache.get(address, names))}
    left = {address: names for address, names in addresses.items() if address not in verdicts}
    with click.progressbar(length=len(left), label="outside links", file=sys.stderr) as bar:

        def keep(address: str, verdict: Verdict) -> None:
            verdicts[address] = verdict
            cache.add(address, verdict)
            bar.update(1)

        try:
            ask(left, Manners(sites[0].contact, settings.delay, private=settings.private), keep)
        finally:
            cache.save()
    click.echo(
        f"{len(addresses)} outside addresses, {len(addresses) - len(left)} of them known from the cache", err=True
    )
    return [(outside.folder, findings(outside, verdicts)) for outside in sites]
