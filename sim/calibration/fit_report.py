"""Reports of a fit: on the screen, in the scenario, and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from sim.analysis.wording import format_percent, percent_figures
from sim.calibration.contract_fit import ContractFit
from sim.calibration.purchase_log import PurchaseLog, day_in_words
from sim.calibration.purchases import LARGEST_CLASS, HoldOut, PurchaseFit
from sim.calibration.spending import SpendFit

Fit = PurchaseFit | ContractFit

_LABEL = 11
_CLASSES = [*(str(x) for x in range(LARGEST_CLASS)), f"{LARGEST_CLASS}+"]


def deviation(share: float) -> str:
    """A relative error in words: ``12 % too low``."""
    size = abs(share)
    if size < 0.0005:
        return "right to a tenth of a percent"
    return f"{format_percent(size, 1 if size < 0.0995 else 0)} too {_side(share)}"


def _side(share: float) -> str:
    return "low" if share < 0 else "high"


def title(fit: Fit, name: str) -> str:
    """Title of the figure."""
    if isinstance(fit, PurchaseFit):
        return f"{name}: how well the model (BG/NBD) describes the customers"
    return f"{name}: how well the model (sBG) describes the cohort"


def origin(fit: Fit, file: str, digest: str) -> dict[str, str]:
    """Sentences that say where the numbers come from: ``data``, ``fit``, and how far to ``trust`` it."""
    if isinstance(fit, PurchaseFit):
        where = f"{_log_in_words(fit.log)}."
        return {
            "data": f"Data: {file} (SHA-256 {digest}): {where}",
            "fit": f"Fit: {_purchase_estimate(fit)}.{_spending_sentence(fit)}",
            "trust": _purchase_trust(fit),
        }
    table = fit.table
    return {
        "data": f"Data: {file} (SHA-256 {digest}): {table.column}, a cohort over {table.years} years.",
        "fit": f"Fit: {_contract_estimate(fit)}.",
        "trust": _contract_trust(fit),
    }


def _log_in_words(log: PurchaseLog) -> str:
    return (
        f"{log.customers:,} customers, {log.customer.size:,} purchases, {day_in_words(log.first_day)} to "
        f"{day_in_words(log.last_day)} ({_weeks(log.weeks)} weeks)"
    )


def _likelihood(value: float) -> str:
    return "log-likelihood unknown, since shapes were moved" if math.isnan(value) else f"log-likelihood {value:.1f}"


def _weeks(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")


def _purchase_estimate(fit: PurchaseFit) -> str:
    e = fit.estimate
    sample = f", an even sample of {fit.fitted:,} of them," if fit.fitted < fit.customers else ""
    return (
        f"BG/NBD (Fader, Hardie & Lee 2005) to {fit.customers:,} customers{sample} over the first "
        f"{_weeks(fit.calibration_weeks)} weeks, {day_in_words(fit.log.first_day)} to {day_in_words(fit.calibration_end)}: r "
        f"{e.shape:.4g}, alpha {e.scale:.4g} weeks, a {e.a:.4g}, b {e.b:.4g}, {_likelihood(e.log_likelihood)}"
    )


def _spending_sentence(fit: PurchaseFit) -> str:
    spending = fit.spending
    if spending is None:
        return " The data hold no money."
    if spending.p is None:
        return (
            f" A purchase is worth {spending.observed_mean:.4g} on average; too few came back for a model of spending."
        )
    return (
        f" Spending: gamma-gamma (Fader, Hardie & Lee 2005) to {spending.customers:,} customers who came back: p "
        f"{spending.p:.4g}, q {spending.q:.4g}, gamma {spending.gamma:.4g}; a purchase is worth {spending.mean:.4g} on "
        f"average over customers ({spending.observed_mean:.4g} over purchases)."
    )


def _purchase_trust(fit: PurchaseFit) -> str:
    """How far to trust a fit to purchases."""
    caution = (
        "The model takes each customer's first purchase in the file for the first ever, and people for unchanging; compare "
        "policies with it rather than predict sales."
    )
    held = fit.hold_out
    if held is None:
        return f"No hold-out judges this fit, so that nothing is known about how well it predicts. {caution}"
    error = "" if held.error is None else f": the fit is {deviation(held.error)}"
    return (
        f"Hold-out: over {held.weeks} weeks that the fit has not seen it predicts {held.predicted:,.0f} repeat purchases of "
        f"customers known before; they made {held.actual:,}{error}. {caution}"
    )


def _contract_estimate(fit: ContractFit) -> str:
    e = fit.estimate
    return (
        f"sBG (Fader & Hardie 2007) to years 1 to {fit.fitted_years}: alpha {e.alpha:.4g}, beta {e.beta:.4g}, "
        f"{_likelihood(e.log_likelihood)} for a cohort of {fit.table.survivors[0]:,.0f}; {format_percent(e.mean_churn, 1)} leave "
        "in the first year"
    )


def _contract_trust(fit: ContractFit) -> str:
    """How far to trust a fit to a table of retention."""
    caution = "Rates of retention rise although no customer changes: those who leave easily leave first."
    if fit.worst_held_out is None:
        return (
            f"Nothing was held out; over the {fit.fitted_years} years fitted the model is off by at most "
            f"{fit.worst_fitted:.2f} percentage points. Later years are a projection that nothing here can judge. {caution}"
        )
    return (
        f"Hold-out: over years {fit.fitted_years + 1} to {fit.table.years}, which the fit has not seen, the model is off by at "
        f"most {fit.worst_held_out:.2f} percentage points (year {fit.table.years}: "
        f"{percent_figures(fit.projected[-1], 1)} projected, {percent_figures(fit.table.shares[-1], 1)} actual); "
        f"{fit.worst_fitted:.2f} over the years fitted. {caution}"
    )


def summary(fit: Fit) -> str:
    """What is printed: what was read, what was found, how far to trust it."""
    if isinstance(fit, PurchaseFit):
        log = fit.log
        read = f"{log.rows:,} lines: {log.columns}"
        if log.merged:
            read += f"; {log.merged:,} merged into others of the same customer and day"
        rows = {"read": read, "data": _log_in_words(log), "fit": _purchase_estimate(fit)}
        if fit.spending is not None:
            rows["spending"] = _spending_sentence(fit).strip().removeprefix("Spending: ")
        rows["trust"] = _purchase_trust(fit)
        return "\n".join([*(_line(key, text) for key, text in rows.items()), "", *_class_table(fit)])
    table = fit.table
    read = f"{table.column}, survivors in {table.unit}, one line a {table.period}"
    rows = {"read": read, "fit": _contract_estimate(fit), "trust": _contract_trust(fit)}
    return "\n".join([*(_line(key, text) for key, text in rows.items()), "", *_year_table(fit)])


def _line(key: str, text: str) -> str:
    return f"{key:<{_LABEL}}{text}"


def _class_table(fit: PurchaseFit) -> Iterable[str]:
    """Customers by number of repeat purchases, and what each class did in the hold-out."""
    yield _row("repeat purchases", _CLASSES)
    yield _row("customers, actual", [str(number) for number in fit.histogram])
    yield _row("customers, model", [f"{number:.0f}" for number in fit.expected_histogram])
    if fit.hold_out is not None:
        yield _row("then each, actual", [_mean(value) for value in fit.hold_out.actual_means])
        yield _row("then each, model", [_mean(value) for value in fit.hold_out.predicted_means])


def _year_table(fit: ContractFit) -> Iterable[str]:
    """Share of the cohort left."""
    shown = range(min(fit.table.years, 12) + 1)
    yield _row("year", [str(year) for year in shown], 6)
    yield _row("left, actual, %", [percent_figures(fit.table.shares[year], 1) for year in shown], 6)
    yield _row("left, model, %", [percent_figures(fit.projected[year], 1) for year in shown], 6)


def _row(label: str, cells: Iterable[str], width: int = 8) -> str:
    return f"{label:<18}" + "".join(f"{cell:>{width}}" for cell in cells)


def _mean(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def as_json(fit: Fit) -> dict[str, Any]:
    """Fit and diagnostics as a table that JSON can hold; ``None`` for what is missing."""
    if isinstance(fit, PurchaseFit):
        return _purchases_as_json(fit)
    e = fit.estimate
    return {
        "kind": "retention",
        "column": fit.table.column,
        "unit": fit.table.unit,
        "period": fit.table.period,
        "model": "sBG (Fader & Hardie 2007)",
        "fit": {
            "alpha": e.alpha,
            "beta": e.beta,
            "log_likelihood": _number(e.log_likelihood),
            "mean_churn": e.mean_churn,
        },
        "cohort": float(fit.table.survivors[0]),
        "fitted_years": fit.fitted_years,
        "survival": {"actual": fit.table.shares.tolist(), "model": fit.projected.tolist()},
        "largest_error_points": {"fitted": fit.worst_fitted, "held_out": fit.worst_held_out},
    }


def _purchases_as_json(fit: PurchaseFit) -> dict[str, Any]:
    e, log = fit.estimate, fit.log
    return {
        "kind": "transactions",
        "lines": log.rows,
        "lines_merged": log.merged,
        "columns": log.columns,
        "purchases": int(log.customer.size),
        "first_day": day_in_words(log.first_day),
        "last_day": day_in_words(log.last_day),
        "model": "BG/NBD (Fader, Hardie & Lee 2005)",
        "fit": {"r": e.shape, "alpha_weeks": e.scale, "a": e.a, "b": e.b, "log_likelihood": _number(e.log_likelihood)},
        "calibration": {
            "weeks": fit.calibration_weeks,
            "last_day": day_in_words(fit.calibration_end),
            "customers": fit.customers,
            "customers_fitted": fit.fitted,
            "customers_who_came_back": fit.repeaters,
            "repeat_purchases": fit.repeat_purchases,
        },
        "histogram": {
            "repeat_purchases": _CLASSES,
            "actual": fit.histogram.tolist(),
            "model": _numbers(fit.expected_histogram),
        },
        "hold_out": None if fit.hold_out is None else _hold_out_as_json(fit.hold_out),
        "cumulative_repeat_purchases": {
            "week": fit.weeks.tolist(),
            "actual": fit.cumulative.tolist(),
            "model": _numbers(fit.expected),
        },
        "spending": None if fit.spending is None else _spending_as_json(fit.spending),
    }


def _hold_out_as_json(hold_out: HoldOut) -> dict[str, Any]:
    return {
        "weeks": hold_out.weeks,
        "predicted": hold_out.predicted,
        "actual": hold_out.actual,
        "relative_error": hold_out.error,
        "mean_by_repeat_purchases": {
            "repeat_purchases": _CLASSES,
            "actual": _numbers(hold_out.actual_means),
            "predicted": _numbers(hold_out.predicted_means),
        },
    }


def _spending_as_json(spending: SpendFit) -> dict[str, Any]:
    return {
        "model": "gamma-gamma (Fader, Hardie & Lee 2005)",
        "fit": None
        if spending.p is None
        else {
            "p": spending.p,
            "q": spending.q,
            "gamma": spending.gamma,
            "log_likelihood": spending.log_likelihood,
        },
        "customers": spending.customers,
        "mean": spending.mean,
        "spread": spending.spread,
        "observed_mean": spending.observed_mean,
        "correlation_with_frequency": spending.correlation,
    }


def _numbers(values: Iterable[float]) -> list[float | None]:
    """Numbers, ``None`` for what is missing."""
    return [_number(value) for value in values]


def _number(value: float) -> float | None:
    """A number, ``None`` if it is missing."""
    return float(value) if math.isfinite(value) else None
