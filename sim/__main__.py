"""``python -m sim`` is ``centricity``."""

from __future__ import annotations


def main() -> None:
    """Run the command that was typed."""
    from sim.cli import main as run  # not above: worker processes import this module too, and type nothing

    run()


if __name__ == "__main__":
    main()
