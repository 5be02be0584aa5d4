"""``python tests/long [NAME...] [--check]``: carry out the long studies, or say which of their results are stale."""

import sys
from pathlib import Path
from time import monotonic

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]


def main(words: list[str]) -> int:
    """Carry out the studies that are named, all without names; exit code 1 if one is unknown or, with --check, stale."""
    from long.studies import STUDIES

    names = [word for word in words if word != "--check"] or list(STUDIES)
    unknown = sorted(set(names) - set(STUDIES))
    if unknown:
        print(f"{unknown[0]} is no study. Legal are {', '.join(STUDIES)}.", file=sys.stderr)
        return 2
    stale = 0
    for name in names:
        if "--check" in words:
            parts = STUDIES[name].staleness()
            stale += bool(parts)
            print(f"{name}: {'stale: ' + ', '.join(parts) if parts else 'current'}")
        else:
            start = monotonic()
            print(f"{name}: {STUDIES[name].about}", flush=True)
            STUDIES[name].carry_out()
            print(f"{name}: kept in {STUDIES[name].file} after {(monotonic() - start) / 60:.0f} minutes", flush=True)
    return int(stale > 0)


if __name__ == "__main__":  # not in worker processes, which import this file again
    sys.exit(main(sys.argv[1:]))
