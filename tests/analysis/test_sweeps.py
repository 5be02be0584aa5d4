"""Reading sweeps: stores as tables, tables of other programs, and independence from the order of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import qmc

from sim.analysis.design_rows import TableError
from sim.analysis.intervals import mean_limits
from sim.analysis.sweep_text import AnalysisOptions, SweepNarrator, analyze_outcome, caveats, format_factor_value
from sim.analysis.sweeps import Factor, Sweep, pool_samples
from sim.commands.analyze import tidy_tables

Floats = npt.NDArray[np.float64]
NAN = float("nan")

FACTORS: tuple[dict[str, Any], ...] = (
    {"name": "employees.turnover", "role": "uncertainty", "kind": "number", "low": 0.0, "high": 0.1, "values": [],
     "scale": "linear", "base": 0.03, "unit": "per month", "meaning": "Leavers."},
    {"name": "norm.memory", "role": "uncertainty", "kind": "integer", "low": 1, "high": 20, "values": [],
     "scale": "linear", "base": 12, "unit": "observations", "meaning": "Memory."},
    {"name": "norm.rule", "role": "uncertainty", "kind": "choice", "low": None, "high": None,
     "values": ["logit", "averaging", "majority"], "scale": "linear", "base": "logit", "unit": "rule", "meaning": "Rule."},
    {"name": "duration", "role": "lever", "kind": "integer", "low": 26, "high": 156, "values": [], "scale": "linear",
     "base": None, "unit": "weeks", "meaning": "Sponsorship.", "policies": ["value-driven"]},
)  # fmt: skip
POLICIES = ("symbolic", "procedural", "value-driven")
OUTCOMES = ("lift_later", "organization_value", "hold")


def lift(policy: str, row: Mapping[str, Any], shared: float, noise: float) -> float:
    """What is left two years later: value-driven holds or collapses, procedural leaves a little, symbolic nothing."""
    turnover, duration = float(row["employees.turnover"]), row.get("duration")
    duration = 104.0 if duration is None or duration != duration else float(duration)  # noqa: PLR0124
    if policy == "symbolic":
        return 0.0
    if policy == "procedural":
        return 0.05 + 0.01 * shared + 0.005 * noise
    strength = 4.0 * (0.06 - turnover) / 0.06 + (duration - 78.0) / 26.0 - 3.0 * (row["norm.rule"] == "averaging")
    return (0.4 if strength + 0.7 * noise > 0.0 else 0.0) + 0.01 * shared


def positions(kind: str, rows: int, factors: int, seed: int = 5) -> Floats:
    """[row, factor] places in the unit cube, in the order of SALib's samples."""
    if kind == "latin-hypercube":
        return qmc.LatinHypercube(factors, rng=np.random.default_rng(seed)).random(rows)
    if kind == "sobol":
        base = qmc.Sobol(2 * factors, rng=np.random.default_rng(seed)).random(rows)
        first, last = base[:, :factors], base[:, factors:]
        blocks = [first]
        for factor in range(factors):
            crossed = first.copy()
            crossed[:, factor] = last[:, factor]
            blocks.append(crossed)
        return np.stack([*blocks, last], axis=1).reshape(-1, factors)
    generator = np.random.default_rng(seed)  # Morris trajectories on four levels
    found = []
    for _ in range(rows):
        place = generator.integers(0, 2, factors) / 3.0
        found.append(place.copy())
        for factor in generator.permutation(factors):
            place[factor] += 2.0 / 3.0
            found.append(place.copy())
    return np.array(found)


def value_at(factor: Mapping[str, Any], place: float) -> Any:
    """Value of a factor at a place in the unit cube."""
    if factor["values"]:
        return factor["values"][min(int(place * len(factor["values"])), len(factor["values"]) - 1)]
    value = factor["low"] + place * (factor["high"] - factor["low"])
    return round(value) if factor["kind"] == "integer" else value


