"""What do fits tell, how often are they right, and what misfit do they see? One bank, histories set aside from its table."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from long.fits_tables import (
    COLUMNS,
    DRAWS,
    FITTED,
    PEOPLE,
    POLICY,
    RESPONDENTS,
    ROWS,
    SEED,
    Tables,
    blank_history,
    columns_of,
    table_of,
)
from sim.analysis.missing import FloatArray
from sim.fitting.checks import LEVELS, contractions, judge_ranks, log_density
from sim.fitting.conflicts import FALSE_ALARMS, Reach, find_conflicts
from sim.fitting.foretelling import foretell_last
from sim.fitting.posterior import Basis, adjust, fit_posterior, posterior_of, rank_of
from sim.fitting.summaries import in_one_thread
from sim.fitting.table import Observed, ReferenceTable, observe

SET_ASIDE, PLANTED = 1_000, 50
TRENDS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08)
"""Rises of satisfaction over the two years that the model lacks."""

JUMPS, SWINGS = (0.1, 0.2, 0.35), (0.05, 0.1, 0.15)
"""Of practice: from the second year on, and from quarter to quarter."""

RULES = ("averaging", "majority")
"""Rules of the norm other than that of the bank."""


def settings() -> str:
    """Everything that this study sets."""
    return repr((
        DRAWS, SEED, PEOPLE, RESPONDENTS, ROWS, COLUMNS, POLICY, dict(FITTED), SET_ASIDE, PLANTED, TRENDS, JUMPS,
        SWINGS, RULES, FALSE_ALARMS,
    ))  # fmt: skip


def study_fits() -> dict[str, Any]:
    """Calibration, contraction, conflicts and hold-out over histories that were set aside, and what bounds them."""
    tables = Tables(SET_ASIDE, RULES)
    clock = time.perf_counter()
    table, observed, known, basis = learned(tables.plain)
    seconds = time.perf_counter() - clock
    return {
        "seconds_of_learning": round(seconds, 1),
        **judged(table, basis, *known),
        "crude_trial": crude_trial(table, observed, *known),
        "conflicts": conflicts(observed, basis, known[1], tables.rules),
        "holdout": holdout(table, observed, basis),
    }


Known = tuple[FloatArray, FloatArray]
"""True positions (histories, parameters) of histories that were set aside, and these histories (histories, rows, columns)."""


def learned(drawn: tuple[Any, FloatArray, FloatArray]) -> tuple[ReferenceTable, Observed, Known, Basis]:
    """A table without the histories that are set aside, these with their sampling errors, and what is learned from the table."""
    parameters, unit, seen = drawn
    expected = columns_of(seen)
    table = table_of(parameters, unit[:DRAWS], expected[:DRAWS])
    observed = blank_history()
    histories = observe(expected[DRAWS:], observed, np.random.default_rng([SEED, 1]))
    observed = replace(observed, values=histories[0])
    simulated = observe(table.expected, observed, np.random.default_rng([SEED, 2]))
    basis = fit_posterior(table, simulated, observed, SEED).basis
    return table, observed, (unit[DRAWS:, : len(FITTED)], histories), basis


@in_one_thread
def judged(table: ReferenceTable, basis: Basis, truth: FloatArray, histories: FloatArray) -> dict[str, Any]:
    """Coverage, contraction, log score, and the bound that predictions put on the contraction; rank curves outside the band."""
    ranks, shrunk, gain = fitted(table, basis, truth, histories)
    inside = np.abs(ranks - 0.5)
    predicted_share = variance_predicted(table, basis, truth, histories)
    _, out = judge_ranks(ranks)
    parameters = {
        name: {
            "coverage": {f"{level:g}": round(float((inside[:, at] <= level / 2).mean()), 3) for level in LEVELS},
            "contraction": round(float(np.median(shrunk[:, at])), 3),
            "log_score": {
                "mean": round(float(gain[:, at].mean()), 3),
                "standard_error": round(float(gain[:, at].std() / np.sqrt(len(gain))), 3),
            },
            "variance_predicted": {learner: round(float(share[at]), 3) for learner, share in predicted_share.items()},
            "contraction_of_the_best": round(
                float(1.0 - np.sqrt(1.0 - max(0.0, *(share[at] for share in predicted_share.values())))), 3
            ),
        }
        for at, name in enumerate(table.priors.names)
    }
    outside = [name for name, is_out in zip(parameters, out, strict=True) if is_out]
    return {"parameters": parameters, "rank_curves_outside_band": outside}


def fitted(
    table: ReferenceTable, basis: Basis, truth: FloatArray, histories: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Rank of the truth, contraction and log score, each (histories, parameters)."""
    found = []
    for place, history in zip(truth, histories, strict=True):
        posterior = posterior_of(table, basis, history)
        draws, weights = posterior.unit, posterior.weights
        found.append((
            rank_of(place, draws, weights), contractions(draws, weights), log_density(place, draws, weights)
        ))  # fmt: skip
    ranks, shrunk, gain = (np.stack(each) for each in zip(*found, strict=True))
    return ranks, shrunk, gain


