"""Panel regressions: fixed effects, thresholds, mediation, differences in differences."""