class Tables:
    """The tables of a store, made by hand.

    Args:
        designs: Kind -> its rows (base blocks, trajectories).
        replicates: Replicates of every point.
        futures: Futures of every row.
        fail: [run] share that fails.
    """

    def __init__(
        self,
        designs: Mapping[str, int],
        replicates: int = 3,
        futures: Sequence[str] = ("",),
        fail: float = 0.0,
        policies: Sequence[str] = POLICIES,
        over: Sequence[str] = ("employees.turnover", "norm.memory", "norm.rule", "duration"),
    ) -> None:
        self.factors = [factor for factor in FACTORS if factor["name"] in over]
        self.replicates, self.futures, self.policies = replicates, list(futures), list(policies)
        self.until: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.places: list[pd.DataFrame] = []
        rows = [row for kind, number in designs.items() for row in self._rows(kind, number)]
        points = [
            {**row, "future": future, "policy": policy} for row in rows for future in futures for policy in policies
        ]
        self.points = pd.DataFrame(points)
        self.points.insert(0, "point", range(len(points)))
        self.points.insert(1, "world", self.points.groupby(["design", "row", "future"], sort=False).ngroup())
        self.runs = self._run(fail)

    def _rows(self, kind: str, number: int) -> list[dict[str, Any]]:
        names = [str(factor["name"]) for factor in self.factors]
        base = {str(factor["name"]): factor["base"] for factor in self.factors}
        rows: list[dict[str, Any]]
        if kind == "grid":
            levels = [np.linspace(0.0, 1.0, number) for _ in names[:2]]
            grid = [
                dict(zip(names[:2], places, strict=True)) for places in np.array(np.meshgrid(*levels)).T.reshape(-1, 2)
            ]
            rows = [{**base, **{name: self._value(name, place) for name, place in row.items()}} for row in grid]
            labels, names = [""] * len(rows), names[:2]
        elif kind == "one-at-a-time":
            rows, labels = [base], ["base"]
            for name in names:
                rows += [{**base, name: self._value(name, place)} for place in (0.0, 1.0)]
                labels += [f"{name} low", f"{name} high"]
        else:
            places = positions(kind, number, len(names))
            rows = [{name: self._value(name, place) for name, place in zip(names, row, strict=True)} for row in places]
            labels = [""] * len(rows)
            self.places.append(
                pd.DataFrame({"design": kind, "row": range(len(rows)), **dict(zip(names, places.T, strict=True))})
            )
        self.entries.append(
            {"name": kind, "kind": kind, "rows": len(rows), "over": names, "seed": 1, "second_order": False}
        )
        return [
            {"design": kind, "row": place, "label": label, **row}
            for place, (label, row) in enumerate(zip(labels, rows, strict=True))
        ]

    def _value(self, name: str, place: float) -> Any:
        return value_at(next(each for each in self.factors if each["name"] == name), place)

    def _run(self, fail: float) -> pd.DataFrame:
        generator = np.random.default_rng(11)
        shared = generator.normal(size=self.replicates)
        rows = []
        for replicate in range(self.replicates):
            noise = generator.normal(size=len(self.points))
            failed = generator.random(len(self.points)) < fail
            for place, point in enumerate(self.points.to_dict("records")):
                found = lift(
                    point["policy"],
                    {str(k): v for k, v in point.items()},
                    float(shared[replicate]),
                    float(noise[place]),
                )
                found += 0.02 * (point["future"] == "boom")
                done = not failed[place]
                rows.append(
                    {"point": place, "replicate": replicate, "seed": replicate, "status": "done" if done else "failed",
                     "error": "" if done else "hangs", "lift_later": found if done else None,
                     "organization_value": 1e6 * (3.0 + found) if done else None,
                     "hold": float(found > 0.2) if done and point["policy"] != "symbolic" else None}
                )  # fmt: skip
        return pd.DataFrame(rows).astype(dict.fromkeys(OUTCOMES, "float64"))

    def stop_points(self, first: int, half_width: float) -> None:
        """Leave only the first replicates of points whose interval of lift_later is narrow then, as ``[until]`` does."""
        self.until = {"metric": "lift_later", "half_width": half_width, "check_at": [first], "max": self.replicates}
        early = self.runs[self.runs["replicate"] < first].pivot(index="point", columns="replicate", values="lift_later")
        _, low, high = mean_limits(early.to_numpy())
        narrow = early.index[(high - low) / 2.0 <= half_width]
        self.runs = self.runs[~self.runs["point"].isin(narrow) | (self.runs["replicate"] < first)].reset_index(
            drop=True
        )

    @property
    def manifest(self) -> dict[str, Any]:
        """What ``manifest.json`` holds."""
        return {
            "kind": "sweep", "format": 1, "status": "finished", "objective": "lift_later", "currency": "EUR",
            "experiment": {"name": "durability", "claim": "Value-driven change holds where turnover is low."},
            "factors": self.factors, "designs": self.entries, "policies": self.policies, "futures": self.futures,
            "outcomes": list(OUTCOMES), "weekly": None,
            "replicates": {"until": self.until} if self.until else {"fixed": self.replicates},
            "points": len(self.points), "stopped": None,
        }  # fmt: skip

    @property
    def designs(self) -> pd.DataFrame | None:
        """Places in the unit cube."""
        return pd.concat(self.places, ignore_index=True) if self.places else None

    def sweep(self, manifest: Mapping[str, Any] | None = None, **more: Any) -> Sweep:
        """The sweep that they are."""
        return Sweep.from_store(manifest or self.manifest, self.points, self.runs, self.designs, **more)


