"""``python tests/benchmark``: measure how fast the model is."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

if __name__ == "__main__":  # not in worker processes, which import this file again
    from benchmark.suite import main

    sys.exit(main())
