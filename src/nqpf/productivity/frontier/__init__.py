"""Frontiers: technologies spanned by observations, and measures of the distance to them."""