def at(table: pd.DataFrame, place: Any, column: str) -> Any:
    """One value of a table, whatever its type."""
    return table.loc[place, column]


def test_a_store_is_read_as_it_is() -> None:
    tables = Tables({"latin-hypercube": 10, "sobol": 8}, replicates=2, futures=("", "boom"))
    sweep = tables.sweep(finished=False, units={"hold": "share"})
    assert [design.name for design in sweep.designs] == ["latin-hypercube", "sobol"]
    assert [design.step for design in sweep.designs] == [1, 6]
    assert sweep.designs[0].independent.all() and sweep.designs[1].independent.sum() == 16
    assert (sweep.name, sweep.objective, sweep.currency, sweep.finished) == ("durability", "lift_later", "EUR", False)
    assert sweep.planned == len(tables.runs)
    assert sweep.unit("organization_value") == "EUR" and sweep.unit("hold") == "share" and sweep.unit("cost") == "EUR"
    cube = sweep.values(sweep.designs[1], "lift_later")
    assert cube.shape == (3, 2, 48, 2)
    point = tables.points[
        (tables.points["design"] == "sobol") & (tables.points["row"] == 7) & (tables.points["future"] == "boom")
        & (tables.points["policy"] == "procedural")
    ]["point"].item()  # fmt: skip
    run = tables.runs[(tables.runs["point"] == point) & (tables.runs["replicate"] == 1)]
    assert cube[1, 1, 7, 1] == run["lift_later"].item()
    assert sweep.factors["duration"].policies == ("value-driven",)
    assert sweep.factors_concerning(sweep.designs[0], "procedural") == [
        "employees.turnover",
        "norm.memory",
        "norm.rule",
    ]
    assert sweep.factors_concerning(sweep.designs[0], "procedural", "value-driven")[-1] == "duration"


def test_failed_runs_and_what_is_not_finite_are_missing() -> None:
    tables = Tables({"latin-hypercube": 5}, replicates=1)
    tables.runs.loc[0, "status"] = "failed"
    tables.runs.loc[0, "lift_later"] = 7.0  # a failed run should have no value; this one must not be used
    tables.runs.loc[1, "lift_later"] = np.inf
    sweep = tables.sweep()
    assert np.isnan(sweep.values(sweep.designs[0], "lift_later")[:2, 0, 0, 0]).all()
    assert sweep.failed == 1


