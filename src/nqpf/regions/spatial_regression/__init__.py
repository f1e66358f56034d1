"""Spatial regressions in cross-sections and panels, with impacts."""
