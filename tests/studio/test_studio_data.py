"""Step 1 of the studio: files as they come, what is understood, what is asked, and each number in its cell."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from fastapi import FastAPI, Response
from fastapi.testclient import TestClient

from nqpf.data.places import provinces
from nqpf.errors import DataError
from nqpf.studio.desk import Desk
from nqpf.studio.readings import tables_at_hand
from nqpf.studio.routes import data
from nqpf.studio.store import Session, Store
from nqpf.studio.views.data import cells, checks, coverage, dropped, understood
from nqpf.studio.wire import encode, plain
from nqpf.study import Study
from nqpf.study.prepare import prepare

NAMES = provinces()["short_zh"].to_list()[:31]
PANEL = "省份,年份,产值(亿元),R&D经费(亿元)\n北京,2019,10,1\n北京,2020,11,1.5\n天津,2019,20,2\n天津,2020,21,\n"


class Bench:
    """A session, a desk, and what the page would do with them."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.folder = session.folder
        self.desk = Desk()

    def drop(self, **files: str | bytes) -> dict[str, Any]:
        """Receive files (name without suffix → content) and take the proposed edit."""
        names = []
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            suffix = "csv" if isinstance(content, str) else "xlsx"
            names.append(self.session.add_file(f"{name}.{suffix}", io.BytesIO(raw)).name)
        proposed = plain(dropped(self.desk, self.folder, names))
        document = self.session.document
        part = document.setdefault("data", {})
        part["tables"] = [*part.get("tables", []), *proposed["edit"]["tables"]]
        part["series"] = {**proposed["edit"]["series"], **part.get("series", {})}
        self.session.edit(document, self.session.revision, "files")
        return dict(proposed)

    def edit(self, **keys: Any) -> None:
        """Change keys of the document; those of ``data`` are given as ``data={…}`` and merged."""
        document = self.session.document
        document["data"] = document.get("data", {}) | keys.pop("data", {})
        self.session.edit(document | keys, self.session.revision, "edit")

    def ask(self, view: Callable[..., Any], **options: Any) -> Any:
        return json.loads(encode(view(self.desk, self.folder, **options)))

    def framework(self, *formulas: str) -> None:
        leaves = [{"id": f"i{n}", "title": f, "formula": f, "direction": "benefit"} for n, f in enumerate(formulas)]
        self.edit(framework={"id": "f", "title": "f", "tree": leaves})


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(Store(tmp_path).create("试"))


