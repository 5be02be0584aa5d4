"""The mechanisms of the model, one per file: parameters, columns, numbers, random streams, rules and steps.

A rule is a plain function of one person. It reads its arguments and returns the result; its docstring gives equation and
source. A step says to whom that happens, and :mod:`sim.model.week` says when. No mechanism knows of policies: amounts of
resources come in as arguments.
"""
