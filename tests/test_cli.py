"""The command line: every verb does its one thing, says it in the reader's language, and leaves the right code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import vl_convert

import nqpf
from nqpf import cli, theory
from nqpf.cli import VERBS, command
from nqpf.errors import SpecError
from nqpf.messages import language, say
from nqpf.registry import methods

Captured = pytest.CaptureFixture[str]

TABLE = "省份,年份,地区生产总值(亿元),人口（万人）\n" + "".join(
    f"{unit},{year},{100 + 17 * i + 5 * t},{50 + 3 * i - t}\n"
    for t, year in enumerate((2019, 2020))
    for i, unit in enumerate(("北京", "天津", "河北", "山西", "辽宁"))
)


@pytest.fixture
def study(tmp_path: Path, capsys: Captured) -> Path:
    """Make a study as its user would: ``nqpf new``, then the directions."""
    (tmp_path / "表.csv").write_text(TABLE, encoding="utf-8")
    assert command(["new", str(tmp_path / "s"), "--from", str(tmp_path / "表.csv")]) == 0
    capsys.readouterr()
    path = tmp_path / "s" / "study.yaml"
    text = re.sub(r"(?m)^( +direction:).*$", r"\1 benefit", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    return path


def out(capsys: Captured, *arguments: str) -> str:
    """Return what a command that goes well prints."""
    assert command(arguments) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def err(capsys: Captured, *arguments: str) -> str:
    """Return the one line that a command that goes wrong prints."""
    assert command(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1, captured.err
    return captured.err.strip()


# Help


def test_help_lists_every_verb_in_either_language(capsys: Captured) -> None:
    for lang, first in (("en", "nqpf (新质): measure"), ("zh", "新质（nqpf）")):
        text = out(capsys, "--help", "--lang", lang)
        assert text.startswith(first)
        assert [row.split()[0] for row in text.splitlines() if row.startswith("  ")] == list(VERBS)
        assert "--lang zh|en" in text
        assert out(capsys, "-h", f"--lang={lang}") == text == out(capsys, "--lang", lang)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_its_help(verb: str, capsys: Captured) -> None:
    for lang, usage in (("en", "Usage: nqpf "), ("zh", "用法：nqpf ")):
        text = out(capsys, verb, "--help", "--lang", lang)
        assert usage + verb in text
        assert str(text).strip().count("\n") >= 2


@pytest.mark.parametrize("verb", VERBS)
def test_help_names_every_parameter(verb: str, capsys: Captured) -> None:
    text = out(capsys, verb, "--help")
    names = {"from_": "--from", "out": "--out", "diagram": "--diagram"}
    parameters = cli.VERBS[verb].__annotations__.keys() - {"return"}
    assert {names[p] for p in parameters if p in names} <= set(text.split())


def test_version(capsys: Captured) -> None:
    assert out(capsys, "--version") == f"nqpf {nqpf.__version__}\n"


# Wrong command lines


WRONG = {
    ("rnu", "x"): ("there is no command “rnu”. Did you mean “run”?", "没有命令“rnu”。您是不是想写“run”？"),
    ("--foo",): ("there is no option “--foo”.", "没有选项“--foo”。"),
    ("check", "x", "--fast"): ("there is no option “--fast”.", "没有选项“--fast”。"),
    ("run",): ("STUDY is missing.", "缺少 STUDY。"),
    ("run", "x"): ("--out is missing.", "缺少 --out。"),
    ("run", "x", "--out"): ("--out is missing.", "缺少 --out。"),
    ("run", "x", "y", "--out", "z"): ("“y” is one word too many.", "“y”是多余的。"),
    ("run", "x", "--out", "y", "--out", "z"): ("--out is given twice.", "--out 写了两次。"),
    ("new", "x"): ("--from is missing.", "缺少 --from。"),
    ("check",): ("FILES is missing.", "缺少 FILES。"),
}


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_command_lines(arguments: tuple[str, ...], capsys: Captured) -> None:
    en, zh = WRONG[arguments]
    text = err(capsys, *arguments, "--lang", "en")
    assert text == f"Error: The command line is not right: {en} nqpf --help shows how."
    assert err(capsys, *arguments, "--lang", "zh") == f"错误：命令行有误：{zh}用 nqpf --help 查看用法。"


@pytest.mark.parametrize("given", [["--lang", "fr"], ["--lang=fr"], ["--lang"]])
def test_languages_there_are_not(given: list[str], capsys: Captured) -> None:
    text = err(capsys, "theory", *given)
    assert text.endswith("is not one of the choices. The choices are: zh, en.")


def test_the_language_may_stand_anywhere_and_is_for_this_command_only(capsys: Captured) -> None:
    first = out(capsys, "--lang", "zh", "theory")
    assert first == out(capsys, "theory", "--lang=zh")
    assert language() == "en"
    assert out(capsys, "theory") != first


# Verbs


def test_new_then_check_then_run(study: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_: "<svg/>")  # half of the time; demos draw theirs
    assert out(capsys, "check", str(study)).splitlines()[-1] == (
        "All is well: 5 units, 2019–2020, 2 series, 2 indicators."
    )
    assert "没有问题：5 个单元，2019–2020 年" in out(capsys, "check", str(study), "--lang", "zh")
    folder = study.parent / "results"
    text = out(capsys, "run", str(study), "--out", str(folder), "--lang", "zh")
    *findings, last = text.splitlines()
    assert last == f"报告：{folder / 'report.html'}"
    assert len(findings) >= 5
    assert all(row.startswith("· ") and re.search(r"[\u4e00-\u9fff]", row) for row in findings)
    assert {p.name for p in folder.iterdir()} == {
        "report.html",
        "report.xlsx",
        "assessment.json",
        "provenance.json",
        "tables",
        "figures",
    }


def test_new_says_what_to_do_next(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    text = out(capsys, "new", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv"))
    assert text == f"Wrote {tmp_path / 's' / 'study.yaml'}. Give every indicator its direction, then run nqpf check.\n"
    again = err(capsys, "new", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv"), "--lang", "zh")
    assert again == f"错误：文件 {tmp_path / 's'}：文件夹已存在且不为空。请另取一个名称。"


def test_check_of_a_study_that_is_not_finished(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "t.csv").write_text(TABLE, encoding="utf-8")
    out(capsys, "new", str(tmp_path / "s"), "--from", str(tmp_path / "t.csv"))
    assert "has no direction" in err(capsys, "check", str(tmp_path / "s" / "study.yaml"))


def test_paths_that_lead_nowhere(tmp_path: Path, capsys: Captured) -> None:
    assert "There is no such file" in err(capsys, "check", str(tmp_path / "none.yaml"))
    assert "no rows of data" in err(capsys, "check", str(tmp_path))
    assert "There is no such file" in err(capsys, "new", str(tmp_path / "s"), "--from", str(tmp_path / "none.csv"))
    assert list(tmp_path.iterdir()) == []


def test_a_bad_study_stops_before_the_folder_is_made(study: Path, capsys: Captured) -> None:
    study.write_text(study.read_text(encoding="utf-8").replace("benefit", "benifit", 1), encoding="utf-8")
    assert "Did you mean “benefit”" in err(capsys, "run", str(study), "--out", str(study.parent / "a" / "b"))
    assert sorted(p.name for p in study.parent.iterdir()) == ["study.yaml", "表.csv"]


def test_demos_there_are_not(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert err(capsys, "demo", "termal") == (
        "Error: There is no demo “termal”. Did you mean “thermal”? There are: firms, oecd, pages, thermal, zones."
    )
    there = "firms、oecd、pages、thermal、zones"
    assert err(capsys, "demo", "x", "--lang", "zh") == f"错误：没有名为“x”的示例。现有：{there}。"
    assert list(tmp_path.iterdir()) == []


def test_a_demo_goes_to_a_folder_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[Path, Path]] = []
    monkeypatch.setattr(cli, "run", lambda study, *, out, formats: seen.append((study, out)))
    cli.demo()
    cli.demo("oecd")
    cli.demo("oecd", out=Path("x"))
    assert [(study.parent.name, str(out)) for study, out in seen] == [
        ("thermal", "nqpf-thermal"),
        ("oecd", "nqpf-oecd"),
        ("oecd", "x"),
    ]


def test_methods_are_listed_and_shown(capsys: Captured) -> None:
    listed = out(capsys, "methods")
    assert [row.split()[0] for row in listed.splitlines()] == list(methods())
    assert "熵" in out(capsys, "methods", "--lang", "zh")
    for id, entry in methods().items():
        text = out(capsys, "methods", id)
        assert text.startswith(id)
        assert entry.formula in text
        assert all(name in text for name in entry.options)
    assert "Did you mean “weight.entropy”" in err(capsys, "methods", "weight.entrpy")


def test_theory_is_listed_shown_and_drawn(capsys: Captured) -> None:
    for lang in ("zh", "en"):
        listed = out(capsys, "theory", "--lang", lang)
        assert all(item.id in listed and item.title[lang] in listed for item in theory.items())
        assert out(capsys, "theory", "--diagram", "--lang", lang).strip() == theory.diagram_text(lang).strip()
        for id in ("A01", "D03"):
            assert theory.item(id).title[lang] in out(capsys, "theory", id, "--lang", lang)
    assert "A99" in err(capsys, "theory", "A99")


def test_ctrl_c(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nqpf.registry.methods", interrupted)
    assert command(["methods"]) == 130
    assert capsys.readouterr().err == str(say("cli.interrupted")) + "\n"


def test_a_fault_of_the_program_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("nqpf.registry.methods", broken)
    with pytest.raises(RuntimeError, match="broken"):
        command(["methods"])


# As a program


def program(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "nqpf", *arguments]
    return subprocess.run(line, capture_output=True, env=os.environ | environment, timeout=60)


def test_python_m_nqpf() -> None:
    good = program("--version")
    assert (good.returncode, good.stdout.split(), good.stderr) == (0, [b"nqpf", nqpf.__version__.encode()], b"")
    bad = program("theory", "nope", NQPF_LANG="zh", PYTHONUTF8="1")
    assert (bad.returncode, bad.stdout) == (2, b"")
    assert bad.stderr.decode("utf-8").startswith("错误：理论条目中没有“nope”")


def test_a_console_of_another_code_page_does_not_stop_it() -> None:
    done = program("theory", "--lang", "zh", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"A01 ?" in done.stdout


def test_main_leaves_with_the_code(monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.setattr(sys, "argv", ["nqpf", "demo", "nope"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert SpecError("unknown_demo", demo="nope", options="", hint="").what.en in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="another kind of pipe")
@pytest.mark.parametrize("arguments", [["theory"], ["theory", "A01"], ["--version"], ["--help"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str]) -> None:
    end, start = os.pipe()
    os.close(end)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    line = [sys.executable, "-m", "nqpf", *arguments]
    done = subprocess.run(line, stdout=start, stderr=subprocess.PIPE, env=environment, timeout=60)
    os.close(start)
    assert (done.returncode, done.stderr) == (0, b"")


# Files of data


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """Make a folder with an ill-formed table, one that lacks its year, and one of no use."""
    (tmp_path / "a.csv").write_text(
        '表1 产值(亿元)\n地区,2019年,2020年\n北 京,1,"2,000(p)"\n天津,3,4\n', encoding="gb18030"
    )
    (tmp_path / "b.csv").write_text("省份,人口(万人)\n北京,5\n天津,6\n", encoding="utf-8")
    (tmp_path / "._a.csv").write_bytes(b"\0\5\x16\7")
    return tmp_path


def test_tidy_writes_panel_ledger_and_recipe(messy: Path, capsys: Captured) -> None:
    panel, ledger, recipe = (messy / "out" / name for name in ("panel.csv", "ledger.csv", "recipe.yaml"))
    files = ["--out", str(panel), "--ledger", str(ledger), "--write-recipe", str(recipe)]
    text = out(capsys, "tidy", str(messy), *files)
    assert "a.csv: 2 units × 2019–2020 (2 years) × 1 indicators" in text
    assert "To be answered" in text
    assert "2000.0" in panel.read_text("utf-8-sig")
    assert "(p)" in ledger.read_text("utf-8-sig")
    again = out(capsys, "tidy", str(messy / "a.csv"), "--recipe", str(recipe), "--out", str(messy / "again.csv"))
    assert "Panel: 2 units × 2019–2020 × 1 series" in again


def test_tidy_asks_what_the_tables_do_not_say(messy: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "2020" if len(asked) == 1 else ""

    monkeypatch.setattr("builtins.input", answer)
    text = out(capsys, "tidy", str(messy / "b.csv"), "--ask", "--out", str(messy / "p.csv"))
    assert "b.csv" in asked[0]
    assert "Panel: 2 units × 2020 × 1 series" in text
    assert len(asked) == 1


def test_tidy_without_an_answer_says_why(messy: Path, capsys: Captured) -> None:
    assert command(["tidy", str(messy / "b.csv"), "--out", str(messy / "p.csv")]) == 2
    assert "No column of years was found" in capsys.readouterr().err
    assert not (messy / "p.csv").exists()


def test_check_files_of_data(tmp_path: Path, capsys: Captured) -> None:
    rows = "".join(
        f"{unit},{2000 + t},{100.3 * k * 1.05**t:.1f}\n"
        for k, unit in enumerate(("北京", "天津", "河北"), 2)
        for t in range(9)
    )
    (tmp_path / "a.csv").write_text(
        "地区,年份,产值(亿元)\n" + rows.replace("北京,2004,", "北京,2004,1"), encoding="utf-8"
    )
    text = out(capsys, "check", str(tmp_path), "--out", str(tmp_path / "f.csv"))
    assert "2004" in text
    assert "27 numbers were checked" in text
    assert "a.csv" in (tmp_path / "f.csv").read_text("utf-8-sig")