def test_results_do_not_depend_on_the_order_of_rows_or_on_rows_that_stand_twice() -> None:
    tables = Tables({"latin-hypercube": 120, "sobol": 16, "morris": 5, "grid": 3}, replicates=3, fail=0.05)
    options = AnalysisOptions(targets={"lift_later": 0.1})
    first = tidy_tables([analyze_outcome(tables.sweep(), "lift_later", options)])
    assert set(first) == {
        "policies", "policies-by-future", "boxes", "peeling", "sobol", "morris", "pawn", "ranks", "tornado", "replicates",
        "points", "grids",
    }  # fmt: skip
    tables.points = tables.points.sample(frac=1.0, random_state=1)
    tables.runs = pd.concat([tables.runs, tables.runs.iloc[:50]]).sample(frac=1.0, random_state=2)
    tables.places = [each.sample(frac=1.0, random_state=3) for each in tables.places]
    again = tidy_tables([analyze_outcome(tables.sweep(), "lift_later", options)])
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, again[name], check_exact=True)


def other_program(number: int = 80) -> pd.DataFrame:
    """Runs of another program's model: two parameters, a word, two policies, two replicates."""
    generator = np.random.default_rng(4)
    table = pd.DataFrame({"speed": generator.random(number), "load": generator.integers(1, 9, number)})
    table["shift"] = generator.choice(["day", "night"], number)
    parts = []
    for policy in ("old", "new"):
        for seed in (7, 8):
            waiting = (
                5.0 + table["load"] - 8.0 * table["speed"] * (policy == "new") + 0.1 * generator.normal(size=number)
            )
            parts.append(table.assign(rule=policy, seed=seed, waiting=waiting + seed))
    return pd.concat(parts, ignore_index=True)


def test_a_table_of_another_program_is_read_whatever_its_order() -> None:
    table = other_program()
    arguments: dict[str, Any] = {"policy": "rule", "replicate": "seed", "lower": ["waiting"]}
    found = []
    for each in (table, table.sample(frac=1.0, random_state=1)):
        sweep = Sweep.from_table(each, ["speed", "load", "shift"], ["waiting"], **arguments)
        (design,) = sweep.designs
        assert (design.rows, design.policies, design.kind) == (80, ("new", "old"), "sample")
        assert sweep.better("waiting") == "lower"
        assert [sweep.factors[name].kind for name in design.over] == ["number", "integer", "choice"]
        assert sweep.values(design, "waiting").shape == (2, 1, 80, 2)
        found.append(tidy_tables([analyze_outcome(sweep, "waiting")]))
    for name, first in found[0].items():
        pd.testing.assert_frame_equal(first, found[1][name], check_exact=True)
    ranks = found[0]["ranks"].set_index(["policy", "factor"])
    assert at(ranks, ("new", "speed"), "high") < -0.5
    assert at(ranks, ("old", "load"), "low") > 0.9
    best = found[0]["policies"].set_index("policy")
    assert at(best, "new", "expected") < at(best, "old", "expected")


def test_repeated_settings_without_a_number_are_replicates() -> None:
    table = pd.DataFrame({"x": [1.0, 2.0, 1.0, 2.0, 1.0], "y": [1.0, 2.0, 3.0, 4.0, NAN]})
    sweep = Sweep.from_table(table, ["x"], ["y"])
    np.testing.assert_array_equal(sweep.values(sweep.designs[0], "y")[0, 0], [[1.0, 3.0, NAN], [2.0, 4.0, NAN]])
    assert sweep.failed == 1


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_designs_of_another_program_are_recognized(kind: str) -> None:
    places = positions(kind, 16, 3)
    table = pd.DataFrame(10.0 + 5.0 * places, columns=list("abc"))
    table["y"] = 3.0 * places[:, 0] + places[:, 1]
    found = analyze_outcome(Sweep.from_table(table, list("abc"), ["y"], kind=kind), "y")
    result = (found.sobol[0][1] if kind == "sobol" else found.morris[0][1]).table.set_index("factor")
    measure = "total" if kind == "sobol" else "mu_star"
    assert result[measure].idxmax() == "a" and result.loc["c", measure] == pytest.approx(0.0, abs=1e-12)
    if kind == "morris":
        assert at(result, "a", "mu_star") == pytest.approx(3.0)
    table["number"] = range(len(table))
    shuffled = table.sample(frac=1.0, random_state=1)
    with pytest.raises(TableError, match=f"not those of a {kind} design"):
        Sweep.from_table(shuffled, list("abc"), ["y"], kind=kind)
    again = analyze_outcome(Sweep.from_table(shuffled, list("abc"), ["y"], kind=kind, row="number"), "y")
    other = (again.sobol[0][1] if kind == "sobol" else again.morris[0][1]).table.set_index("factor")
    pd.testing.assert_frame_equal(result, other, check_exact=True)


