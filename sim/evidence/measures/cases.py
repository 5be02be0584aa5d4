"""Measures of published cases that set no parameter: what was done there is done to organizations drawn from the priors.

One organization a draw: all parameters that nobody knows come from their plausible ranges
(:func:`sim.evidence.region.draw_organization`), and the
organization ships as it is otherwise, at :data:`SIZE`. A measure is the mean over draws, or a share of them. Each docstring
says how the study is mirrored. Units are mapped as follows, and only differences are meant:

- share of cases handled as they should be (screened, vaccinated, hands washed): ``enacted``, the share of needs served;
- share of people who took a behavior up: ``practicing``;
- what an organization records about itself: ``reported``; harm per thousand: ``failures`` per contact;
- a satisfaction index of 0 to 100: ``satisfaction`` times 100; work environment: ``employee_satisfaction``.

An organization of the model serves customers, and most cases are hospitals: a mechanism is tested here, not an industry.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import inf, isnan, nan
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import qmc

from sim.analysis.intervals import paired_bootstrap
from sim.evidence.fact import Fact, load_facts
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.measures.experiments import Pair, policy_of, seeds
from sim.evidence.measures.organization import held
from sim.evidence.measures.people import UNITS_DIFFER_IN
from sim.evidence.region import draw_organization, organizations_key, parameter_overrides
from sim.evidence.registry import measure
from sim.model.kernel.array_types import BoolArray, FloatArray
from sim.model.organization import Organization
from sim.model.registry import current
from sim.model.scenario import Scenario, shipped
from sim.model.simulation import Run, burn_in, simulate, with_policy

DRAWS = 100
"""Organizations of a full run; an eighth of them in a quick one."""

SIZE: Mapping[str, Any] = {"employees.number": 150, "customers.initial": 300, "customers.market": 400}
"""Size of an organization, so that a case costs seconds. Executives leave by chance, as the scenario has it."""

YEAR, HALF_YEAR, QUARTER = 52, 26, 13

Arms = Mapping[str, Run]
Value = Callable[[Arms], float]
Events = tuple[tuple[tuple[str, Any], ...], ...]
"""Events as tuples of key and value, so that they can be the key of a cache."""


@dataclass(frozen=True)
class Case:
    """How a study is mirrored.

    Attributes:
        arms: Policy of each arm by name of the arm; all arms share organization, seed and chance.
        weeks: Length of a run.
        values: What is read off one organization, by name of the part.
        scenario: Name of the scenario; ``fixed`` are parameters that the study sets.
        events: Events by arm.
    """

    arms: Mapping[str, str | Mapping[str, Any]]
    weeks: int
    values: Mapping[str, Value]
    scenario: str = "retail-bank"
    fixed: Mapping[str, Any] = field(default_factory=dict)
    events: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)


def published_policy(name: str) -> Mapping[str, Any]:
    """What was done in a case whose history ships as an example for ``centricity fit``: the phases of its policy file."""
    path = shipped.top() / "experiments" / "published" / f"{name}.toml"
    return {"phases": tomllib.loads(path.read_text(encoding="utf-8"))["phases"]}


def mean_over(run: Run, outcome: str, first: int, last: int) -> float:
    """Mean of a weekly outcome over weeks ``first`` to ``last`` (exclusive); missing weeks are left out."""
    return float(np.nanmean(run.weekly[outcome].to_numpy()[first:last]))


def difference(arms: Arms, outcome: str, first: int, last: int, arm: str = "treated", other: str = "control") -> float:
    """Mean of an outcome in one arm minus that in another, over some weeks."""
    return mean_over(arms[arm], outcome, first, last) - mean_over(arms[other], outcome, first, last)


def failure_rate(run: Run, first: int, last: int) -> float:
    """Failures per contact over some weeks; missing without contacts."""
    weekly = run.weekly.iloc[first:last]
    contacts = float(weekly["contacts"].sum())
    return float(weekly["failures"].sum()) / contacts if contacts > 0.0 else nan


def run_arms(case: Case, number: int, of: int) -> dict[str, Run]:
    """All arms of a case on one drawn organization."""
    (seed,) = list(seeds(f"cases {of}", of))[number : number + 1]
    burned_in: dict[Events, Organization] = {}
    runs = {}
    for arm, policy in case.arms.items():
        events = tuple(tuple(event.items()) for event in case.events.get(arm, ()))
        if events not in burned_in:
            scenario = _scenario(case.scenario, events)
            fixed = {**parameter_overrides.get(), **SIZE, **case.fixed}
            given = {**draw_organization(scenario, number, fixed), **fixed}
            burned_in[events] = burn_in(scenario.override(given), seed)
        organization = burned_in[events]
        runs[arm] = simulate(with_policy(organization, policy_of(organization.scenario, policy)), case.weeks)
    return runs


@lru_cache(maxsize=8)
def _scenario(name: str, events: Events) -> Scenario:
    """A scenario that ships, with these events instead of its own."""
    table = {key: value for key, value in Scenario.load(name).to_dict().items() if key != "events"}
    return Scenario.from_dict(
        {**table, "events": [dict(each) for each in events]} if events else table, place="evidence"
    )


@lru_cache(maxsize=150)
def _arms(key: Any, name: str, number: int, of: int) -> dict[str, Run]:
    """Rows of one case share runs; ``key`` is only part of the cache's key."""
    return run_arms(CASES[name], number, of)


