"""What is done to indicator values before they are scored: units screened, holes filled, outliers treated."""

from nqpf.index.treat.impute import Imputed, impute
from nqpf.index.treat.screen import Screened, screen
from nqpf.index.treat.stated import restate
from nqpf.index.treat.treatment import Treated, Treatment, apply_treatment, fit_treatment

__all__ = [
    "Imputed",
    "Screened",
    "Treated",
    "Treatment",
    "apply_treatment",
    "fit_treatment",
    "impute",
    "restate",
    "screen",
]
