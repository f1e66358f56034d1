"""Two sides beside each other: ranks by hand, shifts, words, alternatives, published systems, one taken over."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("fastapi")

from nqpf.errors import NqpfError, SpecError
from nqpf.index import build
from nqpf.studio.desk import Desk
from nqpf.studio.faults import Absent
from nqpf.studio.store import Session, Store
from nqpf.studio.views import compare, compare_sides
from nqpf.studio.views.drafts import sound, study_of
from nqpf.studio.wire import encode, plain

X = {"甲县": 5.0, "乙县": 4.0, "丙县": 3.0, "丁县": 2.0, "戊县": 1.0, "己县": 0.0}
Y = {"甲县": 0.0, "乙县": 1.0, "丙县": 2.0, "丁县": 3.0, "戊县": 4.0, "己县": 5.0}
SYSTEM = "song_jia_2024_firm"


def document(x: float, **more: Any) -> dict[str, Any]:
    leaves = [{"id": name, "title": name, "formula": name, "direction": "benefit"} for name in ("x", "y")]
    framework = {"id": "I", "title": {"zh": "指数", "en": "Index"}, "tree": leaves}
    recipe = {"weight": {"method": "given", "values": {"x": x, "y": 1 - x}}}
    data = {"tables": [{"file": "t.csv", "unit": "unit", "period": "year", "places": "none"}]}
    return {"study": "s", "title": "s", "data": data, "framework": framework, "recipe": recipe} | more


@pytest.fixture
def session(tmp_path: Path) -> Session:
    session = Store(tmp_path).create(title="s")
    with (session.folder / "t.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["unit", "year", "x", "y"])
        rows.writerows([u, year, X[u] + (year - 2020), Y[u]] for year in (2020, 2021) for u in X)
    session.edit(document(0.9), session.revision, "first")
    return session


def edit(session: Session, content: dict[str, Any], label: str = "edit") -> None:
    session.edit(content, session.revision, label)


def run(session: Session, first: str, second: str, period: int | None = None) -> dict[str, Any]:
    return compare.run(Desk(), session.folder, first, second, period)


def test_ranks_turned_round_by_the_weights(session: Session) -> None:
    edit(session, document(0.1))
    found = run(session, "now", "revision:2")
    ranks = {u["title"].zh: (u["first"]["rank"], u["second"]["rank"], u["shift"]) for u in found["units"]}
    assert ranks["甲县"] == (6, 1, 5)
    assert ranks["己县"] == (1, 6, -5)
    assert [u["first"]["rank"] for u in found["units"]] == [1, 2, 3, 4, 5, 6]
    assert (found["period"], found["periods"]) == (2021, [2020, 2021])
    last = found["agreement"][-1]
    assert (last["spearman"], last["kendall"], last["units"]) == (pytest.approx(-1), pytest.approx(-1), 6)
    assert {row["node"]: (row["first"], row["second"]) for row in found["weights"]} == {
        "x": (pytest.approx(0.1), pytest.approx(0.9)),
        "y": (pytest.approx(0.9), pytest.approx(0.1)),
    }
    assert set(found["movers"][:2]) == {u["id"] for u in found["units"] if abs(u["shift"]) == 5}


def test_intervals_hold_the_rank_and_what_leaving_out_does(session: Session) -> None:
    found = run(session, "now", "preset:handbook")
    sides = [u[side] for u in found["units"] for side in ("first", "second")]
    assert all(s["low"] <= s["rank"] <= s["high"] for s in sides)
    first = next(u for u in found["units"] if u["title"].zh == "甲县")["first"]
    assert (first["low"], first["high"]) == (1, 6)  # without x, it is the last


def test_a_side_is_not_compared_with_itself_but_equal_states_agree(session: Session) -> None:
    with pytest.raises(SpecError):
        run(session, "now", "now")
    edit(session, document(0.9, about="more"))
    found = run(session, "now", "revision:2")
    assert {u["shift"] for u in found["units"]} == {0}
    assert found["movers"] == []
    assert found["differs"] == []
    assert found["agreement"][-1]["spearman"] == pytest.approx(1)


def test_what_differs_is_said_in_words(session: Session) -> None:
    other = document(0.5)
    other["recipe"] = {"normalise": {"method": "zscore"}, "weight": {"method": "equal"}, "denominate": True}
    other["framework"]["tree"][1] |= {"direction": "cost", "formula": "y * 2"}
    other["framework"]["tree"].append({"id": "z", "title": "z", "formula": "x + y", "direction": "benefit"})
    other["data"]["exclude"] = ["己县"]
    other["seed"] = 7
    edit(session, other)
    lines = [line.en for line in run(session, "revision:2", "now")["differs"]]
    assert any(line.startswith("normalisation: min-max → z-scores") for line in lines)
    assert any("no → yes" in line for line in lines)
    assert "Direction of y: benefit → cost" in lines
    assert "Formula of y: y → y * 2" in lines
    assert "Indicators of the second only: z" in lines
    assert "Data differ in: exclude" in lines
    assert any(line.startswith("Seed: 20240131 → 7") for line in lines)


def test_units_that_one_side_lacks_have_no_shift(session: Session) -> None:
    other = document(0.9)
    other["data"]["exclude"] = ["甲县"]
    edit(session, other)
    found = run(session, "revision:2", "now")
    gone = next(u for u in found["units"] if u["title"].zh == "甲县")
    assert (gone["first"]["rank"], gone["second"]["rank"], gone["shift"]) == (1, None, None)
    assert found["agreement"][-1]["units"] == 5
    assert any("2 of 12" in note["text"].en for note in found["notes"])
    assert b"NaN" not in encode(found)


def test_sides_are_aligned_by_key_not_by_place(session: Session) -> None:
    study = study_of(session.document, session.folder)
    panel = Desk().prepared(study).panel
    one = build(panel, study.framework, study.spec.recipe)
    turned = panel.select(units=tuple(reversed(panel.units)))
    other = build(turned, study.framework, study.spec.recipe)
    done = compare.side_by_side({"one": one, "other": other})
    assert done.units == panel.units
    np.testing.assert_allclose(done.scores[0], done.scores[1])


def test_a_year_is_chosen_and_an_absent_one_refused(session: Session) -> None:
    assert run(session, "now", "preset:handbook", 2020)["period"] == 2020
    with pytest.raises(SpecError, match="2020"):
        run(session, "now", "preset:handbook", 1999)


def test_the_picture_is_there_in_both_languages(session: Session) -> None:
    chart = run(session, "now", "preset:handbook")["chart"]
    assert set(chart) == {"zh", "en"}
    assert "现在的研究" in str(chart["zh"])
    assert "The study as it is" in str(chart["en"])


@pytest.mark.parametrize(
    "side", ["variant:abc", "variant:../../x", "revision:99", "revision:x", "nothing", "revision:"]
)
def test_an_unknown_side_is_refused(session: Session, side: str) -> None:
    with pytest.raises(Absent):
        run(session, "now", side)


def test_an_unknown_system_or_preset_is_refused_with_what_there_is(session: Session) -> None:
    with pytest.raises(SpecError, match="handbook"):
        run(session, "now", "preset:nothing")
    with pytest.raises(SpecError, match="wang_jue_2024"):
        run(session, "system:nothing", "now")


def test_earlier_states_are_those_with_another_index(session: Session) -> None:
    edit(session, document(0.9, about="only words"), "words")
    edit(session, document(0.5), "weights")
    edit(session, document(0.5, report={"lang": "en"}), "report")
    edit(session, document(0.1), "again")
    listed = compare_sides.sides(Desk(), session.folder)["revisions"]
    assert [one["title"].en for one in listed] == ["Step 4: weights", "Step 2: first"]
    session.undo()
    listed = compare_sides.sides(Desk(), session.folder)["revisions"]
    assert [one["title"].en for one in listed] == ["Step 6: again", "Step 2: first"]


def test_an_alternative_is_kept_compared_taken_over_and_removed(session: Session) -> None:
    desk, folder = Desk(), session.folder
    kept = compare_sides.keep(desk, folder, "  试一试  ")
    assert kept["title"] == "试一试"
    assert session.files() == Store(folder.parent).open(session.id).files()
    assert "history" not in {Path(f.path).parts[0] for f in session.files()}
    edit(session, document(0.1))
    found = run(session, "now", kept["id"])
    assert found["sides"][1]["title"].zh == "试一试"
    assert found["units"][0]["shift"] == -5
    taken = compare.taken(desk, folder, kept["id"])
    edit(session, taken)
    assert session.document["recipe"] == document(0.9)["recipe"]
    assert [u["shift"] for u in run(session, "now", kept["id"])["units"]] == [0] * 6
    compare_sides.forget(desk, folder, kept["id"].removeprefix("variant:"))
    assert compare_sides.sides(desk, folder)["variants"] == []
    with pytest.raises(Absent):
        compare_sides.forget(desk, folder, "abc")


def test_a_named_recipe_takes_what_the_study_says_of_holes(session: Session) -> None:
    present = document(0.9)
    present["recipe"]["availability"] = 0.6
    edit(session, present)
    assert compare.taken(Desk(), session.folder, "preset:handbook")["recipe"]["availability"] == 0.6
    assert compare.taken(Desk(), session.folder, "preset:coinr_asem")["recipe"]["availability"] == 0


def test_an_analysis_that_is_being_written_keeps_nobody_from_comparing(session: Session) -> None:
    edit(session, document(0.1, productivity={}, report={"ranks": "groups"}))
    assert run(session, "now", "revision:2")["units"][0]["shift"] == -5
    assert set(sound(session.document)) == set(document(0.1))


def system_formulas() -> dict[str, str]:
    from nqpf.theory.systems import system

    names = [i.id for i in system(SYSTEM).indicators]
    return {name: "x" if n % 2 else "y" for n, name in enumerate(names)}


def test_a_published_system_stands_with_its_state_and_can_be_taken_over(session: Session) -> None:
    edit(session, document(0.9, systems={SYSTEM: system_formulas()}))
    choices = compare_sides.sides(Desk(), session.folder)["systems"]
    here = next(one for one in choices if one["id"] == f"system:{SYSTEM}")
    assert (here["refused"], here["found"]) == (None, here["total"])
    found = run(session, "now", f"system:{SYSTEM}")
    side = found["sides"][1]
    assert side["state"] == "recalled"
    assert "unverified" in side["state_title"].en
    assert any(SYSTEM in line.en for line in found["words"])
    assert f"{SYSTEM} (unverified)" in str(found["chart"]["en"])
    edit(session, plain(compare.taken(Desk(), session.folder, f"system:{SYSTEM}")))
    again = run(session, "now", f"system:{SYSTEM}")
    assert {u["shift"] for u in again["units"]} == {0}


def test_a_system_that_cannot_be_run_says_why(session: Session) -> None:
    with pytest.raises(NqpfError, match=r"计算|computed"):
        run(session, "now", f"system:{SYSTEM}")
    choices = compare_sides.sides(Desk(), session.folder)["systems"]
    assert len(choices) > 30
    assert all(one["refused"] is not None for one in choices)
