"""``nqpf new``: a study for a table, complete but for the directions, that a person can read and edit."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter

from nqpf.errors import NqpfError, OutputError, SpecError
from nqpf.messages import Lang, speak
from nqpf.study import Study, check_study, new_study, run
from nqpf.study.prepare import prepare

CHINESE = [
    ["省份", "年份", "地区生产总值（亿元）", "R&D经费(亿元)", "人口（万人）", "2030目标", "limit", "备注"],
    ["北京", 2019, 35445.1, 2233.6, 2190, 5, 1, "普查"],
    ["北京", 2020, 35943.3, 2326.6, 2189, 6, 2, "普查"],
    ["天津", 2019, 14055.5, 463.0, 1385, 7, 3, None],
    ["天津", 2020, 14008.0, 485.0, 1387, 8, 4, None],
    ["全国", 2020, 1013567.0, 24393.1, 141212, 9, 5, None],
]


@pytest.fixture
def chinese(tmp_path: Path) -> Path:
    path = tmp_path / "统计 表.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for i, row in enumerate(CHINESE):
            sheet.write_row(i, 0, row)
    return path


def directed(study: Path) -> Path:
    """Fill in the directions, and nothing else."""
    text = study.read_text(encoding="utf-8")
    text, count = re.subn(r"(?m)^( +direction:) +#.*$", r"\1 benefit", text)
    assert count > 0
    study.write_text(text, encoding="utf-8")
    return study


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_chinese_table_with_measures_in_brackets(lang: Lang, chinese: Path, tmp_path: Path) -> None:
    path = new_study(tmp_path / "新研究", chinese, lang)
    assert path == tmp_path / "新研究" / "study.yaml"
    assert sorted(p.name for p in path.parent.iterdir()) == ["study.yaml", "统计 表.xlsx"]
    study = Study.load(directed(path))
    lines = [line.en for line in check_study(study)]
    assert lines[-1] == "All is well: 2 units, 2019–2020, 5 series, 5 indicators."
    panel = prepare(study).panel
    assert [(s.id, s.title.zh, s.measure) for s in panel.series] == [
        ("地区生产总值", "地区生产总值", "亿元"),
        ("R_D经费", "R&D经费", "亿元"),
        ("人口", "人口", "万人"),
        ("x_2030目标", "2030目标", None),
        ("x_limit", "limit", None),
    ]
    assert study.spec.report.lang == lang


def test_it_is_written_in_the_readers_language(chinese: Path, tmp_path: Path) -> None:
    with speak("zh"):
        zh = new_study(tmp_path / "a", chinese).read_text(encoding="utf-8")
    en = new_study(tmp_path / "b", chinese, "en").read_text(encoding="utf-8")
    assert "# 由 nqpf new 生成：统计 表.xlsx，2 个单元，2019–2020 年。" in zh
    assert "# Written by nqpf new from 统计 表.xlsx: 2 units, 2019–2020." in en
    assert "必填：benefit 正向" in zh
    assert "needed: benefit, cost" in en


def test_chinese_is_written_as_chinese(chinese: Path, tmp_path: Path) -> None:
    text = new_study(tmp_path / "a", chinese).read_text(encoding="utf-8")
    assert "\\u" not in text
    assert 'title: "R&D经费"' in text
    assert '# unit: "亿元"' in text


def test_directions_are_nobodys_guess(chinese: Path, tmp_path: Path) -> None:
    study = new_study(tmp_path / "a", chinese)
    with pytest.raises(SpecError) as caught:
        Study.load(study)
    assert caught.value.code == "direction_missing"
    line = study.read_text(encoding="utf-8").splitlines()[(caught.value.where.line or 0) - 1]
    assert "id: i_地区生产总值" in line


@pytest.mark.parametrize(
    ("table", "units"),
    [
        ("country,year,x,y\n日本,2019,1,2\n法国,2019,3,4\n日本,2020,2,2\n法国,2020,3,7\n", 2),
        ("企业,年份,营收(万元),when\n甲厂,2019,1,2\n乙厂,2019,3,4\n甲厂,2020,2,2\n乙厂,2020,2,3\n", 2),
        ("省份,年份,指标,数值,单位\n北京,2019,a,1,亿元\n天津,2019,a,2,亿元\n北京,2019,b,4,\n天津,2019,b,3,\n", 2),
        ("地区,指标,2019,2020\n北京,a,1,2\n天津,a,3,4\n", 2),
        ('province,year,"a ""b"": c # d",{x}\n北京,2019,1,2\n天津,2019,3,4\n', 2),
    ],
    ids=["countries", "firms", "long", "years", "odd names"],
)
def test_any_table_gives_a_study_that_checks(table: str, units: int, tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text(table, encoding="utf-8")
    study = Study.load(directed(new_study(tmp_path / "s", source)))
    made = prepare(study)
    assert len(made.panel.units) == units
    assert study.spec.data.tables[0].places == made.scheme


def test_it_runs(tmp_path: Path, workshop: object) -> None:
    source = tmp_path / "t.csv"
    source.write_text((tmp_path / "data.csv").read_text(encoding="utf-8"), encoding="utf-8")
    assessment = run(directed(new_study(tmp_path / "s", source)))
    assert assessment.index.scores.shape[:2] == (4, 6)


def test_the_table_is_copied_byte_by_byte(chinese: Path, tmp_path: Path) -> None:
    new_study(tmp_path / "s", chinese)
    assert (tmp_path / "s" / chinese.name).read_bytes() == chinese.read_bytes()


def test_an_empty_folder_will_do_and_parents_are_made(chinese: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert new_study(tmp_path / "empty", chinese).is_file()
    assert new_study(tmp_path / "a" / "b" / "c", chinese).is_file()


def test_the_current_folder_gives_the_study_its_name(
    chinese: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path / "mine")
    new_study(".", chinese)
    assert 'study: "mine"' in (tmp_path / "mine" / "study.yaml").read_text(encoding="utf-8")


def test_nothing_is_overwritten_and_nothing_left_half_made(
    chinese: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", encoding="utf-8")
    for folder, code in ((tmp_path / "full", "folder_not_empty"), (chinese, "output_is_file")):
        with pytest.raises(OutputError) as caught:
            new_study(folder, chinese)
        assert caught.value.code == code
    (tmp_path / "bad.csv").write_text("省份,年份,x\n北京,2019,1\n北京,twenty,1\n", encoding="utf-8")
    with pytest.raises(NqpfError):
        new_study(tmp_path / "s", tmp_path / "bad.csv")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    with pytest.raises(OutputError) as caught:
        new_study(tmp_path / "s" / "t", chinese)
    assert caught.value.code == "output_not_writable"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["bad.csv", "full", chinese.name]


def test_parquet_is_a_table_too(tmp_path: Path) -> None:
    pl.DataFrame({"省份": ["北京", "天津"], "年份": [2019] * 2, "x": [1.0, 2.0]}).write_parquet(tmp_path / "t.parquet")
    assert Study.load(directed(new_study(tmp_path / "s", tmp_path / "t.parquet"))).framework.indicators