def test_every_fault_of_a_table_is_reported_at_once() -> None:
    table = other_program(5)
    with pytest.raises(TableError) as caught:
        Sweep.from_table(table.rename(columns={"shift": "label"}), ["sped", "load", "label"], ["load", "nothing"])
    faults = caught.value.faults
    assert len(faults) == 4
    assert "sped is not a column. Did you mean speed?" in faults
    assert any(fault.startswith("load is named twice") for fault in faults)
    assert any(fault.startswith("nothing is not a column. Columns: speed") for fault in faults)
    assert any(fault.startswith("label has a name that results use") for fault in faults)
    with pytest.raises(TableError, match="no rows"):
        Sweep.from_table(table.iloc[:0], ["speed"], ["waiting"])
    with pytest.raises(TableError, match="10 runs have the same factor values, policy, future and replicate"):
        Sweep.from_table(table, ["speed", "load"], ["waiting"], replicate="seed")
    with pytest.raises(TableError, match="speed is missing in 1 rows"):
        Sweep.from_table(table.assign(speed=table["speed"].where(table.index != 3)), ["speed"], ["waiting"])


def test_factors_as_numbers() -> None:
    words = Factor("rule", "choice", values=("b", "a"))
    assert words.ordered and not words.numeric
    np.testing.assert_array_equal(words.encode(pd.Series(["a", "b", None])), [1.0, 0.0, NAN])
    assert not Factor("rule", "choice", values=("a", "b", "c")).ordered
    switch = Factor("on", "switch", values=(False, True))
    np.testing.assert_array_equal(switch.encode(pd.Series([True, False])), [1.0, 0.0])
    np.testing.assert_array_equal(Factor("x").encode(pd.Series([1, None, 3], dtype="Int64")), [1.0, NAN, 3.0])
    assert Factor("x", "choice", values=(1, 2, 4)).ordered


def test_words_say_what_was_found_and_what_was_left_out() -> None:
    tables = Tables({"latin-hypercube": 150, "sobol": 32}, replicates=3, fail=0.02)
    sweep = tables.sweep(finished=False)
    found = analyze_outcome(sweep, "lift_later")
    narrator = SweepNarrator(sweep)
    complete = " ".join(narrator.describe_completeness(["lift_later", "hold"]))
    assert f"not finished: {len(tables.runs):,} of {len(tables.runs):,} runs are there" in complete
    assert "runs failed and have no outcome (procedural" in complete and "hold is undefined in" in complete
    policies = " ".join(narrator.describe_policies(found))
    assert "symbolic has the same lift_later in every run, 0 points: nothing varies" in policies
    assert "[latin-hypercube] value-driven has the best expected lift_later" in policies
    assert "Better than without a policy, in this share of cases" in policies and "symbolic 0 %" in policies
    assert "set one with --target lift_later=VALUE" in policies and "If no failed run, or every one" in policies
    (where,) = [
        text
        for text in narrator.describe_discoveries(found)
        if "[latin-hypercube + sobol] value-driven beats procedural when" in text
    ]
    assert "employees.turnover is under" in where and "% a month" in where
    assert "coverage ." in where and "density ." in where and "held out" in where
    factors = " ".join(narrator.describe_factors(found))
    assert "with all its interactions: employees.turnover ." in factors and "symbolic" not in factors
    assert (
        "blocks were dropped whole because a row has no value" in factors
        or "replicates that not all rows have" in factors
    )
    assert "half of the 95 % interval is" in " ".join(narrator.describe_replicates(found))
    assert any("quasi p-values flatter" in text for text in caveats(sweep, [found]))
    assert all("nan" not in text for text in (*narrator.describe_replicates(found), factors, policies, complete))


