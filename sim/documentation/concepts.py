"""The paragraphs of the protocol that people have written, each sentence with the code that it rests on.

A sentence stands in a document only if what it rests on acts in the study, so that no document tells of what is not there. A test
checks that everything named here exists.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and what it rests on.

    Attributes:
        text: One sentence or a few that belong together.
        rests_on: Functions of mechanisms, as ``norm.remember``; empty for what holds of every study.
        unless: Mechanisms that would make it untrue.
    """

    text: str
    rests_on: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    @property
    def mechanisms(self) -> set[str]:
        """Mechanisms that must act for the sentence to be true."""
        return {name.partition(".")[0].replace("_", "-") for name in self.rests_on}

    def holds(self, acting: Collection[str]) -> bool:
        """Whether it is true of a study in which these mechanisms act."""
        return self.mechanisms <= set(acting) and not set(self.unless) & set(acting)


def _said(text: str, *rests_on: str, unless: tuple[str, ...] = ()) -> Sentence:
    return Sentence(text, rests_on, unless)


CONCEPTS: Mapping[str, tuple[Sentence, ...]] = {
    "Basic principles": (
        _said("Channels of influence (Kelman 1958) are kept apart, each with dynamics of its own."),
        _said("Identification is attention to what leaders say, which fades.", "salience.update_salience"),
        _said("Compliance is conduct under monitoring, of which habit keeps part.", "compliance.update_compliance"),
        _said(
            "Internalization is values, and a norm carried by what colleagues are seen to choose.",
            "norm.drift_values", "norm.observe_colleagues",
        ),
        _said(
            "What is espoused is not what is enacted (Argyris & Schön 1974).",
            "leadership.update_espoused_values", "delivery.deliver_to_contacts",
        ),
        _said("The two may be decoupled (Meyer & Rowan 1977).", "place.decouple_talk_from_work"),
        _said(
            "A policy is amounts of resources over time; no resource has a persistence parameter and no mechanism knows the "
            "name of a policy, so that what lasts, lasts in people."
        ),
    ),
    "Emergence": (
        _said(
            "What customers get, how far practice spreads, thresholds, reversion, loyalty, retention and profit emerge from what "
            "employees and customers do. Amounts of resources, events, and the traits of newcomers are imposed."
        ),
    ),
    "Adaptation": (
        _said(
            "Employees choose weekly whether to act for the customer, by noisy best response to what they remember of "
            "colleagues' choices and to their own value.",
            "norm.choose_practice", "norm.practice_probability",
        ),
        _said(
            "Customers adjust expectation, satisfaction, trust and loyalty, and leave or stay.",
            "satisfaction.update_expectations", "satisfaction.update_trust_and_loyalty", "lifetime.churn_customers",
        ),
        _said("Managers adopt procedures.", "compliance.update_adoption"),
        _said("Executives decide conflicts of interest by their true weights.", "conflict.decide_conflicts"),
        _said(
            "They turn part of a program into talk where talk promises them more.", "place.decouple_talk_from_work"
        ),
    ),
    "Objectives": (
        _said("Employees conform to what is done around them, weighed against what they value.", "norm.practice_probability"),
        _said(
            "Executives weigh the interests of customers, of owners or politicians, and their own.", "leadership.true_weights"
        ),
        _said("Customers have needs, which are served in part.", "service.serve_customers"),
    ),
    "Learning": (
        _said("Values drift toward one's own free choices (self-perception; Bem 1972).", "norm.drift_values"),
        _said("Training moves values.", "training.value_after_training"),
        _said("Practice becomes habit.", "compliance.update_habit"),
        _said("Standards erode under load.", "standard.erode_standard"),
        _said("Customers' expectations follow experience.", "satisfaction.update_expectation"),
        _said(
            "Employees learn what customers need by meeting them, forget without, and teach and are taught by the organizational "
            "code (mutual learning, March 1991).",
            "needs.update_beliefs", "learning.step_toward",
        ),
    ),
    "Prediction": (
        _said(
            "Employees and customers do not look ahead: their expectations are adaptive.", "satisfaction.update_expectation"
        ),
        _said(
            "Executives look ahead: each compares what work and talk promise, work by the probability of still being in office "
            "when it pays, and this decides how much of a program ends as talk.",
            "place.retention_probability", "place.expected_payoff_of_work", "place.expected_payoff_of_talk",
            "place.talk_probability",
        ),
        _said("Executives do not look ahead either.", unless=("place",)),
        _said("Politicians attend to voters the more, the nearer the next election is.", "interest.attention_before_vote"),
        _said("Executives' time is booked weeks ahead.", "calendar.share_booked"),
    ),
    "Sensing": (
        _said(
            "Employees see some colleagues' choices, their manager's example and what is done in their department.",
            "norm.observe_colleagues", "norm.follow_executives", "salience.update_salience_and_cynicism",
        ),
        _said(
            "Executives see the score of a survey that the satisfied answer more readily, and hear their own messages.",
            "survey.response_probability", "leadership.update_self_assessment",
        ),
        _said("Customers know what they got.", "satisfaction.perceive_service"),
    ),
    "Interaction": (
        _said(
            "Colleagues meet in a network, with their manager, and by chance.",
            "norm.draw_encounters", "network.draw_colleague",
        ),
        _said("Pairs talk about what centricity means.", "definitions.discuss_definitions"),
        _said("Customers and employees meet in service contacts.", "service.assign_employees_to_contacts"),
        _said("Customers tell others.", "word_of_mouth.spread_word_of_mouth"),
        _said("Customers, colleagues, bosses and deadlines compete for attention.", "attention.divide_attention"),
        _said("Tasks compete for working time.", "workload.update_workload"),
    ),
    "Collectives": (
        _said(
            "Departments (with seats, load and power), teams under a manager, and the executives, who decide together.",
            "workload.update_workload", "leadership.true_weights",
        ),
    ),
}  # fmt: skip
"""Design concepts by the names of the protocol; stochasticity and observation are read from the code alone."""


