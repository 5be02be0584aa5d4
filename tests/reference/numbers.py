"""The parameters of a scenario as plain attributes, with constants derived from them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sim.model.kernel.parameters import ParameterValue

HUNDRED = 100
"""Memory counts in hundredths: the entry for a practice that was seen and that nothing prompted."""

FREE, COACHED, BY_EXAMPLE, MONITORED = range(4)
"""What prompted a practice."""


class Numbers:
    """Parameters by name with an underscore for the dot: ``norm.sharpness`` is ``norm_sharpness``."""

    def __init__(self, parameters: Mapping[str, ParameterValue]) -> None:
        for name, value in parameters.items():
            setattr(self, name.replace(".", "_"), value)
        self.log_kept_on = math.log1p(-_weekly_from_monthly(self.employees_dismissal))
        self.succeeded = -math.expm1(math.log1p(-min(self.executives_succession, 1.0 - 1e-12)) / 52.0)
        self.staff_adjusted = _closed(self.staffing_volume_weeks)
        self.hired = 1.0 / self.hiring_delay_weeks
        self.salience_kept = math.exp(-1.0 / self.salience_forgetting_weeks)
        self.exposure_kept = math.exp(-1.0 / self.salience_habituation_weeks)
        self.cynicism_kept = math.exp(-1.0 / self.cynicism_fading_weeks)
        self.talk_kept = math.exp(-1.0 / self.espoused_memory_weeks)
        self.adopted = _closed(self.manager_adoption_weeks)
        self.crowded = _closed(self.crowding_weeks)
        self.complied = _closed(self.compliance_adoption_weeks)
        self.habit_formed = _closed(self.habit_formation_weeks)
        self.standard_up = _closed(self.standard_recovery_weeks)
        self.standard_down = _closed(self.standard_erosion_weeks)
        self.satisfied = _closed(self.employees_satisfaction_weeks)
        self.assessed = _closed(self.executives_assessment_weeks)
        self.reputed = _closed(self.word_of_mouth_memory_weeks)
        encounters = self.norm_encounters * 12.0 / 52.0
        self.rounds = math.ceil(encounters)
        self.encounter = encounters / self.rounds if self.rounds else 0.0
        self.manager_met = self.network_mixing + (1.0 - self.network_mixing) * self.network_manager_share
        self.weight_of_practice = (
            1.0,
            self.norm_coached_weight,
            self.norm_example_weight,
            self.norm_monitored_weight,
        )
        self.shown_practice = [round(HUNDRED * weight) for weight in self.weight_of_practice]
        rate = self.survey_response_rate
        self.reference_odds = rate / (1.0 - rate) if rate < 1.0 else math.inf
        self.unlearned = _closed(self.learning_unused_weeks) if self.learning_unused_weeks else 0.0
        self.regarded = _closed(self.standing_weeks)
        self.standing_matters = bool(self.standing_help or self.standing_protection)
        self.empathy_kept = math.exp(-7.0 / self.empathy_fading_days)
        error, outside = self.norm_misperception, self.hiring_outside_practice
        self.seen_outside = outside * (1.0 - error) + (1.0 - outside) * error
        self.felt = _closed(self.justice_weeks)
        self.credited = _closed(self.credit_weeks)
        self.gamed = _closed(self.gaming_weeks)
        self.raised = _closed(self.partners_weeks)
        self.negotiated = _closed(self.line_negotiation_weeks)
        self.noted = _closed(self.line_slack_weeks)
        self.grown_used = _closed(self.line_normal_weeks)
        self.belief_kept = math.exp(-1.0 / self.needs_forgetting_weeks)
        self.apologies_kept = math.exp(-1.0 / self.recovery_memory_weeks)
        self.irritation_kept = math.exp(-1.0 / self.promotion_irritation_weeks)
        self.fad_comes = -math.expm1(-self.fads_rate / 52.0)
        self.pays_arrears = 1.0 - (1.0 - self.dues_payment) * math.exp(-self.dues_collection * self.dues_dunning)
        self.dunned = 1.0 - self.dues_harshness * self.dues_dunning * self.dues_dunning
        internal = self.attention_to_colleagues + self.attention_to_bosses + self.attention_to_deadlines
        self.to_colleagues = self.attention_to_colleagues / internal
        self.to_bosses = self.attention_to_bosses / internal
        self.to_deadlines = self.attention_to_deadlines / internal
        self.justice_matters = bool(
            self.justice_energy_effect or self.justice_attention_effect or self.justice_satisfaction_effect
        )

    def value_at_rest(self, set_point: float) -> float:
        """Value at which old practice elsewhere and a set point balance; the set point itself where nothing returns to it."""
        if self.norm_value_anchor == 0.0:
            return set_point
        practice = self.hiring_outside_practice
        up, down = (
            self.norm_value_drift * practice,
            self.norm_value_drift * self.norm_omission_weight * (1.0 - practice),
        )
        return float((up + self.norm_value_anchor * set_point) / (up + down + self.norm_value_anchor))

    def __getattr__(self, name: str) -> Any:
        """For type checkers: parameters are known when a scenario is."""
        raise AttributeError(name)


def mean(values: list[float], otherwise: float = math.nan) -> float:
    """Mean, or a default for an empty list."""
    return sum(values) / len(values) if values else otherwise


def _closed(weeks: float) -> float:
    """Share of a gap that closes in one week with this time constant."""
    return -math.expm1(-1.0 / weeks)


def _weekly_from_monthly(monthly: float) -> float:
    """Weekly share that compounds to a monthly one; a month has 52/12 weeks."""
    return -math.expm1(math.log1p(-monthly) * 12.0 / 52.0)
