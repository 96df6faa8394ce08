"""Addresses by every style and template of permalinks are Jekyll's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import write_site
from tests.oracle.jekyll import differences, needs_jekyll

pytestmark = needs_jekyll

STYLES = [
    "", "date", "none", "ordinal", "pretty", "weekdate", "/:title/", "/:title:output_ext", "/blog/:title",
    "/:path/:basename/", "/:categories/:year/:month/:day/:title", "/:year/:title.html",
    "/:short_year/:i_month/:i_day/:slug/", "/:y_day/:hour:minute:second/:name",
    "/:w_year/W:week/:w_day/:short_month-:long_month-:short_day-:long_day/:title",
    "/:slugified_categories/:title_:year/",
]  # fmt: skip
FRONT = "---\ntitle: T\n---\n"
FILES = {
    "index.md": FRONT,
    "about.md": FRONT,
    "guides/index.md": FRONT,
    "guides/first steps.md": FRONT,
    "guides/100% [a] b?.md": FRONT,
    "guides/d\u00e5ta & more..md": FRONT,
    "guides/own.md": "---\ntitle: T\npermalink: pretty\n---\n",
    "guides/template.md": "---\ntitle: T\npermalink: /x/:path/:basename:output_ext\n---\n",
    "guides/dots.md": "---\ntitle: T\npermalink: ./a/../b//c.html\n---\n",
    "_posts/2020-01-02-hello.md": "---\ntitle: Hello\n---\n",
    "_posts/2019-12-30-Two words (2nd).md": "---\n---\n",
    "_posts/20-1-2-short.md": FRONT,
    "_posts/inner/2021-03-04-deeper.markdown": "---\ncategories: [News, 'Big Events', news]\n---\n",
    "_posts/2021-05-06-slug.md": "---\nslug: My own Slug!\ncategory: One two\n---\n",
    "_posts/2021-05-07-dated.md": "---\ndate: 2022-06-07 23:30:00 -0200\ncategories: a B\n---\n",
    "_posts/2021-05-08-day.md": "---\ndate: 2022-06-08\n---\n",
    "_posts/2021-05-09-minutes.md": "---\ndate: 2022-06-08 10:20\n---\n",
    "_posts/2021-05-10-own.md": "---\npermalink: /posts/:year/:slug/\n---\n",
    "_posts/2021-05-11-\u00e6ble.m.md": "---\n---\n",
    "_posts/no-date.md": FRONT,
    "_posts/2021-05-12-plain.md": "No front matter, and still a post.\n",
    "sub/_posts/2021-05-13-below.md": "---\ncategories: own\n---\n",
    "sub/_posts/deeper/2021-05-14-below.md": "---\n---\n",
    "_events/my event.md": "---\n---\n",
    "_events/2020-01-02-dated-Event.md": "---\n---\n",
    "_events/in/a folder/old-event.md": "---\npermalink: /:collection/:title/\n---\n",
    "_events/_hidden.md": FRONT,
    "_events/in/_shown/x.md": FRONT,
    "_latest/A thing.md": "---\nslug: Else\n---\n",
    "_notes/no.md": FRONT,
}  # fmt: skip
COLLECTIONS = """collections:
  events: {output: true}
  latest: {output: true, permalink: "/latest/:slug"}
  notes: {output: false}
"""


@pytest.mark.parametrize("style", STYLES)
def test_addresses_of_pages_posts_and_collections(style: str, tmp_path: Path) -> None:
    config = f"title: T\nurl: https://t.example\n{COLLECTIONS}" + (f"permalink: {style!r}\n" if style else "")
    # :basename is a placeholder of pages; Jekyll ends with an error for any other
    files = {path: text for path, text in FILES.items() if ":basename" not in style or "_posts" not in path}
    assert differences(write_site(tmp_path / "site", files, config), tmp_path) == []
