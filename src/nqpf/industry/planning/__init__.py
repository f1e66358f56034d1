"""A plan for all regions together: who takes up which industry, why, and what it costs to go together."""
