"""Inequality and its decompositions."""
