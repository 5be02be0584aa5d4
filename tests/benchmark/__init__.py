"""How fast the model is: against the plain reference, and against a kernel fused by hand. ``python tests/benchmark`` runs it."""
