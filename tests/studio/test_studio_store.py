"""Sessions on disk: edits, undo and redo across restarts, comments kept, no file overwritten, nothing half-written."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi")

from nqpf.studio import session as session_module
from nqpf.studio.documents import parse, rewrite, write
from nqpf.studio.faults import Absent, Conflict
from nqpf.studio.names import clean_name, free_name
from nqpf.studio.session import Session, study_id
from nqpf.studio.store import DEMOS, Store, demos
from nqpf.study import Study, demo_names

COMMENTED = """\
# what this is
study: s  # short
title: {zh: 题, en: Title}   # both
data:
  tables:
    # the first
    - file: a.csv
      unit: province
    - file: b.csv   # the second
  periods: [2007, 2017]
# how
recipe:
  normalise: "minmax"  # usual
  seeds: [1, 2]
"""

ODD = ["yes", "null", "~", "2020", "1e3", "0x1f", "1_000", "#x", "*a", "&a", "!x", "<<", "2020-01-01", ".nan", "'q'"]
ODD += ["%x", "@a", "{a", "[b", "?0", "?", "|", "", "- a", "a: b", " lead", "trail ", "two\nlines", "\t", "#", "\u2028"]
words = st.one_of(st.text(st.characters(exclude_categories=("Cs",)), max_size=6), st.sampled_from(ODD))
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), words)
nested = st.recursive(
    scalars, lambda s: st.one_of(st.lists(s, max_size=3), st.dictionaries(words, s, max_size=3)), max_leaves=8
)
documents = st.dictionaries(words, nested, max_size=4)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def session(store: Store) -> Session:
    return store.create("试")


def same(one: Any, other: Any) -> bool:
    """Say whether two documents are the same JSON, order and kinds of numbers included."""
    return json.dumps(one) == json.dumps(other)


# Documents


@given(documents, documents)
def test_what_is_written_reads_back_whatever_stood_there(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert same(parse(write(old)), old)
    assert same(parse(rewrite(write(old), new)), new)


@pytest.mark.parametrize("name", demos())
def test_one_change_of_a_demo_changes_one_line(name: str) -> None:
    text = (DEMOS / name / "study.yaml").read_text(encoding="utf-8")
    document = parse(text)
    assert rewrite(text, document) == text
    changed = rewrite(text, document | {"seed": 5})
    assert parse(changed) == document | {"seed": 5}
    assert len(set(changed.splitlines()) - set(text.splitlines())) == 1
    assert changed.count("#") == text.count("#")


def test_comments_move_with_what_they_stand_at() -> None:
    document = parse(COMMENTED)
    document["data"]["tables"].reverse()
    document["data"]["tables"][0]["unit"] = "省"
    document["data"]["tables"].append({"file": "c.csv"})
    document["recipe"]["normalise"] = "zscore"
    del document["title"]
    assert rewrite(COMMENTED, document).splitlines() == [
        "# what this is",
        "study: s  # short",
        "data:",
        "  tables:",
        "    # the first",
        "    - file: b.csv   # the second",
        "      unit: 省",
        "    - file: a.csv",
        "      unit: province",
        "    - file: c.csv",
        "  periods: [2007, 2017]",
        "# how",
        "recipe:",
        '  normalise: "zscore"  # usual',
        "  seeds: [1, 2]",
    ]


def test_a_text_over_several_lines_can_become_any_other() -> None:
    text = "about: |\n  one\n  two\nmore: >\n  three\n  four\n"
    for about in ("x", "", " lead", "a\n\n\n", "\u2028", "#", "\ttab: x\n  y"):
        assert parse(rewrite(text, {"about": about, "more": about})) == {"about": about, "more": about}


def test_true_is_not_one_and_order_counts() -> None:
    assert rewrite("a: 1\n", {"a": True}) == "a: true\n"
    assert rewrite("a: 1\nb: 2\n", {"b": 2, "a": 1}) == "b: 2\na: 1\n"
    assert rewrite("a: 1.0\n", {"a": 1}) == "a: 1.0\n"


def test_anchors_are_written_out_where_one_of_their_places_changes() -> None:
    text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n"
    document = parse(text)
    assert document == {"a": {"k": 1}, "b": {"k": 1}, "c": {"k": 1, "l": 2}}
    document["b"]["k"] = 5
    assert parse(rewrite(text, document)) == document


# Sessions


def test_a_new_session_has_a_name_for_its_study(store: Store) -> None:
    session = store.create("长三角 2024：新质")
    assert session.document == {"study": "长三角_2024_新质", "title": "长三角 2024：新质"}
    assert (session.revision, session.can_undo, session.can_redo, session.files()) == (1, False, False, [])
    assert study_id("???") == "study"
    assert store.create().title["zh"] == "未命名研究"


def test_sessions_are_listed_the_last_changed_first(store: Store) -> None:
    first, second = store.create("a"), store.create("b")
    first.edit(first.document | {"seed": 1}, 1, "seed")
    assert [(one.id, one.title.en, one.revision) for one in store.sessions()] == [
        (first.id, "a", 2),
        (second.id, "b", 1),
    ]


def test_undo_and_redo_are_earlier_and_later_documents_also_after_a_restart(store: Store, session: Session) -> None:
    first = session.document
    assert session.edit(first | {"seed": 1}, 1, "种子 1") == 2
    assert session.edit(first | {"seed": 2}, 2, "种子 2") == 3
    again = Store(store.root).open(session.id)
    assert again.labels() == {"undo": "种子 2", "redo": None}
    assert (again.undo(), again.document["seed"]) == (4, 1)
    assert (again.undo(), again.document) == (5, first)
    assert (again.can_undo, again.can_redo, again.undo()) == (False, True, 5)
    assert (again.redo(), again.document["seed"]) == (6, 1)
    assert parse((again.folder / "study.yaml").read_text(encoding="utf-8")) == first | {"seed": 1}
    assert again.labels() == {"undo": "种子 1", "redo": "种子 2"}
    again.edit(first | {"seed": 9}, 6, "种子 9")
    assert (again.can_redo, again.redo(), again.document["seed"]) == (False, 7, 9)


def test_undo_gives_back_the_very_text_with_its_comments(store: Store) -> None:
    session = store.create(demo="thermal")
    text = (session.folder / "study.yaml").read_bytes()
    session.edit({"study": "x", "title": "t"}, 1, "all gone")
    assert (session.folder / "study.yaml").read_bytes() != text
    session.undo()
    assert (session.folder / "study.yaml").read_bytes() == text


def test_the_older_of_two_pages_is_refused_and_changes_nothing(session: Session) -> None:
    session.edit(session.document | {"seed": 1}, 1, "first page")
    for late in (lambda: session.edit(session.document | {"seed": 2}, 1, "second page"), lambda: session.undo(1)):
        with pytest.raises(Conflict, match="this page knows revision 1, it is now 2"):
            late()
    assert (session.revision, session.document["seed"]) == (2, 1)


def test_an_edit_that_says_the_same_is_no_step(session: Session) -> None:
    assert session.edit(session.document, 1, "nothing") == 1
    assert not session.can_undo


def test_half_a_character_is_written_as_one_that_can_be(session: Session) -> None:
    session.edit(session.document | {"about": "\ud83d"}, 1, "odd")
    assert session.document["about"] == "?"


def test_a_study_without_its_name_gets_one(session: Session) -> None:
    session.edit({"title": "一 二"}, 1, "name gone")
    assert session.document == {"study": "一_二", "title": "一 二"}


def test_a_study_changed_elsewhere_is_a_step(store: Store, session: Session) -> None:
    path = session.folder / "study.yaml"
    path.write_text("study: hand  # mine\ntitle: t\n", encoding="utf-8")
    again = store.open(session.id)
    assert (again.revision, again.document) == (2, {"study": "hand", "title": "t"})
    assert again.labels()["undo"] == "study.yaml changed outside the studio"
    assert "# mine" in path.read_text(encoding="utf-8")
    again.undo()
    assert again.document["study"] == "试"


@pytest.mark.parametrize("broken", [b"a: [", b"\xff\xfe", b"- a list\n", b""])
def test_a_study_that_was_broken_elsewhere_is_set_aside(broken: bytes, store: Store, session: Session) -> None:
    path = session.folder / "study.yaml"
    path.write_bytes(broken)
    again = store.open(session.id)
    assert (again.revision, again.document["study"]) == (1, "试")
    assert parse(path.read_text(encoding="utf-8")) == again.document
    kept = again.files()
    assert [file.path[:12] for file in kept] == ["files/study "]
    assert (again.folder / kept[0].path).read_bytes() == broken


def test_a_study_that_was_deleted_is_written_again(store: Store, session: Session) -> None:
    (session.folder / "study.yaml").unlink()
    assert store.open(session.id).document["study"] == "试"
    assert (session.folder / "study.yaml").is_file()


@pytest.mark.parametrize("dies_at", ["00002.json", "study.yaml", "session.json"])
def test_a_crash_while_saving_loses_nothing(
    dies_at: str, store: Store, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = session_module.write_whole

    def crashing(path: Path, raw: bytes) -> None:
        if path.name == dies_at:
            raise SystemExit
        real(path, raw)

    monkeypatch.setattr(session_module, "write_whole", crashing)
    with pytest.raises(SystemExit):
        session.edit(session.document | {"seed": 7}, 1, "seed")
    monkeypatch.undo()
    again = Store(store.root).open(session.id)
    assert again.document.get("seed") == (7 if dies_at == "session.json" else None)
    assert parse((again.folder / "study.yaml").read_text(encoding="utf-8")) == again.document
    assert again.edit(again.document | {"seed": 8}, again.revision, "seed") == again.revision
    assert again.document["seed"] == 8


def test_what_a_killed_server_left_half_made_is_taken_away(store: Store, session: Session) -> None:
    (store.root / ".20260101-00000000.draft").mkdir()
    (session.folder / "files" / ".1234.csv").write_text("half")
    store.sweep()
    assert [path.name for path in store.root.iterdir()] == [session.id]
    assert list((session.folder / "files").iterdir()) == []


def test_a_removed_session_lies_in_the_trash(store: Store, session: Session) -> None:
    store.remove(session.id)
    assert store.sessions() == []
    (kept,) = (store.root / ".trash").iterdir()
    assert kept.name.startswith(session.id)
    assert (kept / "study.yaml").is_file()


@pytest.mark.parametrize("id", ["..", "../x", ".trash", "x" * 99, "a/b", "", "C:", "a\x00b"])
def test_no_other_folder_is_opened(id: str, store: Store, session: Session) -> None:
    (store.root / ".trash").mkdir()
    with pytest.raises(Absent, match="There is no study"):
        store.open(id)


# Demos


def test_the_demos_are_the_library_s() -> None:
    assert list(demos()) == demo_names()
    assert all(set(about["title"]) == {"zh", "en"} for about in demos().values())


def test_a_demo_comes_with_its_data_and_runs_as_it_is(store: Store) -> None:
    for name in demos():
        session = store.create(demo=name)
        assert (session.folder / "study.yaml").read_bytes() == (DEMOS / name / "study.yaml").read_bytes()
        study = Study.load(session.folder / "study.yaml")
        assert study.paths()
        assert all(path.is_file() and path.is_relative_to(session.folder) for path in study.paths())
        assert not [file for file in session.files() if file.name.endswith((".py", ".pyc"))]
        assert not session.can_undo


def test_there_is_no_such_demo(store: Store) -> None:
    with pytest.raises(Absent, match="Did you mean “thermal”"):
        store.create(demo="termal")
    with pytest.raises(Absent):
        store.create(demo="../demos/thermal")
    assert store.sessions() == []


# Files


def test_no_file_is_overwritten(session: Session) -> None:
    first = session.add_file("表.csv", io.BytesIO(b"1"))
    twin = session.add_file("表.csv", io.BytesIO(b"1"))
    other = session.add_file("表.CSV", io.BytesIO(b"2"))
    third = session.add_file("表.csv", io.BytesIO(b"3"))
    assert (first.path, first.size) == ("files/表.csv", 1)
    assert twin == first
    assert [other.name, third.name] == ["表 (2).CSV", "表 (3).csv"]
    assert [file.path for file in session.files()] == ["files/表 (2).CSV", "files/表 (3).csv", "files/表.csv"]
    assert (session.folder / "files" / "表.csv").read_bytes() == b"1"


def test_a_file_that_breaks_off_leaves_nothing(session: Session) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        session.add_file("a.csv", Broken())
    assert list((session.folder / "files").iterdir()) == []


def test_results_history_and_hidden_files_are_no_files_of_the_study(session: Session) -> None:
    for name in ("out/report.html", "out.studio/a.json", "files/.x.csv", "pages/a.txt", "outlook.csv"):
        path = session.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (session.folder / "files" / "link.csv").symlink_to("/etc/hostname")
    assert [file.path for file in session.files()] == ["outlook.csv", "pages/a.txt"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a.csv", "a.csv"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\我\表 1.xlsx", "表 1.xlsx"),
        ("a\x00b\nc\u202efdp.csv", "abcfdp.csv"),
        ('<a>:"b"|?*.csv', "_a___b____.csv"),
        ("NUL", "_NUL"),
        ("com1.xlsx", "_com1.xlsx"),
        ("...", "file"),
        ("", "file"),
        (".hidden.csv", "hidden.csv"),
        ("a.csv. . ", "a.csv"),
        ("\ud83d.csv", "csv"),
    ],
)
def test_names_are_cleaned(given: str, expected: str) -> None:
    assert clean_name(given) == expected


@given(st.text(max_size=300))
def test_a_clean_name_is_one_name_on_every_system(name: str) -> None:
    clean = clean_name(name)
    assert clean_name(clean) == clean
    assert 0 < len(clean.encode()) <= 255
    assert not set(clean) & set('/\\<>:"|?*\x00\n')
    assert clean[0] != "."
    assert clean[-1] not in ". "
    assert free_name(clean, [clean.upper()]) != clean


def test_a_long_name_keeps_its_suffix() -> None:
    assert clean_name("数" * 500 + ".xlsx").endswith("数.xlsx")
