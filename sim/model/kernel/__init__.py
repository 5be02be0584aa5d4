"""Foundations for any agent-based model: random streams, parameters, columns, compiling.

Nothing in here knows what an organization is.
"""
