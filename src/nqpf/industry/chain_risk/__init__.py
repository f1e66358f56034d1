"""Choke points by their components, concentration of imports by product, and three meters of the industrial system."""
