"""The best program under a budget: a search over policies, finalists that meet again on fresh seeds, and what to make of it."""