def workbook(**sheets: list[list[Any]]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return buffer.getvalue()


def misread(wrong: str, right: str) -> str:
    rows = [f"{wrong if name == right else name},2020,100" for name in NAMES]
    return "\n".join(["地区,年份,x", "全国,2020,3100", *rows]) + "\n"


def codes(found: dict[str, Any]) -> list[str]:
    return [problem["code"] for problem in found["problems"]]


# Files in


def test_nothing_is_understood_of_nothing(bench: Bench) -> None:
    found = bench.ask(understood)
    assert (found["tables"], found["scheme"], found["problems"]) == ([], None, [])
    assert bench.ask(coverage)["series"] == []
    assert bench.ask(checks)["findings"] == []


def test_a_dropped_file_becomes_a_table_and_its_columns_series(bench: Bench) -> None:
    proposed = bench.drop(统计=PANEL)
    assert proposed == {
        "edit": {
            "tables": [{"file": "files/统计.csv", "places": "provinces"}],
            "series": {"产值": {"title": "产值"}, "R_D经费": {"column": "R&D经费", "title": "R&D经费"}},
        },
        "problems": [],
    }
    found = bench.ask(understood)
    assert codes(found) == []
    assert found["tables"][0]["file"] == "files/统计.csv"
    assert {k: found["tables"][0][k] for k in ("units", "first", "last", "periods", "series", "measures")} == {
        "units": 2, "first": 2019, "last": 2020, "periods": 2, "series": 2, "measures": ["亿元"],
    }  # fmt: skip
    assert "省份" not in found["tables"][0]["accepted_as"]["zh"]
    assert found["tables"][0]["accepted_as"]["en"].startswith("units in column A; years in column B")
    assert found["scheme"] == {"id": "provinces", "title": {"zh": "省级单元", "en": "provinces"}}
    assert [u["id"] for u in found["units"]] == ["110000", "120000"]
    assert found["units"][0] == {
        "id": "110000", "title": {"zh": "北京", "en": "Beijing"}, "written": ["北京"], "used": True,
    }  # fmt: skip
    rd = found["series"][1]
    assert (rd["id"], rd["column"], rd["unit"], rd["missing_share"]) == ("R_D经费", "R&D经费", "亿元", 0.25)
    assert (rd["first"], rd["last"], rd["used"]) == (2019, 2020, False)


def test_a_second_file_adds_only_what_is_new(bench: Bench) -> None:
    bench.drop(a=PANEL)
    proposed = bench.drop(b="省份,年份,产值(万元),人口(万人)\n北京,2021,50000,9\n天津,2021,1,9\n")
    assert list(proposed["edit"]["series"]) == ["人口"]
    assert codes(bench.ask(understood)) == ["mixed_measures"]
    bench.edit(data={"series": {"产值": {"convert": "亿元"}}})
    found = bench.ask(understood)
    assert codes(found) == []
    assert [row["rule"] for row in found["ledger"]["rows"]] == ["unit.convert"] * 2
    assert found["ledger"]["rows"][0]["title"] == {"zh": "单位换算", "en": "unit converted"}
    assert found["ledger"]["rows"][0]["unit"]["en"] == "Beijing"


def test_files_dropped_together_whose_units_differ_are_brought_to_the_first(bench: Bench) -> None:
    proposed = bench.drop(a=PANEL, b="省份,年份,产值(万元)\n北京,2021,50000\n天津,2021,1\n")
    assert proposed["edit"]["series"]["产值"] == {"title": "产值", "convert": "亿元"}
    assert codes(bench.ask(understood)) == []


def test_a_file_dropped_twice_is_one_table(bench: Bench) -> None:
    bench.drop(a=PANEL)
    assert bench.drop(a=PANEL)["edit"] == {"tables": [], "series": {}}


def test_what_is_no_table_is_a_problem_and_no_entry(bench: Bench) -> None:
    (bench.folder / "files" / "a.pdf").write_bytes(b"%PDF-1.4 \x00\xff")
    proposed = plain(dropped(bench.desk, bench.folder, ["a.pdf", "none.csv", "../../../etc/passwd"]))
    assert proposed["edit"]["tables"] == []
    assert codes(proposed) == ["unknown_file_kind", "data_file_not_found", "data_file_not_found"]


def test_one_bad_file_does_not_hide_the_others(bench: Bench) -> None:
    proposed = bench.drop(a=PANEL, b="省份,年份,y\n北京,2019,约3\n天津,2019,2\n", c="年份,z\n2019,1\n2020,2\n")
    assert codes(proposed) == ["text_in_number", "no_unit_column"]
    found = bench.ask(understood)
    assert codes(found) == ["text_in_number", "no_unit_column"]
    place = found["problems"][0]["place"]
    assert (place["file"], place["cell"]) == ("files/b.csv", "C2")
    assert [t["file"] for t in found["tables"]] == ["files/a.csv", "files/b.csv", "files/c.csv"]
    assert found["tables"][1]["accepted_as"] is None
    assert [one["id"] for one in found["series"]] == ["产值", "R_D经费"]
    assert found["questions"][0]["key"] == "unit"


def test_a_file_that_is_gone_is_a_problem(bench: Bench) -> None:
    bench.drop(a=PANEL, b="省份,年份,z\n北京,2019,1\n天津,2019,2\n")
    (bench.folder / "files" / "b.csv").unlink()
    found = bench.ask(understood)
    assert codes(found) == ["data_file_not_found"]
    assert found["problems"][0]["place"]["key"] == "data.tables.1.file"


def test_data_that_cannot_be_understood_say_where(bench: Bench) -> None:
    bench.drop(a=PANEL)
    bench.edit(data={"conflicts": "maybe"})
    found = bench.ask(understood)
    assert codes(found) == ["bad_choice"]
    assert found["problems"][0]["place"]["key"] == "data.conflicts"


# Decisions


def test_a_repair_is_proposed_accepted_and_refused(bench: Bench) -> None:
    bench.drop(a=misread("四藏", "西藏"))
    found = bench.ask(understood)
    assert codes(found) == ["unknown_place"]
    (repair,) = found["repairs"]
    assert (repair["written"], repair["state"], repair["count"]) == ("四藏", "proposed", 1)
    assert repair["title"]["en"] == "Xizang"
    assert "3,100" in repair["evidence"]["en"]
    assert repair["cells"] == [{"file": "files/a.csv", "sheet": None, "cell": "C28"}]
    assert found["unplaced"] == []
    bench.edit(data={"repairs": ["四藏"]})
    found = bench.ask(understood)
    assert (codes(found), found["repairs"][0]["state"], found["repairs"][0]["cells"]) == (
        [],
        "accepted",
        repair["cells"],
    )
    assert [row["rule"] for row in found["ledger"]["rows"]] == ["place.repair"]
    bench.edit(data={"repairs": [], "apart": ["四藏"]})
    found = bench.ask(understood)
    assert (codes(found), found["repairs"][0]["state"], len(found["units"])) == ([], "refused", 30)


def test_a_name_that_is_like_none_can_be_set_apart(bench: Bench) -> None:
    bench.drop(a=misread("木星基地", "西藏"))
    found = bench.ask(understood)
    assert found["unplaced"] == [{"written": "木星基地", "rows": 1, "apart": False}]
    bench.edit(data={"unplaced": "apart"})
    found = bench.ask(understood)
    assert (codes(found), found["unplaced"][0]["apart"]) == ([], True)


def test_a_question_is_answered(bench: Bench) -> None:
    bench.drop(a=workbook(总量=[["省份", "人口"], ["北京", 1], ["天津", 2]]))
    (asked,) = bench.ask(understood)["questions"]
    assert (asked["file"], asked["sheet"], asked["key"], asked["answer"]) == ("files/a.xlsx", "总量", "period", None)
    assert asked["why"]["zh"]
    table = bench.session.document["data"]["tables"][0]
    bench.edit(data={"tables": [table | {"known": [{"sheet": "总量", "period": "2019"}]}]})
    found = bench.ask(understood)
    assert [(q["key"], q["answer"]) for q in found["questions"]] == [("period", "2019")]
    assert (codes(found), found["periods"], len(found["series"])) == ([], [2019], 1)


def test_conflicts_are_shown_and_stay_shown_once_they_are_decided(bench: Bench) -> None:
    bench.drop(a=PANEL, b="省份,年份,产值(亿元)\n北京,2019,99\n天津,2019,20\n")
    found = bench.ask(understood)
    assert codes(found) == ["duplicate_cell"]
    assert (found["conflict_count"], found["ledger"]["count"]) == (1, 0)
    (one,) = found["conflicts"]
    assert (one["unit"]["en"], one["period"], one["series"]) == ("Beijing", 2019, "产值")
    assert [(v["file"], v["cell"], v["value"]) for v in one["values"]] == [
        ("files/a.csv", "C2", 10.0),
        ("files/b.csv", "C2", 99.0),
    ]
    assert bench.ask(coverage, series="产值")["states"][0] == ["conflict", "reported"]
    bench.edit(data={"conflicts": "last"})
    found = bench.ask(understood)
    assert (codes(found), found["conflict_count"], found["ledger"]["count"]) == ([], 1, 1)
    assert bench.ask(coverage, series="产值")["values"][0] == [99.0, 11.0]


def test_years_and_units_left_out_are_still_there_to_be_taken_in(bench: Bench) -> None:
    bench.drop(a=PANEL)
    bench.edit(data={"periods": [2020, 2020], "exclude": ["天津"]})
    found = bench.ask(understood)
    assert found["periods"] == [2019, 2020]
    assert [(u["id"], u["used"]) for u in found["units"]] == [("110000", True), ("120000", False)]
    assert bench.ask(coverage)["periods"] == [2020]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"exclude": ["火星"]}, "unknown_unit"),
        ({"reject": [{"series": "产值", "unit": "火星", "period": 2019, "reason": "x"}]}, "unknown_unit"),
        ({"periods": [1990, 1991]}, "no_periods_left"),
        ({"series": {"q": {"column": "无此列"}}}, "unknown_column_key"),
        ({"series": {"产值": {"convert": "万吨"}}}, "unit_mismatch"),
    ],
)
def test_a_decision_that_cannot_be_carried_out_is_a_problem_and_the_rest_is_shown(
    said: dict[str, Any], code: str, bench: Bench
) -> None:
    bench.drop(a=PANEL)
    bench.edit(data=said)
    found = bench.ask(understood)
    assert codes(found) == [code]
    assert len(found["units"]) == 2
    assert bench.ask(coverage)["series"]


