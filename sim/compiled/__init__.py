"""The same week as in :mod:`sim.week`, in compiled loops over people and customers instead of NumPy's over arrays.

:mod:`sim.week` says what happens; this says it to the processor. Every step has the name that it has there and the
order of :data:`sim.week.WEEK`, every equation is the mechanism's own source (:func:`sim.kernel.one.for_one`), and
every draw the one of :mod:`sim.kernel.random`. The tests hold each step against its original. Moments, which are
rare, are left to the original step between two stretches of loops.

A processor does several people at once in a loop that has no branch, no call and no total in it. So loops here choose
(``new if there else old``, on what is fetched already) rather than branch, combine conditions with ``&`` and ``|``, leave sums
to :mod:`sim.compiled.sums`, and do in a loop of their own what concerns only a few, whose positions are looked up first.
"""
