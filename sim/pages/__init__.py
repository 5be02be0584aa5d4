"""What is made to be looked at: the report, the lessons, the live model, and what their pages share."""
