"""Policies: amounts of resources over time, and what they cost. No policy has a type, a decay constant or a memory."""