def test_two_schemes_are_a_problem(bench: Bench) -> None:
    bench.drop(a=PANEL, b="企业,年份,x\n甲厂,2019,1\n乙厂,2019,2\n")
    assert codes(bench.ask(understood)) == ["mixed_schemes"]


def test_a_series_is_used_where_a_formula_names_it_in_a_draft_too(bench: Bench) -> None:
    bench.drop(a=PANEL)
    bench.framework("R_D经费 / 产值")
    assert [one["used"] for one in bench.ask(understood)["series"]] == [True, True]
    bench.edit(framework={"tree": [{"formula": "R_D经费 * 2"}, {"formula": "("}, {}]})
    assert [one["used"] for one in bench.ask(understood)["series"]] == [False, True]


def test_what_is_decided_on_the_page_is_what_the_study_does(bench: Bench) -> None:
    bench.drop(a=misread("四藏", "西藏"), b=PANEL.replace("产值", "x"))
    bench.edit(data={"repairs": ["四藏"], "conflicts": "first", "missing": {"rule": "keep"}})
    bench.framework("x")
    found, made = bench.ask(understood), prepare(Study.load(bench.folder / "study.yaml"))
    assert codes(found) == []
    assert [u["id"] for u in found["units"]] == list(made.panel.units)
    assert found["ledger"]["count"] == len(made.ledger)
    numbers = bench.ask(coverage, series="x")
    assert numbers["values"] == plain(made.panel.values[:, :, 0].T)


