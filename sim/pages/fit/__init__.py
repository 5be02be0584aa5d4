"""The page of a fit: one file that opens without a network."""
