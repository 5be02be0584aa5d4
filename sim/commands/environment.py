"""The environment of a command, which decides nothing about it: variables, and options of the interpreter."""

from __future__ import annotations

import os
import re
import sys
import warnings
from collections.abc import MutableMapping

NARROWEST = 20
"""Columns of the narrowest terminal that is believed."""

_SIZE = re.compile(r"[0-9]{1,5}")
_DESCRIPTIONS_GONE = 2
_QUIET = (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning)


def clean_environment(environment: MutableMapping[str, str] = os.environ) -> None:
    """Set aside what is meant for other programs. Worker processes are given the same environment.

    - ``MPLBACKEND``: pictures are drawn into files; that of a notebook may not even be installed here.
    - ``COLUMNS``, ``LINES``, ``TERMINAL_WIDTH``: sizes of a terminal in which nothing can be read.
    - ``PYTHONWARNINGS``, ``python -W``: they could turn a remark of a library into the end of a command.

    Args:
        environment: The environment variables, which are changed.
    """
    environment["MPLBACKEND"] = "agg"
    for name, least in (("COLUMNS", NARROWEST), ("LINES", 1), ("TERMINAL_WIDTH", NARROWEST)):
        value = environment.get(name, "")
        if name in environment and not (_SIZE.fullmatch(value) and int(value) >= least):
            del environment[name]
    if environment.pop("PYTHONWARNINGS", None) is not None or sys.warnoptions:
        warnings.resetwarnings()
        for category in _QUIET:
            warnings.simplefilter("ignore", category)


def missing_descriptions(level: int = sys.flags.optimize) -> str:
    """Why nothing can be described, in words; empty if everything can.

    Help, lists, data dictionaries and the ODD protocol are made from docstrings, which ``python -OO`` leaves out.

    Args:
        level: How far Python optimizes.
    """
    if level < _DESCRIPTIONS_GONE:
        return ""
    return (
        f"PYTHONOPTIMIZE (or python -O) must be 0 or 1, got {level}: Python leaves out the descriptions that help, lists, "
        "tables and the ODD protocol are made of. Unset it."
    )
