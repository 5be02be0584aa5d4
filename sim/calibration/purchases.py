"""Customers without contract: BG/NBD is fitted to a part of a log of purchases and judged by the rest.

Source: Fader, Hardie & Lee (2005), "Counting your customers the easy way"; the fit and the expectations are
:mod:`sim.evidence.replications.beta_geometric_nbd`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import betaln
from scipy.stats import nbinom

from sim.calibration.legal_ranges import legal_pair
from sim.calibration.purchase_log import DAYS_A_WEEK, PurchaseLog, day_in_words
from sim.calibration.spending import SpendFit, fit_spending
from sim.evidence.replications import beta_geometric_nbd
from sim.evidence.replications.datasets import PurchaseHistory, summarize_purchases
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.scenario.messages import Faults, ScenarioError

MOST_FITTED = 100_000
"""Largest number of customers that are fitted; of more, an even sample. It is certain to about a percent, and takes
seconds."""

LARGEST_CLASS = 7
"""Customers with this number of repeat purchases, or more, are one class."""

LEAST_CUSTOMERS = 10
LEAST_REPEATERS = 10
LEAST_WEEKS = 4
LONG = 26
"""Weeks of a log from which on its second half is held out."""

_FEW_REPEATERS = 50
_REGULAR, _NEAR, _LEAST_INTERVAL = 0.8, 0.07, 6.0  # share of the intervals, how near to the median, and its days
_POOR, _WRONG = 0.2, 0.5  # relative errors, in the weeks fitted, to warn about and to refuse
_REMEDY = (
    "Use more customers or a longer log; customers who buy by the calendar are better described by a contract, with a table "
    "of retention."
)


@dataclass(frozen=True)
class HoldOut:
    """How well the fit predicts the hold-out.

    Attributes:
        weeks: Length of the hold-out.
        predicted, actual: Repeat purchases in it, of customers known before.
        predicted_means, actual_means: The same per customer, by class of earlier repeat purchases; NaN for empty classes.
    """

    weeks: int
    predicted: float
    actual: int
    predicted_means: FloatArray
    actual_means: FloatArray

    @property
    def error(self) -> float | None:
        """Prediction minus truth, as a share of the truth; ``None`` if nobody bought."""
        return (self.predicted - self.actual) / self.actual if self.actual else None


@dataclass(frozen=True)
class PurchaseFit:
    """The fit to a log of purchases.

    Attributes:
        log: The data.
        estimate: r, alpha (weeks), a, b and log-likelihood; NaN where shapes had to be moved into their ranges.
        calibration_end: Last day that the estimate has seen, counted from 1970-01-01.
        customers: Customers who first bought by then; ``fitted`` of them were used for the estimate.
        repeaters: Those of them who came back by then.
        repeat_purchases: Their repeat purchases by then.
        histogram: Customers by number of repeat purchases, actual; the last class holds the rest.
        expected_histogram: The same as the model has it.
        hold_out: Judgment by the later part, if some was held out.
        weeks: Ends of the weeks since the log begins; ``cumulative`` repeat purchases by then, and as ``expected``.
        spending: What purchases are worth, if the log says.
    """

    log: PurchaseLog
    estimate: beta_geometric_nbd.Fit
    calibration_end: int
    customers: int
    fitted: int
    repeaters: int
    repeat_purchases: int
    histogram: IntArray
    expected_histogram: FloatArray
    hold_out: HoldOut | None
    weeks: FloatArray
    cumulative: IntArray
    expected: FloatArray
    spending: SpendFit | None

    @property
    def calibration_weeks(self) -> float:
        """Weeks that the estimate has seen."""
        return (self.calibration_end - self.log.first_day + 1) / DAYS_A_WEEK


def check_for_contracts(log: PurchaseLog, sure: bool, label: str, warnings: Faults) -> None:
    """Refuse a log in which customers pay at regular intervals, as under a contract; warn of it if the user is sure.

    Source: BG/NBD takes the time between purchases to be exponential; half of all intervals then lie outside of a third of
    the median around it.

    Args:
        log: The data.
        sure: Whether the user says that this is a log of purchases.
        label: What messages call the file.
        warnings: Takes a warning.

    Raises:
        ScenarioError: If the intervals are regular and the user has not said so.
    """
    same = np.diff(log.customer) == 0
    intervals = np.diff(log.day)[same]
    if np.unique(log.customer[1:][same]).size < LEAST_REPEATERS:
        return
    usual = float(np.median(intervals))
    near = float(np.mean(np.abs(intervals - usual) <= max(1.0, _NEAR * usual)))
    if usual < _LEAST_INTERVAL or near < _REGULAR:
        return
    rule = (
        f"must be of customers who buy when they like, got {100 * near:.0f} % of all intervals within "
        f"{max(1.0, _NEAR * usual):.0f} days of {usual:.0f} days, as payments under a contract are."
    )
    remedy = "Give a table of retention: how many of those who began are left after each year."
    if sure:
        warnings.add("the log", f"{rule} {remedy}")
    else:
        faults = Faults(label)
        faults.add("the log", f"{rule} {remedy} Or say --kind transactions to fit it all the same.")
        faults.raise_any()


def fit_purchases(log: PurchaseLog, hold_out_weeks: int | None, warnings: Faults, label: str) -> PurchaseFit:
    """Fit the model to the first part of a log and judge it by the rest.

    Args:
        log: The data.
        hold_out_weeks: Weeks at the end that the estimate does not see; half of a log of :data:`LONG` weeks or more
            if not given, none of a shorter one.
        warnings: Takes what to beware of.
        label: What messages call the file.

    Raises:
        ScenarioError: If there is too little to fit.
    """
    weeks = hold_out_weeks
    if weeks is None:
        weeks = int(log.weeks / 2) if log.weeks >= LONG else 0
    end = log.last_day - DAYS_A_WEEK * weeks
    _refuse_too_little(log, weeks, end, label)
    history = summarize_purchases(log.customer, log.day, end)
    _refuse_unidentified(history, log, weeks, label)
    estimate, fitted = _estimate(history, label, warnings)
    repeaters = int((history.frequency > 0).sum())
    if repeaters < _FEW_REPEATERS:
        warnings.add("the estimate", f"rests on {repeaters} customers who came back: it is rough. Use a longer log.")
    ends, cumulative, expected = _course(log, estimate, end)
    _refuse_misfit(float(np.interp((end - log.first_day + 1) / DAYS_A_WEEK, ends, expected)), history, label, warnings)
    return PurchaseFit(
        log=log,
        estimate=estimate,
        calibration_end=end,
        customers=history.frequency.size,
        fitted=fitted,
        repeaters=repeaters,
        repeat_purchases=int(history.frequency.sum()),
        histogram=beta_geometric_nbd.histogram(history.frequency, LARGEST_CLASS),
        expected_histogram=expected_histogram(estimate, history.age, LARGEST_CLASS),
        hold_out=_judge_hold_out(history, estimate, weeks, warnings) if weeks else None,
        weeks=ends,
        cumulative=cumulative,
        expected=expected,
        spending=_spending(log, end) if log.has_money else None,
    )


def _refuse_too_little(log: PurchaseLog, weeks: int, end: int, label: str) -> None:
    """Raise if the log, or the part of it that is fitted, is too small."""
    faults = Faults(label)
    if log.customers < LEAST_CUSTOMERS:
        faults.add(
            "the file",
            f"must have at least {LEAST_CUSTOMERS} customers, got {log.customers} with {log.columns}. Use the purchases of "
            "more customers, or choose their column with --customer.",
        )
    seen = (end - log.first_day + 1) / DAYS_A_WEEK
    if log.weeks < LEAST_WEEKS:
        faults.add(
            "the file",
            f"must cover at least {LEAST_WEEKS} weeks, got {log.weeks:.1f} ({day_in_words(log.first_day)} to "
            f"{day_in_words(log.last_day)}). Use a longer log.",
        )
    elif seen < LEAST_WEEKS:
        faults.add(
            "--holdout-weeks",
            f"must leave at least {LEAST_WEEKS} weeks to fit, got {weeks} of {log.weeks:.1f}. Hold out fewer.",
        )
    faults.raise_any()


def _refuse_unidentified(history: PurchaseHistory, log: PurchaseLog, weeks: int, label: str) -> None:
    """Raise if too few customers came back in the part that is fitted: rates and dropout are not identified then."""
    faults = Faults(label)
    if history.frequency.size < LEAST_CUSTOMERS:
        faults.add(
            "--holdout-weeks",
            f"must leave at least {LEAST_CUSTOMERS} customers to fit, got {history.frequency.size} who bought by then. "
            "Hold out fewer weeks.",
        )
    elif (repeaters := int((history.frequency > 0).sum())) < LEAST_REPEATERS:
        remedy = "Use a longer log, or check that --customer does not name a column with receipts."
        if log.rows == log.customers:
            remedy = (
                "The file has one line a customer, as a summary has. Export every purchase, each in a line of its own."
            )
        elif weeks and log.customer.size > log.customers:
            remedy = f"Hold out fewer than {weeks} weeks with --holdout-weeks, or use a longer log."
        faults.add(
            "the file",
            f"must have at least {LEAST_REPEATERS} customers who came back, got {repeaters} of {history.frequency.size:,}; the "
            "others bought on one day only. How often customers buy and when they stop cannot be estimated from first "
            f"purchases. {remedy}",
        )
    faults.raise_any()


def _estimate(history: PurchaseHistory, label: str, warnings: Faults) -> tuple[beta_geometric_nbd.Fit, int]:
    """The estimate, and from how many customers: all, or an even sample over their ordered histories."""
    x, last, age = history.frequency, history.recency, history.age
    size = x.size
    if size > MOST_FITTED:
        order = np.lexsort((last, x, age))
        chosen = order[(np.arange(MOST_FITTED) * size) // MOST_FITTED]
        x, last, age = x[chosen], last[chosen], age[chosen]
    with np.errstate(all="ignore"):  # the search looks at impossible shapes too
        found = beta_geometric_nbd.fit(x, last, age)
    if not np.isfinite(found[:4]).all():
        raise ScenarioError([f"{label}: the fit must come to an end, got {found}. {_REMEDY}"])
    rates = legal_pair("lifetime.purchase_shape", "lifetime.purchase_scale", found[:2], warnings)
    dropout = legal_pair("lifetime.dropout_a", "lifetime.dropout_b", found[2:4], warnings)
    if (*rates, *dropout) == found[:4]:
        return found, x.size
    return beta_geometric_nbd.Fit(*rates, *dropout, math.nan), x.size


def _refuse_misfit(expected: float, history: PurchaseHistory, label: str, warnings: Faults) -> None:
    """Raise, or warn, if the model does not even give the number of repeat purchases that it was fitted to."""
    actual = float(history.frequency.sum())
    error = abs(expected - actual) / actual
    rule = f"must give the {actual:,.0f} repeat purchases that it was fitted to, got {expected:,.0f}. {_REMEDY}"
    if not error <= _WRONG:
        raise ScenarioError([f"{label}: the fit {rule}"])
    if error > _POOR:
        warnings.add("the fit", rule)


def _expectable(estimate: beta_geometric_nbd.Fit) -> beta_geometric_nbd.Fit:
    """The estimate, moved by a millionth if a is 1, where the formulas for expectations divide 0 by 0."""
    return estimate._replace(a=1.0 + 1e-6) if abs(estimate.a - 1.0) < 1e-6 else estimate


def _judge_hold_out(
    history: PurchaseHistory, estimate: beta_geometric_nbd.Fit, weeks: int, warnings: Faults
) -> HoldOut | None:
    """Compare the purchases that the model expects of each known customer with those made."""
    with np.errstate(all="ignore"):
        each = beta_geometric_nbd.conditional_expectation(
            _expectable(estimate), float(weeks), history.frequency, history.recency, history.age
        )
    known = np.isfinite(each)
    if not known.all():
        warnings.add(
            "the hold-out",
            f"leaves out {int((~known).sum())} of {known.size} customers, with so many purchases that the formula for their "
            "expectation overflows. The estimate itself has seen them.",
        )
    if not known.any():
        return None
    classes = np.minimum(history.frequency, LARGEST_CLASS)[known]
    size = np.bincount(classes, minlength=LARGEST_CLASS + 1)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(classes, weights=each[known], minlength=LARGEST_CLASS + 1) / size
        actual = np.bincount(classes, weights=history.later[known], minlength=LARGEST_CLASS + 1) / size
    return HoldOut(weeks, float(each[known].sum()), int(history.later[known].sum()), predicted, actual)


def expected_histogram(estimate: beta_geometric_nbd.Fit, age: FloatArray, largest: int) -> FloatArray:
    """Customers expected to make 0, 1, ... repeat purchases within their ages; the last class holds the rest.

    Source: equation 8 of the paper: still active after x purchases, or gone right after the last of them.
    """
    r, alpha, a, b, _ = estimate
    ages, number = np.unique(age, return_counts=True)
    stays = alpha / (alpha + ages)
    x = np.arange(largest)
    active = np.exp(betaln(a, b + x) - betaln(a, b))[:, None] * nbinom.pmf(x[:, None], r, stays)
    gone = np.exp(betaln(a + 1.0, b + x[1:] - 1.0) - betaln(a, b))[:, None] * nbinom.sf(x[1:, None] - 1, r, stays)
    active[1:] += gone
    found = active @ number
    return np.asarray(np.append(found, number.sum() - found.sum()), dtype=np.float64)


def _course(log: PurchaseLog, estimate: beta_geometric_nbd.Fit, end: int) -> tuple[FloatArray, IntArray, FloatArray]:
    """Repeat purchases of the customers known by ``end`` up to the end of each week: actual, and expected at the outset."""
    start, span = log.first_day, log.last_day - log.first_day + 1
    first = np.full(log.customers, np.iinfo(np.int64).max)
    np.minimum.at(first, log.customer, log.day)
    known = first <= end
    repeats = np.sort(log.day[known[log.customer] & (log.day > first[log.customer])]) - start
    births = np.bincount(first[known] - start, minlength=span)
    fresh = _expectable(estimate)
    with np.errstate(all="ignore"):
        each = [
            float(beta_geometric_nbd.conditional_expectation(fresh, day / DAYS_A_WEEK, [0], [0.0], [0.0])[0])
            for day in range(span)
        ]
    expected = np.convolve(births, each)[:span]
    days = np.append(np.arange(DAYS_A_WEEK - 1, span - 1, DAYS_A_WEEK), span - 1)
    return (days + 1) / DAYS_A_WEEK, np.searchsorted(repeats, days, side="right"), expected[days]


def _spending(log: PurchaseLog, end: int) -> SpendFit:
    """Spend model for the repeat purchases that the estimate of the rates has seen, too; first ones are often unusual."""
    early = (log.day <= end) & ~np.isnan(log.money)
    customer, money = log.customer[early], log.money[early]
    overall = float(money.mean()) if money.size else float(np.nanmean(log.money))
    first = np.full(log.customers, np.iinfo(np.int64).max)
    np.minimum.at(first, log.customer, log.day)
    repeat = log.day[early] > first[customer]
    number = np.bincount(customer[repeat], minlength=log.customers)
    total = np.bincount(customer[repeat], weights=money[repeat], minlength=log.customers)
    pays = total > 0
    number, mean = number[pays], total[pays] / number[pays]
    if number.size > MOST_FITTED:
        chosen = np.lexsort((mean, number))[(np.arange(MOST_FITTED) * number.size) // MOST_FITTED]
        number, mean = number[chosen], mean[chosen]
    with np.errstate(all="ignore"):
        return fit_spending(number, mean, overall)
