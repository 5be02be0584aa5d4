"""The dossier of a study: TRACE (Grimm et al. 2014) and RAT-RS (Achter et al. 2022), from the sources of the ODD.

It tells what the program knows of itself: parameters with sources, facts with verdicts, what tests compare, what was fitted.
What only an author of a study can say is marked as such and left open.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from sim.analysis.wording import join_words
from sim.documentation.odd import TIERS, cell
from sim.documentation.study import Study
from sim.documentation.study_odd import acting_steps
from sim.evidence.fact import load_facts
from sim.evidence.kept import FILE, kept_verdicts
from sim.evidence.tables import can_validate
from sim.fitting.observation_model import MEASURES
from sim.model.scenario import shipped
from sim.pages.publication.bibliography import cited, works
from sim.safe_text import for_markdown

_CITED = ("grimm2014", "achter2022", "grimm2020")


def render_dossier(study: Study) -> str:
    """The document as Markdown."""
    environment = Environment(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters["cell"] = cell
    environment.filters["plain"] = for_markdown
    template = (resources.files("sim.documentation") / "dossier.md.jinja").read_text(encoding="utf-8")
    text = environment.from_string(template).render(**describe_dossier(study))
    found = {work.key: work for work in [*cited(text), *(works()[key] for key in _CITED)]}
    listed = "\n".join(f"- {for_markdown(found[key].reference)}" for key in sorted(found))
    return re.sub(r"\n{3,}", "\n\n", text).replace("@REFERENCES@", listed)


def describe_dossier(study: Study) -> dict[str, Any]:
    """The content of the document, without its form."""
    scenario = study.scenario
    facts = load_facts()
    verdicts = kept_verdicts()
    parameters = study.parameters
    own = [name for name, each in parameters.items() if scenario.parameters[name] != each.default]
    measured = [
        {
            "id": fact.id, "claim": fact.claim, "source": fact.source, "tier": int(fact.tier),
            "verdict": (verdicts or {}).get(fact.id, "not yet run"),
        }
        for fact in facts
        if can_validate(fact)
    ]  # fmt: skip
    return {
        "scenario": scenario,
        "about": " ".join(scenario.about.split()),
        "policies": join_words([policy.name for policy in study.policies]) or "no policy",
        "steps": len(acting_steps(study)),
        "mechanisms": len(study.mechanisms),
        "parameters": len(parameters),
        "by_tier": [
            {"tier": int(tier), "meaning": meaning, "number": sum(each.tier is tier for each in parameters.values())}
            for tier, meaning in TIERS.items()
        ],
        "sourced": [
            {"name": name, "value": scenario.parameters[name], "source": each.source, "tier": int(each.tier)}
            for name, each in parameters.items()
            if int(each.tier) <= 4
        ],
        "own": own,
        "facts": len(facts),
        "by_kind": dict(Counter(str(fact.kind) for fact in facts)),
        "verdicts": dict(Counter((verdicts or {}).get(fact.id, "not yet run") for fact in facts)),
        "replications": sorted({fact.id.partition("/")[0] for fact in facts if fact.kind == "replication"}),
        "measured": measured,
        "regions": (_kept("regions") or "").removeprefix("over the plausible ranges: "),
        "headlines": _kept("headlines") or [],
        "observables": [name.replace("_", " ") for name in MEASURES],
    }


def _kept(key: str) -> Any:
    """A part of the kept evidence; ``None`` without a checkout."""
    path = shipped.top() / FILE
    return json.loads(path.read_text(encoding="utf-8"))[key] if path.is_file() else None
