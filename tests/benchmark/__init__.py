"""How fast the model is: against the plain reference, and against the least time that its work could take.

``python tests/benchmark`` runs it.
"""
