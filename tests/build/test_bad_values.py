"""A value that no RDF parser accepts removes its statement, never the page or the build."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.iri import absolute_iri, web_iri
from kg.release import open_release
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

ADDRESSES = (
    "https://e.example:abc/", "https://u@@e.example/", "https://e.example:80:80/", "http://[half", "https://[::1]/",
    "https://e.example/%zz", "https://e.example/a|b^c`d{e}", "https://e.example/#a#b", "https:///x", "https://",
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "HTTPS://E.EXAMPLE/X", "//e.example/x", "tel:1",
    "https://e.example/\u202e\ufffe\ufdd0", "https://\u00e5.example/\u00e5",
)  # fmt: skip


def test_no_address_breaks_a_build(tmp_path: Path) -> None:
    links = "\n".join(f"- [thing {n}](<{address}>) and [again]({address})" for n, address in enumerate(ADDRESSES))
    front = "type: cheat_sheet\npage_id: x\ntitle: X\naffiliations: [O]\ndsw: [{uuid: 'a b', name: n}]"
    page = f"---\n{front}\n---\n## Data formats\n{links}\n"
    good = "---\ntype: cheat_sheet\npage_id: good\ntitle: Good\n---\n## Data formats\n- [A](https://a.example/)\n"
    data = "- {name: O, url: 'https://e.example:abc/', pid: 'https://ror.org/<>'}\n"
    config = "title: T\nurl: https://e.example:abc\ndsw_deep_link_prefix: 'https://a:b/'\n"
    site = write_site(tmp_path / "site", {"x.md": page, "good.md": good, "_data/affiliations.yaml": data}, config)
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    graph = open_release(tmp_path / "out").graph.read_text(encoding="utf-8")
    assert "page/good>" in graph
    assert "HTTPS://E.EXAMPLE/X" in graph


@pytest.mark.parametrize("language", ["en_US", "en_GB.UTF-8", "en us", "\u65e5\u672c", "123", "x" * 100])
def test_no_language_breaks_a_build(language: str, tmp_path: Path) -> None:
    page = f"---\ntype: cheat_sheet\npage_id: x\ntitle: X\nlang: '{language}'\n---\n## Data formats\n- [A](https://a.example/)\n"
    site = write_site(tmp_path / "site", {"x.md": page}, f"title: T\nlocale: '{language}'\n")
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    assert '"X"@en' in open_release(tmp_path / "out").graph.read_text(encoding="utf-8")


def test_headings_named_as_our_files_stay_apart(tmp_path: Path) -> None:
    body = "".join(f"#### {name}\n- [A](https://a.example/)\n" for name in ("MD", "Graph", "m-x"))
    page = f"---\ntype: cheat_sheet\npage_id: x\ntitle: X\n---\n## Data formats\n{body}"
    assert kg("build", write_site(tmp_path / "s", {"x.md": page}), "--out", tmp_path / "o").returncode == 0
    store = ox.Store.read_only(str(open_release(tmp_path / "o").store))
    rdm = "https://w3id.org/rdm-kg/ont#"
    others = "{ ?x a <http://www.w3.org/ns/dcat#Distribution> } UNION { GRAPH ?x { ?s ?p ?o } }"
    assert not store.query(f"ASK {{ ?x a <{rdm}DataType> . {others} }}")
    assert store.query(f"ASK {{ ?x a <{rdm}DataType> FILTER(STRENDS(STR(?x), '#heading-md')) }}")


def test_line_separators_in_a_text_stay_in_it(tmp_path: Path) -> None:
    page = '---\ntype: cheat_sheet\npage_id: x\ntitle: "X\\u2028Y\\x85Z"\n---\nText.\n'
    done = kg("build", write_site(tmp_path / "s", {"x.md": page}), "--out", tmp_path / "o", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    lines = open_release(tmp_path / "o").graph.read_text(encoding="utf-8").split("\n")
    assert any("X\u2028Y\x85Z" in line for line in lines)
    assert all(line.endswith(" .") for line in lines if line)


@given(st.text(max_size=40).map(lambda text: "https://e.example/" + text) | st.text(max_size=40))
def test_what_counts_as_an_iri_is_one_for_the_store(text: str) -> None:
    for iri in (absolute_iri(text), web_iri(text)):
        if iri is not None:
            line = f"<{iri}> <{iri}> <{iri}> .\n"
            (parsed,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
            assert parsed.subject == ox.NamedNode(iri)
