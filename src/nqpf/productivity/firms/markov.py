"""The innovation of productivity: what of ω is not foreseen from ω a year before, and how it moves with elasticities.

ω = d − xβ, ω₋ = φ₋ − x₋β and ω = g(ω₋, P) + ξ with g a polynomial that is concentrated out: for every β its
coefficients are those of least squares, so that ξ is a function of β alone (Olley and Pakes 1996, doi:10.2307/2171831;
Ackerberg, Caves and Frazer 2015, doi:10.3982/ECTA13408). P is the probability of survival, where selection counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CACHED = 2**17
"""Numbers that are worked on at once, so that they stay near the processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Markov:
    """N pairs of a year and the year before, with K inputs.

    Attributes
    ----------
    now
        ``float64[N]`` d.
    before
        ``float64[N]`` φ a year before.
    x, x_before
        ``float64[N, K]`` inputs in both years.
    weight
        ``float64[N]``.
    degree
        Of the polynomial, in ω₋ and P together.
    survival
        ``float64[N]`` P, in any unit, or None.
    """

    now: Floats
    before: Floats
    x: Floats
    x_before: Floats
    weight: Floats
    degree: int
    survival: Floats | None = None

    @property
    def terms(self) -> list[tuple[int, int]]:
        """Exponents of ω₋ and of P in each term of the polynomial."""
        if self.survival is None:
            return [(a, 0) for a in range(self.degree + 1)]
        return [(a, b) for a in range(self.degree + 1) for b in range(self.degree + 1 - a)]

    def innovations(self, beta: Floats) -> tuple[Floats, Floats]:
        """Return ξ, ``float64[S, N]``, and its derivatives ``float64[S, N, K]`` at S points ``float64[S, K]``."""
        size = max(1, CACHED // (len(self.now) * (len(self.terms) + beta.shape[1])))
        parts = [self._innovations(beta[at : at + size]) for at in range(0, len(beta), size)]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    def _innovations(self, beta: Floats) -> tuple[Floats, Floats]:
        basis, slopes = self._basis(self.before - beta @ self.x_before.T)
        weighted = basis * self.weight
        gram = weighted @ basis.transpose(0, 2, 1)
        length = np.sqrt(np.einsum("sdd->sd", gram))
        length = np.where(length > 0, length, 1.0)
        both = length[:, :, None] * length[:, None, :]
        # pinv: a basis that is short of rank (few distinct ω₋) has the same fit, and a mad point must not stop others
        inverse = np.linalg.pinv(gram / both, rcond=1e-13, hermitian=True) / both
        omega = self.now - beta @ self.x.T
        g = (inverse @ (weighted @ omega[..., None]))[..., 0]
        xi = omega - (g[:, None, :] @ basis)[:, 0]
        # dξ_k = a_k − B dg_k with a_k = x₋_k g'(ω₋) − x_k, and B'W dg_k = B'W a_k − B_ω'W (x₋_k ξ)
        foreseen = (g[:, None, :] @ slopes)[:, 0]
        a = foreseen[..., None] * self.x_before - self.x
        dg = inverse @ (weighted @ a - (slopes * (self.weight * xi)[:, None, :]) @ self.x_before)
        return xi, a - basis.transpose(0, 2, 1) @ dg

    def _basis(self, omega: Floats) -> tuple[Floats, Floats]:
        """Return the terms of the polynomial, ``float64[S, D, N]``, and their slopes in ω₋.

        ω₋ is taken in standard units: the polynomial's reach is the same, and its terms are far less alike.
        """
        mean, sd = omega.mean(axis=1, keepdims=True), omega.std(axis=1, keepdims=True)
        sd = np.where(sd > 0, sd, 1.0)
        v = (omega - mean) / sd
        powers = [np.ones_like(v)]
        for _ in range(self.degree):
            powers.append(powers[-1] * v)
        other = [1.0] if self.survival is None else [self.survival**b for b in range(self.degree + 1)]
        basis = np.stack([powers[a] * other[b] for a, b in self.terms], axis=1)
        nothing = np.zeros_like(v)
        slopes = [a * powers[a - 1] * other[b] / sd if a else nothing for a, b in self.terms]
        return basis, np.stack(slopes, axis=1)
