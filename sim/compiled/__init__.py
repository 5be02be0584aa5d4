"""The same week as in :mod:`sim.week`, in compiled loops over people and customers instead of NumPy's over arrays.

:mod:`sim.week` says what happens; this says it to the processor. Every step has the name that it has there and the
order of :data:`sim.week.WEEK`, every equation is the mechanism's own source (:func:`sim.kernel.one.for_one`), and
every draw the one of :mod:`sim.kernel.random`. The tests hold each step against its original. Moments, which are
rare, are left to the original step between two stretches of loops.
"""
