"""How a distribution moves: densities and Markov chains."""
