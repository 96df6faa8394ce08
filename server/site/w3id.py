"""Rules for w3id.org, whose servers run Apache: from our identifiers to the files, by the format that is asked for."""

from __future__ import annotations

from kg.query import Format
from server.pages.formats import IN_FILES

_HEAD = """# Rules of https://w3id.org/rdm-kg/ for a site of files at
# {url}
Options -MultiViews
RewriteEngine on
"""


def rules(url: str) -> str:
    """Return the content of a file ``.htaccess`` that redirects our identifiers to the files of the site at ``url``.

    RDF is sent to those who ask for it and not for HTML. A version of the ontology is its only one in the site.
    """
    data = "".join(_in_format(url, wanted) for wanted in IN_FILES)
    shown = f"""RewriteRule ^ont/.+$ {url}ont.html [R=303,L]
RewriteRule ^((?:id|role|section|question|dataset)/.+|ont)$ {url}$1.html [R=303,L]
RewriteRule ^id/?$ {url}id/ [R=303,L]
RewriteRule ^$ {url} [R=303,L]
"""
    return _HEAD.format(url=url) + data + shown


def _in_format(url: str, wanted: Format) -> str:
    """Return the rules for requests of a format."""
    accepted = f"""RewriteCond %{{HTTP_ACCEPT}} !text/html
RewriteCond %{{HTTP_ACCEPT}} {wanted.media_type.replace("+", "[+]").replace(".", "[.]")}
"""
    void = f"{accepted}RewriteRule ^(?:dataset/.+)?$ {url}void.{wanted.extension} [R=303,L]\n"
    return (
        f"{accepted}RewriteRule ^(id/.+|ont)$ {url}$1.{wanted.extension} [R=303,L]\n"
        f"{accepted}RewriteRule ^ont/.+$ {url}ont.{wanted.extension} [R=303,L]\n{void}"
    )
