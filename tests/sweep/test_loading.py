"""Experiment files: all faults are reported at once, each with its place, rule, value and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.lab.plausible import unknown_parameters
from sim.lab.sweep import load_experiment
from sim.lab.sweep.context import KEPT
from sim.lab.sweep.experiment import Until, Window
from sim.model.scenario import Scenario, ScenarioError
from tests.sweep.examples import PLAIN, load, write

FULL = """
about = "Everything that a file may hold."
notice = "n"
try = "t"
claim = "c"
scenario = "tiny.toml"
scenario_events = false
weeks = 40
seed = 9
policies = ["none", "teach", "own"]
futures = ["restless"]
keep = ["reach", "cost"]
objective = "cost"
targets = { early = 0.2, reach = -1 }
time_limit = 5
budget = 100000
[until]
metric = "early"
half_width = 0.1
check_at = [4, 8]
max = 12
[set]
"employees.satisfaction_link" = 0.5
[set.customers]
initial = 20
[bundles.own]
until = 10
posters = 0.5
[weekly]
outcomes = ["practicing"]
every = 4
[[windows]]
name = "early"
outcome = "practicing"
until = 8
[[uncertainties]]
parameter = "norm.sharpness"
[[uncertainties]]
parameter = "norm.rule"
[[uncertainties]]
parameter = "employees.span"
values = [5, 10]
[[uncertainties]]
parameter = "training.effect"
low = 0.001
high = 0.1
scale = "log"
[[levers]]
change = "amounts"
low = 0.5
high = 2
[[levers]]
name = "line"
change = "stop_when"
policies = ["teach"]
values = [0.3, 0.6]
[[levers]]
change = "posters"
low = 0.0
high = 1.0
[[shocks]]
kind = "market_shift"
week = { low = 5, high = 30, base = 9 }
size = 0.2
happens = { values = [true, false] }
[[shocks]]
name = "leaving"
kind = "manager_exit"
week = 3
departments = ["back"]
[[designs]]
kind = "latin-hypercube"
number = 5
[[designs]]
kind = "grid"
name = "two"
over = ["line", "norm.rule"]
policies = ["teach"]
futures = []
"""


def faults_of(folder: Path, text: str) -> list[str]:
    """Faults of an experiment, without the name of its file."""
    with pytest.raises(ScenarioError) as caught:
        load(folder, text)
    return [fault.removeprefix(f"{folder / 'plain.toml'}: ") for fault in caught.value.faults]


def test_a_full_file_is_read_completely(tmp_path: Path) -> None:
    experiment = load(tmp_path, FULL)
    assert experiment.name == "plain"
    assert experiment.texts["claim"] == "c"
    assert experiment.scenario.weeks == 40
    assert experiment.scenario.parameters["employees.satisfaction_link"] == 0.5
    assert experiment.scenario.parameters["customers.initial"] == 20
    assert experiment.replicates == Until("early", 0.1, (4, 8), 12)
    assert experiment.windows == (Window("early", "practicing", 0, 8),)
    assert experiment.outcomes == ("reach", "cost", "early")
    assert experiment.targets == {"early": 0.2, "reach": -1.0}
    assert list(experiment.loaded_policies) == ["none", "teach", "own"]
    roles = {name: factor.role for name, factor in experiment.factors.items()}
    assert roles == {
        "norm.sharpness": "uncertainty", "norm.rule": "uncertainty", "employees.span": "uncertainty",
        "training.effect": "uncertainty", "amounts": "lever", "line": "lever", "posters": "lever",
        "market_shift.week": "shock", "market_shift.happens": "shock",
    }  # fmt: skip
    sharpness, rule = experiment.factors["norm.sharpness"], experiment.factors["norm.rule"]
    assert (sharpness.low, sharpness.high) == (6.0, 12.0)  # its plausible range
    assert len(rule.values) > 1
    assert experiment.factors["amounts"].policies == ("teach", "own")
    assert experiment.factors["posters"].policies == ("own",)
    assert experiment.factors["market_shift.week"].base == 9
    assert experiment.planned_events[0].fixed == {"size": 0.2}
    assert experiment.planned_events[1].departments == ("back",)
    assert experiment.designs[0].over == tuple(experiment.factors)
    assert experiment.designs[0].futures == ("", "restless")
    assert experiment.designs[1].policies == ("teach",)
    assert experiment.designs[1].futures == ("",)


def test_everything_unknown_is_what_a_comparison_would_draw(tmp_path: Path) -> None:
    """Ranges of the scenario go before those that are declared, for a star, a section, and a parameter by itself."""
    bank = Scenario.load("retail-bank")
    drawn = {each.name: each.plausible for each in unknown_parameters(bank, bank.registry)}
    for names, expected in (
        (["*"], drawn),
        (["employees.turnover"], {"employees.turnover": (0.01, 0.03)}),
        (["employees.*"], {name: ends for name, ends in drawn.items() if name.startswith("employees.")}),
    ):
        text = "".join(f'[[uncertainties]]\nparameter = "{name}"\n' for name in names)
        design = '[[designs]]\nkind = "latin-hypercube"\nnumber = 3\n'
        experiment = load(tmp_path, f'scenario = "retail-bank"\nreplicates = 1\n{text}{design}')
        factors = {name: (factor.low, factor.high) for name, factor in experiment.factors.items()}
        assert expected.items() <= factors.items()
        assert names != ["*"] or factors == drawn
    assert drawn["employees.turnover"] == (0.01, 0.03)


def test_a_short_file_gets_defaults(tmp_path: Path) -> None:
    experiment = load(tmp_path, 'scenario = "retail-bank"\nreplicates = 1\n[[uncertainties]]\nparameter = "norm.*"\n'
                                '[[designs]]\nkind = "one-at-a-time"\n')  # fmt: skip
    assert experiment.keep == KEPT
    assert experiment.objective == experiment.scenario.objective
    assert tuple(experiment.loaded_policies) == experiment.scenario.default_policies
    assert all(name.startswith("norm.") for name in experiment.factors)
    assert len(experiment.factors) > 5


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "plain"', 'nmae = "plain"', "nmae is not a part of an experiment. Did you mean name?"),
        ('scenario = "tiny.toml"', 'scenario = "tiny"', "tiny: there is no such file"),
        ('scenario = "tiny.toml"', "", "scenario is missing. Add scenario = ..."),
        ("replicates = 3", "", "replicates is missing. Add replicates = 10, or a table [until]."),
        ("replicates = 3", "replicates = 0", "replicates must be 1 to 100000 (replicates at every point), got 0."),
        ('"talk"]', '"talkk"]', "policies: policy must be one of the scenario tiny, got \"talkk\". Did you mean talk?"),
        ('["reach"', '["reech"', "keep[0] must be a measure of single runs, got \"reech\". Did you mean reach?"),
        (
            '["reach"', '["residual"',
            'keep[0] must be a measure of single runs, got "residual". `centricity list measures` shows them.',
        ),
        ("time_limit = 20", 'objective = "lift_later"', 'objective must be an outcome that is kept, got "lift_later".'),
        ("time_limit = 20", "budget = 17", "budget must be at least 18 runs (6 points x 3 replicates), got 17."),
        ("time_limit = 20", 'futures = ["restles"]', "Did you mean restless?"),
        ("norm.sharpness", "norm.sharpnes", "uncertainties[0].parameter must be a parameter, got \"norm.sharpnes\"."),
        ("low = 1.0", "low = -1.0", "uncertainties[0].low must be 0 to 100 (logit per share), got -1.0."),
        ("low = 1.0\n", "", "uncertainties[0].low is missing. Add low = ..."),
        ("high = 5.0", "high = 0.5", "uncertainties[0].high must be above low (1), got 0.5."),
        ("high = 5.0", "values = [1.0]", "uncertainties[0].values must not stand beside low, high or scale."),
        ("low = 1.0", 'low = 0.0\nscale = "log"', "uncertainties[0].scale can be log only where low is above 0, got 0."),
        ('"norm.sharpness"', '"norm.rule"', "must have values, not low, high or scale: they are no numbers."),
        ('"norm.sharpness"', '"nurm.*"', "uncertainties[0].low must not stand beside nurm.*"),
        ("low = 1.0\nhigh = 5.0", "values = [1.0, 1.0]", "uncertainties[0].values must name each value only once."),
        ('kind = "grid"', 'kind = "gird"', "designs[0].kind must be one of grid, list, one-at-a-time"),
        ('kind = "grid"', 'kind = "grid"\nnumber = 4', "designs[0].number is not a setting of a grid design. It belongs"),
        ('kind = "grid"\nlevels = 3', 'kind = "sobol"\nnumber = 12', "designs[0].number must be a power of 2, got 12."),
        ('kind = "grid"\nlevels = 3', 'kind = "morris"\nlevels = 5', "designs[0].levels must be even, got 5."),
        ("levels = 3", "levels = 0", "designs[0].levels must be 1 to 10000 (levels), got 0."),
        ("levels = 3", 'over = ["norm.memory"]', 'designs[0].over must name what the experiment varies, got "norm.memory".'),
        ('kind = "grid"\nlevels = 3', 'kind = "list"', "designs[0].points is missing."),
        ('kind = "grid"\nlevels = 3', 'kind = "list"\npoints = [{x = 1}]', "designs[0].points[0].x is not varied"),
        ('kind = "grid"\nlevels = 3', 'kind = "list"\npoints = [{norm.sharpness = -1}]',
         "designs[0].points[0].norm.sharpness must be 0 to 100 (logit per share), got -1."),
        ('kind = "grid"\nlevels = 3', 'kind = "latin-hypercube"\nnumber = 1000000', "must have at most 1000000 points"),
    ],
)  # fmt: skip
def test_a_fault_is_reported_with_place_rule_value_and_remedy(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PLAIN
    assert any(message in fault for fault in faults_of(tmp_path, PLAIN.replace(old, new))), faults_of(
        tmp_path, PLAIN.replace(old, new)
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('metric = "early"', 'metric = "late"', 'until.metric must be an outcome that is kept, got "late".'),
        ("early = 0.2", "late = 0.2", 'targets must be of outcomes that are kept, got "late".'),
        ("early = 0.2", 'early = "much"', 'targets.early must be a number, got "much". Give a number, in the unit'),
        ("targets = { early = 0.2, reach = -1 }", "targets = 0.2", "targets must be a table, got 0.2. Write [targets]"),
        ("check_at = [4, 8]", "check_at = [8, 4]", "until.check_at must rise"),
        ("check_at = [4, 8]", "check_at = [4, 80]", "until.check_at must not go beyond max (12), got 80."),
        ("[until]", "[untill]", "untill is not a part of an experiment. Did you mean until?"),
        ("budget = 100000", "replicates = 3", "replicates must not stand beside the table [until]."),
        ('outcome = "practicing"\nuntil = 8', 'outcome = "practicin"\nuntil = 8', "windows[0].outcome must be a weekly"),
        ("until = 8", "from = 8\nuntil = 8", "windows[0].until must be later than from (8), got 8."),
        ("until = 8", "until = 41", "windows[0].until must be 1 to 40 (the run has 40 weeks), got 41."),
        ('name = "early"', 'name = "reach"', "windows must have names that no other column has"),
        ('"employees.satisfaction_link" = 0.5', '"employees.satisfaction" = 0.5', "set.employees.satisfaction is not a par"),
        ("posters = 0.5", "postres = 0.5", "bundles.own.postres is not a resource. Did you mean posters?"),
        ('"teach", "own"]', '"teach"]', "bundles.own is not used. Add it to policies, or remove it."),
        ('change = "amounts"', 'change = "amount"', "levers[0].change must be amounts, until, stop_when or a resource"),
        ('policies = ["teach"]\nvalues', 'policies = ["own"]\nvalues', "levers[1] cannot change stop_when of own: it has no"),
        ('policies = ["teach"]\nvalues', 'policies = ["tech"]\nvalues', 'must be policies of the experiment, got "tech".'),
        ('change = "posters"', 'change = "relief"', "levers[2] changes relief, but no policy of the experiment has any."),
        ('name = "line"', 'name = "amounts"', "amounts varies more than once."),
        ('name = "line"', 'name = "world"', "world cannot be the name of what varies"),
        ("size = 0.2", "siez = 0.2", "shocks[0].siez is not a field of the event market_shift. Did you mean size?"),
        ("size = 0.2", "size = { low = 0.1 }", "shocks[0].size.high is missing."),
        ("week = 3", "week = 40", "shocks[1].week must be 0 to 39 (the run has 40 weeks), got 40."),
        ("week = 3", "", "shocks[1].week is missing."),
        ('["back"]', '["bakc"]', 'shocks[1].departments[0] must be a department of the scenario, got "bakc".'),
        ('name = "leaving"', 'name = "market_shift"', "shocks must have different names"),
        ('parameter = "norm.sharpness"', 'parameter = "employees.turnover"', "is uncertain and set by the future restless"),
        ("number = 5", "number = 5\nfutures = [\"x\"]", 'designs[0].futures must be futures of the experiment, got "x".'),
        ("every = 4", "evry = 4", "weekly.evry is not a setting of weekly. Did you mean every?"),
    ],
)  # fmt: skip
def test_faults_of_the_rarer_parts(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in FULL
    found = faults_of(tmp_path, FULL.replace(old, new, 1))
    assert any(message in fault for fault in found), found


def test_all_faults_are_reported_together(tmp_path: Path) -> None:
    text = PLAIN.replace("low = 1.0", "low = -1.0").replace("levels = 3", "levels = 0").replace('"reach"', '"x"')
    assert len(faults_of(tmp_path, text)) == 3


def test_a_fault_of_the_scenario_brings_no_other_and_hides_none(tmp_path: Path) -> None:
    events = '[[shocks]]\nkind = "merger"\nweek = { low = 110, high = 140 }\n'
    window = '[[windows]]\nname = "late"\noutcome = "practicin"\nfrom = 20\n'
    path = write(tmp_path, PLAIN.replace("[[designs]]", f"{events}{window}[[designs]]"))
    (tmp_path / "tiny.toml").write_text('name = "tiny"\n[network]\nclosure = 0.8\n')
    with pytest.raises(ScenarioError) as caught:
        load_experiment(path)
    assert not [fault for fault in caught.value.faults if "week" in fault and "windows" not in fault]
    assert any("windows[0].outcome" in fault for fault in caught.value.faults)
    assert any("tiny.toml: network.closure" in fault for fault in caught.value.faults)


def test_a_fault_of_a_policy_is_no_fault_of_the_lever_that_changes_it(tmp_path: Path) -> None:
    lever = '[[levers]]\nchange = "until"\nlow = 5\nhigh = 10\n[bundles.own]\nuntil = 10\nposters = "many"\n'
    text = PLAIN.replace("[[designs]]", f"{lever}[[designs]]").replace('"talk"', '"own"')
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, text)
    (fault,) = caught.value.faults
    assert "bundles.own.posters must be" in fault


def test_faults_that_concern_several_keys_are_reported_beside_those_of_one(tmp_path: Path) -> None:
    """Range, department, outcome and budget are compared although other parts of the same tables are not legal."""
    text = FULL
    for old, new in (
        ('about = "', 'abuot = "'),
        ("posters = 0.5", "postres = 0.5\ndepartments = ['bakc']"),
        ('parameter = "training.effect"\nlow = 0.001', 'parameter = "training.effcet"\nlow = 0.2'),
        ("low = 0.5\nhigh = 2", "low = 3\nhigh = 2"),
        ("low = 5, high = 30", "low = 30, high = 5"),
        ('metric = "early"', 'metric = "late"'),
        ("half_width = 0.1", "half_width = 0"),
        ('objective = "cost"', 'objective = "late"'),
    ):
        assert old in text
        text = text.replace(old, new)
    places = [fault.split()[0] for fault in faults_of(tmp_path, text)]
    assert sorted(places) == sorted(
        [
            "abuot", "bundles.own.postres", "bundles.own.departments[0]", "uncertainties[3].parameter",
            "uncertainties[3].high", "levers[0].high", "shocks[0].week.high", "until.metric", "until.half_width",
            "objective",
        ]
    )  # fmt: skip
    text = PLAIN.replace("time_limit = 20", "budget = 17").replace('about = "', 'abuot = "')
    assert [fault.split()[0] for fault in faults_of(tmp_path, text)] == ["abuot", "budget"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('scenario = "tiny.toml"', 'scenario = "tiny"'),
        ('outcome = "practicing"\nuntil = 8', 'outcome = "practicin"\nuntil = 8'),
        ("posters = 0.5", "posters = 50"),
        ("values = [0.3, 0.6]", 'values = "many"'),
        ("size = 0.2", "size = -7"),
        ('futures = ["restless"]', 'futures = ["restles"]'),
    ],
)
def test_what_hangs_on_a_fault_gives_no_second_one(tmp_path: Path, old: str, new: str) -> None:
    more = """[[designs]]
    kind = "list"
    futures = ["restless"]
    points = [{line = 0.4, "market_shift.week" = 7}]
    [[designs]]
    kind = "grid"
    name = "levels"
    over = ["line", "market_shift.week"]
    levels = { line = 2, "market_shift.week" = 3 }
    """
    text = FULL + more
    assert old in text
    assert len(load(tmp_path, text).hash) == 64
    found = faults_of(tmp_path, text.replace(old, new))
    assert len(found) == 1, found


def test_only_what_varies_may_stand_in_a_list_or_have_levels(tmp_path: Path) -> None:
    """Not a field of an event that is fixed, nor what another design varies, nor what a lever with a name changes."""
    for table, place in (
        ('kind = "list"\npoints = [{"market_shift.size" = 0.1}]', "designs[2].points[0].market_shift.size"),
        ('kind = "list"\npoints = [{stop_when = 0.1}]', "designs[2].points[0].stop_when"),
        ('kind = "grid"\nname = "x"\nover = ["line"]\nlevels = {posters = 2}', "designs[2].levels.posters"),
        ('kind = "grid"\nname = "x"\nover = ["stop_when"]', "designs[2].over"),
    ):
        assert [fault.split()[0] for fault in faults_of(tmp_path, f"{FULL}[[designs]]\n{table}\n")] == [place]


def test_faults_of_the_scenario_are_reported_with_its_own_name(tmp_path: Path) -> None:
    path = write(tmp_path, PLAIN, scenario="[employees]\nnumbr = 3\n")
    with pytest.raises(ScenarioError) as caught:
        load_experiment(path)
    assert any("tiny.toml: employees.numbr is not a parameter" in fault for fault in caught.value.faults)
    assert any("tiny.toml: departments are missing" in fault for fault in caught.value.faults)


def test_settings_of_the_command_line_take_precedence(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    experiment = load_experiment(path, {"replicates": 2, "weeks": 45, "seed": None}, ["norm.memory=3"])
    assert (experiment.replicates, experiment.scenario.weeks, experiment.seed) == (2, 45, 9)
    assert experiment.scenario.parameters["norm.memory"] == 3
    with pytest.raises(ScenarioError, match=r"--set norm\.memori=3: norm\.memori is not a parameter"):
        load_experiment(path, {}, ["norm.memori=3"])


@pytest.mark.parametrize("kind", ["uncertainties", "levers", "shocks", "designs", "windows"])
@pytest.mark.parametrize("value", ["3", '"x"', "[]", "[1]", "{}", "[[1]]", "true"])
def test_nonsense_in_place_of_tables_is_refused_not_crashed_over(tmp_path: Path, kind: str, value: str) -> None:
    head, _, rest = PLAIN.partition("[[uncertainties]]")
    text = f"{head}\n{kind} = {value}\n"
    if kind != "uncertainties":
        text += f"[[uncertainties]]{rest}" if kind != "designs" else f"[[uncertainties]]{rest.split('[[designs]]')[0]}"
    assert faults_of(tmp_path, text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**12) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(key=st.sampled_from(["until", "set", "bundles", "weekly", "windows", "uncertainties", "levers", "shocks", "designs",
                            "policies", "futures", "keep", "replicates", "scenario", "weeks"]), value=VALUES)  # fmt: skip
def test_whatever_stands_in_a_file_gives_faults_or_an_experiment(key: str, value: object) -> None:
    from sim.lab.sweep.loading import read_experiment
    from sim.model.registry import current
    from sim.model.scenario.messages import Faults

    raw: dict[str, object] = {
        "scenario": "retail-bank", "replicates": 1, "uncertainties": [{"parameter": "norm.sharpness"}],
        "designs": [{"kind": "grid"}], key: value,
    }  # fmt: skip
    try:
        read_experiment(raw, "x", Path(), current(), Faults("x"))
    except ScenarioError as error:
        assert error.faults
