"""``python -m sim`` is ``centricity``."""

from sim.cli import main

if __name__ == "__main__":  # worker processes import this module too
    main()
