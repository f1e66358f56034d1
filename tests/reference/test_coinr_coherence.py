"""COINr's table of indicator statistics on the ASEM data, to the three digits it prints."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from nqpf.index.coherence import correlations, cronbach_alpha, data_availability, indicator_stats, principal_components

pytestmark = pytest.mark.reference

OURS = {
    "min": "Min", "max": "Max", "mean": "Mean", "median": "Median", "std": "Std", "skew": "Skew", "kurt": "Kurt",
    "share_available": "Frc.Avail", "share_nonzero": "Frc.NonZero", "share_unique": "Frc.Unique",
    "share_same": "Frc.Same",
}  # fmt: skip
COUNTS = {"n_available": "N.Avail", "n_nonzero": "N.NonZero", "n_unique": "N.Unique", "n_same": "N.Same"}
FLAGS = {
    "flag_available": "Flag.Avail", "flag_nonzero": "Flag.NonZero", "flag_unique": "Flag.Unique",
    "flag_spread": "Flag.SkewKurt",
}  # fmt: skip
TOLMIN = {"n_unique", "share_unique"}
"""Two values of TolMin differ beyond the 15 digits that the table of data was printed with: COINr told them apart."""


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "ref" / "index"


@pytest.fixture(scope="module")
def asem(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    data = pl.read_csv(folder / "asem_input_data.csv", null_values=["NA"], infer_schema_length=None)
    meta = pl.read_csv(folder / "asem_input_meta.csv", null_values=["NA"])
    return data, meta.filter(Type="Indicator").select("iCode", "Parent")


def test_statistics_to_the_printed_digits(folder: Path, asem) -> None:
    data, indicators = asem
    expected = pl.read_csv(folder / "R3_stats_raw.csv", null_values=["NA"])
    found = indicator_stats(data, expected["iCode"].to_list()).to_frame()
    assert found.height == indicators.height == 49
    for ours, theirs in (OURS | COUNTS).items():
        for name, a, b in zip(found["indicator"], found[ours], expected[theirs], strict=True):
            if not (name == "TolMin" and ours in TOLMIN):
                assert float(f"{a:.3g}") == pytest.approx(b, rel=5.1e-3), (name, ours)  # R rounds halves to even
    for ours, theirs in FLAGS.items():
        assert found[ours].to_list() == expected[theirs].to_list()
    assert (found["flag_spread"] == "OUT").any()


def test_availability_counts_what_the_data_lack(asem) -> None:
    data, indicators = asem
    names = indicators["iCode"].to_list()
    groups = {g: part["iCode"].to_list() for (g,), part in indicators.group_by("Parent", maintain_order=True)}
    frame = data_availability(data, names, unit="uCode", groups=groups).to_frame()
    nulls = data.select(pl.sum_horizontal(pl.col(names).is_null().cast(pl.Int64)).alias("n"))["n"]
    assert frame["missing"].to_list() == nulls.to_list()
    assert nulls.sum() > 0
    for group, members in groups.items():
        here = data.select(pl.mean_horizontal(pl.col(members).is_not_null().cast(pl.Float64)).alias("s"))["s"]
        np.testing.assert_allclose(frame[f"available_{group}"], here)


def test_alpha_and_components_of_every_pillar_hold_together(asem) -> None:
    data, indicators = asem
    for (group,), part in indicators.group_by("Parent", maintain_order=True):
        names = part["iCode"].to_list()
        complete = data.select(pl.col(names).cast(pl.Float64)).drop_nulls().to_numpy()
        c = np.cov(complete.T)
        k = len(names)
        alpha = cronbach_alpha(data, names, missing="complete").to_frame()["alpha"][0]
        assert alpha == pytest.approx(k / (k - 1) * (1 - np.trace(c) / c.sum()), abs=1e-12), group
        values = principal_components(data, names).to_frame().unique("component", maintain_order=True)["eigenvalue"]
        expected = np.sort(np.linalg.eigvalsh(np.corrcoef(complete.T)))[::-1]
        np.testing.assert_allclose(values, expected, atol=1e-12)


def test_correlations_are_pairwise(asem) -> None:
    data, indicators = asem
    names = indicators["iCode"].to_list()
    frame = correlations(data, names).to_frame()
    assert frame.height == 49 * 48 // 2
    short = frame.sort("n").row(0, named=True)
    assert short["n"] < data.height
    both = data.select(pl.col(short["first"], short["second"]).cast(pl.Float64)).drop_nulls().to_numpy()
    assert short["r"] == pytest.approx(np.corrcoef(both.T)[0, 1], abs=1e-12)
