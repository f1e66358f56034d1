"""Normalisation: indicators of any unit and direction become scores on one scale, higher always better.

Values are first *directed* (cost: sign turned; target and interval: minus the distance to the ideal), then scaled, so
that every method treats every direction alike. Formulas follow OECD/JRC, Handbook on Constructing Composite Indicators
(2008), doi:10.1787/9789264043466-en, part 1, step 5, and where they have a counterpart there, COINr (Becker et al.
2022, doi:10.21105/joss.04567).
"""

from nqpf.index.normalise.direct import IDEAL, Directed, direct
from nqpf.index.normalise.scale import Scale, apply_scale, fit_scale, remarks
from nqpf.index.normalise.table import normalise

__all__ = ["IDEAL", "Directed", "Scale", "apply_scale", "direct", "fit_scale", "normalise", "remarks"]
