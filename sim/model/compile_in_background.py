"""A process of its own that makes machine code of the model while others run portable code, and gives way to them."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Make machine code, then remove the file that says that this has begun."""
    from sim.model.engine import make_machine_code

    if hasattr(os, "nice"):
        os.nice(5)
    try:
        make_machine_code()
    finally:
        with suppress(OSError):
            Path(sys.argv[1]).unlink()


if __name__ == "__main__":
    main()
