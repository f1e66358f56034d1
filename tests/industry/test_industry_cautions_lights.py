"""Lights come from thresholds alone, and the table of all cautions hides nothing."""

from __future__ import annotations

import polars as pl
import pytest

from nqpf.errors import SpecError
from nqpf.industry.warning.gather import cautions
from nqpf.industry.warning.headroom import headroom
from nqpf.industry.warning.lights import CAUTIONS, SCHEMA, Signal, light_of, line, sentence, table_of
from nqpf.industry.warning.plan_similarity import plan_similarity
from nqpf.messages import LANGUAGES, catalogue
from nqpf.results import Result


def test_reached_is_passed() -> None:
    assert [light_of(x, (2.0, 4.0)) for x in (1.9, 2.0, 4.0)] == ["none", "watch", "warn"]
    assert [light_of(x, (0.1, 0.05), rising=False) for x in (0.11, 0.1, 0.05)] == ["none", "watch", "warn"]
    assert light_of(float("nan"), (2.0, 4.0)) is None


@pytest.mark.parametrize("given", [(2.0,), (4.0, 2.0), (0.0, float("inf")), ("a", "b"), 3.0])
def test_thresholds_that_cannot_be(given: object) -> None:
    with pytest.raises(SpecError, match=r"x_line.*Thresholds to watch and to warn cannot be"):
        line("x_line", given)  # type: ignore[arg-type]


def test_falling_thresholds_fall() -> None:
    assert line("q", (0.1, 0.05), rising=False) == (0.1, 0.05)
    with pytest.raises(SpecError, match="cannot be"):
        line("q", (0.05, 0.1), rising=False)


def test_without_a_number_there_is_no_light_but_a_reason() -> None:
    signal = Signal("headroom", "price", float("nan"), (0.0, -0.1), "warn", "suggested", "no_column", industry="pv")
    row = table_of([signal]).row(0, named=True)
    assert row["light"] is None
    assert (row["tier"], row["evidence"]) == ("not_assessed", "reason.no_column")
    assert str(sentence(row)) == "pv: room for capacity: not assessed: there is no data on it."


def test_a_sentence_has_number_thresholds_and_tier() -> None:
    signal = Signal("headroom", "utilisation", 0.6, (0.79, 0.75), "warn", "measured", industry="pv", year=2023)
    text = sentence(table_of([signal]).row(0, named=True))
    assert text.en == (
        "pv, 2023: room for capacity: warning. Capacity is used to 60.0% (watch from 0.79, warn from 0.75; evidence: "
        "measured)."
    )
    assert text.zh == "pv，2023：产能余量——警示。产能利用率 60.0%（关注线 0.79，警示线 0.75；证据：直接测得）。"


def table() -> dict[str, list[object]]:
    return {"i": ["pv", "pv", "ev", "ev"], "y": [2022, 2023] * 2, "u": [0.9, 0.6, 0.78, None]}


def test_all_in_one_table() -> None:
    room = headroom(table(), industry="i", time="y", utilisation="u")
    plans = plan_similarity({"r": list("aab"), "i": ["pv", "ai", "pv"]}, unit="r", industry="i", draws=19)
    found = cautions(room, plans)
    assert isinstance(found, Result)
    assert found.lights.schema == pl.Schema(SCHEMA)
    assert found.lights["light"][0] == "warn"
    assert set(found.lights["caution"]) == set(CAUTIONS)
    for name in ("crowding", "exuberance", "mismatch", "abandonment"):
        part = found.lights.filter(caution=name)
        assert part["evidence"].to_list() == ["reason.not_given"]
        assert part["light"].to_list() == [None]
    assert {note.code for note in found.notes} == {n.code for n in (*room.notes, *plans.notes)}
    row = found.summary.row(by_predicate=pl.col("caution") == "headroom", named=True)
    assert (row["warn"], row["best_tier"]) == (1, "measured")


def test_the_latest_year_of_each_number() -> None:
    room = headroom(table(), industry="i", time="y", utilisation="u")
    latest = cautions(room).lights.filter(measure="utilisation")
    assert set(latest["year"]) == {"2023"}
    every = cautions(room, years="all").lights.filter(measure="utilisation")
    assert every.height == 4


def test_the_order_of_results_does_not_matter() -> None:
    room = headroom(table(), industry="i", time="y", utilisation="u")
    plans = plan_similarity({"r": list("aab"), "i": ["pv", "ai", "pv"]}, unit="r", industry="i", draws=19)
    assert cautions(room, plans).lights.equals(cautions(plans, room).lights)


def test_a_sentence_a_row_in_both_languages() -> None:
    found = cautions(headroom(table(), industry="i", time="y", utilisation="u"))
    said = found.sentences()
    assert len(said) == found.lights.height
    assert all(text[lang] and "{" not in text[lang] for text in said for lang in LANGUAGES)


def test_nothing_given_is_nothing_assessed() -> None:
    found = cautions()
    assert found.lights["tier"].to_list() == ["not_assessed"] * 6
    assert found.summary["not_assessed"].to_list() == [1] * 6


def test_only_results_of_cautions() -> None:
    with pytest.raises(SpecError, match="cautions takes results of cautions, not dict"):
        cautions({})  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="not Cautions"):
        cautions(cautions())


def test_every_measure_and_caution_has_words() -> None:
    known = catalogue()
    for name in CAUTIONS:
        assert f"industry.caution.name.{name}" in known
        assert any(key.startswith(f"industry.caution.{name}.") for key in known)
