"""Many ways: types of units, combinations of conditions that suffice, and peers by endowment."""
