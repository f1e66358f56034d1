"""Spatial weights, autocorrelation, centres and networks."""
