"""The model: an organization, its customers, the steps of a week, and one run."""
