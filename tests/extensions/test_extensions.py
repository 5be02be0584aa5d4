"""Extensions: what they add lives in the week, what they replace is replaced everywhere, what is wrong is told with its line."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from sim import CentricityModel, Scenario
from sim.model.engine import uncompiled
from sim.model.extensions import Extension, consent, describe_extension
from sim.model.kernel.linking import PatchedError
from sim.model.mechanisms import norm
from sim.model.scenario import ScenarioError

EXAMPLE = Path(__file__).parents[2] / "experiments" / "remote_work.py"

SMALL = MappingProxyType(
    {"employees__number": 20, "customers__initial": 20, "customers__market": 30, "run__burn_in": 4, "weeks": 8}
)


@pytest.fixture(autouse=True)
def nothing_is_trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test begins in a process in which the user has named no extension; weeks run as plain Python."""
    monkeypatch.setattr(consent, "given", ())
    monkeypatch.setattr(consent, "trust", False)
    monkeypatch.setattr(consent, "reading", False)
    with uncompiled():
        yield


def written(folder: Path, text: str, name: str = "own.py") -> Path:
    path = folder / name
    path.write_text(f'"""A test\'s own."""\n\nfrom sim.model.extensions import outcome, replaces, step\n{text}')
    return path


def lived(*files: Path, **parameters: Any) -> CentricityModel:
    model = CentricityModel("retail-bank", policy="value-driven", rng=3, extensions=files, **SMALL, **parameters)
    model.run_for(8)
    return model


def faults(path: Path) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        lived(path)
    return list(raised.value.faults)


def test_a_neutral_extension_changes_no_bit() -> None:
    usual, extended = lived().outcomes(), lived(EXAMPLE).outcomes()
    assert extended.columns[-1] == "working_from_home"
    assert usual.equals(extended[usual.columns])


def test_an_extension_lives_through_the_burn_in_and_the_run() -> None:
    model = lived(EXAMPLE, remote__share=0.5)
    assert 0.2 < model.outcomes()["working_from_home"].mean() < 0.8
    assert model.organization.employees.remote.any()
    seen, usual = model.organization.employees, lived(EXAMPLE).organization.employees
    assert seen.memory_total.sum() < usual.memory_total.sum()


def test_its_resource_is_spent_and_booked() -> None:
    bank = Scenario.load("retail-bank", extensions=[EXAMPLE])
    assert bank.parameters["cost.office_days"] == 10.0
    assert bank.registry.resources["office_days"].high == 1.0


def closing(folder: Path, weeks: int) -> Path:
    """A scenario with an event of the example."""
    path = scenario_naming(folder, str(EXAMPLE))
    path.write_text(f'{path.read_text()}[[events]]\nkind = "office_closure"\nweek = 3\nweeks = {weeks}\n')
    return path


def test_its_kind_of_event_happens_and_its_effect_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "trust", True)
    model = CentricityModel(closing(tmp_path, 2), rng=3, **SMALL)
    model.run_for(8)
    assert model.outcomes()["working_from_home"].tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0]


def test_its_kind_of_event_is_known_where_it_is_only_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "reading", True)
    assert dict(Scenario.load(closing(tmp_path, 2)).events[0].fields) == {"share": 1.0, "weeks": 2}
    with pytest.raises(ScenarioError, match=r"weeks must be 1 to 5200"):
        Scenario.load(closing(tmp_path, 0))


EVENT = '''
from sim.model.events import EventKind, declare_fields

def happen({arguments}):
    pass

EVENT_KINDS = (
    EventKind(
        name="{name}", meaning="Something.", apply=happen,
        fields=declare_fields("""
x.{field} = 0.5 share; 0 to 1; own; tier 5
    Size.
    Source: Mine
"""),
    ),
)
'''


@pytest.mark.parametrize(
    ("name", "field", "arguments", "said"),
    [
        ("merger", "share", "share", "kind of event merger is one of the model's already"),
        ("festival", "share", "shore", "happen asks for shore; it may ask for event, share, employees,"),
        ("festival", "policy", "policy", "happen asks for policy; of which there are two"),
    ],
)
def test_what_is_wrong_with_a_kind_of_event_is_told(
    name: str, field: str, arguments: str, said: str, tmp_path: Path
) -> None:
    (reported,) = faults(written(tmp_path, EVENT.format(name=name, field=field, arguments=arguments)))
    assert reported.startswith(f"{tmp_path}") and said in reported


def test_a_rule_is_replaced_everywhere_and_may_call_the_one_it_replaces(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "from sim.model.mechanisms.norm import practice_probability as usual\n\n"
        "@replaces('norm.practice_probability')\n"
        "def practice_probability(share, value, susceptibility, sharpness, value_weight):\n"
        "    return 0.0 * usual(share, value, susceptibility, sharpness, value_weight)\n",
    )
    free = lived(path, coaching__effect=0.0, example__effect=0.0, monitoring__practice=0.0)
    assert (free.outcomes()["practicing"] == 0.0).all()


