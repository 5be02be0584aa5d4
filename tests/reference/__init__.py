"""The core week a second time, the ordinary way: one Mesa agent a person, each with its rules as plain Python.

This is the executable specification. Nothing of :mod:`sim.week` or :mod:`sim.mechanisms` runs in here: every equation is
written out again, for one agent at a time, as somebody would who models an organization with Mesa. Only what is not the
week is shared: the scenario and its parameters, the founding (an organization is copied into agents), the plan of a
policy, and the keyed random numbers, so that both worlds can be compared number by number.

It covers the week of the shipped scenarios with their default settings: succession, turnover and dismissal, hiring,
speeches and posters, cynicism, training, coaching and example, procedures, monitoring, habit and crowding-out, the norm,
definitions, load, standard, energy and attention, delivery, service with conflicts and failures, satisfaction, trust,
loyalty, word of mouth, customers with contract and without, the survey, executives' view of themselves and the ledger.
Whatever else the model can do (:mod:`tests.reference.coverage`) it refuses instead of leaving it out in silence.
"""
