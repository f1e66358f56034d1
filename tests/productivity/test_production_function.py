"""Production functions: known elasticities are found, simple cases agree with algebra done by hand, keys decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from firm_panels import CAPITAL, LABOUR, firm_panel
from hypothesis import given, settings
from hypothesis import strategies as st

from nqpf.productivity.firms.production_function import WORDS, production_function
from nqpf.productivity.firms.production_result import ProductionFunction

PANEL = firm_panel()
PROXY = {"olley_pakes": "i", "levinsohn_petrin": "m", "ackerberg_caves_frazer": "m", "wooldridge": "m"}


def fit(method: str, data: pl.DataFrame = PANEL, **more: Any) -> ProductionFunction:
    options: dict[str, Any] = {"unit": "firm", "time": "year", "method": method, "proxy": PROXY.get(method)} | more
    return production_function(data, "y", ["l"], ["k"], **options)


def beta(found: ProductionFunction) -> np.ndarray:
    return found.elasticities["estimate"].to_numpy()


def codes(found: ProductionFunction) -> set[str]:
    return {note.code for note in found.notes}


@pytest.mark.parametrize(
    ("method", "within"),
    [("olley_pakes", 0.03), ("levinsohn_petrin", 0.03), ("wooldridge", 0.03), ("ackerberg_caves_frazer", 0.06)],
)
def test_known_elasticities_are_found(method: str, within: float) -> None:
    """Bounds are about three standard errors; least squares is far beyond them."""
    found = fit(method)
    np.testing.assert_allclose(beta(found), [LABOUR, CAPITAL], atol=within)
    assert found.returns["estimate"][0] == pytest.approx(beta(found).sum(), abs=1e-12)
    assert beta(fit("ols"))[0] > 0.8


def test_productivity_is_told_row_by_row() -> None:
    found = fit("levinsohn_petrin")
    rows = found.frame.join(PANEL, on=["firm", "year"], suffix="_true")
    assert np.corrcoef(rows["omega"], rows["omega_true"])[0, 1] > 0.999
    b = beta(found)
    tfp = rows["y"] - b[0] * rows["l"] - b[1] * rows["k"]
    np.testing.assert_allclose(rows["tfp"], tfp, atol=1e-12)
    np.testing.assert_allclose(rows["omega"] + rows["noise"], rows["tfp"], atol=1e-9)
    np.testing.assert_allclose(rows["phi"], rows["omega"] + b[1] * rows["k"], atol=1e-9)
    assert found.frame["status"].to_list() == ["no_previous_year" if y == 2000 else "ok" for y in PANEL["year"]]


def test_ackerberg_caves_frazer_takes_inputs_off_the_whole_first_stage() -> None:
    found = fit("ackerberg_caves_frazer")
    rows, b = found.frame.join(PANEL.drop("omega"), on=["firm", "year"]), beta(found)
    np.testing.assert_allclose(rows["omega"], rows["phi"] - b[0] * rows["l"] - b[1] * rows["k"], atol=1e-9)
    np.testing.assert_allclose(rows["phi"] + rows["noise"], rows["y"], atol=1e-9)
    x = found.starts.select(pl.col("start_l", "start_k")).to_numpy()
    np.testing.assert_allclose(x[0], beta(fit("ols")), atol=1e-9)


def test_least_squares_and_its_errors_by_hand() -> None:
    data = PANEL.filter(pl.col("firm") < 60)
    x = np.column_stack([data["l"], data["k"], np.ones(data.height)])
    inverse = np.linalg.inv(x.T @ x)
    expected = inverse @ x.T @ data["y"].to_numpy()
    rest = data["y"].to_numpy() - x @ expected
    classical = np.sqrt(np.diag(inverse) * (rest @ rest) / (data.height - 3))
    found = fit("ols", data, errors="classical")
    np.testing.assert_allclose(beta(found), expected[:2], atol=1e-11)
    np.testing.assert_allclose(found.elasticities["se"], classical[:2], rtol=1e-9)
    meat = np.zeros((3, 3))
    for firm in range(60):
        score = x[data["firm"].to_numpy() == firm].T @ rest[data["firm"].to_numpy() == firm]
        meat += np.outer(score, score)
    factor = 60 / 59 * (data.height - 1) / (data.height - 3)
    clustered = factor * inverse @ meat @ inverse
    np.testing.assert_allclose(fit("ols", data).elasticities["se"], np.sqrt(np.diag(clustered))[:2], rtol=1e-9)
    scale = fit("ols", data).returns
    assert scale["se"][0] == pytest.approx(np.sqrt(clustered[:2, :2].sum()), rel=1e-9)
    assert scale["high"][0] - scale["low"][0] == pytest.approx(2 * 1.959963984540054 * scale["se"][0], rel=1e-9)


def test_fixed_effects_are_dummies() -> None:
    data = PANEL.filter(pl.col("firm") < 25)
    dummies = np.equal.outer(data["firm"].to_numpy(), np.arange(25)).astype(float)
    x = np.column_stack([data["l"], data["k"], dummies])
    expected, rest, *_ = np.linalg.lstsq(x, data["y"].to_numpy(), rcond=None)
    found = fit("fixed_effects", data, errors="classical")
    np.testing.assert_allclose(beta(found), expected[:2], atol=1e-10)
    variance = rest[0] / (data.height - 27) * np.diag(np.linalg.inv(x.T @ x))
    np.testing.assert_allclose(found.elasticities["se"], np.sqrt(variance)[:2], rtol=1e-8)


def test_the_equation_of_robinson_is_two_stage_least_squares() -> None:
    before = PANEL.select("firm", pl.col("year") + 1, l0="l", k0="k", m0="m")
    data = PANEL.join(before, on=["firm", "year"])
    poly = [data[a] for a in ("k0", "m0")] + [data[a] * data[b] for a, b in (("k0", "k0"), ("k0", "m0"), ("m0", "m0"))]
    common = [data["k"], np.ones(data.height), *poly]
    x, z = np.column_stack([data["l"], *common]), np.column_stack([data["l0"], *common])
    expected = np.linalg.solve(z.T @ x, z.T @ data["y"].to_numpy())
    np.testing.assert_allclose(beta(fit("wooldridge", system="robinson")), expected[:2], atol=1e-8)


def test_olley_pakes_minimises_what_it_says() -> None:
    """The criterion at the estimate is the mean square of its formula, and is larger on either side."""
    found = fit("levinsohn_petrin", process="output")
    rows = found.frame.join(PANEL.drop("omega"), on=["firm", "year"])
    before = rows.select("firm", pl.col("year") + 1, phi0="phi", k0="k")
    pairs = rows.join(before, on=["firm", "year"])

    def mean_square(b: float) -> float:
        now = pairs["y"] - beta(found)[0] * pairs["l"] - b * pairs["k"]
        past = (pairs["phi0"] - b * pairs["k0"]).to_numpy()
        g = np.polynomial.Polynomial.fit(past, now.to_numpy(), 3)
        return float(np.mean((now.to_numpy() - g(past)) ** 2))

    at = beta(found)[1]
    assert found.criterion == pytest.approx(mean_square(at), rel=1e-9)
    assert mean_square(at) < min(mean_square(at - 1e-3), mean_square(at + 1e-3))


@pytest.mark.parametrize("method", WORDS["method"])
def test_the_order_of_rows_does_not_matter(method: str) -> None:
    data = PANEL.filter(pl.col("firm") < 120)
    mixed = data.sample(fraction=1.0, shuffle=True, seed=4)
    one, two = fit(method, data), fit(method, mixed)
    np.testing.assert_allclose(beta(two), beta(one), atol=1e-8)
    assert two.frame["firm"].to_list() == mixed["firm"].to_list()
    there = one.frame.join(two.frame, on=["firm", "year"], suffix="_2")
    np.testing.assert_allclose(there["tfp_2"], there["tfp"], atol=1e-7)


@pytest.mark.parametrize("method", WORDS["method"])
def test_units_of_measurement_do_not_matter(method: str) -> None:
    """In logs another unit is a shift; elasticities stay and productivity shifts as a whole."""
    data = PANEL.filter(pl.col("firm") < 120)
    moved = data.with_columns(pl.col("y") + 3.0, pl.col("l") - 7.0, pl.col("k") + 9.0, pl.col("m", "i") + 5.0)
    one, two = fit(method, data), fit(method, moved)
    np.testing.assert_allclose(beta(two), beta(one), atol=1e-6)
    gap = (two.frame["tfp"] - one.frame["tfp"]).to_numpy()
    assert np.ptp(gap) < 1e-5


@settings(max_examples=8)
@given(st.lists(st.integers(0, 59), min_size=5, max_size=60), st.integers(2001, 2006))
def test_the_year_before_is_that_of_the_same_firm_or_none(firms: list[int], year: int) -> None:
    data = PANEL.filter(pl.col("firm") < 60)
    holed = data.filter(~(pl.col("firm").is_in(firms) & (pl.col("year") == year)))
    found = fit("levinsohn_petrin", holed)
    have = set(holed.select("firm", "year").iter_rows())
    expected = ["ok" if (f, y - 1) in have else "no_previous_year" for f, y in holed.select("firm", "year").iter_rows()]
    assert found.frame["status"].to_list() == expected
    note = next(n for n in found.notes if n.code == "pf_pairs")
    assert note.values == {"pairs": expected.count("ok"), "rows": holed.height, "first": 60, "gaps": len(set(firms))}


def test_a_gap_is_not_the_same_as_two_firms_only_for_their_name() -> None:
    """A firm after a gap gives the pairs of two firms, so every estimate from pairs is the same."""
    data = PANEL.filter((pl.col("firm") < 80) & (pl.col("year") != 2004))
    split = data.with_columns(pl.col("firm") + pl.when(pl.col("year") > 2004).then(1000).otherwise(0))
    for method in PROXY:
        np.testing.assert_allclose(beta(fit(method, split)), beta(fit(method, data)), atol=1e-9)


def test_logs_can_be_taken_here() -> None:
    data = PANEL.filter(pl.col("firm") < 100)
    levels = data.with_columns(pl.col("y", "l", "k", "m", "i").exp(), size=pl.col("firm") % 3 - 1.0)
    logs = data.with_columns(size=levels["size"])
    for method in PROXY:
        one = fit(method, logs, controls=["size"])
        two = fit(method, levels, controls=["size"], logs=False)
        np.testing.assert_allclose(beta(two), beta(one), atol=1e-8)
        np.testing.assert_allclose(
            two.predict(levels).frame["predicted"], one.predict(logs).frame["predicted"], atol=1e-7
        )


def test_years_without_investment_do_not_show_productivity() -> None:
    levels = PANEL.with_columns(pl.col("y", "l", "k", "i").exp())
    idle = (pl.col("firm") % 10 == 0) & (pl.col("year") == 2003)
    found = fit("olley_pakes", levels.with_columns(pl.when(idle).then(0.0).otherwise("i").alias("i")), logs=False)
    note = next(n for n in found.notes if n.code == "pf_no_investment")
    assert note.values["idle"] == 40
    rows = found.frame.filter(idle)
    assert rows["status"].unique().to_list() == ["no_investment"]
    assert rows["omega"].null_count() == rows.height
    assert rows["tfp"].null_count() == 0
    after = found.frame.filter((pl.col("firm") % 10 == 0) & (pl.col("year") == 2004))
    assert after["status"].unique().to_list() == ["no_previous_year"]
    np.testing.assert_allclose(beta(found), [LABOUR, CAPITAL], atol=0.04)


def test_effects_of_controls_are_taken_out_or_kept() -> None:
    data = PANEL.with_columns(group=(pl.col("firm") % 2).cast(pl.Float64)).with_columns(pl.col("y") + pl.col("group"))
    out = fit("levinsohn_petrin", data, controls=["group"])
    kept = fit("levinsohn_petrin", data, controls=["group"], control_effects="kept")
    assert out.elasticities.filter(role="control")["estimate"][0] == pytest.approx(1.0, abs=0.02)
    np.testing.assert_allclose(beta(out)[:2], [LABOUR, CAPITAL], atol=0.03)

    def gap(found: ProductionFunction) -> float:
        rows = found.frame.join(data.select("firm", "year", "group"), on=["firm", "year"])
        mean = rows.group_by("group").agg(pl.col("tfp").mean()).sort("group")["tfp"]
        return float(mean[1] - mean[0])

    assert gap(kept) - gap(out) == pytest.approx(1.0, abs=0.02)


def test_materials_are_an_input_of_gross_output() -> None:
    """Here materials are what capital and productivity make them, so gross output is y plus a part of them."""
    rng = np.random.default_rng(5)
    data = PANEL.with_columns(pl.col("m") + 0.3 * pl.Series(rng.normal(size=PANEL.height)))
    gross = data.with_columns(pl.col("y") + 0.2 * pl.col("m"))
    for method in ("ols", "fixed_effects", "levinsohn_petrin", "ackerberg_caves_frazer", "wooldridge"):
        found = fit(method, gross, output_kind="gross_output", proxy="m")
        assert found.elasticities["input"].to_list() == ["l", "k", "m"]
        assert found.elasticities["role"].to_list() == ["free", "state", "proxy"]
    plain = fit("ols", data.with_columns(y2="y"), proxy="m", output_kind="gross_output")
    np.testing.assert_allclose(
        beta(fit("ols", gross, proxy="m", output_kind="gross_output")) - beta(plain), [0, 0, 0.2], atol=1e-9
    )
    assert "pf_gross_not_identified" in codes(fit("ackerberg_caves_frazer", gross, output_kind="gross_output"))
    assert fit("levinsohn_petrin", gross, output_kind="gross_output").criterion < 1e-12  # type: ignore[operator]


def test_wooldridge_of_gross_output_needs_two_years_before() -> None:
    found = fit("wooldridge", output_kind="gross_output")
    assert set(found.frame.filter(pl.col("status") == "no_previous_year")["year"]) == {2000, 2001}


def leaving() -> pl.DataFrame:
    """Return the panel where firms of low productivity and little capital leave."""
    rng = np.random.default_rng(8)
    low = (0.5 * PANEL["k"] + PANEL["omega"] + pl.Series(rng.normal(0, 0.2, PANEL.height))) < -0.6
    out = PANEL.with_columns(low=low).with_columns(gone=pl.col("low").cum_sum().over("firm", order_by="year") > 0)
    return out.filter(~pl.col("gone").shift(1, fill_value=False).over("firm", order_by="year"))


def test_selection_is_corrected_for() -> None:
    data = leaving()
    last = data.with_columns(gone=((pl.col("year") == pl.col("year").max().over("firm")) & (pl.col("year") < 2007)))
    assert 20 < last["gone"].sum() < 300
    for rule in ("survival", "last_year"):
        told = fit("olley_pakes", data, exit=True, exit_rule=rule)
        given_ = fit("olley_pakes", last.with_columns(pl.col("gone").cast(pl.Int64)), exit="gone", exit_rule=rule)
        np.testing.assert_allclose(beta(given_), beta(told), atol=1e-12)
        np.testing.assert_allclose(beta(told), [LABOUR, CAPITAL], atol=0.08)
        assert told.method.options["exit_rule"] == rule
        assert abs(beta(told)[1] - beta(fit("olley_pakes", data))[1]) > 1e-4


def test_firms_of_mean_productivity_are_predicted() -> None:
    found = fit("ols")
    ours = found.predict(PANEL).frame
    b = beta(found)
    expected = found.frame["tfp"].mean() + b[0] * PANEL["l"] + b[1] * PANEL["k"]
    np.testing.assert_allclose(ours["predicted"], expected, atol=1e-12)
    assert ours.columns == ["firm", "year", "predicted"]


def test_other_dataframes_come_back_as_they_went_in() -> None:
    pd = pytest.importorskip("pandas")
    found = production_function(PANEL.to_pandas(), "y", ["l"], ["k"], unit="firm", time="year", method="ols")
    assert isinstance(found.to_frame(), pd.DataFrame)
    assert isinstance(found.predict(PANEL.to_pandas()).to_frame(), pd.DataFrame)


def test_few_firms_and_missing_errors_are_said() -> None:
    few = fit("ols", PANEL.filter(pl.col("firm") < 30))
    assert "pf_few_units" in codes(few)
    assert "pf_no_errors" in codes(fit("levinsohn_petrin"))
    assert fit("levinsohn_petrin").elasticities["se"].null_count() == 2
    assert "pf_no_errors" not in codes(fit("wooldridge"))
    assert "pf_negative" in codes(fit("ols", PANEL.with_columns(-pl.col("y"))))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_note_can_be_read(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NQPF_LANG", lang)
    for found in (
        fit("ackerberg_caves_frazer"),
        fit("levinsohn_petrin"),
        fit("ols", PANEL.filter(pl.col("firm") < 30)),
    ):
        assert all(len(str(note)) > 5 and "{" not in str(note) for note in found.notes)
