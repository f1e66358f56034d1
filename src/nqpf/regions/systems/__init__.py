"""Several systems together: coupling, grey relation, circles edge by edge."""
