"""Array kernels that know nothing of economics."""
