"""Resources: everything that an organization can spend on customer centricity.

A policy is amounts of these over time, nothing else. No resource has a persistence parameter: what lasts, lasts in people.
A resource names the channels that it feeds for the documentation only. Mechanisms read amounts, never names of policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.model.kernel.parameters import Parameter, Tier

Nature = Literal["talk", "work", "terms"]
"""What a resource is when executives choose between saying and doing."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that policies can spend by the week.

    Attributes:
        name: Key in policy files.
        unit: Unit of the amount.
        low, high: Legal amounts; the default is always 0.
        meaning: What it is in the organization.
        per: Whether ``cost`` is per head reached or per organization.
        cost: Default cost of one unit for one week, in currency (parameter ``cost.NAME``).
        channels: Which dynamics it feeds.
        source: Where it, and its cost, come from.
        tier: Quality of that source.
        nature: What executives can make of it: ``work`` can end as ``talk``; ``terms`` (who watches, who pays, who is
            asked, what is sold) are neither.
        by_attention: Whether it depends on executives' own attention, and falls when that moves to the next topic.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    per: str
    cost: float
    channels: tuple[str, ...]
    source: str
    tier: Tier = Tier.CONJECTURE
    nature: Nature = "work"
    by_attention: bool = False

    def __post_init__(self) -> None:
        """Refuse a resource whose cost is per anything but head or organization."""
        if self.per not in ("head", "organization"):
            raise ValueError(f"{self.name}: per must be head or organization, got {self.per}")

    @property
    def cost_parameter(self) -> Parameter:
        """Its cost as a parameter that scenarios may set. Of a price only its order is known: half less to half more."""
        return Parameter(
            f"cost.{self.name}",
            self.cost,
            f"currency per {self.unit.split(' per ')[0]}, week and {self.per}",
            f"Cost of one unit of {self.name.replace('_', ' ')} for one week.",
            self.source,
            self.tier,
            0.0,
            1e7,
            plausible=(0.5 * self.cost, 1.5 * self.cost) if self.cost else None,
            kind="own",
        )


_PRICE = "Conjecture: price of the working time or material involved"