@pytest.mark.parametrize(
    ("factor", "value", "words"),
    [
        (Factor("t", high=0.1, unit="per month"), 0.03, "3 % a month"),
        (Factor("t", high=9.0, unit="per week"), 4.0, "4 per week"),
        (Factor("s", high=1.0, unit="share"), 0.255, "25.5 %"),
        (Factor("t", values=(0.01, 0.1), unit="per month"), 0.03, "3 % a month"),
        (Factor("s", high=0.5, unit="share of their time"), 0.05, "5 % of their time"),
        (Factor("n", "integer", high=99.0, unit="people"), 1200.0, "1,200 people"),
        (Factor("x", unit="1"), 8.25, "8.25"),
    ],
)
def test_settings_in_words(factor: Factor, value: float, words: str) -> None:
    assert format_factor_value(factor, value) == words


def test_rows_that_share_seeds_are_said_to() -> None:
    tables = Tables({"latin-hypercube": 10}, replicates=2)

    def said(tables: Tables, **experiment: str) -> str:
        manifest = {**tables.manifest, "experiment": {**tables.manifest["experiment"], **experiment}}
        return " ".join(caveats(tables.sweep(manifest), []))

    assert "All rows share the seeds of their 2 replicates. So intervals over rows leave out" in said(tables)
    assert "share the seeds" not in said(tables, seeds="by-row")
    assert "share the seeds" not in said(Tables({"grid": 2}, replicates=2))  # its intervals are over replicates
    assert "share the seeds" not in " ".join(
        caveats(Sweep.from_table(other_program(), ["speed"], ["waiting"], policy="rule"), [])
    )


def test_random_rows_of_designs_over_the_same_factors_are_one_sample() -> None:
    tables = Tables({"latin-hypercube": 30, "sobol": 16, "morris": 4, "grid": 2}, replicates=2)
    sweep = tables.sweep()
    sample = pool_samples(sweep)
    (design,) = sample.designs
    assert (design.name, design.kind, design.rows) == ("latin-hypercube + sobol", "sample", 30 + 2 * 16)
    first, sobol = sweep.designs[:2]
    for outcome in OUTCOMES:
        parts = [sweep.values(each, outcome)[:, :, each.independent] for each in (first, sobol)]
        np.testing.assert_array_equal(sample.values(design, outcome), np.concatenate(parts, axis=2))
    together = pd.concat([sweep.factor_values_of(each)[each.independent] for each in (first, sobol)], ignore_index=True)
    pd.testing.assert_frame_equal(sample.factor_values_of(design), together, check_names=False)
    found = analyze_outcome(sweep, "lift_later")
    assert {key.design for key, _, _ in found.discoveries} == {"latin-hypercube + sobol"}
    assert all(discovery.rows == 62 for _, _, discovery in found.discoveries)  # neither has the 40 that it takes
    assert {key.design for key, _ in found.pawn} == {key.design for key, _ in found.regressions} == {design.name}


def test_designs_over_other_factors_policies_or_futures_are_not_pooled() -> None:
    tables = Tables({"latin-hypercube": 30, "sobol": 16}, replicates=1)
    tables.entries[1]["over"] = tables.entries[1]["over"][:-1]
    assert [design.name for design in pool_samples(tables.sweep()).designs] == ["latin-hypercube", "sobol"]
    alone = Tables({"latin-hypercube": 30, "grid": 2}, replicates=1).sweep()
    (design,) = pool_samples(alone).designs
    assert design == alone.designs[0]
    assert pool_samples(Tables({"grid": 2}, replicates=1).sweep()).designs == ()