def test_a_step_is_replaced_and_may_ask_for_other_things(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\n@replaces('energy.update_energy')\ndef update_energy(employees):\n    for seat in range(employees.energy.size):\n"
        "        employees.energy[seat] = 0.5\n",
    )
    assert (lived(path).outcomes()["energy"] == 0.5).all()


def test_its_file_may_have_any_name(tmp_path: Path) -> None:
    text = "\n@step(after='update_energy')\ndef rest(employees):\n    employees.energy[:] = 0.5\n"
    assert (lived(written(tmp_path, text, "2nd-own file.py")).outcomes()["energy"] == 0.5).all()


def test_a_step_on_mesa_agents(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\n@step(after='choose_practice')\ndef cheer(model):\n    for agent in model.agents:\n"
        "        if type(agent).__name__ == 'Employee':\n            agent.cynicism = 0.25\n",
    )
    assert np.isclose(lived(path).outcomes()["cynicism"], 0.25).all()


def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "\n@step(after='choose_practic')\ndef one(employees, parametres):\n    pass\n\n"
        "@replaces('norm.practic_probability')\ndef two(share):\n    pass\n\n"
        "@replaces('norm.practice_probability')\ndef three(share):\n    pass\n",
    )
    reported = faults(path)
    assert len(reported) == 4
    assert all(fault.startswith(f"{path}: line ") for fault in reported)
    assert any("Did you mean choose_practice?" in fault for fault in reported)
    assert any("asks for parametres" in fault for fault in reported)
    assert any("share, value, susceptibility, sharpness, value_weight" in fault for fault in reported)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\ndef broken(:\n", 5, "must be Python"),
        ("\nraise ValueError('no chance')\n", 5, "ValueError: no chance"),
        ("\n@step()\ndef nowhere(employees):\n    pass\n", 5, "a step stands after or before another"),
        (
            "\nfrom sim.model.kernel.parameters import declare\n"
            'PARAMETERS = declare("""\nnorm.rule = 1 share; 0 to 1; own; tier 5\n'
            '    X.\n    Source: Y\n""")\n',
            None,
            "norm.rule is one of the model's already",
        ),
    ],
)
def test_every_fault_names_its_place(text: str, line: int | None, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    (reported,) = faults(path)
    assert reported.startswith(f"{path}: line {line}: " if line else f"{path}: ")
    assert said in reported


def scenario_naming(folder: Path, name: str) -> Path:
    path = folder / "own.toml"
    path.write_text(f'extensions = ["{name}"]\n[[departments]]\nname = "all"\nshare = 1.0\nfacing = 1.0\npower = 1.0\n')
    return path


def test_what_only_a_scenario_names_is_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "was-run"
    written(tmp_path, f"\nimport pathlib\npathlib.Path({str(marker)!r}).touch()\n")
    path = scenario_naming(tmp_path, "own.py")
    with pytest.raises(ScenarioError, match="--extension"):
        Scenario.load(path)
    assert not marker.exists()
    consent.reading = True
    Scenario.load(path)
    assert not marker.exists(), "what is checked is read"
    consent.reading = False
    consent.give([tmp_path / "own.py"])
    assert Scenario.load(path).extensions[0].file == str(tmp_path / "own.py")
    assert marker.exists()


def test_reading_finds_what_running_finds() -> None:
    read = describe_extension(Extension(str(EXAMPLE), EXAMPLE.read_text()))
    registry = Scenario.load("retail-bank", extensions=[EXAMPLE]).registry
    for parameter in read.parameters:
        assert registry.parameters[parameter.name] == parameter
    for resource in read.resources:
        assert registry.resources[resource.name] == resource
    assert [(each.name, each.unit, each.meaning) for each in read.outcomes] == [
        (each.name, each.unit, each.meaning) for each in [registry.outcomes["working_from_home"]]
    ]


def test_its_text_counts_in_the_fingerprint(tmp_path: Path) -> None:
    one, other = written(tmp_path, "\n"), written(tmp_path, "\n# another\n", "other.py")
    bank = Scenario.load("retail-bank")
    with_one = bank.with_extensions([one])
    other.rename(one)
    assert len({bank.hash, with_one.hash, bank.with_extensions([one]).hash}) == 3


def test_a_scenario_takes_its_extensions_to_other_processes() -> None:
    bank = Scenario.load("retail-bank", extensions=[EXAMPLE])
    copy = pickle.loads(pickle.dumps(bank))
    assert copy.hash == bank.hash
    assert "remote.share" in copy.registry.parameters


def test_a_rule_patched_from_outside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    lived()
    monkeypatch.setattr(norm, "practice_probability", lambda *given: 0.0)
    with pytest.raises(PatchedError, match=r"norm\.practice_probability"):
        lived()