def values_of(name: str, part: str, of: int) -> FloatArray:
    """What is read off each drawn organization."""
    value = CASES[name].values[part]
    return np.array([value(_arms(organizations_key(), name, number, of)) for number in range(of)])


def mean_of_draws(values: ArrayLike) -> Measurement:
    """Mean over organizations with its interval; those without a value are left out."""
    sample = np.asarray(values, dtype=np.float64)
    sample = sample[~np.isnan(sample)]
    return Measurement.of_runs(sample) if sample.size else Measurement(nan, nan, nan, 0)


def ratio_of_draws(above: FloatArray, below: FloatArray, least: float) -> Measurement:
    """Ratio of two means over organizations, with a paired bootstrap interval; missing if ``below`` is under ``least``."""
    there = ~(np.isnan(above) | np.isnan(below))
    above, below = above[there], below[there]
    if below.size == 0 or below.mean() < least:
        return Measurement(nan, nan, nan, int(below.size))
    interval = paired_bootstrap(np.array([below, above]), lambda means: means[1] / means[0])
    return Measurement(interval.mean, interval.low, interval.high, int(below.size))


def _ratio(above: float, below: float, least: float) -> float:
    return above / below if below >= least else nan


def _draws(run_budget: RunBudget, draws: int) -> int:
    return run_budget.runs(draws, max(2, draws // 8))


_LEAST = 0.02
"""Smallest lift of which a share can be kept."""

# --- Bloom et al. 2020 -----------------------------------------------------------------------------------------------

_CONSULTED = published_policy("bloom-8y")
_YEAR_ONE, _YEAR_NINE = (YEAR - QUARTER, YEAR), (442 - QUARTER, 442 + QUARTER)


def adopted_in_year_one(arms: Arms) -> float:
    """What treated plants practice above the others at the end of the first year."""
    return difference(arms, "practicing", *_YEAR_ONE)


def adopted_in_year_nine(arms: Arms) -> float:
    """What is left of that after eight and a half years."""
    return difference(arms, "practicing", *_YEAR_NINE)


def _risen(arms: Arms, first: int, last: int) -> float:
    return difference(arms, "practicing", first, last, other="before")


BLOOM = Case(
    arms={"treated": _CONSULTED, "control": {"phases": _CONSULTED["phases"][:1]}, "before": {}},
    weeks=442 + QUARTER,
    values={
        "adopted": adopted_in_year_one,
        "kept": lambda arms: _ratio(adopted_in_year_nine(arms), adopted_in_year_one(arms), _LEAST),
        "dropped": lambda arms: 1.0 - _ratio(_risen(arms, *_YEAR_NINE), _risen(arms, *_YEAR_ONE), _LEAST),
    },
)


@measure("cases.bloom_8y")
def bloom_8y(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Weaving plants in India, 8 to 9 years after four months of consulting, against plants that got a diagnosis only.

    All plants get a month of procedures and monitoring (the diagnosis); treated ones 18 weeks more, with full coaching (the
    consultants on the floor). Then nothing. Practices in use: ``practicing``; compliance with procedures would end with them.
    ``adopted``: treated minus control at the end of year 1. ``kept``: that gap after 8.5 years, as a share. ``dropped``:
    share of what treated plants had taken up (above the same plant left alone) that is gone. The consultants' later visits
    for measurement are left out.
    """
    of = _draws(run_budget, draws)
    if part == "adopted":
        return mean_of_draws(values_of("bloom-8y", part, of))
    runs = [_arms(organizations_key(), "bloom-8y", number, of) for number in range(of)]
    if part == "kept":
        above, below = [adopted_in_year_nine(arms) for arms in runs], [adopted_in_year_one(arms) for arms in runs]
        return ratio_of_draws(np.array(above), np.array(below), _LEAST)
    above, below = [_risen(arms, *_YEAR_NINE) for arms in runs], [_risen(arms, *_YEAR_ONE) for arms in runs]
    left = ratio_of_draws(np.array(above), np.array(below), _LEAST)
    return Measurement(1.0 - left.value, 1.0 - left.high, 1.0 - left.low, left.runs)


# --- Ament et al. 2015 -----------------------------------------------------------------------------------------------

_LATE = YEAR + 135  # 2.6 years after implementation


def share_sustained(early: float, late: float) -> str:
    """``kept`` where nine tenths or more of a lift is left, ``lost`` under one half, else ``partly``; empty without a lift."""
    if early < _LEAST:
        return ""
    return "kept" if late >= 0.9 * early else "lost" if late < 0.5 * early else "partly"


def _sustained(arms: Arms) -> str:
    early, late = (difference(arms, "enacted", week - QUARTER, week) for week in (YEAR, _LATE + QUARTER // 2))
    return share_sustained(early, late)


def _as_share(part: str) -> Value:
    """1 for an organization that did this with its lift, 0 for one that did not; missing without a lift."""

    def value(arms: Arms) -> float:
        found = _sustained(arms)
        return float(found == part) if found else nan

    return value


AMENT = Case(
    arms={
        "treated": {"until": YEAR, "procedures": 0.8, "monitoring": 0.6, "training": 0.5},
        "control": {},
    },
    weeks=_LATE + QUARTER,
    values={part: _as_share(part) for part in ("kept", "partly", "lost")},
)


@measure("cases.ament_2015")
def ament_2015(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Adherence to guidelines 2.6 years after a year in which they were introduced: share of organizations that kept it.

    Introduction: procedures, monitoring and half an hour of training a week for a year, then nothing. Adherence: lift in
    ``enacted``. Kept: at least nine tenths of the lift at the end; lost: under half; partly: between. The cuts are this
    measure's; the review's studies judged by significance. Organizations without a lift had nothing to keep and are left out.
    """
    found = values_of("ament-2015", part, _draws(run_budget, draws))
    found = found[~np.isnan(found)]
    return Measurement.of_share(int(found.sum()), found.size) if found.size else Measurement(nan, nan, nan, 0)


# --- Jones et al. 2013 -----------------------------------------------------------------------------------------------

LEAST_ADOPTED, MOST_ADOPTED = 0.028, 0.31

JONES = Case(
    arms={"treated": {"until": YEAR, "training": 7 * 0.59 / YEAR}, "control": {}},
    weeks=YEAR,
    values={
        "adopted": lambda arms: difference(arms, "practicing", YEAR - QUARTER, YEAR),
        "inside": lambda arms: float(
            LEAST_ADOPTED <= difference(arms, "practicing", YEAR - QUARTER, YEAR) <= MOST_ADOPTED
        ),
    },
)


@measure("cases.jones_2013")
def jones_2013(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Team training in 24 hospitals over a year: share of people who took the behaviors up.

    Seven hours a head for the 59 % who were reached, spread over everyone and the year. ``adopted``: mean lift in
    ``practicing`` at the end. ``inside``: share of organizations between the lowest and the highest of the 24 hospitals.
    Published is a level after the program and not a lift; the behaviors were new there, so the two should be close.
    """
    values = values_of("jones-2013", part, _draws(run_budget, draws))
    return mean_of_draws(values) if part == "adopted" else Measurement.of_share(int(values.sum()), values.size)


# --- Lester et al. 2010 ----------------------------------------------------------------------------------------------


def _served_in_year(arms: Arms, year: int) -> float:
    return difference(arms, "enacted", (year - 1) * YEAR, year * YEAR)


LESTER = Case(
    arms={"treated": published_policy("lester-2010"), "control": {}},
    weeks=9 * YEAR,
    values={
        "rise": lambda arms: _served_in_year(arms, 5) - _served_in_year(arms, 1),
        "below": lambda arms: _served_in_year(arms, 9) - _served_in_year(arms, 1),
        "slope": lambda arms: (_served_in_year(arms, 9) - _served_in_year(arms, 5)) / 4.0,
    },
)


@measure("cases.lester_2010")
def lester_2010(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Screening at 35 facilities under five years of a facility's incentive, and four years without it again.

    A quarter of a full bonus on the score (the incentive went to facilities, for one indicator of many). Share screened:
    ``enacted``. ``rise``: year 5 minus year 1; ``below``: year 9 minus year 1; ``slope``: yearly change after removal. All
    are taken of the lift over the twin, which stands for the trend that the study, without a control group, could not remove.
    """
    return mean_of_draws(values_of("lester-2010", part, _draws(run_budget, draws)))


# --- Morales et al. 2023 ---------------------------------------------------------------------------------------------

_END_OF_BONUS = 5 * YEAR
_THREE_YEARS_ON = (_END_OF_BONUS + 3 * YEAR - HALF_YEAR, _END_OF_BONUS + 3 * YEAR)

QOF = Case(
    arms={"treated": {"until": _END_OF_BONUS, "score_bonus": 0.5}, "control": {"score_bonus": 0.5}},
    weeks=_END_OF_BONUS + 3 * YEAR,
    values={
        "recorded": lambda arms: difference(arms, "reported", *_THREE_YEARS_ON),
        "served": lambda arms: difference(arms, "enacted", *_THREE_YEARS_ON),
        "recorded-more": lambda arms: (
            difference(arms, "reported", *_THREE_YEARS_ON) - difference(arms, "enacted", *_THREE_YEARS_ON)
        ),
    },
)


@measure("cases.qof_scotland_2016")
def qof_scotland_2016(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Scotland ended general practices' pay for indicators in 2016, England kept it: Scotland minus England, three years on.

    Both arms have half of a full bonus for five years (twelve in the case); then one loses it. What is ticked in a box is
    ``reported``; what patients got (intermediate outcomes, treatments) is ``enacted``.
    """
    return mean_of_draws(values_of("qof-scotland-2016", part, _draws(run_budget, draws)))


# --- Gallani 2017 ----------------------------------------------------------------------------------------------------

_SIX_MONTHS_ON = (QUARTER + HALF_YEAR - QUARTER // 2, QUARTER + HALF_YEAR + QUARTER // 2 + 1)

GALLANI = Case(
    arms={
        "paid": {"until": QUARTER, "score_bonus": 1.0},
        "peers": {"until": QUARTER, "coaching": 0.5},
        "control": {},
    },
    weeks=YEAR,
    values={
        "faster": lambda arms: difference(arms, "enacted", 0, QUARTER, "paid", "peers"),
        "reversed": lambda arms: difference(arms, "enacted", *_SIX_MONTHS_ON, "paid", "peers"),
        "gone": lambda arms: difference(arms, "enacted", *_SIX_MONTHS_ON, "paid", "control"),
    },
)


@measure("cases.gallani_2017")
def gallani_2017(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Hand hygiene in one hospital over a 90 days' initiative: staff paid a bonus, physicians under peer pressure alone.

    Two organizations instead of two groups in one, since service is not recorded by group: a full bonus for 13 weeks, or
    half of a full coaching program, the resource nearest to colleagues who stand by and remind one. Hands washed: ``enacted``.
    ``faster``: paid minus peers during the initiative; ``reversed``: the same six months after it; ``gone``: paid minus
    the same organization left alone, six months after.
    """
    return mean_of_draws(values_of("gallani-2017", part, _draws(run_budget, draws)))


# --- Pronovost et al. 2010 -------------------------------------------------------------------------------------------


def _failures_ratio(arms: Arms, first: int, last: int) -> float:
    return _ratio(failure_rate(arms["treated"], first, last), failure_rate(arms["control"], first, last), 1e-9)


KEYSTONE = Case(
    arms={"treated": published_policy("keystone"), "control": {}},
    weeks=156,
    values={
        "eighteen-months": lambda arms: _failures_ratio(arms, 65, 78),
        "three-years": lambda arms: _failures_ratio(arms, 143, 156),
    },
)


@measure("cases.keystone")
def keystone(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Infections in 90 intensive care units of Michigan, 18 and 36 months after a checklist came, measurement kept up.

    Procedures and monitoring throughout; training and some coaching for 18 months; then as much training as orientation of
    newcomers takes. Infections per catheter day: ``failures`` per contact, as a ratio to the same organization left alone.
    """
    return mean_of_draws(values_of("keystone", part, _draws(run_budget, draws)))


# --- Staats et al. 2017 ----------------------------------------------------------------------------------------------

STAATS = Case(
    arms={
        "treated": {"phases": [{"procedures": 0.8}, {"from": 26, "until": 156, "monitoring": 0.8}]},
        "control": {"procedures": 0.8},
    },
    weeks=208,
    values={
        "rise": lambda arms: difference(arms, "enacted", 26, 78),
        "decline": lambda arms: difference(arms, "enacted", 130, 156) - difference(arms, "enacted", 52, 78),
        "below": lambda arms: difference(arms, "enacted", 169, 195),
    },
)


@measure("cases.staats_2017")
def staats_2017(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Hand hygiene in 71 hospital units that were monitored electronically, and in nine where that ended.

    Both arms have the procedure; one is monitored from week 26 to 156. Hands washed: ``enacted``. ``rise``: first year of
    monitoring; ``decline``: last half year of it minus its second half year; ``below``: three to nine months after it.
    """
    return mean_of_draws(values_of("staats-2017", part, _draws(run_budget, draws)))


# --- Home Depot ------------------------------------------------------------------------------------------------------

HOSTILE_SUCCESSION: Mapping[str, Any] = {
    "kind": "executive_succession",
    "week": 4,
    "share": 1.0,
    "customer_weight": 0.0,
}
"""The successor who cut costs, and with him executives who do not weigh customers at all."""

HOME_DEPOT = Case(
    arms={"treated": {}, "control": {}},
    weeks=5 * YEAR,
    values={
        "satisfaction": lambda arms: difference(arms, "satisfaction", 4 * YEAR, 5 * YEAR),
        "profit": lambda arms: (
            mean_over(arms["treated"], "profit", 4, 5 * YEAR)
            - mean_over(arms["control"], "profit", 4, 5 * YEAR)
        ),
    },
    fixed={"customers.contract_share": 0.0, "executives.succession": 0.0},
    events={"treated": (HOSTILE_SUCCESSION,)},
)  # fmt: skip


@measure("cases.home_depot")
def home_depot(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Satisfaction at Home Depot in the fifth year of a chief executive who cut costs, and profit under him.

    A bank's departments, but customers without contract, as of a store. All executives are replaced in week 4 and stay, as
    he did for six years; nobody else leaves by chance. The difference is taken to the same organization without the
    succession. Published is a series without control that begins in his first year.
    """
    return mean_of_draws(values_of("home-depot", part, _draws(run_budget, draws)))


# --- Veterans' health care -------------------------------------------------------------------------------------------

_ACCOUNTABLE = {
    "procedures": 0.8,
    "monitoring": 0.6,
    "audit_probability": 0.5,
    "audit_independence": 0.8,
    "audit_consequence": 0.5,
}

VETERANS = Case(
    arms={"treated": _ACCOUNTABLE, "control": {}},
    weeks=8 * YEAR,
    values={
        "rise": lambda arms: difference(arms, "enacted", 7 * YEAR, 8 * YEAR),
        "kept": lambda arms: (
            difference(arms, "enacted", 7 * YEAR, 8 * YEAR) - difference(arms, "enacted", 3 * YEAR, 4 * YEAR)
        ),
    },
    scenario="public-agency",
)


@measure("cases.va_1995_2003")
def va_1995_2003(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Vaccinations in the health care of United States veterans over eight years of measurement with accountability.

    The public agency, with procedures, monitoring and an audit that is mostly independent and has consequences, all kept
    up. Share vaccinated: ``enacted``. ``rise``: lift in year 8; ``kept``: lift in year 8 minus lift in year 4.
    """
    return mean_of_draws(values_of("va-1995-2003", part, _draws(run_budget, draws)))


# --- Magnet hospitals ------------------------------------------------------------------------------------------------

MAGNET = Case(
    arms={
        "treated": {"relief": 0.3, "recovery_authority": 0.5, "sponsor_attention": 0.1, "training": 0.25},
        "control": {},
    },
    weeks=7 * YEAR,
    values={
        "environment": lambda arms: difference(arms, "employee_satisfaction", 6 * YEAR, 7 * YEAR),
        "failures": lambda arms: (
            failure_rate(arms["treated"], 6 * YEAR, 7 * YEAR) - failure_rate(arms["control"], 6 * YEAR, 7 * YEAR)
        ),
    },
)


@measure("cases.magnet")
def magnet(run_budget: RunBudget, part: str, draws: int = DRAWS) -> Measurement:
    """Hospitals that became magnets for nurses over seven years, against others: work environment, and deaths.

    Kept up for seven years: relief (staffing), authority to make failures right (autonomy), executives' attention
    (supportive leadership) and training. Environment: ``employee_satisfaction``; deaths: ``failures`` per contact, of which
    only the direction can be compared.
    """
    return mean_of_draws(values_of("magnet", part, _draws(run_budget, draws)))


# --- Schneider, White & Paul 1998 ------------------------------------------------------------------------------------

_BRANCH: Mapping[str, Any] = {"employees.number": 12, "customers.initial": 60, "customers.market": 80}
_WAVES = ((0, HALF_YEAR), (2 * YEAR, 2 * YEAR + HALF_YEAR))


def lagged_effect(cause: FloatArray, effect: FloatArray) -> float:
    """Standardized effect of the first wave of one series on the second wave of another, that one's first wave held fixed.

    Args:
        cause, effect: One row a branch, one column a wave.
    """
    columns = [cause[:, 0], effect[:, 0], effect[:, 1]]
    first, before, after = ((column - column.mean()) / max(float(column.std()), 1e-12) for column in columns)
    found, *_ = np.linalg.lstsq(np.column_stack([first, before]), after, rcond=None)
    return float(found[0])


@lru_cache(maxsize=150)
def _waves(key: Any, number: int, of: int, branches: int) -> tuple[FloatArray, FloatArray]:
    """Employees' and customers' satisfaction in the branches of one bank, one column a wave."""
    bank = _scenario("retail-bank", ())
    drawn = draw_organization(bank, number, parameter_overrides.get())
    differ = [current().parameters[name] for name in UNITS_DIFFER_IN]
    points = qmc.LatinHypercube(d=len(differ), rng=np.random.default_rng([number, of])).random(branches)
    employees, customers = np.empty((branches, 2)), np.empty((branches, 2))
    for branch, seed in enumerate(seeds(f"branches {number} {of}", branches)):
        own = {
            each.name: float(each.plausible[0] + share * (each.plausible[1] - each.plausible[0]))
            for each, share in zip(differ, points[branch], strict=True)
            if each.plausible
        }
        scenario = bank.override({**parameter_overrides.get(), **drawn, **_BRANCH, **own})
        run = simulate(burn_in(scenario, seed), _WAVES[1][1])
        for wave, weeks in enumerate(_WAVES):
            employees[branch, wave] = mean_over(run, "employee_satisfaction", *weeks)
            customers[branch, wave] = mean_over(run, "satisfaction", *weeks)
    return employees, customers


@measure("cases.schneider_1998")
def schneider_1998(
    run_budget: RunBudget,
    part: Literal["staff-to-customers", "customers-to-staff"],
    draws: int = 30,
    branches: int = 40,
) -> Measurement:
    """Branches of a bank in two waves: whether employees' view foretells customers' view, and the other way round.

    Each draw is a bank; its branches are organizations of 12 that differ in load, people and local competition (as for the
    unit correlations). Service climate: ``employee_satisfaction``; customers' view: ``satisfaction``. Waves are two years
    apart. Mean over banks of the standardized effect, the outcome's own earlier level held fixed.
    """
    of = _draws(run_budget, draws)
    found = []
    for number in range(of):
        employees, customers = _waves(organizations_key(), number, of, branches)
        first, second = (employees, customers) if part == "staff-to-customers" else (customers, employees)
        found.append(lagged_effect(first, second))
    return mean_of_draws(found)


CASES: Mapping[str, Case] = {
    "bloom-8y": BLOOM,
    "ament-2015": AMENT,
    "jones-2013": JONES,
    "lester-2010": LESTER,
    "qof-scotland-2016": QOF,
    "gallani-2017": GALLANI,
    "keystone": KEYSTONE,
    "staats-2017": STAATS,
    "home-depot": HOME_DEPOT,
    "va-1995-2003": VETERANS,
    "magnet": MAGNET,
}
"""Cases whose runs are arms of one organization, by the group of their facts."""

SCORED_ON_ONE_DRAW = tuple(name for name in CASES if name != "ament-2015")
"""Cases that one organization passes or not. Ament et al. is a distribution over organizations, Schneider et al. a
correlation over branches: neither can be judged on one."""

# --- Pattern-oriented use --------------------------------------------------------------------------------------------

VALUE_DRIVEN = Case(arms={"treated": "value-driven", "control": {}}, weeks=215, values={})


def passes(arms: Mapping[str, Arms], facts: list[Fact]) -> int:
    """Number of cases of which one organization shows every row; what has no value is not shown."""
    shown = 0
    for name, runs in arms.items():
        rows = [fact for fact in facts if fact.id.split("/")[0] == name]
        found = [(CASES[name].values[str(fact.arguments["part"])](runs), fact) for fact in rows]
        shown += all(not isnan(value) and fact.low <= value <= fact.high for value, fact in found)
    return shown


@lru_cache(maxsize=4)
def _scored_draws(key: Any, of: int) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """For each drawn organization: how many cases it passes, and whether the value-driven policy holds there."""
    facts = [fact for fact in load_facts() if "part" in fact.arguments and not fact.calibrated]
    counts, holds = [], []
    for number in range(of):
        counts.append(passes({name: run_arms(CASES[name], number, of) for name in SCORED_ON_ONE_DRAW}, facts))
        runs = run_arms(VALUE_DRIVEN, number, of)
        holds.append(held(Pair(runs["treated"], runs["control"])))
    return tuple(counts), tuple(holds)


def passing_most(counts: ArrayLike, share: float) -> BoolArray:
    """Which organizations are among those that pass most cases: the best ``share`` of them, ties included."""
    numbers = np.asarray(counts, dtype=np.float64)
    limit = np.sort(numbers)[::-1][max(1, round(share * numbers.size)) - 1] if numbers.size else inf
    found: BoolArray = numbers >= limit
    return found


@measure("cases.value_driven_holds")
def value_driven_holds(
    run_budget: RunBudget, reading: Literal["prior", "posterior", "passed"], share: float = 0.25, draws: int = DRAWS
) -> Measurement:
    """Share of drawn organizations in which value-driven change holds two years on: all, or those that pass most cases.

    Each organization lives through all cases of :data:`SCORED_ON_ONE_DRAW` and, once more, through the value-driven policy.
    ``prior``: of all organizations. ``posterior``: of those who pass most cases (the best quarter, ties included), which is
    what the cases leave of the prior (pattern-oriented modeling). ``passed``: how many cases these pass on average; where it
    is small, the cases have said little. Chance in a single run counts against a case.
    """
    counts, holds = (np.array(each) for each in _scored_draws(organizations_key(), _draws(run_budget, draws)))
    most = passing_most(counts, share)
    if reading == "passed":
        return mean_of_draws(counts[most])
    chosen = holds if reading == "prior" else holds[most]
    return Measurement.of_share(int(chosen.sum()), chosen.size)
