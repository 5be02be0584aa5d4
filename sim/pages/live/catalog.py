"""The parts of the registry for the page: every parameter, kind of event and outcome, with unit, range and meaning."""

from __future__ import annotations

from typing import Any

from sim.model.kernel.parameters import Parameter
from sim.model.registry import current


def catalog() -> dict[str, Any]:
    """Everything that has a name and a range."""
    known = current()
    return {
        "parameters": [_parameter(parameter, parameter.name) for parameter in known.parameters.values()],
        "events": [
            {
                "name": name,
                "meaning": event_kind.meaning,
                "departments": event_kind.departments,
                "fields": [_parameter(parameter, key) for key, parameter in event_kind.fields.items()],
            }
            for name, event_kind in known.event_kinds.items()
        ],
        "outcomes": [
            {"name": name, "unit": outcome.unit, "meaning": outcome.meaning} for name, outcome in known.outcomes.items()
        ],
    }


def _parameter(parameter: Parameter, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "kind": parameter.type,
        "default": parameter.default,
        "low": parameter.low,
        "high": parameter.high,
        "legal": parameter.legal,
        "choices": list(parameter.choices),
        "unit": parameter.unit,
        "meaning": parameter.meaning,
        "source": parameter.source,
        "tier": int(parameter.tier),
    }
