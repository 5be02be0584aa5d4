"""The rules of the model, one a file: plain functions on arrays, each with its equation and its source.

A mechanism's signature says what it reads, its result what it changes. Nothing in here draws random numbers of its own,
reads files or knows of policies: draws and amounts come in as arguments.
"""
