"""The net promoter score that goes with a satisfaction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.analysis.net_promoter import net_promoter_score
from sim.lab.targets import read_targets
from sim.model.scenario.messages import Faults


def test_it_is_promoters_less_detractors_of_a_normal_distribution() -> None:
    satisfaction = np.array([0.0, 0.5, 0.71, 0.75, 0.8, 1.0])
    expected = 100.0 * (norm.sf(0.85, satisfaction, 0.2) - norm.cdf(0.65, satisfaction, 0.2))
    assert net_promoter_score(satisfaction) == pytest.approx(expected)
    assert net_promoter_score(0.75) == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(net_promoter_score(np.nan))
    assert np.all(np.diff(net_promoter_score(satisfaction)) > 0.0)


def test_it_is_a_measure_and_a_target_under_the_name_that_people_use() -> None:
    assert {"net_promoter_score", "net_promoter_change"} <= MEASURES_OF_RUNS.keys()
    faults = Faults()
    first, second = read_targets(["NPS>=20", "net_promoter_change>=0"], faults)
    faults.raise_any()
    assert (first.metric, first.value, str(first)) == ("net_promoter_score", 20.0, "net_promoter_score>=20")
    assert second.metric == "net_promoter_change"
