"""The model of entry: its numbers, its calibration, what it foretells, and data that will not do."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import polars as pl
import pytest
from entry_tables import COLUMNS, related, table
from scipy.special import expit

from nqpf.errors import MethodError, NqpfError, SpecError
from nqpf.industry.entry.entry_model import EntryModel, entry_model
from nqpf.industry.entry.features import features
from nqpf.numerics.logistic import logit

X = related(0, years=3)
TABLE = table(X)


def fitted(**options: Any) -> EntryModel:
    return entry_model(TABLE, "jobs", **COLUMNS, **{"start": 2000, "end": 2010, **options})


@pytest.fixture(scope="module")
def model() -> EntryModel:
    return fitted()


def test_coefficients_are_those_of_a_logit_on_the_features(model: EntryModel) -> None:
    start = features(TABLE, "jobs", **COLUMNS, at=2000).frame
    end = features(TABLE, "jobs", **COLUMNS, at=2010, names=["ubiquity"]).frame
    open_ = (~start["present"]).to_numpy()
    names = ["density", "ubiquity", "diversity"]
    z = start.select(names).to_numpy()[open_]
    mean, sd = z.mean(axis=0), z.std(axis=0)
    x = np.column_stack([np.ones(len(z)), (z - mean) / sd])
    y = end["present"].to_numpy()[open_].astype(float)
    cluster = np.repeat(np.arange(80), 50)[open_]
    expected = logit(x, y, cluster)
    table_ = model.coefficients
    assert table_["feature"].to_list() == ["constant", *names]
    np.testing.assert_allclose(table_["per_sd"][1:], expected.coefficients[1:], rtol=1e-9)
    np.testing.assert_allclose(table_["coefficient"][1:], expected.coefficients[1:] / sd, rtol=1e-9)
    np.testing.assert_allclose(table_["se"][1:], np.sqrt(np.diag(expected.covariance))[1:] / sd, rtol=1e-7)
    np.testing.assert_allclose(table_["mean"][1:], mean)
    eta = table_["coefficient"][0] + z @ table_["coefficient"][1:].to_numpy()
    np.testing.assert_allclose(expit(eta).sum(), y.sum(), rtol=1e-9)
    assert (model.pairs, model.positives) == (open_.sum(), y.sum())


def test_the_error_of_the_constant_is_that_of_features_as_they_come(model: EntryModel) -> None:
    """The constant of raw features is the log odds where all are nought: fitted there, it is the first coefficient."""
    x = np.column_stack([np.ones(model.pairs), model.rows.x])
    scale = np.array([1.0, *model.rows.x.std(axis=0)])
    found = logit(x / scale, model.rows.y.astype(float), model.rows.region)
    row = model.coefficients.row(0, named=True)
    assert row["coefficient"] == pytest.approx(found.coefficients[0], rel=1e-6)
    assert row["se"] == pytest.approx(np.sqrt(found.covariance[0, 0]), rel=1e-6)


def test_relatedness_that_was_put_in_is_found(model: EntryModel) -> None:
    density = model.coefficients.filter(feature="density").row(0, named=True)
    assert density["coefficient"] > 0
    assert density["z"] > 5
    assert density["p_value"] < 1e-6


def test_chances_come_with_intervals(model: EntryModel) -> None:
    found = model.predict(draws=99)
    frame = found.frame
    now = features(TABLE, "jobs", **COLUMNS, at=2020).frame
    assert frame.select("city", "sector").equals(now.filter(~pl.col("present")).select("city", "sector"))
    assert (frame["low"] < frame["p"]).all()
    assert (frame["p"] < frame["high"]).all()
    assert frame["low"].min() > 0  # type: ignore[operator]
    assert frame["high"].max() < 1  # type: ignore[operator]
    assert model.predict(draws=99).frame.equals(frame)
    assert not model.predict(draws=99, seed=1).frame["low"].equals(frame["low"])
    wider = model.predict(draws=99, level=0.99).frame
    assert (wider["high"] > frame["high"]).all()
    note = next(n for n in found.notes if n.code == "entry_chance")
    assert note.values["expected"] == pytest.approx(frame["p"].sum())
    assert "after 2020 within as many years as from 2000 to 2010" in str(note)


def test_drawn_intervals_agree_with_the_errors(model: EntryModel) -> None:
    found = model.predict(draws=999).frame
    reach = np.log(found["high"] / (1 - found["high"])) - np.log(found["p"] / (1 - found["p"]))
    now = features(TABLE, "jobs", **COLUMNS, at=2020).frame.filter(~pl.col("present"))
    z = (now.select("density", "ubiquity", "diversity").to_numpy() - model.fitted.mean) / model.fitted.spread
    x = np.column_stack([np.ones(len(z)), z])
    assert model.fitted.logit is not None
    error = np.sqrt(np.einsum("rf,fg,rg->r", x, model.fitted.logit.covariance, x))
    assert np.median(reach.to_numpy() / (1.96 * error)) == pytest.approx(1, abs=0.1)


def test_no_draws_no_interval(model: EntryModel) -> None:
    frame = model.predict(draws=0).frame
    assert frame["low"].null_count() == frame.height
    assert frame["p"].null_count() == 0


def test_the_end_of_the_window_is_not_seen_by_features() -> None:
    """What is foretold from a year does not change with later ones, once the model is fitted."""
    changed = X.copy()
    changed[2] = np.random.default_rng(1).lognormal(size=changed[2].shape)
    one = fitted().predict(2010, draws=0).frame
    two = entry_model(table(changed), "jobs", **COLUMNS, start=2000, end=2010).predict(2010, draws=0).frame
    assert one.equals(two)


@pytest.mark.parametrize("calibrate", ["platt", "isotonic"])
def test_calibration_keeps_the_order_and_mends_the_level(calibrate: Any) -> None:
    plain, mended = (fitted(calibrate=c, ridge=200.0) for c in ("none", calibrate))
    rough, fine = (m.fitted.probability(m.rows.x) for m in (plain, mended))
    order = np.argsort(rough)
    assert (np.diff(fine[order]) >= -1e-12).all()
    bad, good = (
        np.mean([abs(p[tenth].mean() - plain.rows.y[tenth].mean()) for tenth in np.array_split(order, 10)])
        for p in (rough, fine)
    )
    assert good < 0.6 * bad
    assert fine.mean() == pytest.approx(plain.rows.y.mean(), abs=0.01)


def test_drift_compares_means_and_coefficients() -> None:
    later = entry_model(TABLE, "jobs", **COLUMNS, start=2010, end=2020)
    found = later.drift(2000).frame
    first = fitted().coefficients[1:]
    assert found["feature"].to_list() == ["density", "ubiquity", "diversity"]
    np.testing.assert_allclose(found["coefficient_before"], first["coefficient"], rtol=1e-9)
    np.testing.assert_allclose(found["mean_at"], first["mean"], rtol=1e-12)
    np.testing.assert_allclose(found["shift"] * later.fitted.spread, found["mean_at"] - found["mean_start"])
    gap = found["coefficient"] - found["coefficient_before"]
    error = np.hypot(later.coefficients[1:]["se"], first["se"])
    np.testing.assert_allclose(found["z"], gap / error, rtol=1e-9)
    alone = fitted().drift(2000).frame
    assert alone["shift"].to_list() == [0, 0, 0]
    assert alone["coefficient_before"].null_count() == 3


def test_deep_pairs_are_a_part() -> None:
    deep = fitted(pool="deep")
    assert deep.pairs < fitted().pairs
    rca = np.log1p(0.5)
    seen = fitted(pool="deep", features=["advantage"]).rows.x
    assert seen.max() < rca


def test_features_of_the_user_count() -> None:
    rng = np.random.default_rng(0)
    grid = TABLE.filter(year=2000).select("city", "sector")
    extra = grid.with_columns(link=pl.Series(rng.normal(size=grid.height)))
    found = fitted(features=["density", "link"], extra=extra)
    assert found.coefficients["feature"].to_list() == ["constant", "density", "link"]
    assert abs(found.coefficients["z"][2]) < 3
    with pytest.raises(MethodError, match="“link” has no value here"):
        fitted(features=["link"], extra=extra[:-40])


def test_trees_rank_and_have_intervals() -> None:
    pytest.importorskip("sklearn")
    found = fitted(model="boosting", features=["density", "ubiquity", "advantage"])
    assert found.coefficients["coefficient"].null_count() == 4
    frame = found.predict(draws=3).frame
    assert ((frame["low"] < frame["p"]) & (frame["p"] < frame["high"])).mean() > 0.99
    hit = found.rows.y
    p = found.fitted.probability(found.rows.x)
    assert p[hit].mean() > 2 * p[~hit].mean()
    assert found.drift().frame["coefficient_before"].null_count() == 3


def test_without_scikit_learn_trees_say_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MethodError, match=r'pip install "nqpf\[learn\]", or use a logit'):
        fitted(model="boosting")


def test_small_tables_are_remarked_on() -> None:
    found = entry_model(table(related(2, regions=15, industries=9)), "jobs", **COLUMNS, features=["density"])
    assert {"entry_few_clusters", "entry_few_positives", "entry_survivors"} <= {n.code for n in found.notes}


WRONG: dict[str, tuple[dict[str, Any], type[NqpfError], str]] = {
    "start": ({"start": 1999}, SpecError, "no year “1999”. There is: 2000, 2010, 2020"),
    "end": ({"end": 1999}, SpecError, "no year “1999”"),
    "order": ({"start": 2010, "end": 2000}, SpecError, "The end, 2000, does not come after the start, 2010"),
    "model": ({"model": "probit"}, SpecError, "probit"),
    "feature": ({"features": ["ubiquty"]}, SpecError, "Did you mean “ubiquity”"),
    "pool": ({"pool": "shallow"}, SpecError, "shallow"),
    "deep": ({"deep": 2.0}, SpecError, "deep=2 is above threshold=1"),
    "ridge": ({"ridge": -1.0}, SpecError, "at least 0"),
    "folds": ({"folds": 1, "calibrate": "platt"}, SpecError, "at least 2"),
    "more folds than regions": ({"folds": 99, "calibrate": "platt"}, MethodError, "80 regions .* into 99 parts"),
    "twins": (
        {"features": ["density", "twice"], "extra": "density"},
        MethodError,
        "say the same: density, twice",
    ),
    "flat": ({"features": ["density", "one"], "extra": "one"}, MethodError, "“one” is the same for all pairs"),
    "separated": ({"features": ["oracle"], "extra": "oracle"}, MethodError, "without fail.*oracle.*ridge"),
    "growth": ({"features": ["industry_growth"]}, MethodError, "no earlier year"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_will_not_do(case: str) -> None:
    options, kind, words = WRONG[case]
    grid = features(TABLE, "jobs", **COLUMNS, at=2000)
    later = features(TABLE, "jobs", **COLUMNS, at=2010).frame["present"]
    extras = {
        "density": grid.frame.select("city", "sector", twice=2 * pl.col("density") + 1),
        "one": {"city": sorted(set(TABLE["city"])), "one": [1.0] * 80},
        "oracle": grid.frame.select("city", "sector", oracle=later.cast(pl.Float64)),
    }
    if "extra" in options:
        options = {**options, "extra": extras[options["extra"]]}
    with pytest.raises(kind) as caught:
        fitted(**options)
    assert re.search(words, str(caught.value), re.DOTALL), str(caught.value)


def test_a_ridge_serves_where_entries_are_told_apart() -> None:
    grid = features(TABLE, "jobs", **COLUMNS, at=2000).frame
    later = features(TABLE, "jobs", **COLUMNS, at=2010).frame["present"]
    oracle = grid.select("city", "sector", oracle=later.cast(pl.Float64))
    found = fitted(features=["oracle"], extra=oracle, ridge=1.0)
    p = found.fitted.probability(found.rows.x)
    assert p[found.rows.y].min() > p[~found.rows.y].max()


@pytest.mark.parametrize(
    ("options", "words"),
    [({"draws": 1}, "1 draws are too few"), ({"level": 1.5}, "between 0 and 1"), ({"at": 1}, "no year “1”")],
)
def test_what_cannot_be_foretold(model: EntryModel, options: dict[str, Any], words: str) -> None:
    with pytest.raises(SpecError, match=words):
        model.predict(**options)
