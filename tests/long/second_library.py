"""Another library fits the same table: neural posterior estimation by ``sbi`` (Papamakarios & Murray 2016).

Two steps, since ``sbi`` with its PyTorch needs an environment of its own::

    python tests/long/second_library.py export FILE.npz      # with centricity: the table of the study of fits, and its posteriors
    python tests/long/second_library.py estimate FILE.npz    # with sbi alone: results/reference/second-library.json

A neural estimate differs from training to training. So it is trained several times, and what trainings differ by is its Monte
Carlo error: how far its posterior means are from one another, in posterior standard deviations.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

TOP = Path(__file__).parents[2]
KEPT = TOP / "results" / "reference" / "second-library.json"
HISTORIES, TRAININGS, DRAWN = 200, 2, 500


def export(path: Path) -> None:
    """Write the table, histories that were set aside, and what a fit makes of them."""
    sys.path[:0] = [str(TOP / "tests"), str(TOP)]
    from long.fits import RULES, SET_ASIDE, learned
    from long.fits_tables import Tables
    from sim.fitting.checks import log_density
    from sim.fitting.posterior import posterior_of, rank_of

    table, _, (truth, histories), basis = learned(Tables(SET_ASIDE, RULES).plain)
    features = basis.summaries.features
    found = []
    for place, history in zip(truth[:HISTORIES], histories[:HISTORIES], strict=True):
        posterior = posterior_of(table, basis, history)
        unit, weights = posterior.unit, posterior.weights
        mean = weights @ unit
        spread = np.sqrt(weights @ (unit - mean) ** 2)
        found.append((mean, spread, log_density(place, unit, weights), rank_of(place, unit, weights)))
    mean, spread, gain, ranks = (np.stack(each) for each in zip(*found, strict=True))
    np.savez(
        path, names=np.array(table.priors.names), unit=table.unit, cells=features(basis.simulated), truth=truth[:HISTORIES],
        own=features(histories[:HISTORIES]), mean=mean, spread=spread, gain=gain, ranks=ranks,
    )  # fmt: skip


def estimate(path: Path) -> None:
    """Train the other library's estimator on the table, and compare."""
    import sbi
    import torch
    from sbi.inference import NPE

    torch.set_num_threads(1)
    with np.load(path) as content:
        given = {name: content[name] for name in content.files}
    logits = torch.logit(
        torch.as_tensor(given["unit"], dtype=torch.float32), eps=1e-4
    )  # so that no draw leaves its range
    means, spreads, gains, ranks = [], [], [], []
    for training in range(TRAININGS):
        torch.manual_seed(training)
        inference = NPE(density_estimator="maf")
        inference.append_simulations(logits, torch.as_tensor(given["cells"], dtype=torch.float32))
        density = inference.train(
            training_batch_size=256, learning_rate=1e-3, stop_after_epochs=10, show_train_summary=False
        )
        with torch.no_grad():
            sampled = density.sample((DRAWN,), condition=torch.as_tensor(given["own"], dtype=torch.float32))
        draws = torch.sigmoid(sampled).numpy()  # (draws, histories, parameters)
        means.append(draws.mean(axis=0))
        spreads.append(draws.std(axis=0))
        gains.append(log_scores(draws, given["truth"]))
        ranks.append((draws < given["truth"]).mean(axis=0))
        print(f"training {training + 1} of {TRAININGS} done", flush=True)
    content = compared(given, np.array(means), np.array(spreads), np.array(gains), np.array(ranks))
    content = {"library": f"sbi {sbi.__version__}, neural posterior estimation, masked autoregressive flow", **content}
    KEPT.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def log_scores(draws: Any, truth: Any) -> Any:
    """Log density of draws (draws, histories, parameters) at the truth: a normal kernel, mirrored at 0 and 1."""
    spread = draws.std(axis=0)
    width = np.maximum(0.9 * spread * len(draws) ** -0.2, 1e-4)
    density = sum(np.exp(-0.5 * ((truth - image) / width) ** 2).mean(axis=0) for image in (draws, -draws, 2.0 - draws))
    return np.log(np.maximum(density / (width * np.sqrt(2.0 * np.pi)), 1e-6))


def compared(given: Any, means: Any, spreads: Any, gains: Any, ranks: Any) -> dict[str, Any]:
    """By parameter: differences of posterior means, in posterior standard deviations; ratio of these; log scores; coverage."""

    def size(away: Any) -> Any:
        return np.sqrt((away**2).mean(axis=tuple(range(away.ndim - 1))))

    middle, spread = means.mean(axis=0), spreads.mean(axis=0)
    between = size((means - middle) / spread) * np.sqrt(len(means) / (len(means) - 1.0))
    apart = size((given["mean"] - means) / spread)  # a single training against this fit
    parameters = {}
    for at, name in enumerate(given["names"]):
        difference = (given["gain"] - gains.mean(axis=0))[:, at]
        parameters[str(name)] = {
            "apart": round(float(apart[at]), 3),
            "trainings_apart": round(float(np.sqrt(2.0) * between[at]), 3),
            "bias": round(float(((given["mean"] - middle) / spread)[:, at].mean()), 3),
            "ratio_of_deviations": round(float(np.median(given["spread"][:, at] / spread[:, at])), 3),
            "log_score": {"fit": round(float(given["gain"][:, at].mean()), 3), "other": round(float(gains[:, :, at].mean()), 3)},
            "fit_better_by": [round(float(difference.mean()), 3), round(float(difference.std() / np.sqrt(len(difference))), 3)],
            "coverage_of_80": {
                "fit": round(float((np.abs(given["ranks"][:, at] - 0.5) <= 0.4).mean()), 3),
                "other": round(float((np.abs(ranks[:, :, at] - 0.5) <= 0.4).mean()), 3),
            },
        }  # fmt: skip
    return {"histories": len(given["truth"]), "trainings": len(means), "parameters": parameters}


if __name__ == "__main__":
    {"export": export, "estimate": estimate}[sys.argv[1]](Path(sys.argv[2]))