# What there is, and what looks wrong


def test_the_matrix_of_cells(bench: Bench) -> None:
    bench.drop(a=PANEL)
    bench.edit(data={"reject": [{"series": "产值", "unit": "北京", "period": 2020, "reason": "误"}]})
    found = bench.ask(coverage)
    assert [one["shares"] for one in found["series"]] == [[1.0, 0.5], [1.0, 0.5]]
    assert found["cells"] == [["00", "x0"], ["00", "06"]]
    assert found["by_unit"] == [[0.5, 1.0], [1.0, 0.5]]
    assert found["legend"]["x"] == {"zh": "已排除", "en": "rejected"}
    assert set(found["legend"]) == {*"0123456", "x"}
    assert found["share"] == 0.75
    one = bench.ask(coverage, series="产值")
    assert (one["unit"], one["values"]) == ("亿元", [[10.0, None], [20.0, 21.0]])
    assert one["states"] == [["reported", "rejected"], ["reported", "reported"]]
    assert one["cells"][0][1] == {"file": "files/a.csv", "sheet": None, "cell": "C3"}
    with pytest.raises(DataError, match="no such"):
        coverage(bench.desk, bench.folder, series="no such")


def suspicious() -> str:
    values = [100.3, 104.1, 109.2, 1137.0, 119.9, 124.6, 131.8, 137.1]
    rows = [f"{u},{2000 + t},{v * f}" for u, f in (("北京", 1), ("天津", 0.1)) for t, v in enumerate(values)]
    return "省份,年份,x\n" + "\n".join(rows).replace("天津,2003,113.7", "天津,2003,11.4") + "\n"


