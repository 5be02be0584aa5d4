"""The mechanisms of the model, one a file: what it adds (parameters, columns, numbers, random streams), its rules, its steps.

A rule is a plain function of one person: its signature says what it reads, its result what it changes; equation and source
stand in its docstring. A step says to whom that happens; :mod:`sim.model.week` says when. No mechanism knows of
policies: amounts of resources come in as arguments.
"""