@dataclass(frozen=True, slots=True)
class Precedence:
    """Why one step comes before another in the week."""

    first: str
    second: str
    reason: str


ORDER: tuple[Precedence, ...] = tuple(
    Precedence(*each)
    for each in (
        ("apply_events", "replace_executives", "a succession that the scenario schedules takes place in its own week"),
        ("replace_executives", "fund_policy", "who has just come into office may end a program before it is paid for"),
        ("replace_executives", "set_direction", "a direction is that of those who lead this week"),
        ("fund_policy", "follow_fads", "attention can be drawn away from programs that are in force"),
        ("fund_policy", "decouple_talk_from_work", "only what is funded can be turned into talk"),
        ("decouple_talk_from_work", "update_espoused_values", "what was turned into talk is said in the same week"),
        ("end_employment", "hire_employees", "seats become vacant before they are filled"),
        (
            "end_employment", "lose_adoption_of_departed_managers",
            "procedures lose the managers who had made them their own as these leave",
        ),
        ("hire_employees", "observe_colleagues", "newcomers see and are seen from their first week"),
        ("update_salience_and_cynicism", "train_employees", "cynicism blunts training of the same week"),
        ("hold_moments", "observe_colleagues", "what a moment raises is at work in the same week"),
        ("observe_colleagues", "choose_practice", "people answer what they remember, this week's encounters included"),
        ("choose_practice", "discuss_definitions", "people talk after they have chosen, so that talk acts from the next week on"),
        ("draw_contacts", "update_workload", "work is what this week's contacts bring"),
        ("update_work_pressure", "update_standards", "standards give way to the pressure of the same week"),
        ("update_felt_justice", "update_energy", "justice felt decides how well people rest"),
        ("update_energy", "update_delivery", "people serve with the energy that they have left"),
        ("allocate_attention", "update_delivery", "people serve with the attention that they have left"),
        ("update_oversight", "set_decision_weight", "those who decide know who watches"),
        ("weigh_departments_voices", "set_decision_weight", "the line is drawn after departments have been heard"),
        ("set_decision_weight", "decide_conflicts", "conflicts are decided by the line of this week"),
        ("decide_conflicts", "arbitrate_conflicts", "only what was refused can be appealed against"),
        ("update_delivery", "deliver_to_contacts", "a contact gets what its employee has to give"),
        ("match_service_to_needs", "serve_customers", "what misses the need serves nobody"),
        ("draw_failures", "respond_to_failures", "a failure is noticed after it has happened"),
        ("serve_customers", "perceive_service", "customers judge what they got"),
        ("update_customer_satisfaction", "update_expectations", "experience is held against the expectation that it met"),
        ("update_trust_and_loyalty", "churn_customers", "who leaves does so after this week's experience"),
        ("churn_customers", "acquire_customers", "positions become free before newcomers take them"),
        ("churn_customers", "survey_customers", "those who have left are not asked"),
        ("survey_customers", "update_self_assessment", "executives see themselves in the score of this week"),
        ("update_self_assessment", "keep_accounts", "accounts close the week"),
    )
)  # fmt: skip
"""Why the week has its order, for pairs of steps of which one needs what the other leaves."""