def variance_predicted(
    table: ReferenceTable, basis: Basis, truth: FloatArray, histories: FloatArray
) -> Mapping[str, FloatArray]:
    """Share of the variance of each parameter that is predicted in histories set aside: by the summaries, by boosted trees."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    features = basis.summaries.features
    standard, aside = features(basis.simulated), features(histories)

    def share(predicted: FloatArray) -> FloatArray:
        return np.asarray(1.0 - ((predicted - truth) ** 2).mean(axis=0) / truth.var(axis=0))

    learners = basis.summaries.learners
    own = np.mean([each.regression(aside) + basis.summaries.share * each.rest(aside) for each in learners], axis=0)
    trees = np.stack(
        [
            HistGradientBoostingRegressor(max_iter=150, learning_rate=0.05, max_leaf_nodes=8, random_state=SEED)
            .fit(standard, table.unit[:, at])
            .predict(aside)
            for at in range(truth.shape[1])
        ],
        axis=1,
    )
    return {"summaries": share(own), "boosted_trees": share(trees)}


@in_one_thread
def crude_trial(table: ReferenceTable, observed: Observed, truth: FloatArray, histories: FloatArray) -> dict[str, Any]:
    """The same without cross-fitting: a network's predictions of the draws it was trained with, and local linear adjustment.

    What it was trained with it predicts better than what it was not, so that draws look closer to the truth than they are.
    """
    from sklearn.neural_network import MLPRegressor

    simulated = observe(table.expected, observed, np.random.default_rng([SEED, 3]))
    center, spread = simulated.mean(axis=0), simulated.std(axis=0)

    def standard(values: FloatArray) -> FloatArray:
        return np.asarray((values - center) / spread).reshape(len(values), -1)

    network = MLPRegressor(hidden_layer_sizes=(64, 32), alpha=1e-3, max_iter=60, early_stopping=True, random_state=SEED)
    network.fit(standard(simulated), table.unit)
    inner, own = network.predict(standard(simulated)), network.predict(standard(histories))
    everything = np.ones(table.unit.shape[1], dtype=np.bool_)
    ranks, shrunk = [], []
    for place, summary in zip(truth, own, strict=True):
        draws, weights, _ = adjust(table.unit, inner - summary, everything, 0.2)
        ranks.append(rank_of(place, draws, weights))
        shrunk.append(contractions(draws, weights))
    away = np.abs(np.array(ranks) - 0.5)
    return {
        name: {
            "coverage": {f"{level:g}": round(float((away[:, at] <= level / 2).mean()), 3) for level in LEVELS},
            "contraction": round(float(np.median(np.array(shrunk)[:, at])), 3),
        }
        for at, name in enumerate(table.priors.names)
    }


def planted_histories(own: FloatArray) -> dict[str, FloatArray]:
    """Histories of the model with something added that it lacks."""
    rows, found = own.shape[1], {}
    course = np.linspace(0.0, 1.0, rows)
    practice, satisfaction = COLUMNS.index("practice"), COLUMNS.index("satisfaction")
    second_year, swing = (np.arange(rows) >= rows // 2) * 1.0, np.where(np.arange(rows) % 2, 0.5, -0.5)
    for kind, sizes, column, form in (
        ("trend", TRENDS, satisfaction, course),
        ("jump", JUMPS, practice, second_year),
        ("swing", SWINGS, practice, swing),
    ):
        for size in sizes:
            changed = own.copy()
            changed[:, :, column] = np.clip(changed[:, :, column] + size * form, 0.0, 1.0)
            found[f"{kind} of {100 * size:g} points in {COLUMNS[column]}"] = changed
    return found


@in_one_thread
def conflicts(
    observed: Observed, basis: Basis, histories: FloatArray, rules: Mapping[str, FloatArray]
) -> dict[str, Any]:
    """How many histories are called a conflict: those of the model, those with something planted, those of another rule."""
    reach = Reach.of(basis)

    def flagged(some: FloatArray) -> int:
        return sum(bool(find_conflicts(replace(observed, values=each), reach)[0]) for each in some)

    own = histories[:PLANTED]
    found: dict[str, Any] = {
        "false_alarms": {"flagged": flagged(histories), "histories": len(histories)},
        "false_alarms_in_the_first": {"flagged": flagged(own), "histories": len(own)},
        "error_of_satisfaction": round(
            float(observed.deviations[COLUMNS.index("satisfaction")] / np.sqrt(RESPONDENTS)), 4
        ),
        "planted": {name: flagged(some) for name, some in planted_histories(own).items()},
        "other_rules": {},
    }
    for rule, expected in rules.items():
        other = observe(columns_of(expected), observed, np.random.default_rng([SEED, 4]))
        found["other_rules"][rule] = {"flagged": flagged(other[:PLANTED]), **area_under_curve_of(histories, other)}
    return found


def area_under_curve_of(own: FloatArray, other: FloatArray) -> dict[str, float]:
    """How well a classifier tells histories of two rules apart that it has not seen: area under its curve (.5: not at all)."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    some = np.concatenate([own[: len(other)], other]).reshape(2 * len(other), -1)
    which = np.repeat([0, 1], len(other))
    order = np.random.default_rng(SEED).permutation(len(which))
    found = {}
    for name, classifier in (
        (
            "logistic",
            make_pipeline(StandardScaler(), PolynomialFeatures(2), LogisticRegression(C=0.003, max_iter=2000)),
        ),
        ("boosted_trees", HistGradientBoostingClassifier(max_iter=100, learning_rate=0.05, random_state=SEED)),
    ):
        score = cross_val_predict(classifier, some[order], which[order], cv=5, method="predict_proba")[:, 1]
        found[name] = round(float(roc_auc_score(which[order], score)), 3)
    return {"area_under_curve": max(found.values()), "histories_of_each": len(other)}


def holdout(table: ReferenceTable, observed: Observed, basis: Basis) -> dict[str, Any]:
    """Error of the last two quarters, foretold, as a multiple of "as in the row before", over histories of the table."""
    found = foretell_last(table, observed, basis.simulated, SEED, 2)
    assert found is not None
    ratios = found.ratios
    return {
        "histories": len(ratios),
        "median_ratio": round(float(np.median(ratios)), 3),
        "mean_ratio": round(float(np.exp(np.log(ratios).mean())), 3),
        "share_better": round(float((ratios < 1.0).mean()), 3),
    }
