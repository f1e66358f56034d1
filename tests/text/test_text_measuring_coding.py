"""Coding sheets, agreement of coders, and the PMC index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from nqpf.errors import DataError, SpecError
from nqpf.messages import speak
from nqpf.text.measuring.agreement import kappa_of
from nqpf.text.measuring.coding_scheme import coding_sheet, scheme_of
from nqpf.text.measuring.pmc import GRADES, pmc, pmc_structure
from nqpf.text.measuring.policy_tools import policy_tools

POLICIES = {"id": ["甲", "乙"], "text": ["设立基金。减税。\n政府采购。\n\n=1+1", "培训人才。"]}
CODES = ["finance", "tax", "procurement", "none", "education"]


def coded(codes: list[str]) -> pl.DataFrame:
    return coding_sheet(POLICIES, clause="sentence").with_columns(code=pl.Series(codes))


def test_a_sheet_has_a_row_a_clause() -> None:
    assert coding_sheet(POLICIES).select("id", "number", "text").rows() == [
        ("甲", 1, "设立基金。减税。"), ("甲", 2, "政府采购。"), ("甲", 3, "=1+1"), ("乙", 1, "培训人才。"),
    ]  # fmt: skip
    assert coding_sheet(POLICIES, clause="sentence")["number"].to_list() == [1, 2, 3, 4, 1]
    assert coding_sheet(POLICIES, clause="article").height == 2


@pytest.mark.parametrize("name", ["sheet.xlsx", "sheet.csv"])
def test_a_sheet_is_written_filled_in_and_read_back(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    sheet = coding_sheet(POLICIES, file, clause="sentence", lang="zh")
    with speak("en"), pytest.raises(DataError, match="Unit 1 has no code; there are 5 such units"):
        policy_tools(file, file)
    if name.endswith("xlsx"):
        book = CalamineWorkbook.from_path(str(file))
        assert book.sheet_names == ["编码", "代码"]
        assert book.get_sheet_by_index(0).to_python()[4][2] == "=1+1"
        codes = [row[0] for row in book.get_sheet_by_index(1).to_python()]
        assert codes == [*scheme_of("rothwell_zegveld").dimension_of, "none"]
        again = tmp_path / "again.xlsx"
        coding_sheet(POLICIES, again, clause="sentence", lang="zh")
        assert again.read_bytes() == file.read_bytes()
    else:
        sheet.with_columns(code=pl.Series(CODES)).write_csv(file)
        assert policy_tools(file, file).agreement["kappa"].to_list() == pytest.approx([1.0, 1.0])


def test_tools_are_tabulated_where_coders_agree_or_it_was_settled() -> None:
    second = coded(["tax", "tax", "procurement", "none", "education"])
    found = policy_tools(coded(CODES), second.reverse())
    assert found.disagreements.rows() == [("甲", 1, "finance", "tax", None)]
    assert found.frame["count"].sum() == 4
    assert dict(found.dimensions.select("dimension", "count").iter_rows()) == {
        "supply": 1, "environment": 1, "demand": 1,
    }  # fmt: skip
    assert found.documents.filter(id="乙", dimension="supply")["count"].to_list() == [1]
    assert {"measure_undecided", "measure_few_coded"} == {note.code for note in found.notes}
    decided = {"id": ["甲"], "number": [1], "code": ["finance"]}
    settled = policy_tools(coded(CODES), second, decided=decided)
    assert dict(settled.frame.select("tool", "count").iter_rows())["finance"] == 1
    assert settled.frame["share"].sum() == pytest.approx(1)
    tool, dimension = settled.agreement["kappa"]
    assert dimension == pytest.approx(1.0)
    assert tool == pytest.approx((0.8 - 5 / 25) / (1 - 5 / 25))


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (["tax", "taxx", "procurement", "none", "education"], "no code “taxx”. Did you mean “tax”"),
        (["tax", "", "procurement", "none", "education"], "Unit 2 has no code"),
    ],
)
def test_wrong_codes_are_named(second: list[str], said: str) -> None:
    with speak("en"), pytest.raises(DataError) as caught:
        policy_tools(coded(CODES), coded(second))
    with speak("en"):
        assert said in str(caught.value)


def test_sheets_must_hold_the_same_units(tmp_path: Path) -> None:
    one = coded(CODES)
    with speak("en"), pytest.raises(DataError, match="Unit 1 is in one sheet only"):
        policy_tools(one, one.head(4))
    with speak("en"), pytest.raises(DataError, match="Unit 1 stands twice"):
        policy_tools(pl.concat([one, one.tail(1)]), one)
    with speak("en"), pytest.raises(SpecError, match=r"cannot be written as “\.docx”"):
        coding_sheet(POLICIES, tmp_path / "x.docx")
    with speak("en"), pytest.raises(SpecError, match="no such file"):
        policy_tools(tmp_path / "x.csv", one)
    with speak("en"), pytest.raises(SpecError, match="“2” is no level"):
        policy_tools(one, one, level=2)
    same = one.with_columns(code=pl.lit("tax"))
    assert policy_tools(same, same).agreement["kappa"].to_list() == [None, None]


def test_a_scheme_of_your_own(tmp_path: Path) -> None:
    file = tmp_path / "scheme.yaml"
    text = (
        "name: s\nversion: '1'\ntitle: s\ndimensions:\n  a: {title: A, tools: {x: X}}\n  b: {title: B, tools: {y: Y}}\n"
    )
    file.write_text(text, encoding="utf-8")
    sheet = {"id": ["1", "2"], "number": [1, 1], "code": ["x", "y"]}
    assert policy_tools(sheet, sheet, scheme=file).frame["tool"].to_list() == ["x", "y", "none"]
    file.write_text(text.replace("y: Y", "x: Y"), encoding="utf-8")
    with speak("en"), pytest.raises(SpecError, match="“x” stands twice"):
        policy_tools(sheet, sheet, scheme=file)


def test_kappa_is_that_of_a_peer() -> None:
    """Numbers of statsmodels' cohens_kappa."""
    found = kappa_of(np.array([[22, 3, 1], [4, 17, 6], [0, 2, 30]]))
    assert found.kappa == pytest.approx(0.7149444560888701, abs=1e-12)
    assert found.se == pytest.approx(0.06333826133800727, abs=1e-12)
    assert (found.low, found.high) == (pytest.approx(0.5908037450), pytest.approx(0.8390851672))


