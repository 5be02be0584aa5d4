"""What an organization's own history says about the unknown parameters, and what it cannot tell."""
