"""From a log of purchases, or a table of retention, to a scenario whose customers behave like those in the data."""
