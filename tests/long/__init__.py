"""The long circle of tests: studies of an hour or so, run once a release (``python tests/long``).

What came out is kept in ``results/reference/long`` together with what it was made from; the quick circle checks that it is
not stale (``tests/house/test_long.py``).
"""
