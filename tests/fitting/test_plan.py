"""Plans: what a history could tell, which parameters stay tied, and what more data would add."""

from __future__ import annotations

import numpy as np
import pytest

from fitting.planted import ROWS, history, linear, points, table_of
from sim.analysis.missing import FloatArray
from sim.fitting.plan import More, Plan, plan_fit

pytest.importorskip("sklearn")


def plan_of(expected: FloatArray, unit: FloatArray, rows: int, columns: int) -> Plan:
    """A plan for a history with the first rows and columns of a table."""
    values = np.full(expected.shape[1:], np.nan)
    values[:rows, :columns] = 0.5
    return plan_fit(table_of(unit, expected), history(values), 1)


def test_a_plan_tells_what_could_be_known_and_what_more_would_add() -> None:
    unit = points(1024, 3)
    expected = linear(unit, 0.02)
    third = 0.3 + 0.4 * unit[:, 2:3] + np.zeros((1, ROWS))  # a column that shows the third parameter
    plan = plan_of(np.concatenate([expected, third[:, :, None]], axis=2), unit, ROWS, 2)
    assert plan.contraction["planted.a"] > 0.6 and plan.contraction["planted.c"] < 0.05
    (more,) = plan.columns
    assert more.what == "third" and more.contraction["planted.c"] > 0.6
    assert plan.rows is None
    text = "\n".join(plan.lines)
    assert "cannot tell anything about planted.c" in text and "With third as one more column" in text
    assert plan.as_json()["one_more_column"]["third"]["planted.c"] > 0.6


def test_more_rows_add_to_what_is_seen_in_a_trend() -> None:
    unit = points(1024, 2)
    plan = plan_of(linear(unit, 0.02), unit, 3, 2)
    assert plan.rows is not None and plan.rows.what == "3"
    assert plan.rows.contraction["planted.b"] > plan.contraction["planted.b"] + 0.1
    assert "With 3 more rows" in plan.lines[-1]


def test_parameters_that_act_as_a_sum_are_said_to_be_tied() -> None:
    unit = points(1024, 2)
    both = np.stack([0.5 * (unit[:, 0] + unit[:, 1]), np.full(len(unit), 0.5)], axis=1)
    plan = plan_of(linear(both, 0.002, effects=(0.6, 0.1)), unit, ROWS, 2)
    ((first, second, value),) = plan.tied
    assert {first, second} == {"planted.a", "planted.b"} and value < -0.8
    assert "cannot be told apart: only their sum shows" in "\n".join(plan.lines)


def test_columns_that_add_nothing_are_named_together() -> None:
    now = {"planted.a": 0.4}
    more = (
        More("turnover", {"planted.a": 0.5}),
        More("cost", {"planted.a": 0.41}),
        More("net_promoter", {"planted.a": 0.4}),
    )
    plan = Plan(("planted.a",), now, (), more, None, "A history")
    assert plan.lines[-2].startswith("With turnover as one more column the unknown would shrink by 50 %")
    assert plan.lines[-1] == "With cost or net promoter as one more column nothing more would be learned."
