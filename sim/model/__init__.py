"""The model: an organization, its customers, the week that it lives through, and one run of it."""
