"""Real files through the studio: received, understood, decided on, and a study whose data are those of `nqpf.tidy`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nqpf
from nqpf.data.tidy import Tidied
from nqpf.studio.desk import Desk
from nqpf.studio.store import Session, Store
from nqpf.studio.views.data import cells, checks, coverage, dropped, understood
from nqpf.studio.wire import encode
from nqpf.study import Study
from nqpf.study.prepare import prepare

pytestmark = pytest.mark.reference

ENERGY, SECONDARY, RPI, MOBILE, SECTORS, POPULATION, BLOCKS, HOURS = MESSY = (
    "energy_balance_bilingual_headers.xlsx",
    "nbs_export_gbk_secondary_va.csv",
    "nbs_export_rpi_1952_2019.xls",
    "nbs_mobile_unit_in_header.xls",
    "nbs_new_site_2019_tabs_trailing_commas.csv",
    "population_footnote_long.xlsx",
    "stacked_blocks_blank_labels_dup_year_sheet.xlsx",
    "techme_RDLaborHour_ocr_names.csv",
)
DECISIONS: dict[str, tuple[list[str], dict[str, Any], dict[str, Any]]] = {
    BLOCKS: (["duplicate_cell"], {"conflicts": "last"}, {"keep": "last"}),
    HOURS: (["unknown_place"], {"repairs": ["内蒙占"]}, {"accept_repairs": ["内蒙占"]}),
}
"""File → what it waits for, what is decided in the study, and the same for `nqpf.tidy`."""
PANELS = (
    "core_panel_30prov_2012_2022.csv",
    *(pytest.param(name, marks=pytest.mark.slow) for name in (
        "firm_panel_chile.csv", "china_province_panel.csv", "country_panel_wide.csv",
    )),
)  # fmt: skip


def received(root: Path, *files: Path) -> tuple[Session, Desk]:
    """Return a session in which the files were dropped, as the page does it."""
    session, desk = Store(root).create("x"), Desk()
    for file in files:
        with file.open("rb") as stream:
            session.add_file(file.name, stream)
    proposed = ask(desk, session, dropped, files=[file.name for file in files])
    session.edit(session.document | {"data": proposed["edit"]}, session.revision, "files")
    return session, desk


def ask(desk: Desk, session: Session, view: Any, **options: Any) -> Any:
    return json.loads(encode(view(desk, session.folder, **options)))


def decide(session: Session, **data: Any) -> None:
    document = session.document
    document["data"] = document["data"] | data
    session.edit(document, session.revision, "decision")


def agree(desk: Desk, session: Session, ours: Tidied) -> None:
    """Compare what the study prepares with `nqpf.tidy`, cell by cell."""
    series = [one["id"] for one in ask(desk, session, understood)["series"]]
    leaves = [{"id": f"i{n}", "title": id, "formula": f'"{id}"', "direction": "benefit"} for n, id in enumerate(series)]
    document = session.document | {"framework": {"id": "f", "title": "f", "tree": leaves}}
    document["data"] = document["data"] | {"missing": {"rule": "keep"}}
    session.edit(document, session.revision, "all series")
    made = prepare(Study.load(session.folder / "study.yaml"))
    same = ours.panel.select(units=made.panel.units, periods=made.panel.periods)
    assert len(ours.panel.units) == len(made.panel.units)
    np.testing.assert_array_equal(made.panel.values, same.values)
    assert [one.measure for one in made.panel.series] == [one.measure for one in same.series]
    changes = ours.ledger.frame.filter(ours.ledger.frame["rule"] != "cell.mark").drop("file")
    assert made.ledger.frame.drop("file").equals(changes.with_columns(indicator=made.ledger.frame["indicator"]))
    found = ask(desk, session, understood)
    assert found["problems"] == []
    assert all(one["used"] for one in found["series"])
    assert found["ledger"]["count"] == len(ours.ledger)
    shown = ask(desk, session, coverage, series=series[0])
    held = [[None if v != v else v for v in row] for row in made.panel.values[:, :, 0].T.tolist()]
    assert shown["values"] == held


def through(root: Path, file: Path) -> None:
    """Take a file through the step and compare."""
    session, desk = received(root, file)
    waits, data, same = DECISIONS.get(file.name, ([], {}, {}))
    assert [problem["code"] for problem in ask(desk, session, understood)["problems"]] == waits
    decide(session, **data)
    found = ask(desk, session, understood)
    assert (found["problems"], found["questions"]) == ([], [])
    ask(desk, session, checks)
    table = found["tables"][0]
    window = ask(desk, session, cells, file=table["file"], sheet=table["sheet"])
    roles = {cell["role"] for row in window["rows"] for cell in row["cells"]}
    assert {"value", "unit"} <= roles
    agree(desk, session, nqpf.tidy(file, **same))


@pytest.mark.parametrize("name", MESSY)
def test_an_ill_formed_file_becomes_the_panel_that_tidy_makes(name: str, shared: Path, tmp_path: Path) -> None:
    through(tmp_path, shared / "data" / "messy" / name)


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_goes_through(name: str, shared: Path, tmp_path: Path) -> None:
    through(tmp_path, shared / "data" / name)


@pytest.mark.slow
def test_all_ill_formed_files_at_once(shared: Path, tmp_path: Path) -> None:
    files = [shared / "data" / "messy" / name for name in MESSY]
    session, desk = received(tmp_path, *files)
    found = ask(desk, session, understood)
    assert {problem["code"] for problem in found["problems"]} == {"unknown_place", "duplicate_cell"}
    assert [one["written"] for one in found["repairs"]] == ["内蒙占"]
    decide(session, repairs=["内蒙占"], conflicts="first")
    agree(desk, session, nqpf.tidy(files, accept_repairs=True, keep="first"))


def test_the_cells_that_two_sheets_give_differently_are_marked_in_both(shared: Path, tmp_path: Path) -> None:
    session, desk = received(tmp_path, shared / "data" / "messy" / BLOCKS)
    found = ask(desk, session, understood)
    assert found["conflict_count"] == len(found["conflicts"]) == 2
    for place in found["conflicts"][0]["values"]:
        window = ask(desk, session, cells, file=place["file"], sheet=place["sheet"], cell=place["cell"])
        here = [c for row in window["rows"] for c in row["cells"] if c["cell"] == place["cell"]]
        assert any("Sheet" in flag["text"]["zh"] for flag in here[0]["flags"])