def test_a_suspicious_number_is_found_shown_in_its_cell_and_rejected(bench: Bench) -> None:
    bench.drop(a=suspicious())
    found = bench.ask(checks)
    slip = next(f for f in found["findings"] if f["check"] == "unit_slip")
    assert (slip["severity"], slip["cell"], slip["count"]) == ("error", "C5", 1)
    assert slip["units"] == [{"id": "110000", "title": {"zh": "北京", "en": "Beijing"}}]
    assert slip["action"] == {"kind": "reject", "cells": [{"series": "x", "unit": "110000", "period": 2003}]}
    assert slip["name"]["zh"]
    window = bench.ask(cells, file="files/a.csv", cell="C5")
    cell = window["rows"][4]["cells"][2]
    assert (cell["cell"], cell["role"], cell["value"], cell["rejected"]) == ("C5", "value", 1137.0, False)
    assert cell["flags"][0] == {"severity": "error", "text": slip["detail"]}
    bench.edit(data={"reject": [one | {"reason": "误"} for one in slip["action"]["cells"]]})
    window = bench.ask(cells, file="files/a.csv", cell="C5")
    assert window["rows"][4]["cells"][2]["rejected"] is True
    assert codes(bench.ask(understood)) == []


def test_a_sheet_as_it_lies(bench: Bench) -> None:
    rows: list[list[Any]] = [
        ["表1 产值"],
        ["地区", "2019年", "2020年"],
        ["全国", 3, 7],
        ["北京", 1, "3(p)"],
        ["天津", 2, 4],
        ["注：初步数。"],
    ]
    script = [["<script>alert(1)</script>", "=cmd|' /C calc'!A0"], [None, None]]
    bench.drop(a=workbook(数据=rows, 说明=script))
    found = bench.ask(cells, file="files/a.xlsx", sheet="数据")
    roles = [[cell["role"] for cell in row["cells"]] for row in found["rows"]]
    assert roles == [
        ["title", None, None],
        ["header", "period", "period"],
        ["unit", "total", "total"],
        ["unit", "value", "value"],
        ["unit", "value", "value"],
        ["note", None, None],
    ]
    assert [row["role"] for row in found["rows"]] == ["title", "header", None, None, None, "note"]
    assert found["columns"][0] == {"letter": "A", "role": "unit"}
    marked = found["rows"][3]["cells"][2]
    assert (marked["text"], marked["value"], marked["unit_id"], marked["period"]) == ("3(p)", 3.0, "110000", 2020)
    assert marked["flags"] == [
        {
            "severity": "info",
            "text": {"zh": "数字旁或代替数字的符号：(p)", "en": "A sign beside a number or instead of one: (p)"},
        }
    ]
    other = bench.ask(cells, file="files/a.xlsx", sheet="说明")
    assert other["rows"][0]["cells"][0] == {
        "cell": "A1", "text": "<script>alert(1)</script>", "role": "unread", "flags": [],
    }  # fmt: skip


def test_problems_and_unknown_names_stand_in_their_cells(bench: Bench) -> None:
    bench.drop(a="省份,年份,y\n北京,2019,约3\n天津,2019,2\n", b=misread("木星基地", "西藏"))
    bad = bench.ask(cells, file="files/a.csv")["rows"][1]["cells"][2]
    assert bad["flags"][0]["severity"] == "error"
    assert "约3" in bad["flags"][0]["text"]["zh"]
    name = bench.ask(cells, file="files/b.csv")["rows"][27]["cells"][0]
    assert name["text"] == "木星基地"
    assert [flag["severity"] for flag in name["flags"]] == ["error", "warning"]
    assert name["flags"][1]["text"]["en"] == "No list knows the name “木星基地”; this row is not in the panel"


