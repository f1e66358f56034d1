"""Input–output tables: reading, diagnosing, the classic models, and what hangs on whom."""
