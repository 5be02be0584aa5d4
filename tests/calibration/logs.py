"""Logs of purchases to calibrate to: simulated from known numbers, and the published one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.options import Options
from sim.calibration.purchase_log import PurchaseLog, read_log
from sim.calibration.purchases import PurchaseFit, fit_purchases
from sim.calibration.text_table import read_table
from sim.model.scenario.messages import Faults

SHAPES = (0.243, 4.414, 0.793, 2.426)
SPENDING = (6.25, 3.74, 15.44)


def cdnow_path() -> Path:
    """The 1/10 sample of CDNOW as it was published."""
    return Path(str(files("sim.evidence.replications") / "data" / "cdnow_sample.txt"))


def retention_path() -> Path:
    """The two published cohorts under contract."""
    return Path(str(files("sim.evidence.replications") / "data" / "retention.csv"))


def log_of(path: Path, warnings: Faults | None = None, **options: str) -> PurchaseLog:
    """The log in a file."""
    chosen = Options(**options)  # type: ignore[arg-type]
    warnings = Faults() if warnings is None else warnings
    return read_log(read_table(path), chosen.roles, chosen.date_format, warnings, chosen.sign, chosen.decimal)


@cache
def cdnow() -> PurchaseFit:
    """The fit to CDNOW."""
    return fit_purchases(log_of(cdnow_path()), None, Faults(), "cdnow")


def simulated(customers: int, seed: int, days: int = 546, cohort_days: int = 84) -> pd.DataFrame:
    """A log of customers who buy, stop and spend with the published numbers; its lines in no order.

    A purchase is written down with the last day that had begun since the customer's first one.
    """
    rng = np.random.default_rng(seed)
    r, alpha, a, b = SHAPES
    p, q, gamma = SPENDING
    rate, dropout = rng.gamma(r, 1.0 / alpha, customers), rng.beta(a, b, customers)
    born = rng.integers(0, cohort_days, customers)
    who, time = np.arange(customers), born.astype(np.float64)
    names, times = [who], [time]
    while who.size:
        time = time + 7.0 * rng.exponential(1.0 / np.maximum(rate[who], 1e-300))
        seen = time < days
        who, time = who[seen], time[seen]
        names.append(who)
        times.append(time)
        stays = rng.random(who.size) >= dropout[who]
        who, time = who[stays], time[stays]
    customer, day = np.concatenate(names), np.round(np.concatenate(times)).astype(np.int64)
    own = rng.gamma(q, 1.0 / gamma, customers)
    frame = pd.DataFrame(
        {
            "customer": customer,
            "date": np.datetime_as_string(np.datetime64("1997-01-01") + np.minimum(day, days - 1)),
            "amount": np.round(rng.gamma(p, 1.0 / own[customer]), 2),
        }
    )
    return frame.sample(frac=1.0, random_state=seed)


def written(path: Path, frame: pd.DataFrame, separator: str = ",", header: bool = True) -> Path:
    """A log as a file."""
    frame.to_csv(path, index=False, sep=separator, header=header)
    return path
