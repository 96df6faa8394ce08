"""Markup that Ruby's Liquid takes is read as Ruby reads it, without a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.reading import links, read_pages

FILES = {"_data/crops.yml": "- {name: Rye, limit: 1, rank: 10}\n- {name: Oat, rank: 9}\n- {name: Corn, rank: 2}\n"}


def text(folder: Path, body: str) -> str:
    """Return the text of a page, of which nothing may be told."""
    pages, findings = read_pages(folder, FILES | {"a.md": f"---\ntitle: Sown\nlimit: 2\n---\n{body}\n"})
    assert findings == []
    return " ".join(block.text for block in pages["a.md"].blocks)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{% for c in site.data.crops | sorted %}{{ c.name }} {% endfor %}", "Rye Oat Corn"),
        ("{% for c in site.data.crops limit: include.limit %}{{ c.name }} {% endfor %}", "Rye Oat Corn"),
        ("{% for c in site.data.crops limit: page.limit %}{{ c.name }} {% endfor %}", "Rye Oat"),
        ("{% for c in site.data.crops reversed limit:page.limit offset:nil %}{{ c.name }} {% endfor %}", "Oat Rye"),
        ("{% for c in site.data.crops limit: 1 reversed, x %}{{ c.name }}{% endfor %}", "Rye"),
        ("{% for limit in (1 .. page.limit) %}{{ limit }}{% endfor %}", "12"),
        ("{% assign offset = page.limit | plus: 1 %}{{ offset | times: offset }}", "9"),
        ("{{ site.data.crops[0].limit extra }}{{ }}", "1"),
        ("{% if page.limit == 2 | plus: 1 %}yes{% endif %}", "yes"),
        ("{% if (page.title) and page.limit>1 %}yes{% endif %}", "yes"),
        ("{% if page.title == 'Sown' or page.none and page.none %}yes{% endif %}", "yes"),
        ("{% if page.none > 1 %}yes{% else %}no{% endif %}", "no"),
        ("{% if page.none == blank %}yes{% else %}no{% endif %}", "no"),
        ("{% case page.limit %}{% when 1, 2 %}few{% when 3 or 4 %}some{% endcase %}", "few"),
        ("{% capture limit %}a{% endcapture %}{{ limit | append: limit }}", "aa"),
        ("{{ true }} {{ site.data.crops | map: 'limit' }}", "true 1"),
        ("{{ page.title | no_such_filter: 1 | upcase }}", "SOWN"),
    ],
)
def test_lenient_markup_is_read_as_ruby_reads_it(body: str, expected: str, tmp_path: Path) -> None:
    assert text(tmp_path, body) == expected


def test_a_loop_over_data_that_is_not_there_makes_no_link(tmp_path: Path) -> None:
    body = "{% for c in site.data.nobody limit: include.limit %}[a](https://orcid.org/{{ c.orcid }}){% endfor %}"
    assert text(tmp_path, f"Nothing {body}") == "Nothing"
    assert text(tmp_path, "Nothing {% for c in site.data['crops'].x | y %}[a](mailto:{{ c }}){% endfor %}") == "Nothing"


@pytest.mark.parametrize(
    ("filtered", "expected"),
    [
        ("where: 'name', 'Oat' | map: 'rank'", "9"),
        ("where_exp: 'c', 'c.rank > 5 and c.name != \"Rye\"' | map: 'name'", "Oat"),
        ("find: 'rank', 2 | jsonify", '{"name":"Corn","rank":2}'),
        ("sort: 'rank' | map: 'name' | join: ', '", "Corn, Oat, Rye"),
        ("sort_natural: 'name' | map: 'name' | array_to_sentence_string", "Corn, Oat, and Rye"),
        ("group_by: 'limit' | map: 'size' | join", "1 2"),
        ("group_by_exp: 'c', 'c.name | size' | map: 'name' | join", "3 4"),
        ("compact: 'limit' | size", "1"),
    ],
)
def test_a_filter_of_lists_gives_what_jekyll_gives(filtered: str, expected: str, tmp_path: Path) -> None:
    assert text(tmp_path, f"{{{{ site.data.crops | {filtered} }}}}") == expected


def test_tags_of_plug_ins_are_left_out_and_no_findings(tmp_path: Path) -> None:
    plugin = "Liquid::Template.register_tag('panel', Panel)\n  register_tag \"if\", Other\n"
    body = "{% include_cached box.md href='in.html' %} {% gist a/1 %}"
    body += "{% panel %}[b](b.html){% endpanel %}{% if x %}{% endif %}"
    files = {"a.md": f"---\ntitle: A\n---\n{body}\n", "_includes/box.md": "[a]({{ include.href }})"}
    pages, findings = read_pages(tmp_path / "one", {**files, "_plugins/inner/panel.rb": plugin})
    assert (links(pages["a.md"]), findings) == ([(4, "in.html", "a"), (4, "b.html", "b")], [])
    _, findings = read_pages(tmp_path / "other", files)
    assert [finding.message for finding in findings] == ["unexpected tag 'panel'", "unexpected tag 'endpanel'"]
