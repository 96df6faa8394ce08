"""A build that takes unchanged parts from earlier builds gives the same release as one that takes none."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import pyoxigraph as ox
import pytest
from rdflib import Graph

from kg.align import align
from kg.build.inputs import around_pages, program
from kg.build_cache import BuildCache
from kg.cli import main
from kg.commands._releases import WantedRelease, make_or_reuse
from kg.commands.build import command
from kg.readers import Reading, SiteReader
from kg.readers._page import _parsed
from kg.release import open_release, verify
from kg.site import open_site
from kg.store import oxigraph
from kg.vocab import DESCRIPTION_GRAPH
from tests.change.checkout import commit
from tests.conftest import write_site

pytestmark = pytest.mark.slow

CACHE = ".cache"
CONFIG = "title: A site\nurl: https://site.example\nlang: en\nrepository: o/r\n"
PAGES = 12
LINKS = [f"[to it](p{n}.md#part-{n % 3})" for n in range(PAGES)] + [
    *("[image](images/a.png)", "[old](http://host.example/x)", "[new](https://host.example/y)", "[gone](nothing.md)"),
    *("![picture](images/a.png)", "![picture](images/b.png)", '{% tool "lamp" %}'),
    *("[source](https://github.com/o/r/blob/main/images/a.png)", "[page](p1.md#nothing)", "[text](notes/a.txt)"),
    *("[Zenodo](https://zenodo.org/)", "[record](https://fairsharing.org/FAIRsharing.wy4egf)", '{% tool "bench" %}'),
    *(
        "{% include note.md %}",
        "{{ site.data.words.one }}",
        "[other](https://other.example/p1)",
        "Write to a@b.example",
    ),
]


def page(choose: random.Random) -> str:
    front = ["title: Page " + choose.choice("ABC")]
    front += [f"page_id: id{choose.randrange(9)}"] if choose.random() < 0.6 else []
    front += ["type: your_tasks"] if choose.random() < 0.4 else []
    front += [f"redirect_from: /old{choose.randrange(3)}/"] if choose.random() < 0.2 else []
    front += [f"related_pages:\n  your_tasks: [id{choose.randrange(9)}]"] if choose.random() < 0.3 else []
    front += ["contributors: [Ada Example]"] if choose.random() < 0.5 else []
    parts = [
        f"## Part {choose.randrange(4)}\n\nUse {choose.choice(LINKS)} to store data.\n\n* {choose.choice(LINKS)}\n"
        for _ in range(choose.randrange(1, 4))
    ]
    return "---\n" + "\n".join(front) + "\n---\n" + "\n".join(parts)


def first(choose: random.Random) -> dict[str, str]:
    return {
        **{f"p{number}.md": page(choose) for number in range(PAGES)},
        "_data/tool_and_resource_list.yml": "- id: bench\n  name: Bench\n  url: https://bench.example\n"
        "- id: lamp\n  name: Lamp\n  url: https://lamp.example\n",
        "_data/CONTRIBUTORS.yml": "Ada Example:\n  git: ada\n",
        "_data/words.yml": "one: a word\n",
        "_includes/note.md": "A note on [Bench](https://bench.example).\n",
    }


def appended(text: str) -> Callable[[str], str]:
    return lambda page: f"{page}\n{text}\n"


def with_front(line: str) -> Callable[[str], str]:
    """Return a change of a page to one with a line of front matter, in place of that with the same key."""

    def change(page: str) -> str:
        _, front, body = page.split("---\n", 2)
        kept = [old for old in front.splitlines() if old.partition(":")[0] != line.partition(":")[0]]
        return "\n".join(("---", *kept, line, "---", body))

    return change


CHANGES: dict[str, Callable[[str], str]] = {
    "words": appended("One more sentence."),
    "link": appended("See [an example](https://www.example.org/new)."),
    "link to a page": appended("See [another](p2.md#part-1)."),
    "record": appended("Use [PRIDE](https://fairsharing.org/FAIRsharing.e1byny) for data."),
    "licence": appended("It is under [this licence](https://creativecommons.org/licenses/by/4.0/)."),
    "tool": appended('Use {% tool "lamp" %}.'),
    "heading": appended("## Part 9\n\nText."),
    "list of pages": appended("{% for each in site.pages %}{{ each.title }} {{ each.content }} {% endfor %}"),
    "title": with_front("title: Changed"),
    "contributors": with_front("contributors: [Ada Example, Bo Example]"),
    "identifier": with_front("page_id: changed"),
    "type": with_front("type: your_tasks"),
}
"""What of a page changes → function that changes it."""


def edit(site: Path, choose: random.Random) -> None:
    """Change one thing of a site."""
    number = choose.randrange(PAGES)
    file = site / f"p{number}.md"
    match choose.randrange(14):
        case 10 | 11 | 12 | 13 if file.exists():
            file.write_text(CHANGES[choose.choice([*CHANGES])](file.read_text()))
        case 0 if len(list(site.glob("*.md"))) > PAGES // 2:
            file.unlink(missing_ok=True)
        case 1:
            (site / "_data" / "words.yml").write_text(f"one: word {choose.random()}\n")
        case 2:
            (site / "_includes" / "note.md").write_text(f"See [a page](p{number}.md), {choose.random()}.\n")
        case 3:
            (site / "_config.yml").write_text(CONFIG + f"description: D {choose.randrange(9)}\n")
        case 4:
            name = choose.choice(["Bench", "Desk"])
            text = f"- id: bench\n  name: {name}\n  url: https://bench.example\n- id: lamp\n  name: Lamp\n"
            (site / "_data" / "tool_and_resource_list.yml").write_text(text)
        case 5:
            image = site / "images" / "a.png"
            image.parent.mkdir(exist_ok=True)
            image.unlink() if image.exists() else image.touch()
            file.write_text(page(choose))
        case 6:
            loop = "{% for other in site.pages %}[{{ other.title }}]({{ other.url | relative_url }}) {% endfor %}\n"
            file.write_text(page(choose) + loop)
        case _:
            file.write_text(page(choose))


def build(out: Path, *arguments: str | Path) -> Path:
    """Build with OWL 2 RL rules and return the folder of the release."""
    assert main(["build", *map(str, arguments), "--reasoner", "owlrl", "--out", str(out)]) == 0
    return (out / "current").resolve()


def rebuild(out: Path, *folders: Path, cache: BuildCache) -> Path:
    """Build as a watch does, with one cache for all builds, and return the folder of the release."""
    with click.Context(command):
        make_or_reuse(WantedRelease(folders, out, {}, reasoner="owlrl", cache=cache))
    return (out / "current").resolve()


def content(release: Path) -> dict[str, object]:
    """Return all that is in a release, except times and the files of RocksDB."""
    files = {file.relative_to(release).as_posix(): file for file in release.rglob("*") if file.is_file()}
    found: dict[str, object] = {
        name: file.read_bytes() for name, file in files.items() if not name.startswith("store/")
    }
    store = ox.Store.read_only(str(release / "store"))
    described = ox.NamedNode(DESCRIPTION_GRAPH)  # it has the time of the build
    found["store"] = {str(quad) for quad in store if quad.graph_name != described} | {*map(str, store.named_graphs())}
    own = ox.Store()
    own.load(b"".join(oxigraph.description_quads(open_release(release))), ox.RdfFormat.N_QUADS)
    assert set(store.quads_for_pattern(None, None, None, described)) == set(own)
    del found["description.ttl"]
    manifest = json.loads(str(found.pop("manifest.json"), "utf-8"))  # type: ignore[arg-type]
    return found | {key: manifest[key] for key in ("release", "counts", "sites", "reasoner", "builder", "inputs")}


def assert_same(one: Path, other: Path) -> None:
    before, now = content(one), content(other)
    assert before.keys() == now.keys()
    assert [name for name in now if before[name] != now[name]] == []


@pytest.mark.parametrize("seed", range(3))
def test_after_any_edit_the_release_is_that_of_a_build_without_a_cache(tmp_path: Path, seed: int) -> None:
    choose = random.Random(seed)
    site = write_site(tmp_path / "site", first(choose), CONFIG)
    other = write_site(tmp_path / "other", {"p1.md": page(choose)}, "title: Other\nurl: https://other.example\n")
    held = BuildCache(tmp_path / "out" / CACHE, program(), 1 << choose.randrange(14, 24))
    if seed == 0:
        commit(site)
    for number in range(10):
        if choose.random() < 0.2:
            (other / "p1.md").write_text(page(choose))
        else:
            edit(site, choose)
        if seed == 0 and number % 3 == 0:
            commit(site, day=2)
        out = tmp_path / "out"
        cached = build(out, site, other) if seed != 1 else rebuild(out, site, other, cache=held)
        assert_same(cached, build(tmp_path / "fresh", site, other, "--no-cache"))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", first(random.Random(7)), CONFIG)


def test_after_each_kind_of_change_of_one_page_the_release_is_that_of_a_build_without_a_cache(
    tmp_path: Path, site: Path
) -> None:
    (site / "p3.md").write_text("---\ntitle: Three\n---\n## Part 1\n\nSee [a part](p1.md#part-9), [it](changed).\n")
    build(tmp_path / "out", site)
    for change in CHANGES.values():
        (site / "p1.md").write_text(change((site / "p1.md").read_text()))
        assert_same(build(tmp_path / "out", site), build(tmp_path / "fresh", site, "--no-cache"))


@pytest.mark.parametrize(
    ("what", "groups"),
    [("words", 0), ("tool", 0), ("title", 0), ("contributors", 0), ("link", 1), ("record", 1)],
)
def test_after_a_change_of_one_page_it_is_read_alone_and_the_groups_of_its_new_addresses_are_aligned(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch, what: str, groups: int
) -> None:
    (site / "p2.md").write_text("---\ntitle: All\n---\n{% for each in site.pages %}{{ each.path }} {% endfor %}\n")
    build(tmp_path / "out", site)
    (site / "p1.md").write_text(CHANGES[what]((site / "p1.md").read_text()))
    read, aligned = SiteReader.__call__, list[object]()
    paths = set[str]()

    def reading(self: SiteReader, path: str) -> Reading:
        paths.add(path)
        return read(self, path)

    def aligning(used: Sequence[str], **given: Any) -> dict[str, Graph]:
        aligned.append(used)
        return align(used, **given)

    monkeypatch.setattr(SiteReader, "__call__", reading)
    monkeypatch.setattr("kg.build.compile.align", aligning)
    build(tmp_path / "out", site)
    assert paths == {"p1.md"} | ({"p2.md"} if what in ("title", "contributors") else set())
    assert len(aligned) == groups


@pytest.mark.parametrize(
    "damage",
    [lambda text: text[: len(text) // 2], lambda _: b"", lambda text: text[:-2] + b"00", lambda _: b"{}"],
    ids=["truncated", "empty", "changed", "another"],
)
def test_a_damaged_entry_is_ignored(tmp_path: Path, site: Path, damage: Callable[[bytes], bytes]) -> None:
    build(tmp_path / "out", site)
    for entry in (tmp_path / "out" / CACHE).rglob("*"):
        if entry.is_file() and entry.suffix != ".sst":  # of which the release has the other link
            entry.write_bytes(damage(entry.read_bytes()))
    (site / "p1.md").write_text("---\ntitle: New\n---\nNew words.\n")
    assert_same(build(tmp_path / "out", site), build(tmp_path / "fresh", site, "--no-cache"))


@pytest.mark.parametrize("name", ["MANIFEST-*", "CURRENT", "OPTIONS-*", "*.sst"])
def test_a_damaged_store_of_the_last_graph_is_not_used(tmp_path: Path, site: Path, name: str) -> None:
    build(tmp_path / "out", site)
    for file in (tmp_path / "out" / CACHE / "store").glob(name):
        content = file.read_bytes()
        file.unlink()
        file.write_bytes(content[: len(content) // 2])
    (site / "p1.md").write_text("---\ntitle: New\n---\nNew words.\n")
    assert_same(build(tmp_path / "out", site), build(tmp_path / "fresh", site, "--no-cache"))


def test_after_a_change_of_one_page_only_what_it_decides_is_computed(tmp_path: Path, site: Path) -> None:
    build(tmp_path / "out", site)
    entries = {entry.name for entry in (tmp_path / "out" / CACHE).iterdir()}
    with (site / "p1.md").open("a") as file:
        file.write("\nOne more sentence.\n")
    build(tmp_path / "out", site)
    new = {entry.name for entry in (tmp_path / "out" / CACHE).iterdir()} - entries
    assert 3 <= len(new) <= 3 + 3  # page, findings and description; and of the graph: parts of the index, the catalogue


def test_files_with_the_same_content_are_links_to_the_same_file(tmp_path: Path, site: Path) -> None:
    before = build(tmp_path / "out", site)
    with (site / "p1.md").open("a") as file:
        file.write("\nOne more sentence.\n")
    now = build(tmp_path / "out", site)
    pages = {file: before / file.relative_to(now) for file in (now / "pages").rglob("*.html")}
    assert [file.name for file, old in pages.items() if not file.samefile(old)] == ["id1.html"]
    assert (now / "graph.nq").read_bytes() == (before / "graph.nq").read_bytes()
    assert (now / "dumps" / "rdm-kg.ttl").samefile(before / "dumps" / "rdm-kg.ttl")
    assert (now / "dumps" / "rdm-kg.nq").samefile(now / "graph.nq")


def test_words_that_change_no_statement_leave_graph_store_and_most_of_the_index(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build(tmp_path / "out", site)

    def forbidden(*_: object) -> None:
        pytest.fail("made again")

    for name in ("compile.merge", "compile.search_index.writing_index", "previous.oxigraph.update"):
        monkeypatch.setattr(f"kg.build.{name}", forbidden)
    for number in range(3):
        with (site / "p1.md").open("a") as file:
            file.write(f"\nOne more sentence about number{number}.\n")
        now = build(tmp_path / "out", site)
        assert now != before
        assert (now / "graph.nq").samefile(before / "graph.nq")
    monkeypatch.undo()
    assert_same(now, build(tmp_path / "fresh", site, "--no-cache"))


def test_a_store_that_was_updated_often_is_filled_anew(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.build.previous._UPDATES", 2)
    create, filled = oxigraph.create, list[Path]()

    def creating(folder: Path, graph: Path) -> oxigraph.Counts:
        filled.append(folder)
        return create(folder, graph)

    monkeypatch.setattr("kg.build.previous.oxigraph.create", creating)
    numbers = []
    for number, text in enumerate(["Words.", "More words.", "See [it](https://www.example.org/a).", "Other words."]):
        with (site / "p1.md").open("a") as file:
            file.write(f"\n{text} {number}\n")
        now = build(tmp_path / "out", site)
        numbers.append(len(filled))
    assert numbers == [1, 1, 1, 2]
    assert_same(now, build(tmp_path / "fresh", site, "--no-cache"))


def test_a_store_of_another_graph_is_not_used(tmp_path: Path, site: Path) -> None:
    build(tmp_path / "out", site)
    (site / "p1.md").write_text("---\ntitle: Foreign\n---\nWords.\n")
    build(tmp_path / "another", site)
    shutil.rmtree(tmp_path / "out" / CACHE / "store")
    (tmp_path / "another" / CACHE / "store").rename(tmp_path / "out" / CACHE / "store")
    (site / "p1.md").write_text("---\ntitle: New\n---\nNew words.\n")
    assert_same(build(tmp_path / "out", site), build(tmp_path / "fresh", site, "--no-cache"))


def test_nothing_is_kept_without_a_cache_and_a_cache_is_not_published(tmp_path: Path, site: Path) -> None:
    release = build(tmp_path / "out", site, "--no-cache")
    assert not (tmp_path / "out" / CACHE).exists()
    assert open_release(release).id == open_release(build(tmp_path / "other", site)).id
    assert [name for name in open_release(tmp_path / "other").manifest["files"] if CACHE in name] == []


def test_two_builds_at_once(tmp_path: Path, site: Path) -> None:
    command = [sys.executable, "-m", "kg", "build", site, "--reasoner", "owlrl", "--out", tmp_path / "out"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for build_ in both:
        _, told = build_.communicate()
        assert build_.returncode == 0, told
    verify(open_release(tmp_path / "out"))
    (site / "p1.md").write_text("---\ntitle: New\n---\nNew words.\n")
    assert_same(build(tmp_path / "out", site), build(tmp_path / "fresh", site, "--no-cache"))


def test_results_are_held_in_bounded_memory_by_several_threads_at_once(tmp_path: Path) -> None:
    cache = BuildCache(tmp_path, memory=3000)
    keys = [cache.key(number) for number in range(40)]
    for number, key in enumerate(keys):
        cache.put(key, [number] * 40)

    def read(seed: int) -> None:
        choose = random.Random(seed)
        for _ in range(3000):
            number = choose.randrange(40)
            assert cache.get(keys[number])[:2] == [number] * 2
            if choose.random() < 0.1:
                cache.put(keys[number], [number] * choose.randrange(20, 60))

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(read, range(4)))
    finally:
        sys.setswitchinterval(before)
    held = sum(len(json.dumps(result)) for result, _ in cache._held.values())
    assert 0 < held <= 3000
    assert cache._memory == 3000 - sum(size for _, size in cache._held.values())


def test_the_entries_that_were_unused_for_the_longest_time_are_removed(tmp_path: Path) -> None:
    cache = BuildCache(tmp_path / "cache")
    for number in range(10):
        cache.put(cache.key(number), "x" * 1000)
    assert cache.get(cache.key(0)) == "x" * 1000
    cache.trim(5000)
    left = [number for number in range(10) if cache.get(cache.key(number))]
    assert left == [0, 7, 8, 9]
    assert sum(entry.stat().st_size for entry in (tmp_path / "cache").iterdir()) <= 5000


@pytest.mark.parametrize(
    "liquid",
    [
        "{% for each in site.pages %}{{ each.title }} {% endfor %}",
        '{% assign key = "html_pages" %}{{ site[key] | map: "title" | join: " " }}',
        "{% include_relative p2.md %}",
        '{% link p2.md %}{% assign all = site %}{{ all.pages | map: "content" | join: " " }}',
    ],
)
def test_a_page_that_shows_another_is_read_again_when_that_changes(tmp_path: Path, site: Path, liquid: str) -> None:
    (site / "p1.md").write_text(f"---\ntitle: All\n---\nThese are {liquid}\n")
    for title in ("Early", "Late"):
        (site / "p2.md").write_text(f"---\ntitle: {title}\npermalink: /{title}/\n---\nWords of {title}.\n")
        release = build(tmp_path / "out", site)
        assert title in next(release.glob("pages/*/page/p1.html")).read_text()
    assert_same(release, build(tmp_path / "fresh", site, "--no-cache"))


@pytest.mark.parametrize(
    "liquid",
    [
        "{% for each in site.pages %}{{ each.content }}{% endfor %}",
        '{{ site.html_pages | map: "content" | join: " " }}',
        '{% assign name = "content" %}{% for each in site.pages %}{{ each[name] }}{% endfor %}',
        "{% for each in site.pages %}{{ each }}{% endfor %}",
        "{{ site.pages | jsonify }}",
        "{% for each in site.pages %}{% for part in each %}{{ part[1] }}{% endfor %}{% endfor %}",
        '{% assign some = site.pages | where_exp: "each", "each.content contains \'Late\'" %}{{ some[0].path }} Late',
        "{% include_relative p2.md %}",
        "{% for each in site.things %}{{ each.content }}{{ each.excerpt }}{% endfor %}",
        "{% include text.md %}",
    ],
)
def test_a_page_that_shows_the_words_of_another_is_read_again_when_they_change(
    tmp_path: Path, site: Path, liquid: str
) -> None:
    (site / "_config.yml").write_text(CONFIG + "collections:\n  things:\n    output: true\n")
    (site / "_includes" / "text.md").write_text("{% for each in site.pages %}{{ each.content }}{% endfor %}")
    (site / "_things").mkdir()
    (site / "p1.md").write_text(f"---\ntitle: All\n---\nThese are {liquid}\n")
    for words in ("Early", "Late"):
        for file in (site / "p2.md", site / "_things" / "one.md"):
            file.write_text(f"---\ntitle: Two\n---\nWords are {words}.\n")
        release = build(tmp_path / "out", site)
    assert "Late" in next(release.glob("pages/*/page/p1.html")).read_text()
    assert_same(release, build(tmp_path / "fresh", site, "--no-cache"))


def test_for_a_page_that_shows_all_only_front_matter_that_has_changed_is_read(tmp_path: Path, site: Path) -> None:
    (site / "p1.md").write_text("---\ntitle: All\n---\n{% for each in site.pages %}{{ each.title }} {% endfor %}\n")
    for title in ("Early", "Late"):
        (site / "p2.md").write_text(f"---\ntitle: {title}\n---\nWords.\n")
        _parsed.cache_clear()
        release = build(tmp_path / "out", site)
    assert _parsed.cache_info().misses == 2  # p1.md and p2.md
    assert_same(release, build(tmp_path / "fresh", site, "--no-cache"))


def test_numbers_of_pages_that_are_shown_stay_numbers(tmp_path: Path, site: Path) -> None:
    loop = "{% for each in site.pages %}{% if each.rank == 9 %}{{ each.title }}{% endif %}{% endfor %}"
    (site / "p1.md").write_text(f"---\ntitle: All\n---\nNinth is {loop}.\n")
    (site / "p3.md").write_text("---\ntitle: Three\nrank: 9\n---\nWords.\n")
    for title in ("Early", "Late"):
        (site / "p2.md").write_text(f"---\ntitle: {title}\n---\nWords.\n")
        release = build(tmp_path / "out", site)
        assert "Ninth is Three." in next(release.glob("pages/*/page/p1.html")).read_text()


@pytest.mark.parametrize(
    "liquid", ["{% for file in site.static_files %}{{ file.name }} {% endfor %}", "{% link late.png %}"]
)
def test_a_page_that_shows_files_is_read_again_when_one_is_added(tmp_path: Path, site: Path, liquid: str) -> None:
    (site / "p1.md").write_text(f"---\ntitle: All\n---\nThese are {liquid}\n")
    build(tmp_path / "out", site)
    (site / "late.png").write_text("")
    release = build(tmp_path / "out", site)
    assert "late.png" in next(release.glob("pages/*/page/p1.html")).read_text()


def test_a_file_that_becomes_a_page_is_no_longer_shown_as_another(tmp_path: Path, site: Path) -> None:
    (site / "a.css").write_text("a {}")
    (site / "p1.md").write_text(
        "---\ntitle: All\n---\n{% for file in site.static_files %}{{ file.name }} {% endfor %}\n"
    )
    assert "a.css" in next(build(tmp_path / "out", site).glob("pages/*/page/p1.html")).read_text()
    (site / "a.css").write_text("---\n---\na {}")
    assert "a.css" not in next(build(tmp_path / "out", site).glob("pages/*/page/p1.html")).read_text()


def test_a_readme_is_the_page_of_its_folder_until_there_is_another(tmp_path: Path, site: Path) -> None:
    (site / "Gemfile").write_text("gem 'github-pages'\n")
    (site / "notes").mkdir()
    (site / "notes" / "README.md").write_text("# Words\n")
    assert [*build(tmp_path / "out", site).glob("pages/*/page/notes-readme.html")]
    (site / "notes" / "index.md").write_text("---\ntitle: Notes\n---\nWords\n")
    assert not [*build(tmp_path / "out", site).glob("pages/*/page/notes-readme.html")]


def test_a_page_that_shows_another_through_an_include_is_read_again(tmp_path: Path, site: Path) -> None:
    (site / "_includes" / "all.md").write_text('{{ site.pages | map: "title" | join: " " }}')
    (site / "p1.md").write_text("---\ntitle: All\n---\nThese are {% include all.md %}\n")
    for title in ("Early", "Late"):
        (site / "p2.md").write_text(f"---\ntitle: {title}\n---\nWords.\n")
        assert title in next(build(tmp_path / "out", site).glob("pages/*/page/p1.html")).read_text()


def findings(out: Path) -> list[str]:
    """Return the rules of the findings in the report of the current release."""
    report = json.loads((out / "current" / "report.json").read_text(encoding="utf-8"))
    return sorted(found["rule"] for site in report["sites"] for found in site["findings"])


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda site: (site / "images" / "a.png").unlink(), "broken-link"),
        (lambda site: (site / "images" / "b.png").unlink(), "broken-link"),
        (lambda site: (site / "p2.md").write_text("---\ntitle: Two\n---\nNo tool.\n"), "unused-tool"),
    ],
    ids=["picture", "file of the repository", "tool"],
)
def test_findings_that_other_files_decide_are_found_again(
    tmp_path: Path, change: Callable[[Path], object], rule: str
) -> None:
    files = {
        "p1.md": '---\ntitle: One\n---\n![picture](images/a.png) {% tool "bench" %}\n\n'
        "[source](https://github.com/o/r/blob/main/images/b.png)\n",
        "p2.md": '---\ntitle: Two\n---\n{% tool "lamp" %}\n',
        "images/a.png": "",
        "images/b.png": "",
        "_data/tool_and_resource_list.yml": "- id: bench\n  name: Bench\n  url: https://bench.example\n"
        "- id: lamp\n  name: Lamp\n  url: https://lamp.example\n",
    }
    site = write_site(tmp_path / "site", files, CONFIG)
    build(tmp_path / "out", site)
    before = findings(tmp_path / "out")
    change(site)
    build(tmp_path / "out", site)
    assert findings(tmp_path / "out") == sorted([*before, rule])


def test_nothing_is_taken_from_a_build_with_another_key(tmp_path: Path) -> None:
    site = write_site(tmp_path, {}, CONFIG)
    assert around_pages(open_site(site), set()) == around_pages(open_site(site, key="site-example"), set())
    assert around_pages(open_site(site), set()) != around_pages(open_site(site, key="other"), set())


def test_a_page_that_shows_others_is_described_again_if_it_shows_something_else(tmp_path: Path, site: Path) -> None:
    (site / "p1.md").write_text('---\ntitle: All\n---\nThese are {{ site.pages | map: "title" | join: " " }}\n')

    def described(title: str, words: str) -> int:
        """Build with another page and return the number of pages that are described anew."""
        entries = {*(tmp_path / "out" / CACHE).glob("*")}
        (site / "p2.md").write_text(f"---\ntitle: {title}\n---\n{words}\n")
        build(tmp_path / "out", site)
        new = {*(tmp_path / "out" / CACHE).glob("*")} - entries
        texts = [entry.read_bytes() for entry in new if entry.is_file()]
        return sum(b'"quads"' in text and b'"html"' in text for text in texts)

    described("Early", "Words.")
    assert described("Early", "Other words.") == 1
    assert described("Late", "Other words.") == 2
