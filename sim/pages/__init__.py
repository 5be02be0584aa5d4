"""Pages to look at: the report, the lessons, the live model, and what they share."""
