"""Stochastic frontiers: production and cost functions with noise and inefficiency, by maximum likelihood."""
