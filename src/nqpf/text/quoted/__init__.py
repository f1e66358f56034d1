"""Who is quoted where: quotations of every kind, official statements, and the check of a quotation at its source."""
