"""From a file of text to a table of cells, for any separator, with clear messages about what cannot be read."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sim.model.extensions import IRREGULAR, is_regular
from sim.model.scenario.messages import Faults, ScenarioError, quoted

LARGEST = 2_000_000_000
"""Largest file that is read, in bytes: some fifty million purchases."""

BEHAVIOR_SPACE_RUN, BEHAVIOR_SPACE_STEP = "[run number]", "[step]"
"""Columns that every table of NetLogo's BehaviorSpace has."""

_BEHAVIOR_SPACE = "BehaviorSpace results"
_SAMPLE = 65_536
_SAMPLE_LINES = 200
_DELIMITERS = ("\t", ";", "|", ",")
_WHITE_SPACE = r"\s+"
_LEAST_AGREEMENT = 0.6  # share of the lines that must have equally many cells
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_SIGNATURES = {
    b"PK": "a spreadsheet or zip archive. Save the sheet as CSV",
    b"\x1f\x8b": "a gzip archive. Unpack it",
    b"\xff\xfe": "UTF-16 text. Save it as UTF-8",
    b"\xfe\xff": "UTF-16 text. Save it as UTF-8",
    b"PAR1": "a Parquet file. Write it as CSV",
}


@dataclass(frozen=True)
class TextTable:
    """Cells of a file.

    Attributes:
        label: What messages call the file.
        digest: SHA-256 of the file, hexadecimal.
        header: Names of the columns, or ``None`` if the first line is data already.
        cells: Text of every cell, header left out; the index counts lines of the file from 1. Blank lines are left out.
        separator: What separates the columns, as a regular expression.
    """

    label: str
    digest: str
    header: tuple[str, ...] | None
    cells: pd.DataFrame
    separator: str = ","

    @property
    def width(self) -> int:
        """Number of columns."""
        return self.cells.shape[1]

    def name(self, column: int) -> str:
        """What messages call a column: its number from 1, and its name where it has one."""
        return f"column {column + 1}" + (f" ({self.header[column]})" if self.header else "")

    def column(self, column: int) -> pd.Series[str]:
        """Text of a column, one entry a line."""
        return self.cells.iloc[:, column]


def read_table(path: Path, names: Collection[str] = ()) -> TextTable:
    """Table in a CSV file, or in columns set apart by tabs, semicolons, bars or white space.

    Lines above the names of the columns, which have fewer cells, are left out, as are those of BehaviorSpace.

    Args:
        path: The file.
        names: Columns that should be there, if they are known: the first line that has most of them names the columns.

    Raises:
        ScenarioError: If the file cannot be read, is no text, is empty, or its lines differ in their number of cells.
    """
    faults = Faults(str(path))
    data = _read_bytes(path, faults)
    digest = hashlib.sha256(data).hexdigest()
    data, encoding = _checked_text(data, faults)
    sample = data[:_SAMPLE].splitlines(keepends=True)[:_SAMPLE_LINES]
    lines = [line.decode(encoding, errors="ignore") for line in sample]
    above, delimiter, named = _find_names(lines, names, faults)
    cells = _parse(data[sum(map(len, sample[:above])) :], encoding, delimiter, faults, above)
    lines = [line for line in lines[above:] if line.strip()]
    if cells.shape[1] < 2:
        faults.add(
            "the file",
            f"must have at least two columns, got one: {quoted(lines[0].strip())}. Separate the columns by commas, "
            "semicolons, tabs or spaces.",
        )
        faults.raise_any()
    first = tuple(str(cell).strip() or f"unnamed {number + 1}" for number, cell in enumerate(cells.iloc[0]))
    header = first if named else _header(cells)
    return TextTable(faults.file, digest, header, cells if header is None else cells.iloc[1:], delimiter)


