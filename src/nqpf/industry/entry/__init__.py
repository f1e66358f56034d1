"""Which industries a region is likely to enter: features of the start year, a model of entry, and its backtest."""