def test_bounds_of_an_adaptive_sweep_are_its_shares_where_nothing_failed() -> None:
    tables = Tables({"latin-hypercube": 60, "grid": 4}, replicates=8, policies=("procedural", "value-driven"))
    tables.stop_points(first=2, half_width=0.1)
    sweep = tables.sweep()
    number = sweep.finished_runs(sweep.designs[0]).sum(axis=3)
    assert set(number.ravel()) == {2, 8}  # rows differ in replicates, and policies of a row do
    assert (number.max(axis=0) > number.min(axis=0)).any()
    for _, compared, _ in analyze_outcome(
        sweep, "lift_later", AnalysisOptions(targets={"lift_later": 0.2})
    ).comparisons:
        table = compared.policies
        assert 0.0 < at(table, 1, "satisficing") < 1.0
        np.testing.assert_array_equal(table["satisficing_least"], table["satisficing"])
        np.testing.assert_array_equal(table["satisficing_most"], table["satisficing"])


def test_bounds_of_an_adaptive_sweep_contain_its_shares_where_runs_failed() -> None:
    tables = Tables({"latin-hypercube": 60}, replicates=8, fail=0.1)
    tables.stop_points(first=2, half_width=0.1)
    ((_, compared, _),) = analyze_outcome(
        tables.sweep(), "lift_later", AnalysisOptions(targets={"lift_later": 0.2})
    ).comparisons
    table = compared.policies
    assert (table["satisficing_least"] <= table["satisficing"]).all()
    assert (table["satisficing"] <= table["satisficing_most"]).all()
    assert (table["satisficing_least"] < table["satisficing_most"]).all()


def test_the_chance_to_be_best_weighs_rows_alike_however_many_replicates_they_have() -> None:
    tables = Tables({"latin-hypercube": 60}, replicates=8, policies=("procedural", "value-driven"))
    tables.stop_points(first=2, half_width=0.1)
    sweep = tables.sweep()
    ((_, compared, _),) = analyze_outcome(sweep, "lift_later").comparisons
    procedural, driven = sweep.values(sweep.designs[0], "lift_later")
    known = np.isfinite(driven) & np.isfinite(procedural)
    won = np.where(known, driven > procedural, np.nan)
    assert at(compared.policies, 1, "best") == pytest.approx(np.nanmean(won[0], axis=1).mean())
    assert abs(at(compared.policies, 1, "best") - np.nanmean(won)) > 0.01  # pooled runs say something else


def test_cases_that_are_left_out_have_their_reason() -> None:
    tables = Tables({"latin-hypercube": 60}, replicates=8)
    tables.stop_points(first=2, half_width=0.1)
    sweep = tables.sweep()
    found = analyze_outcome(sweep, "lift_later")
    left_out = found.comparisons[0][1].left_out
    assert left_out.total == left_out.stopped > 0
    said = " ".join(SweepNarrator(sweep).describe_policies(found))
    assert f"in {left_out.stopped:,} a policy got fewer replicates, because its interval was narrow enough" in said
    assert "has no value" not in said and "undefined" not in said  # no value is missing anywhere
    tables = Tables({"latin-hypercube": 60}, replicates=2)
    tables.runs.loc[0, ["status", "lift_later"]] = "failed", None
    tables.runs.loc[4, "lift_later"] = None
    found = analyze_outcome(tables.sweep(), "lift_later")
    said = " ".join(SweepNarrator(tables.sweep()).describe_policies(found))
    assert "2 cases are left out" in said and "in 1 a run failed and in 1 the outcome of a policy is undefined." in said


def test_what_is_said_of_replicates_is_about_all_rows_also_of_an_adaptive_sweep() -> None:
    tables = Tables({"latin-hypercube": 60}, replicates=8)
    tables.stop_points(first=2, half_width=0.1)
    sweep = tables.sweep()
    found = analyze_outcome(sweep, "lift_later")
    driven = next(result for key, result in found.convergence if key.policy == "value-driven")
    assert driven.table["half_width"].iloc[-1] == pytest.approx(driven.points["half_width"].median())
    assert (driven.table["half_width"].iloc[-1] <= driven.target) == (driven.enough >= 0.5)
    assert driven.table["points"].is_monotonic_decreasing and driven.table["points"].iloc[-1] < 60
    said = " ".join(SweepNarrator(sweep).describe_replicates(found))
    assert f"with 2 to 8 replicates ({driven.table['points'].iloc[-1]} of 60 rows have 8) half of the 95 %" in said
