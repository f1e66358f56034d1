"""A folder as users have it, bad files among good ones: each is told with what to do, and the rest is read."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from make_docx import make_docx, p
from make_pdf import Run, make_pdf

from nqpf.chapters.blocks import Table
from nqpf.chapters.text import text_chapter
from nqpf.chapters.text_context import TextContext
from nqpf.cli import command
from nqpf.messages import Text
from nqpf.report.walk import walk
from nqpf.text.corpus import Corpus
from nqpf.text.material import read_material
from nqpf.text.reading.files import faults_in, files_in
from nqpf.text.spec import TextSpec
from nqpf.text.survey import survey_text

Captured = pytest.CaptureFixture[str]
SENTENCE = "今年春天，河湾县修了一座新桥，两岸的工厂第一次连成一片，货车不再绕行。"
PAGE = f"河湾县修桥\n\n{SENTENCE}\n"
BAD = {
    "扫描件.pdf": ("文字识别", "(OCR)"),
    "加密.pdf": ("密码", "password"),
    "半个.pdf": ("已损坏", "damaged"),
    "半个.docx": ("已损坏", "damaged"),
    "带宏.docx": ("宏程序", "macros"),
    "炸弹.docx": ("不像正常的文稿", "no ordinary document"),
    "老稿.doc": ("另存为 docx", "save it as docx"),
    "空.txt": ("没有文字", "no text"),
    "空白.txt": ("没有文字", "no text"),
    "乱码.txt": ("认不出文字编码", "encoding of the text is not known"),
    "混编码.txt": ("第 4 行", "line 4"),
    "图.png": ("不是能读取的文字文件", "no file of text"),
    "断链.txt": ("目标已不在", "leads nowhere"),
    "绕圈": ("目标已不在", "leads nowhere"),
}
"""What is said of each bad file, in both languages."""
GOOD = {
    "gb.txt": "gb18030", "big5.txt": "big5", "u16.txt": "utf-16-le", "latin.txt": "windows-1252", "多语.txt": "utf-8",
    "有 空格（一）.txt": "utf-8", "同文.txt": "utf-8", "一行.txt": "utf-8", "网页.html": "utf-8", "稿.docx": "utf-8",
    "环/里面.txt": "utf-8",
}  # fmt: skip
"""Encoding of each good one."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    at = tmp_path_factory.mktemp("as users have it") / "文稿"
    (at / "环").mkdir(parents=True)
    _good(at)
    make_pdf(at / "扫描件.pdf", [[], []])
    make_pdf(at / "加密.pdf", [[Run(40, 100, "甲")]], locked=True)
    (at / "半个.pdf").write_bytes(make_pdf(at / "半个.pdf", [[Run(40, 100, "甲")]]).read_bytes()[:200])
    (at / "半个.docx").write_bytes(make_docx(at / "半个.docx", p("甲")).read_bytes()[:300])
    with zipfile.ZipFile(make_docx(at / "带宏.docx", p("甲")), "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    bomb = make_docx(at / "炸弹.docx", p("甲"))
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("x", "w") as part:
        for _ in range(110):
            part.write(bytes(1 << 20))
    (at / "老稿.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (at / "空.txt").write_bytes(b"")
    (at / "空白.txt").write_text(" \n　\n", encoding="utf-8")
    (at / "乱码.txt").write_bytes(b"\x80\xff\x81" * 50)
    (at / "混编码.txt").write_bytes(PAGE.encode() + b"\xff\xfe\x80" + PAGE.encode())
    (at / "图.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    os.symlink("不存在.txt", at / "断链.txt")
    os.symlink("绕圈", at / "绕圈")
    os.symlink("..", at / "环" / "回到上面")
    (at / "~$稿.docx").write_bytes(b"lock")
    return at


def _good(at: Path) -> None:
    old = "縣裡的事\n\n今年春天，河灣縣修了一座新橋，兩岸的工廠第一次連成一片，貨車不再繞行，大家都說好。\n"
    french = "La ville a construit un pont l'année dernière, à côté de la forêt; les ouvriers étaient très contents.\n"
    (at / "gb.txt").write_bytes(PAGE.encode("gb18030"))
    (at / "big5.txt").write_bytes(old.encode("big5"))
    (at / "u16.txt").write_bytes(PAGE.encode("utf-16"))
    (at / "latin.txt").write_bytes(french.encode("latin-1"))
    (at / "多语.txt").write_text(f"{SENTENCE}A new bridge. Новый мост. 新しい橋である。\n", encoding="utf-8")
    (at / "有 空格（一）.txt").write_text(PAGE, encoding="utf-8")
    (at / "同文.txt").write_text(PAGE, encoding="utf-8")
    (at / "一行.txt").write_text("河湾" * 200_000, encoding="utf-8")
    page = (
        f"<html><head><script>alert('坏脚本')</script></head><h1>修桥</h1><p>{SENTENCE}<script>坏脚本</script></html>"
    )
    (at / "网页.html").write_text(page, encoding="utf-8")
    make_docx(at / "稿.docx", p(SENTENCE))
    (at / "环" / "里面.txt").write_text(PAGE, encoding="utf-8")


@pytest.mark.parametrize(("lang", "place"), [("zh", 0), ("en", 1)])
def test_each_bad_file_is_told_and_the_rest_is_read(
    folder: Path, tmp_path: Path, capsys: Captured, lang: str, place: int
) -> None:
    assert command(["text", "ingest", str(folder), "--corpus", str(tmp_path / "c"), "--lang", lang]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, words in BAD.items():
        (line,) = [line for line in lines if f" {name}{'：' if lang == 'zh' else ':'}" in line]
        assert words[place] in line
        assert str(folder) not in line
    corpus = Corpus.open(tmp_path / "c")
    assert dict(corpus.sources.select("file", "encoding").iter_rows()) == GOOD
    assert set(corpus.refusals["file"]) == set(BAD)
    assert "坏脚本" not in "".join(corpus.blocks["text"])
    copies = {id for pair in corpus.duplicates.pairs.select("id_1", "id_2").iter_rows() for id in pair}
    assert {"同文-1", "有 空格（一）-1"} <= copies


def test_a_study_says_the_same_in_its_report(folder: Path) -> None:
    spec = TextSpec.model_validate({"files": ("文稿",), "evidence": "none"})
    found = survey_text(spec, read_material(spec, folder.parent), None, 1)
    chapter = text_chapter(TextContext(Text.same("t"), None, found))
    (refused,) = [b for b in walk(chapter.blocks) if isinstance(b, Table) and b.id == "text-refusals"]
    told = {row["file"]: (row["reason_zh"], row["reason_en"]) for row in refused.frame.iter_rows(named=True)}
    assert set(told) == set(BAD)
    for name, words in BAD.items():
        assert all(word in reason for word, reason in zip(words, told[name], strict=True))
    assert chapter.findings[0].numbers == {"refused": len(BAD), "files": len(BAD) + len(GOOD)}
    assert str(folder) not in str(refused.frame.rows())


def test_linked_folders_are_gone_into_once(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.txt").write_text(PAGE, encoding="utf-8")
    os.symlink(tmp_path / "b", tmp_path / "a" / "link")
    os.symlink(tmp_path / "a", tmp_path / "b" / "back")
    assert [name for name, _ in files_in(tmp_path / "a")] == ["link/x.txt"]
    assert faults_in(tmp_path / "a") == []


def test_a_pipe_is_not_waited_for_and_a_closed_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    os.mkfifo(tmp_path / "b.txt")

    def walk_closed(top: Path, onerror: Any = None, **_: Any) -> Any:
        if onerror:
            onerror(PermissionError(13, "Permission denied", str(tmp_path / "closed")))
        return iter([(str(top), [], sorted(os.listdir(top)))])

    monkeypatch.setattr("nqpf.text.reading.files.os.walk", walk_closed)
    corpus = Corpus.of(tmp_path)
    assert corpus.refusals.select("file", "code").rows() == [("b.txt", "text_no_file"), ("closed", "text_unreadable")]
    assert "Permission denied" in corpus.refusals["reason_en"][1]
    assert corpus.sources["file"].to_list() == ["a.txt"]


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_leaves_no_folder_and_the_next_run_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    words = ["text", "ingest", str(tmp_path / "a.txt"), "--corpus", str(tmp_path / "c"), "--lang", "en"]
    with monkeypatch.context() as patch:
        patch.setattr("nqpf.text.store.pipeline.articles_of", _interrupt)
        assert command(words) == 130
    assert "no half-written result" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()
    assert command(words) == 0


@pytest.mark.parametrize("after", [0, 3, 7])
def test_ctrl_c_between_two_files_of_a_corpus_leaves_it_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    Corpus.ingest(tmp_path / "a.txt", tmp_path / "c")
    (tmp_path / "b.txt").write_text(f"又一座桥\n\n{SENTENCE}又修一座。\n", encoding="utf-8")
    real: Callable[..., None] = os.replace
    done: list[object] = []

    def stopped(old: Path, new: Path) -> None:
        real(old, new)
        done.append(new)
        if len(done) == after + 1:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("nqpf.text.store.folder.os.replace", stopped)
        with pytest.raises(KeyboardInterrupt):
            Corpus.ingest([tmp_path / "a.txt", tmp_path / "b.txt"], tmp_path / "c")
    corpus = Corpus.open(tmp_path / "c")
    assert sorted(corpus.articles["file"].unique()) == sorted(corpus.sources["file"]) == ["a.txt", "b.txt"]
    assert [one.id for one in corpus] == ["a-1", "b-1"]
    assert corpus.search("又修一座").frame["article"].to_list() == ["b-1"]


def test_what_a_killed_run_left_is_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(PAGE, encoding="utf-8")
    (tmp_path / "c" / ".new-dead").mkdir(parents=True)
    (tmp_path / "c" / ".new-dead" / "articles-000000.parquet").write_bytes(b"half")
    assert len(Corpus.ingest(tmp_path / "a.txt", tmp_path / "c")) == 1
    assert [one for one in os.listdir(tmp_path / "c") if one.startswith(".")] == []


@pytest.mark.slow
def test_a_line_of_a_hundred_megabytes(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "long.txt").write_text(SENTENCE * (100_000_000 // len(SENTENCE.encode())), encoding="utf-8")
    (tmp_path / "pages" / "short.txt").write_text(PAGE, encoding="utf-8")
    corpus = Corpus.ingest(tmp_path / "pages", tmp_path / "c")
    assert corpus.refusals.is_empty()
    assert corpus.search("货车", file="long.txt", limit=1).frame["column"].to_list() == [SENTENCE.index("货车") + 1]
    assert corpus.search("货车", file="short.txt").frame["line"].to_list() == [3]