COLUMNS = pmc_structure("nine").to_frame()["column"].to_list()


def policies(**ones: dict[str, int]) -> pl.DataFrame:
    return pl.DataFrame([{"id": id, **dict.fromkeys(COLUMNS, 1), **zero} for id, zero in ones.items()])


def test_pmc_by_hand() -> None:
    found = pmc(policies(a={}, b={"nature.forecast": 0, "horizon.long": 0, "openness.published": 0}))
    assert found.frame["pmc"].to_list() == pytest.approx([9.0, 9 - 1 / 5 - 1 / 3 - 1])
    assert found.frame["concavity"].to_list() == pytest.approx([0.0, 1 / 5 + 1 / 3 + 1])
    assert found.frame["grade"].to_list() == ["perfect", "excellent"]
    assert found.frame["rank"].to_list() == [1, 2]
    surface = found.surface.filter(id="b")
    assert surface["score"].sum() == pytest.approx(found.frame["pmc"][1])
    assert surface.select("row", "column").rows() == [(r, c) for r in (1, 2, 3) for c in (1, 2, 3)]
    assert surface["variable"].to_list() == list(found.structure.variables)


@pytest.mark.parametrize(
    ("nothing", "grade"), [(0, "perfect"), (1, "perfect"), (3, "excellent"), (5, "acceptable"), (6, "poor")]
)
def test_a_score_at_a_threshold_has_the_better_grade(nothing: int, grade: str) -> None:
    """Variables without anything take 1 of 9 each: 8, 6 and 4 of 9 are the thresholds."""
    left_out = list(pmc_structure("nine").variables)[:nothing]
    zero = {c: 0 for c in COLUMNS if c.split(".")[0] in left_out}
    assert pmc(policies(a=zero)).frame["grade"].to_list() == [grade]


def test_ten_variables_leave_openness_off_the_surface() -> None:
    columns = pmc_structure("ten").to_frame()["column"].to_list()
    found = pmc(pl.DataFrame([{"id": "a", **dict.fromkeys(columns, 1)}]), structure="ten")
    assert found.frame["pmc"].to_list() == [10.0]
    assert "openness" not in set(found.surface["variable"])
    for name in ("nine", "ten"):
        frame = pmc_structure(name).to_frame()
        assert frame["variable_zh"].null_count() == 0
        assert frame["variable"].n_unique() == {"nine": 9, "ten": 10}[name]


def test_what_is_wrong_with_codes_and_structures_is_named(tmp_path: Path) -> None:
    table = policies(a={"nature.guide": 2}, b={})
    with speak("en"), pytest.raises(DataError, match="“2” is neither 0 nor 1"):
        pmc(table)
    with speak("en"), pytest.raises(DataError, match="“nothing” is neither 0 nor 1"):
        pmc(policies(a={"nature.guide": None}, b={}))  # type: ignore[dict-item]
    with speak("en"), pytest.raises(DataError, match=r"lacks columns of the structure nine: 1 \(nature.guide\)"):
        pmc(policies(a={}).drop("nature.guide"))
    with speak("en"), pytest.raises(DataError, match="same name: “a”"):
        pmc(pl.concat([policies(a={}), policies(a={})]))
    with speak("en"), pytest.raises(SpecError, match="Did you mean “nine”"):
        pmc_structure("nin")
    with speak("en"), pytest.raises(SpecError, match="thresholds of the grades"):
        pmc(policies(a={}), grades={"good": 0.5})
    file = tmp_path / "s.yaml"
    file.write_text("name: s\nversion: '1'\ntitle: s\nsurface: [a]\nvariables: {a: {title: A, sub: {b: B}}}\n", "utf-8")
    with speak("en"), pytest.raises(SpecError, match="should name nine different variables"):
        pmc_structure(file)
    assert list(GRADES) == ["perfect", "excellent", "acceptable", "poor"]
