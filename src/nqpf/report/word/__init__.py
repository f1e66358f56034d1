"""Parts of the Word writer: nodes, equations, tables, pictures, styles, fields and the package that holds them."""