def test_a_window_of_a_large_sheet(bench: Bench) -> None:
    rows = "\n".join(f"厂{i},2019,{i}" for i in range(500))
    bench.drop(a=f"企业,年份,x\n{rows}\n")
    found = bench.ask(cells, file="files/a.csv", row=400, rows=300)
    assert (found["top"], found["height"], len(found["rows"]), found["width"]) == (400, 501, 102, 3)
    assert len(bench.ask(cells, file="files/a.csv", rows=9999)["rows"]) == 300
    assert bench.ask(cells, file="files/a.csv", row=9999)["top"] == 501
    around = bench.ask(cells, file="files/a.csv", cell="C250")
    assert around["top"] <= 250 < around["top"] + len(around["rows"])


def test_no_file_outside_the_session_is_shown(bench: Bench) -> None:
    bench.drop(a=PANEL)
    for file in ("../../x.csv", "/etc/passwd", "files/none.csv"):
        with pytest.raises(DataError) as caught:
            cells(bench.desk, bench.folder, file)
        assert caught.value.code == "file_not_found"
    with pytest.raises(DataError) as caught:
        cells(bench.desk, bench.folder, "files/a.csv", sheet="无")
    assert caught.value.code == "unknown_sheet"


def test_an_unrelated_edit_reads_no_file_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.drop(a=PANEL)
    before = bench.ask(understood)

    def never(*args: object, **options: object) -> None:
        raise AssertionError

    monkeypatch.setattr("nqpf.studio.readings.read_table", never)
    bench.edit(title="另一个题目", recipe={"weight": {"method": "equal"}})
    assert bench.ask(understood) == before
    bench.edit(data={"periods": [2020, 2020]})
    assert bench.ask(coverage)["periods"] == [2020]
    bench.framework("产值")
    assert tables_at_hand(bench.desk, Study.load(bench.folder / "study.yaml")).series == ["产值", "R_D经费"]


def test_a_file_that_changes_is_read_again(bench: Bench) -> None:
    bench.drop(a=PANEL)
    assert bench.ask(understood)["periods"] == [2019, 2020]
    (bench.folder / "files" / "a.csv").write_text(PANEL + "北京,2021,12,2\n天津,2021,22,2\n", encoding="utf-8")
    assert bench.ask(understood)["periods"] == [2019, 2020, 2021]


# Routes


class Listener:
    """Stands where the engine does, and says what it was asked."""

    async def answer(self, work: str, folder: Path, **options: Any) -> Response:
        return Response(encode([work, folder.name, options]), media_type="application/json")


@pytest.fixture
def client(bench: Bench) -> TestClient:
    app = FastAPI()
    app.include_router(data.router)
    app.state.store, app.state.engine = Store(bench.folder.parent), Listener()
    return TestClient(app)


def test_routes_ask_the_views(client: TestClient, bench: Bench) -> None:
    at = f"/sessions/{bench.session.id}/data"
    views = "nqpf.studio.views.data"
    assert client.get(f"{at}/understood").json() == [f"{views}:understood", bench.session.id, {}]
    assert client.get(f"{at}/coverage", params={"series": "产值"}).json()[2] == {"series": "产值"}
    assert client.get(f"{at}/checks").json()[0] == f"{views}:checks"
    window = client.get(f"{at}/cells", params={"file": "files/a.csv", "cell": "C7"}).json()
    assert window[0] == f"{views}:cells"
    assert window[2] == {
        "file": "files/a.csv", "sheet": None, "cell": "C7", "row": 1, "column": 1, "rows": 80, "columns": 40,
    }  # fmt: skip
    assert client.post(f"{at}/dropped", json={"files": ["a.csv"]}).json()[2] == {"files": ["a.csv"]}
    for view, options in ((cells, window[2]), (dropped, {"files": []}), (coverage, {"series": None})):
        signature(view).bind(bench.desk, bench.folder, **options)


@pytest.mark.parametrize(
    "query",
    [{}, {"file": "a", "rows": 301}, {"file": "a", "columns": 61}, {"file": "a", "row": 0}, {"file": "a", "z": 1}],
)
def test_a_window_that_cannot_be_is_refused(query: dict[str, Any], client: TestClient, bench: Bench) -> None:
    assert client.get(f"/sessions/{bench.session.id}/data/cells", params=query).status_code == 422
