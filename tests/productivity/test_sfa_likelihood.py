"""The likelihood of a stochastic frontier against the integral it stands for, its derivatives against differences."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from nqpf.productivity.stochastic_frontier.composed import Groups, Law, density, mills
from nqpf.productivity.stochastic_frontier.efficiency import efficiency
from nqpf.productivity.stochastic_frontier.likelihood import Likelihood
from nqpf.productivity.stochastic_frontier.maximise import climb

Floats = NDArray[np.float64]


def normal(x: Floats | float) -> Floats:
    return np.exp(-0.5 * np.square(x)) / np.sqrt(2 * np.pi)


def law_of_u(law: Law, mu: float, sigma: float, u: Floats | float) -> Floats | float:
    if law == "exponential":
        return np.exp(-u / sigma) / sigma
    return normal((u - mu) / sigma) / sigma / ndtr(mu / sigma)


def integral(law: Law, sign: int, e: Floats, h: Floats, mu: float, su: float, sv: float, power: float = 0.0) -> float:
    """Return ∫ e^(−power·u) f(u) Π f(v_t = ε_t + s h_t u) du."""

    def inside(u: float) -> float:
        return float(np.exp(-power * u) * law_of_u(law, mu, su, u) * (normal((e + sign * h * u) / sv) / sv).prod())

    return quad(inside, 0, 12, epsabs=0, epsrel=1e-11, limit=400, points=[0.1, 0.5, 1, 2, 4])[0]


CASES = [
    ("truncated", 1, [0.3], [1.0], 0.0),
    ("truncated", 1, [-0.7], [1.0], 0.4),
    ("truncated", -1, [0.6], [1.0], -0.5),
    ("truncated", 1, [-0.5, 0.1, -0.9], [0.7, 1.0, 1.3], 0.0),
    ("truncated", -1, [0.4, 0.2, -0.1, 0.8], [1.4, 1.2, 1.1, 1.0], -0.3),
    ("exponential", 1, [-0.4], [1.0], 0.0),
    ("exponential", -1, [-0.2], [1.0], 0.0),
]


@pytest.mark.parametrize(("law", "sign", "e", "h", "mu"), CASES)
def test_density_is_the_integral_over_inefficiency(
    law: Law, sign: int, e: list[float], h: list[float], mu: float
) -> None:
    su, sv = 0.5, 0.3
    a, b = np.array(e), np.array(h)
    groups = Groups(*(np.array([x]) for x in ((a**2).sum(), (a * b).sum(), (b**2).sum(), float(a.size))))
    found = density(law, sign, groups, np.array([mu / su]), np.log(su**2), np.log(sv**2), False)
    assert found.second is None
    assert found.value[0] == pytest.approx(np.log(integral(law, sign, a, b, mu, su, sv)), abs=1e-9)


@pytest.mark.parametrize(("law", "sign", "e", "h", "mu"), CASES)
def test_efficiencies_are_those_of_u_given_the_residuals(
    law: Law, sign: int, e: list[float], h: list[float], mu: float
) -> None:
    su, sv = 0.5, 0.3
    a, b = np.array(e), np.array(h)
    eta, lag = 0.1, np.log(b) / -0.1
    z = np.full((1, 1 if law == "truncated" else 0), mu / su)
    surface = Likelihood(a, np.zeros((a.size, 1)), np.array([0]), z, lag, sign, law)
    d = np.ones(z.shape[1])
    theta = np.concatenate([[0.0], np.log([su**2 / (1 + d @ d), sv**2]), d, [eta]])
    np.testing.assert_allclose(surface.shape(eta), b, rtol=1e-12)
    found = efficiency(surface, theta, 0.9, 1.0)
    whole = integral(law, sign, a, b, mu, su, sv)
    for t in range(a.size):
        assert found.te_bc[t] == pytest.approx(integral(law, sign, a, b, mu, su, sv, b[t]) / whole, abs=1e-9)

    def given(u: float) -> float:
        return float(law_of_u(law, mu, su, u) * (normal((a + sign * b * u) / sv) / sv).prod()) / whole

    mean = quad(lambda u: u * given(u), 0, 12, epsrel=1e-11, limit=400)[0]
    np.testing.assert_allclose(found.inefficiency, b * mean, rtol=1e-8)
    np.testing.assert_allclose(found.te_jlms, np.exp(-b * mean), rtol=1e-8)
    mode = minimize_scalar(lambda u: -given(u), bounds=(0, 3), method="bounded", options={"xatol": 1e-9}).x
    np.testing.assert_allclose(found.te_mode, np.exp(-b * mode), atol=1e-6)
    # u lies below −ln(upper)/h with probability 5 %, above −ln(lower)/h as well
    assert quad(given, 0, -np.log(found.upper[0]) / b[0])[0] == pytest.approx(0.05, abs=1e-7)
    assert quad(given, 0, -np.log(found.lower[0]) / b[0])[0] == pytest.approx(0.95, abs=1e-7)


def surfaces() -> list[tuple[str, Likelihood]]:
    rng = np.random.default_rng(3)
    n = 36
    x = np.column_stack([np.ones(n), rng.normal(size=(n, 2))])
    y = x @ [1.0, 0.5, 0.2] + rng.normal(size=n)
    single, some = np.arange(n), np.array([0, 3, 4, 9, 20, 30])
    lag = -rng.integers(0, 8, n).astype(float)
    z = np.column_stack([np.ones(n), rng.normal(size=n)])
    none, one = np.zeros((n, 0)), np.ones((some.size, 1))
    found = []
    for sign in (1, -1):
        found += [
            (f"half normal {sign}", Likelihood(y, x, single, none, None, sign, "truncated")),
            (f"exponential {sign}", Likelihood(y, x, single, none, None, sign, "exponential")),
            (f"effects {sign}", Likelihood(y, x, single, z, None, sign, "truncated")),
            (f"invariant {sign}", Likelihood(y, x, some, one, None, sign, "truncated")),
            (f"decay {sign}", Likelihood(y, x, some, one, lag, sign, "truncated")),
            (f"decay half normal {sign}", Likelihood(y, x, some, one[:, :0], lag, sign, "truncated")),
        ]
    return found


@pytest.mark.parametrize("surface", [s for _, s in surfaces()], ids=[name for name, _ in surfaces()])
@pytest.mark.parametrize("seed", [0, 1])
def test_gradient_and_hessian_are_exact(surface: Likelihood, seed: int) -> None:
    theta = np.random.default_rng(seed).normal(0, 0.3, surface.size)
    point = surface.at(theta)
    assert point.gradient is not None
    assert point.hessian is not None
    step = 1e-5
    for i, side in enumerate(step * np.eye(surface.size)):
        up, down = surface.at(theta + side), surface.at(theta - side)
        assert up.gradient is not None
        assert down.gradient is not None
        slope = (up.value - down.value) / (2 * step)
        assert point.gradient[i] == pytest.approx(slope, rel=1e-6, abs=1e-6)
        np.testing.assert_allclose(point.hessian[i], (up.gradient - down.gradient) / (2 * step), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(point.hessian, point.hessian.T, atol=1e-10)
    assert surface.at(theta, False).value == point.value
    assert surface.at(theta, False).gradient is None


def test_far_tails_keep_their_digits() -> None:
    x = np.array([-300.0, -40.0, 0.0, 40.0])
    np.testing.assert_allclose(mills(x)[:2], [300.003333, 40.024969], rtol=1e-7)
    assert mills(x)[2] == pytest.approx(np.sqrt(2 / np.pi))
    assert mills(x)[3] == 0.0
    groups = Groups(*(np.array([value]) for value in (0.04, -0.2, 1.0, 1.0)))
    rate = 0.5  # a truncated normal far to the left is an exponential law of mean σ²/|μ|
    m = -3000.0
    far = density("truncated", 1, groups, np.array([m]), np.log((rate * -m) ** 2), np.log(0.09), False)
    limit = density("exponential", 1, groups, np.zeros(1), np.log(rate**2), np.log(0.09), False)
    assert far.value[0] == pytest.approx(limit.value[0], abs=1e-6)


def test_a_climb_ends_where_it_should() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(300), rng.normal(size=(300, 2))])
    y = x @ [1.0, 0.5, 0.2] + rng.normal(0, 0.4, 300) - np.abs(rng.normal(size=300))
    surface = Likelihood(y, x, np.arange(300), np.zeros((300, 0)), None, 1, "truncated")
    start = np.concatenate([np.zeros(3), [0.0, 0.0]])
    free = np.ones(surface.size, bool)
    found = climb(surface.at, start, free, lambda theta: False)
    assert found.end == "maximum"
    point = surface.at(found.theta)
    assert point.gradient is not None
    assert np.abs(point.gradient).max() < 1e-6
    left = climb(surface.at, start, free, lambda theta: True)
    assert (left.end, left.steps) == ("outside", 1)
    assert climb(surface.at, start, free, lambda theta: False, limit=1).end == "limit"
    held = climb(surface.at, start, np.array([True, True, True, False, False]), lambda theta: False)
    assert held.end == "maximum"
    np.testing.assert_array_equal(held.theta[3:], [0.0, 0.0])
