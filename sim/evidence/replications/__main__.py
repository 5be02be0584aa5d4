"""Write the page of the replications from their modules.

``python -m sim.evidence.replications > sim/evidence/replications/README.md``
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil

import sim.evidence.replications as package

_WITHOUT = {"__main__", "randomness", "datasets", "memories"}  # no replication of their own


def pages() -> str:
    """Every replication with what was published, what comes out here, what differs and why, as Markdown."""
    parts = [
        "# Replications\n\nWritten from the modules by `python -m sim.evidence.replications`; scored by `centricity evidence`.\n",
        inspect.cleandoc(package.__doc__ or ""),
    ]
    for entry in pkgutil.iter_modules(package.__path__):
        if entry.name in _WITHOUT:
            continue
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        title, _, text = inspect.cleandoc(module.__doc__ or "").partition("\n")
        functions = [
            name
            for name, value in vars(module).items()
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_")
        ]
        calls = ", ".join(f"`{name}`" for name in functions)
        body = text.strip().replace("``", "`")
        parts.append(f"## {title}\n\n{body}\n\nIn `sim/evidence/replications/{entry.name}.py`: {calls}.")
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(pages(), end="")
