"""Tables of runs that other programs have written: which cells are numbers, and how they are written.

The cells come from :mod:`sim.calibration.text_table`, as those of purchases do. Here columns get types. A number that can be
read in two ways is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.amounts import MARKS, OTHER
from sim.calibration.dates import is_missing
from sim.calibration.options import Decimal
from sim.calibration.text_table import BEHAVIOR_SPACE_RUN, BEHAVIOR_SPACE_STEP, TextTable, read_table
from sim.model.scenario.messages import Faults, quoted

_EXPONENT = r"(?:[eE][-+]?\d+)?"
_PLAIN = rf"[-+]?(?:\d+\.?\d*|\.\d+){_EXPONENT}|[-+]?(?i:inf|infinity)"
_COMMA_IS_DECIMAL = rf"[-+]?(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|\d+)?(?:,\d+)?{_EXPONENT}"
_COMMA_IS_THOUSANDS = rf"[-+]?(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|\d+)?(?:\.\d*)?{_EXPONENT}"
_DOTS_MAY_BE_THOUSANDS = r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+"
_NUMBER_LIKE = rf"[-+]?[.,]?\d[\d.,]*{_EXPONENT}|{_PLAIN}"
_SPACED_THOUSANDS = r"(?<=\d)['\u2019\u00a0\u202f ](?=\d{3}(?:\D|$))"
_OR_SAY = "Say --decimal point or --decimal comma, whichever mark is before decimals."
_REMEDY = "Write numbers with a decimal point and without separators of thousands."


def read_run_table(
    path: Path,
    columns: Sequence[str],
    results: Sequence[str],
    notify: Callable[[str], None],
    decimal: Decimal | None = None,
) -> pd.DataFrame:
    """A table with one row a run: numbers as numbers, true and false as such, anything else as text.

    Args:
        path: CSV, or columns set apart by semicolons, tabs or bars; also a table of NetLogo's BehaviorSpace.
        columns: Columns that are needed, those of results among them; by them the line with the names is recognized.
        results: Columns that must hold numbers, or nothing where a run failed.
        notify: Called with what a reader should know about how the file was understood.
        decimal: The mark before decimals; ``None`` to find out.

    Raises:
        ScenarioError: If the file cannot be read as a table, or holds numbers that are none or could be two.
    """
    table = read_table(path, columns)
    faults = Faults(table.label)
    if table.header is None:
        faults.add("the first line", "must name the columns, got data. Put a line with names above it.")
        faults.raise_any()
    assert table.header is not None  # else there would be a fault
    for name in columns:
        if table.header.count(name) > 1:
            faults.add(f"the column {quoted(name)}", "must be there once, got several. Rename the others.")
    faults.raise_any()
    table = _last_steps(table, columns, notify)
    frame = pd.DataFrame({name: table.cells.iloc[:, index] for index, name in enumerate(table.header or ())})
    texts = {name: frame[name].str.strip() for name in columns if name in frame}
    numeric = {name: text for name, text in texts.items() if _holds_numbers(name, text, name in results, faults)}
    faults.raise_any()
    plain = _plain_numbers(numeric, decimal, table.separator, faults, lambda text: notify(f"{table.label}: {text}"))
    faults.raise_any()
    for name, text in texts.items():
        frame[name] = _to_numbers(plain[name]) if name in plain else _to_words(text)
    return frame.reset_index(drop=True)


def _last_steps(table: TextTable, columns: Sequence[str], notify: Callable[[str], None]) -> TextTable:
    """Of a table of BehaviorSpace with several steps of a run the last one, unless steps are asked for."""
    header = table.header or ()
    if BEHAVIOR_SPACE_RUN not in header or BEHAVIOR_SPACE_STEP not in header or BEHAVIOR_SPACE_STEP in columns:
        return table
    runs, steps = (table.column(header.index(name)) for name in (BEHAVIOR_SPACE_RUN, BEHAVIOR_SPACE_STEP))
    order = pd.to_numeric(steps, errors="coerce").sort_values(kind="stable").index
    last = runs.loc[order].drop_duplicates(keep="last").index.sort_values()
    if len(last) == len(table.cells):
        return table
    notify(f"{table.label}: {len(table.cells)} rows of {len(last)} runs; the last step of each counts")
    return replace(table, cells=table.cells.loc[last])


def _holds_numbers(name: str, text: pd.Series[str], must: bool, faults: Faults) -> bool:
    """Whether a column is one of numbers; notes a fault where it must be, or mostly is, and something else is in it."""
    present = text[~is_missing(text)]
    like = present.str.replace(_SPACED_THOUSANDS, "", regex=True).str.fullmatch(_NUMBER_LIKE)
    if present.empty:
        return must or not text.ne("").any()
    if like.all():
        return True
    if must or like.mean() > 0.5:
        line, value = next((index, cell) for index, cell in present[~like].items())
        faults.add(
            f"line {line}",
            f"must hold a number in the column {quoted(name)}, or nothing where a run failed, got {quoted(value)}. {_REMEDY}",
        )
    return False


def _plain_numbers(
    columns: dict[str, pd.Series[str]],
    decimal: Decimal | None,
    separator: str,
    faults: Faults,
    notify: Callable[[str], None],
) -> dict[str, pd.Series[str]]:
    """Texts of numbers as Python writes them. Marks mean the same in all columns, and it must be clear what."""
    columns = dict(columns)
    for name, text in columns.items():
        joined = text.str.replace(_SPACED_THOUSANDS, "", regex=True)
        if (joined != text).any():
            notify(f"column {name}: marks between digits are taken as separators of thousands")
            columns[name] = joined
    if decimal is not None:
        return _with_decimal(columns, decimal, faults)
    if not any(text.str.contains(",", regex=False).any() for text in columns.values()):
        _refuse_open_points(columns, separator, faults, notify)
        _refuse_others(columns, faults)
        return columns
    with_commas = {name: text[text.str.contains(",", regex=False)] for name, text in columns.items()}
    with_commas = {name: text for name, text in with_commas.items() if len(text)}
    decimals = {name: bool(text.str.fullmatch(_COMMA_IS_DECIMAL).all()) for name, text in with_commas.items()}
    thousands = {name: bool(text.str.fullmatch(_COMMA_IS_THOUSANDS).all()) for name, text in with_commas.items()}
    if with_commas and all(decimals.values()) == all(thousands.values()):
        clear = all(decimals.values())
        odd = next((name for name in with_commas if clear or not decimals[name]), next(iter(with_commas)))
        line, value = next(iter(with_commas[odd].items()))
        what = "may be a decimal comma or one of thousands" if clear else "is not the same in all cells"
        faults.add(
            f"line {line}", f"must leave no doubt about the comma in {quoted(value)} ({odd}): it {what}. {_OR_SAY}"
        )
        return columns
    by_comma = bool(with_commas) and all(decimals.values())
    for name, text in columns.items():
        if name in with_commas and not by_comma:
            notify(f"column {name}: commas are taken as separators of thousands")
            columns[name] = text.str.replace(",", "", regex=False)
        elif name in with_commas:
            columns[name] = text.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        elif by_comma and len(dotted := text[text.str.fullmatch(_DOTS_MAY_BE_THOUSANDS)]):
            line, value = next(iter(dotted.items()))
            what = "commas are decimal in other columns, so it may separate thousands"
            faults.add(
                f"line {line}", f"must leave no doubt about the point in {quoted(value)} ({name}): {what}. {_OR_SAY}"
            )
    _refuse_others(columns, faults)
    return columns


def _with_decimal(columns: dict[str, pd.Series[str]], decimal: Decimal, faults: Faults) -> dict[str, pd.Series[str]]:
    """The same with the mark before decimals that the user has named."""
    if not any(text.str.contains(r"\d[.,]|[.,]\d", regex=True).any() for text in columns.values()):
        faults.add("--decimal", "is for numbers with a point or a comma, got none. Leave it out.")
    fits = _COMMA_IS_DECIMAL if decimal == "comma" else _COMMA_IS_THOUSANDS
    plain = {
        name: text.str.replace(MARKS[OTHER[decimal]], "", regex=False).str.replace(MARKS[decimal], ".", regex=False)
        for name, text in columns.items()
    }
    for name, text in columns.items():
        odd = text[~is_missing(text) & ~text.str.fullmatch(fits) & ~text.str.fullmatch(r"[-+]?(?i:inf|infinity)")]
        if len(odd):
            line, value = next(iter(odd.items()))
            rule = f"must hold a number with a decimal {decimal} in the column {quoted(name)}, got {quoted(value)}. {_REMEDY}"
            faults.add(f"line {line}", rule)
    return plain


def _refuse_open_points(
    columns: dict[str, pd.Series[str]], separator: str, faults: Faults, notify: Callable[[str], None]
) -> None:
    """Note points that may separate thousands: no number has other than three digits behind one."""
    with_points = {name: text[text.str.contains(".", regex=False)] for name, text in columns.items()}
    with_points = {name: text for name, text in with_points.items() if len(text)}
    if not with_points or not all(text.str.fullmatch(_DOTS_MAY_BE_THOUSANDS).all() for text in with_points.values()):
        return
    name, text = next(iter(with_points.items()))
    if separator == ",":
        notify(f"column {name}: points are taken for the mark before decimals (--decimal comma if they are not)")
        return
    line, value = next(iter(text.items()))
    faults.add(
        f"line {line}",
        f"must leave no doubt about the point in {quoted(value)} ({name}): it may separate thousands. {_OR_SAY}",
    )


def _refuse_others(columns: dict[str, pd.Series[str]], faults: Faults) -> None:
    """Note texts that are no numbers."""
    for name, text in columns.items():
        wrong = text[~is_missing(text) & ~text.str.fullmatch(_PLAIN)]
        if len(wrong):
            line, value = next(iter(wrong.items()))
            rule = f"must hold a number in the column {quoted(name)}, got {quoted(value.strip())}. {_REMEDY}"
            faults.add(f"line {line}", rule)


def _to_numbers(text: pd.Series[str]) -> pd.Series:
    """Whole numbers where all are, else the nearest floating-point numbers; NaN where nothing was written."""
    missing = is_missing(text)
    if not missing.any() and text.str.fullmatch(r"[-+]?\d{1,18}").all():
        return text.astype(np.int64)
    return text.mask(missing, "nan").astype(np.float64)


def _to_words(text: pd.Series[str]) -> pd.Series:
    """True and false where all are one of them; else the text, missing where it is empty."""
    small = text.str.lower()
    if len(text) and small.isin(["true", "false"]).all():
        return small == "true"
    return text.where(text.ne(""), None)
