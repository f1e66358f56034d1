"""How a sheet is understood: cells, rows, header, stub, layout, and the tidy rows that come of them."""
