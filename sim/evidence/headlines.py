"""The headlines: what each policy leaves in the bank as it ships, in the core alone and with everything on.

``python -m sim.evidence.headlines --out results/reference/headlines.json`` runs them; the README quotes them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.lab.comparison_run import compare
from sim.lab.switching import CORE, EVERYTHING, list_variants
from sim.model.scenario import Scenario

POLICIES = ("none", "symbolic", "procedural", "value-driven")

MEASURES = (
    "practicing_lift_at_end",
    "practicing_lift_later",
    "lift_at_end",
    "lift_later",
    "retention_change",
    "net_present_value",
)
"""Measures of ``summary.json``: lifts of practice and of service at the end and two years later, retention, money."""


def headlines(replicates: int = 30, workers: int = 1) -> dict[str, Any]:
    """Measures by setting (``as it ships``, ``core alone``, ``everything on``) and policy: mean with 95 % interval."""
    bank = Scenario.load("retail-bank")
    values = {variant.name: variant.values for variant in list_variants(bank) if not variant.single}
    settings = {"as it ships": {}, CORE: values[CORE], EVERYTHING: values[EVERYTHING]}
    found: dict[str, Any] = {"replicates": replicates, "weeks": bank.weeks}
    for name, overrides in settings.items():
        result = compare(
            bank.override(dict(overrides)), policies=list(POLICIES), replicates=replicates, seed=1, workers=workers
        )
        found[name] = {
            policy: {measure: summary[measure] for measure in MEASURES if measure in summary}
            for policy, summary in result.summary["policies"].items()
        }
    return found


_NAMES = {
    "symbolic": "speeches and posters",
    "procedural": "procedures, monitored",
    "value-driven": "training, coaching, example, hiring",
}


def render_headlines(found: Mapping[str, Any]) -> str:
    """The headlines as a Markdown table; the README holds it word for word."""
    lines = [
        "| policy | setting | practice: end, two years on | service: end, two years on | net present value, millions |",
        "|---|---|---|---|---|",
    ]
    for policy, name in _NAMES.items():
        for setting in ("as it ships", CORE, EVERYTHING):
            row = found[setting][policy]
            practice, service = (
                ", ".join(f"{round(100.0 * row[f'{kind}lift_{when}']['mean'])}" for when in ("at_end", "later"))
                for kind in ("practicing_", "")
            )
            money = [round(row["net_present_value"][end] / 1e6, 1) + 0.0 for end in ("mean", "low", "high")]
            value = "{:.1f} ({:.1f} to {:.1f})".format(*money)
            lines.append(f"| {name} | {setting} | {practice} | {service} | {value} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the headlines as JSON, and print the table."""
    parser = argparse.ArgumentParser(description="What each policy leaves, in three settings.")
    parser.add_argument("--out", type=Path, default=Path("results/reference/headlines.json"))
    parser.add_argument("--replicates", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    text = json.dumps(headlines(options.replicates, options.workers), indent=1, allow_nan=False)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(render_headlines(json.loads(text)), end="")


if __name__ == "__main__":
    main()