def _read_bytes(path: Path, faults: Faults) -> bytes:
    """Content of the file; faults are noted and raised."""
    try:
        if path.is_dir():
            faults.add("this", "must be a file, got a directory. Name the file with the data in it.")
        elif not os.path.lexists(path):
            faults.add("there", "is no such file. Check the path; relative paths start from the current folder.")
        elif not is_regular(path):
            faults.add("this", IRREGULAR)
        elif path.stat().st_size > LARGEST:
            faults.add(
                "the file",
                f"must have at most {LARGEST} bytes, got {path.stat().st_size}. Draw a part at random; of purchases, "
                "some of the customers with every purchase of those.",
            )
        else:
            return path.read_bytes()
    except PermissionError:
        faults.add("the file", "must be readable, got permission denied. Change its permissions.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        faults.add("the file", f"must be readable, got: {reason}. Check the path and the disk.")
    raise ScenarioError(faults.messages)


def _checked_text(data: bytes, faults: Faults) -> tuple[bytes, str]:
    """The text without the mark that some editors put before it, and its encoding."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    found = next((words for mark, words in _SIGNATURES.items() if data.startswith(mark)), None)
    control = _CONTROL.search(data[:_SAMPLE]) or (b"\0" in data and re.search(b"\0", data))
    if found:
        faults.add("the file", f"must be plain text, got {found}.")
    elif control:
        byte = data[control.start()]
        faults.add(
            "the file",
            f"must be plain text, got the byte 0x{byte:02x} at position {control.start()}. Export the data as CSV.",
        )
    elif not data.strip():
        faults.add("the file", "must hold data, got an empty file. Export the data again.")
    faults.raise_any()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data, "latin-1"  # letters may come out wrong, but the same ones always the same way
    return data, "utf-8"


def _find_names(lines: list[str], names: Collection[str], faults: Faults) -> tuple[int, str, bool]:
    """Number of lines above the one that names the columns, the separator, and whether that line is known to be it."""
    if lines and _cells(lines[0], ",")[0].startswith(_BEHAVIOR_SPACE):
        return _find_behavior_space(lines, faults), ",", True
    if lines and (said := re.fullmatch(r"sep=(.)\s*", lines[0])):  # for spreadsheets
        above, _, named = _find_names(lines[1:], names, faults)
        return 1 + above, said[1], named
    found = [
        (len(set(names) & set(_cells(line, mark))), -number, mark)
        for number, line in enumerate(lines if names else [])
        for mark in _DELIMITERS
        if mark in line
    ]
    most, above, mark = max(found, key=lambda entry: entry[:2], default=(0, 0, ""))
    if most:
        return -above, mark, True
    delimiter = _delimiter([line for line in lines if line.strip()])
    if delimiter == _WHITE_SPACE:
        return 0, delimiter, False
    widths = [len(_cells(line, delimiter)) if line.strip() else 0 for line in lines]
    usual = Counter(widths).most_common(1)[0][0]
    above = widths.index(usual)
    if usual < 2 or max(widths[:above], default=usual) >= usual:
        return 0, delimiter, False
    below = pd.DataFrame([_cells(line, delimiter) for line, width in zip(lines, widths, strict=True) if width == usual])
    return (above if _header(below) else 0), delimiter, False


def _cells(line: str, mark: str) -> list[str]:
    """Cells of a line; one empty cell where there is nothing."""
    return [cell.strip() for row in csv.reader([line], delimiter=mark, skipinitialspace=True) for cell in row] or [""]


def _find_behavior_space(lines: list[str], faults: Faults) -> int:
    """Number of lines above the names in a table of BehaviorSpace; its spreadsheets are refused."""
    for number, line in enumerate(lines):
        cells = _cells(line, ",")
        if cells[0] == BEHAVIOR_SPACE_RUN and BEHAVIOR_SPACE_STEP in cells:
            return number
    faults.add(
        "the file",
        "must be what BehaviorSpace calls a table, with a line a run, got another of its formats. Run it again with "
        "Table output, or with --table FILE.",
    )
    raise ScenarioError(faults.messages)


def _delimiter(lines: list[str]) -> str:
    """The separator: the mark that cuts nearly all lines into the same number of cells, and into the most."""
    best, most = _WHITE_SPACE, 1.0
    for mark in _DELIMITERS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=mark, skipinitialspace=True))
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        agreement = times / max(sum(widths.values()), 1)
        if width > 1 and agreement >= _LEAST_AGREEMENT and width * agreement > most:
            best, most = mark, width * agreement
    return best


def _parse(data: bytes, encoding: str, delimiter: str, faults: Faults, above: int) -> pd.DataFrame:
    """Cells of all lines that are not blank; the index counts lines from 1, with those above the data."""
    try:
        cells = pd.read_csv(
            io.BytesIO(data),
            sep=delimiter,
            header=None,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
            encoding=encoding,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error) as error:
        faults.add(*_parser_fault(str(error), above))
        raise ScenarioError(faults.messages) from error
    cells.index = pd.RangeIndex(above + 1, above + len(cells) + 1)
    empty = cells.iloc[:, 0].eq("")
    if empty.any():
        blank = [not any(row) for row in cells[empty].itertuples(index=False)]
        cells = cells.drop(index=cells.index[empty][blank])
    return cells


def _parser_fault(message: str, above: int) -> tuple[str, str]:
    """Location, and rule with remedy, from the parser's message about what is below some lines."""
    match = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if match:
        remedy = "Remove what is too much, or put text that holds the separator in double quotes."
        return (
            f"line {int(match[2]) + above}",
            f"must have {match[1]} cells like the first line, got {match[3]}. {remedy}",
        )
    match = re.search(r"EOF inside string starting at row (\d+)", message)
    if match:
        return (
            f"line {int(match[1]) + 1 + above}",
            "must close its double quotes, got the end of the file. Add the closing quote.",
        )
    return "the file", f"must be a table, got: {' '.join(message.split())}. Export the data as CSV."


def _header(cells: pd.DataFrame) -> tuple[str, ...] | None:
    """Names of the columns, if the first line names them; ``None`` if it looks like most of the lines below it."""
    first = [str(cell).strip() for cell in cells.iloc[0]]
    rest = cells.iloc[1:_SAMPLE_LINES]
    if any(re.match(r"[\W_]*\d", cell) for cell in first) or not any(first):
        return None
    differing = 0
    for column, cell in enumerate(first):
        shapes = Counter(_shape(str(below)) for below in rest.iloc[:, column])
        if sum(times for shape, times in shapes.items() if "9" in shape) * 2 > len(rest):
            if _shape(cell) == shapes.most_common(1)[0][0]:
                return None
            differing += bool(cell)
    if not differing and len(rest):
        return None
    return tuple(cell or f"unnamed {column + 1}" for column, cell in enumerate(first))


def _shape(cell: str) -> str:
    """A cell with every word replaced by one letter and every number by one digit: ``C001`` looks like ``C2``."""
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", cell.strip()))
