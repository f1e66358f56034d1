"""From where on a number is remarked on: the limits of the flags, each with where it is from."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nqpf.yamlfile import Strict

Share = Annotated[float, Field(ge=0, le=1)]


class Limits(Strict):
    """Limits of the flags.

    Attributes
    ----------
    redundant
        absolute r of two indicators above this: they hardly differ (0.92, JRC statistical audits).
    weak
        r with the node above below this is weak (0.3, JRC; COINr).
    opposed
        r of two siblings below this: they pull apart (−0.4, COINr).
    silent
        absolute r with the index below this: the indicator hardly shows in it.
    alpha
        Cronbach's alpha below this is low (0.7, Nunnally 1978).
    first
        The first component explains less than this share: one score hides several dimensions.
    inflation
        Variance inflation above this.
    ratio
        Share of importance over share of weight above this, or below its inverse.
    size
        absolute r with size above this (0.6, COINr).
    available, nonzero, unique, skew, kurt
        As in `indicator_stats` (COINr).
    rows
        Rows below which correlations are shaky.
    """

    redundant: Share = 0.92
    weak: Share = 0.3
    opposed: Annotated[float, Field(ge=-1, le=0)] = -0.4
    silent: Share = 0.1
    alpha: Share = 0.7
    first: Share = 0.5
    inflation: Annotated[float, Field(gt=1)] = 10.0
    ratio: Annotated[float, Field(gt=1)] = 2.0
    size: Share = 0.6
    available: Share = 0.65
    nonzero: Share = 0.5
    unique: Share = 0.5
    skew: Annotated[float, Field(gt=0)] = 2.0
    kurt: Annotated[float, Field(gt=0)] = 3.5
    rows: Annotated[int, Field(ge=3)] = 30