RESOURCES: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        Resource(
            "speeches",
            "speeches per week",
            0.0,
            5.0,
            "Speeches and videoconferences in which leaders say that the customer comes first.",
            "organization",
            1500.0,
            ("salience", "espoused", "cynicism", "self-assessment"),
            _PRICE,
            nature="talk",
            by_attention=True,
        ),
        Resource(
            "posters",
            "share of sites",
            0.0,
            1.0,
            "Posters, screens and mail footers that say so.",
            "organization",
            200.0,
            ("espoused", "cynicism", "self-assessment"),
            _PRICE,
            nature="talk",
            by_attention=True,
        ),
        Resource(
            "procedures",
            "share of work",
            0.0,
            1.0,
            "Share of work under customer-friendly procedures and checklists.",
            "head",
            6.0,
            ("compliance", "workload"),
            _PRICE,
        ),
        Resource(
            "monitoring",
            "share of work",
            0.0,
            1.0,
            "Share of work on which adherence is watched.",
            "head",
            12.0,
            ("compliance", "practice under surveillance", "crowding-out"),
            _PRICE,
        ),
        Resource(
            "training",
            "hours per week",
            0.0,
            10.0,
            "Hours a week in which each person is taught to see their work with the customer's eyes.",
            "head",
            15.0,
            ("value", "standard", "workload"),
            _PRICE + "; working time comes on top as load",
        ),
        Resource(
            "coaching",
            "share of a full program",
            0.0,
            1.0,
            "Coaching on the job: a coach stands beside people until they have done it once this week.",
            "head",
            18.0,
            ("practice", "standard", "workload"),
            _PRICE,
        ),
        Resource(
            "hiring_filter",
            "share of hires",
            0.0,
            1.0,
            "Share of hires for whom the candidate with most value for customers is taken.",
            "organization",
            400.0,
            ("value of newcomers",),
            _PRICE,
        ),
        Resource(
            "sponsor_attention",
            "share of executives' time",
            0.0,
            1.0,
            "Attention that executives give to living the example themselves.",
            "organization",
            5000.0,
            ("practice by example",),
            _PRICE,
            by_attention=True,
        ),
        Resource(
            "protected_budget",
            "share of the program",
            0.0,
            1.0,
            "Share of the program that neither a budget cut nor a successor can touch.",
            "organization",
            0.0,
            ("persistence of other resources",),
            "A commitment costs nothing by itself; what it protects is paid for",
            nature="terms",
        ),
        Resource(
            "recovery_authority",
            "share of failures",
            0.0,
            1.0,
            "Share of failures that the employee at hand may make right at once.",
            "head",
            1.0,
            ("recovery",),
            _PRICE + "; each recovery is paid on top",
        ),
        Resource(
            "promotion",
            "contacts per customer and week",
            0.0,
            7.0,
            "Promotional contacts that customers did not come for: mail, messages, advertising that follows them about.",
            "organization",
            2000.0,
            ("extra sales", "trust", "irritation", "blocking"),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "consent",
            "share of dealings",
            0.0,
            1.0,
            "Share of dealings in which customers are asked first, promotional contact included.",
            "organization",
            1200.0,
            ("trust", "promotional contact"),
            _PRICE,
        ),
        Resource(
            "disclosure",
            "share of work",
            0.0,
            1.0,
            "Share of work that customers can see, with its risks told beforehand.",
            "organization",
            1500.0,
            ("perceived service", "trust after failures"),
            _PRICE,
        ),
        Resource(
            "feedback",
            "share of customers",
            0.0,
            1.0,
            "Share of customers whose feedback on what they need is asked for and heard.",
            "organization",
            2500.0,
            ("organizational code of needs",),
            _PRICE,
        ),
        Resource(
            "segments",
            "segments",
            0.0,
            10.0,
            "Segments of the market that are promised an offer of their own.",
            "organization",
            800.0,
            ("service by segment", "expectation", "cost of contacts"),
            _PRICE,
        ),
        Resource(
            "partner_standards",
            "share of a full program",
            0.0,
            1.0,
            "Partners are held to standards of service, and helped to meet them.",
            "organization",
            4000.0,
            ("weakest partner",),
            _PRICE,
        ),
        Resource(
            "relief",
            "share of a full program",
            0.0,
            1.0,
            "Extra hands and rest: work taken off people and time to recover.",
            "head",
            60.0,
            ("workload", "energy", "employee satisfaction", "felt justice"),
            _PRICE,
        ),
        Resource(
            "alignment",
            "share of a full program",
            0.0,
            1.0,
            "Well-led talks across departments about what centricity is to mean here.",
            "head",
            8.0,
            ("definitions",),
            _PRICE,
        ),
        Resource(
            "moments",
            "moments per week",
            0.0,
            2.0,
            "Workshops in which executives and a mixed team take what customers go through to something that is implemented.",
            "organization",
            15000.0,
            ("insight", "salience", "leaders' engagement"),
            _PRICE,
        ),
        Resource(
            "score_bonus",
            "share of a full bonus",
            0.0,
            1.0,
            "Bonus that hangs on the measured score; a full one makes it most people's first concern.",
            "head",
            25.0,
            ("effort", "gaming of the score"),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "audit_independence",
            "share of auditors",
            0.0,
            1.0,
            "Share of auditors whom the audited neither choose nor pay.",
            "organization",
            600.0,
            ("oversight",),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "audit_probability",
            "share of cases",
            0.0,
            1.0,
            "Chance that what is reported and decided is looked into.",
            "organization",
            2500.0,
            ("oversight",),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "audit_consequence",
            "share of pay and office",
            0.0,
            1.0,
            "Share of pay and office that those in power stand to lose by what an audit finds.",
            "organization",
            300.0,
            ("oversight",),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "participation",
            "share of decisions",
            0.0,
            1.0,
            "Share of decisions on which customers are invited to be heard.",
            "organization",
            1200.0,
            ("oversight, as far as those in power lend it independence and consequence",),
            _PRICE,
            nature="terms",
        ),
        Resource(
            "delegation",
            "share of a full office",
            0.0,
            1.0,
            "An office for customer centricity: surveys, reports, meetings.",
            "organization",
            8000.0,
            ("reported score", "workload"),
            _PRICE + " of a handful of people",
            nature="terms",
        ),
        Resource(
            "delegated_power",
            "share of power",
            0.0,
            1.0,
            "Share of the power to draw the line that the office for customer centricity is given.",
            "organization",
            0.0,
            ("where the line is drawn",),
            "Power costs nothing by itself; what is conceded is paid for",
            nature="terms",
        ),
    )
}

RESOURCE_NAMES: tuple[str, ...] = tuple(RESOURCES)

PARAMETERS = tuple(resource.cost_parameter for resource in RESOURCES.values())
