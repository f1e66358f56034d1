"""The proof of an answer fails as soon as the answer is not right."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from dea_programs import radial, units

from nqpf.numerics.batches import attempt
from nqpf.numerics.certificate import Claims, certify
from nqpf.numerics.highs import by_highs
from nqpf.numerics.programs import INFEASIBLE, OPTIMAL, UNBOUNDED, Floats, Programs

N = 60
P = radial(*units(N))
CLAIMS, _ = attempt(P)


def copy(claims: Claims) -> Claims:
    return Claims(*(field.copy() for field in claims))


def test_the_proof_of_the_kernel_holds() -> None:
    assert (CLAIMS.status == OPTIMAL).all()
    assert certify(P, CLAIMS).max() < 1e-13


EACH = np.arange(N)


def wrong_weight(c: Claims) -> None:
    c.weight[EACH, c.weight.argmax(axis=1)] *= 1.01


def another_column(c: Claims) -> None:
    heaviest = c.weight.argmax(axis=1)
    c.basis[EACH, heaviest] = np.where(c.basis[EACH, heaviest] == N, N + 1, N)


def wrong_price(c: Claims) -> None:
    c.dual[EACH, np.abs(c.dual * P.rhs).argmax(axis=1)] *= 1.01


def no_price(c: Claims) -> None:
    c.dual[:] = 0.0


def negative_weight(c: Claims) -> None:
    c.weight[EACH, c.weight.argmax(axis=1)] *= -1.0


def not_a_number(c: Claims) -> None:
    c.dual[:, 0] = np.nan


def an_infinite_weight(c: Claims) -> None:
    c.weight[:, 0] = np.inf


def no_claim(c: Claims) -> None:
    c.status[:] = 3


def said_to_be_infeasible(c: Claims) -> None:
    c.status[:] = INFEASIBLE


def said_to_be_unbounded(c: Claims) -> None:
    c.status[:] = UNBOUNDED


@pytest.mark.parametrize(
    "tamper",
    [
        wrong_weight, another_column, wrong_price, no_price, negative_weight, not_a_number, an_infinite_weight,
        no_claim, said_to_be_infeasible, said_to_be_unbounded,
    ],
)  # fmt: skip
def test_a_wrong_answer_has_no_proof(tamper: Callable[[Claims], None]) -> None:
    claims = copy(CLAIMS)
    tamper(claims)
    assert certify(P, claims).min() > 1e-4


def test_a_point_that_is_not_the_best_has_no_proof() -> None:
    """A basis that fits, with its own prices: only the columns outside tell that there is a better one."""
    x, y = units(N)
    claims, gap = attempt(radial(x[:20], y[:20], asked=(x, y)))
    solved = claims.status == OPTIMAL
    assert gap[solved].max() < 1e-13
    names = np.concatenate([np.arange(20), N + np.arange(P.extra.shape[2]), [-1]])
    worse = claims._replace(basis=names[claims.basis])
    score, least = score_of(worse), score_of(CLAIMS)
    improved = solved & (score > least + 1e-6)
    assert improved.sum() > 20
    assert certify(P, worse)[improved].min() > 1e-7


def score_of(claims: Claims) -> Floats:
    score: Floats = (claims.weight * (claims.basis == N)).sum(axis=1)
    return score


def test_the_measure_of_what_is_missing_has_no_unit() -> None:
    x, y = units(N)
    scaled = radial(x * [2.0**27, 1.0, 2.0**-20], y * [1.0, 2.0**17])  # powers of two change no digit
    wrong, again = copy(CLAIMS), copy(attempt(scaled)[0])
    assert (again.basis == wrong.basis).all()
    wrong_weight(wrong)
    again.weight[EACH, wrong.weight.argmax(axis=1)] *= 1.01
    assert certify(scaled, again) == pytest.approx(certify(P, wrong), rel=1e-12)


@pytest.mark.parametrize("tamper", [wrong_weight, another_column, wrong_price, negative_weight])
def test_giants_beside_it_do_not_hide_what_a_dwarf_lacks(tamper: Callable[[Claims], None]) -> None:
    """Beside a column ten million million times as large, all that the others miss would be nothing on average."""
    x, y = units(N)
    giants = 1e13 * np.ones((1, 3)), 1e10 * np.ones((1, 2))  # wasteful: nobody's peer
    p = radial(np.vstack([x, giants[0]]), np.vstack([y, giants[1]]))
    claims = attempt(p.at(EACH))[0]
    assert certify(p.at(EACH), claims).max() < 1e-11
    wrong = copy(claims)
    if tamper is another_column:
        wrong.basis[EACH, wrong.weight.argmax(axis=1)] = N
    else:
        tamper(wrong)
    assert certify(p.at(EACH), wrong).min() > 1e-4


def test_no_point_is_proved_by_prices_only() -> None:
    x, y = units(N)
    p = radial(x, y, asked=(x, 1.5 * np.repeat(y.max(axis=0)[None], N, axis=0)))
    claims, gap = attempt(p)
    assert (claims.status == INFEASIBLE).all()
    assert gap.max() < 1e-12
    wrong = copy(claims)
    wrong.dual[:] *= -1
    assert np.isinf(certify(p, wrong)).all()
    wrong = copy(claims)
    wrong.dual[:, 5] += np.abs(wrong.dual * p.rhs).sum(axis=1)
    assert np.isinf(certify(p, wrong)).all()
    wrong = copy(claims)
    wrong.dual[:, 5] -= 0.5 * np.abs(wrong.dual * p.rhs).sum(axis=1)
    assert certify(p, wrong).min() > 1e-3


def test_no_bound_is_proved_by_a_ray_only() -> None:
    extra, cost = np.array([[[1.0, -1.0], [0.0, 0.0]]]), np.array([[1.0, 0.0]])
    p = Programs(np.array([[1.0], [1.0]]), extra, np.array([[1.0, 1.0]]), cost, np.array([-1]))
    for claims in (attempt(p)[0], by_highs(p)):
        assert claims.status.tolist() == [UNBOUNDED]
        assert certify(p, claims)[0] < 1e-15
        for name in ("ray", "weight"):
            wrong = copy(claims)
            getattr(wrong, name)[0, claims.basis[0] >= 0] += np.arange(1, (claims.basis[0] >= 0).sum() + 1)
            assert certify(p, wrong)[0] > 1e-2


def test_a_barred_column_spoils_the_proof() -> None:
    peers = CLAIMS.basis[:, 0].copy()
    barred = Programs(P.columns, P.extra, P.rhs, P.cost, P.own, peers)
    used = CLAIMS.weight[:, 0] > 0
    assert used.sum() > 30
    assert np.isinf(certify(barred, CLAIMS)[used]).all()
