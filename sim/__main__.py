"""``python -m sim`` is ``centricity``."""

from __future__ import annotations

import os
import signal
import sys


def main() -> None:
    """Run the command that was typed, with one thread for linear algebra unless the user says otherwise.

    Workers have one too; nothing here needs more, and more of them take a tenth of a second to start.
    """
    from sim.lab.worker_process import SINGLE_THREADED

    for name in SINGLE_THREADED:
        os.environ.setdefault(name, "1")
    try:
        from sim.commands.cli import main as run  # not above: worker processes import this module too, and type nothing

        run()
    except SystemExit:  # the work is done, and its exit code stands
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise
    except KeyboardInterrupt:  # before any command had begun
        from sim.commands.errors import INTERRUPTED

        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
