"""The ground that any agent-based model could stand on: random streams, parameters, columns, the week as a list.

Nothing in here knows what an organization is.
"""
