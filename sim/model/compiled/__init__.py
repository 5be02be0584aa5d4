"""The week as compiled code: portable code that comes with the package, and machine code that is made from it.

- :mod:`~sim.model.compiled.kept_week`: what comes with the package, and whether it is up to date
- :mod:`~sim.model.compiled.portable_code`: runs the week as WebAssembly
- :mod:`~sim.model.compiled.machine_code`: makes machine code for this processor, and runs it
- :mod:`~sim.model.compiled.addresses`: the one way in which either takes its tables
- :mod:`~sim.model.compiled.code_cache`: keeps what was made, between starts
- :mod:`~sim.model.compiled.build`: makes what comes with the package
"""
