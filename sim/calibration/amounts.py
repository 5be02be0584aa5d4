"""Amounts of money as people write them: with a currency, with commas, or not at all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibration.dates import is_missing
from sim.model.kernel.array_types import BoolArray, FloatArray

_CURRENCY = r"^[A-Z]{3}\s|\s[A-Z]{3}$|[$€£¥\s'\u00a0\u202f]"
_THOUSANDS_BY_COMMA = r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?|[-+]?\d*\.?\d*"
_DECIMALS_BY_COMMA = r"[-+]?\d{1,3}(?:\.\d{3})*(?:,\d*)?|[-+]?\d*(?:,\d*)?"


def read_amounts(texts: pd.Series[str]) -> tuple[FloatArray, BoolArray]:
    """Amounts, missing where nothing was written, and which entries are no amounts.

    ``1,234.50``, ``1.234,50``, ``$12`` and ``12,5 EUR`` are understood, if all of a column keep to one way of writing.
    """
    missing = is_missing(texts)
    numbers = _to_numbers(texts)
    odd = np.isnan(numbers) & ~missing
    if odd.any():
        plain = texts.str.replace(_CURRENCY, "", regex=True)
        numbers = _to_numbers(plain)
        if np.isnan(numbers[~missing]).any() and plain.str.contains(",", regex=False).any():
            numbers = _with_commas(plain, missing)
    numbers[missing] = np.nan
    return numbers, np.isnan(numbers) & ~missing


def _with_commas(texts: pd.Series[str], missing: npt.NDArray[np.bool_]) -> FloatArray:
    """Numbers with commas, which separate thousands or decimals: whichever fits more of them."""
    by_thousands = texts.str.fullmatch(_THOUSANDS_BY_COMMA).to_numpy(dtype=np.bool_)
    by_decimals = texts.str.fullmatch(_DECIMALS_BY_COMMA).to_numpy(dtype=np.bool_)
    if by_thousands[~missing].sum() >= by_decimals[~missing].sum():
        plain, fits = texts.str.replace(",", "", regex=False), by_thousands
    else:
        plain = texts.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        fits = by_decimals
    return np.where(fits, _to_numbers(plain), np.nan)


def _to_numbers(texts: pd.Series[str]) -> FloatArray:
    """Finite numbers; NaN for everything else."""
    numbers = pd.to_numeric(texts.str.strip(), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers
