"""Capital's elasticity with two-way effects: exact on generated data, with holes, and its standard error by units."""

import numpy as np
import pytest

from nqpf.productivity.share import capital_elasticity


def generated(seed=0, noise=0.0, shape=(8, 12)):
    rng = np.random.default_rng(seed)
    capital, labour = rng.uniform(1, 9, (2, *shape))
    level = rng.uniform(1, 3, shape[1]) * rng.uniform(1, 2, (shape[0], 1))
    return level * capital**0.35 * labour**0.65 * np.exp(noise * rng.standard_normal(shape)), capital, labour


def test_found_exactly_with_holes_and_in_any_unit() -> None:
    output, capital, labour = generated()
    output[3, 4] = labour[0, 0] = np.nan
    for scale in (1.0, 1e5):
        found = capital_elasticity(scale * output, capital, labour)
        assert found.value == pytest.approx(0.35, abs=1e-12)
        assert (found.cells, found.units) == (94, 12)
        assert found.se == pytest.approx(0, abs=1e-10)


def test_the_interval_holds_what_was_put_in() -> None:
    hits = [
        found.low <= 0.35 <= found.high
        for found in (capital_elasticity(*generated(seed, 0.2, (6, 30))) for seed in range(60))
    ]
    assert 0.85 <= np.mean(hits) <= 1.0


def test_capital_per_worker_that_moves_with_year_and_unit_alone_tells_nothing() -> None:
    year, unit = np.arange(1.0, 5.0)[:, None], np.arange(1.0, 4.0)
    found = capital_elasticity(year * unit + 0.1, year * unit, np.ones((4, 3)))
    assert np.isnan([found.value, found.low, found.high]).all()
