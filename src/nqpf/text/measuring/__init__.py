"""Measures of texts: dictionaries, counts, and what is made of them. The public names are those of `nqpf.text`."""
