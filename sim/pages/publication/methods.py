"""The paragraph of methods, written from a manifest: what was run, how often, from which seed, with which program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.analysis.intervals import BOOTSTRAP_SAMPLES, LEVEL
from sim.analysis.wording import join_words
from sim.lab.writing import write_text
from sim.model.policies.policy import NONE
from sim.pages.publication.bibliography import works, write_bibtex
from sim.safe_text import for_latex, for_markdown

_CITATION = re.compile(r"\[@([\w-]+)\]")
_HASH = 12
"""Characters of a fingerprint that are printed; the manifest has all."""

_LONGEST = 200
"""Characters of a command that a paragraph has room for."""

_DESIGNS = {
    "sobol": "variance-based indices of Sobol' [@saltelli2010] by SALib [@iwanaga2022]",
    "morris": "elementary effects [@morris1991] by SALib [@iwanaga2022]",
}


@dataclass(frozen=True, slots=True)
class Methods:
    """The paragraph, with citations such as ``[@hunter2007]``."""

    sentences: tuple[str, ...]

    @property
    def keys(self) -> list[str]:
        """Works that it cites, in order."""
        return list(dict.fromkeys(key for sentence in self.sentences for key in _CITATION.findall(sentence)))

    def markdown(self) -> str:
        """For Word and for pages, with the references in words."""
        text = " ".join(self.sentences)
        parts = _CITATION.split(text)
        said = "".join(
            f"({for_markdown(_name(part))})" if number % 2 else _kept(part, for_markdown)
            for number, part in enumerate(parts)
        )
        listed = [f"- {for_markdown(works()[key].reference)}" for key in sorted(self.keys)]
        return "\n".join(["# Methods", "", said, "", "## References", "", *listed, ""])

    def latex(self) -> str:
        """For a paper in LaTeX."""
        parts = _CITATION.split(" ".join(self.sentences))
        return (
            "".join(f"\\cite{{{part}}}" if number % 2 else _kept(part, for_latex) for number, part in enumerate(parts))
            + "\n"
        )

    def write(self, folder: Path) -> None:
        """Write ``methods.md``, ``methods.tex`` and ``references.bib``."""
        write_text(folder / "methods.md", self.markdown())
        write_text(folder / "methods.tex", self.latex())
        write_text(folder / "references.bib", write_bibtex(self.keys))


def _kept(text: str, safe: Callable[[str], str]) -> str:
    """A text made safe, with the blanks at its ends."""
    inner = text.strip()
    return text.replace(inner, safe(inner), 1) if inner else text


def _name(key: str) -> str:
    """A work as it is cited in a text."""
    work = works()[key]
    names = work.surnames
    who = names[0] if len(names) == 1 else f"{names[0]} & {names[1]}" if len(names) == 2 else f"{names[0]} et al."
    return f"{who} {work.year}"


def methods_of_comparison(manifest: Mapping[str, Any]) -> Methods:
    """The methods of a comparison; every number of its own comes from the manifest."""
    scenario, policies = manifest["scenario"], [name for name in manifest["policies"] if name != NONE.name]
    replicates, weeks = int(manifest["replicates"]), int(manifest["weeks"])
    lines = [*_program(manifest), (
        f"The scenario {scenario['name']} was run for {weeks} weeks, after {scenario['run']['burn_in']} weeks without a policy "
        f"that let the organization settle."
    )]  # fmt: skip
    if policies:
        lines.append(
            f"{replicates} {_plural('organization', replicates)} {'was' if replicates == 1 else 'were'} drawn (seed "
            f"{manifest['seed']}); each ran under {join_words(policies)} and, as its twin, without any policy, with the same "
            "events and common random numbers, so that a difference of the two is due to the policy alone."
        )
        budget = manifest.get("budget")
        if budget:
            lines.append(f"Amounts of resources were scaled to one budget of {budget:,.0f} {scenario['currency']}.")
    else:
        lines.append(
            f"{replicates} {_plural('organization', replicates)} ran without a policy (seed {manifest['seed']})."
        )
    lines += _variations(manifest)
    lines.append(
        f"Values are means over replicates with {100 * LEVEL:g} % intervals: Student's t for means, Wilson's for shares of runs, "
        f"the percentile bootstrap ({BOOTSTRAP_SAMPLES:,} samples, paired by organization) for ratios, Kaplan-Meier estimates "
        "[@kaplan1958] for half-lives."
    )
    lines += _failures(len(manifest["failures"]))
    lines += _again(manifest)
    return Methods(tuple(lines))


def methods_of_sweep(manifest: Mapping[str, Any]) -> Methods:
    """The methods of a sweep of this program."""
    experiment = manifest.get("experiment") or {}
    scenario = (manifest.get("scenario") or {}).get("name")
    lines = [*_program(manifest)]
    if experiment.get("name"):
        lines.append(f"The experiment is {experiment['name']}{f', in the scenario {scenario}' if scenario else ''}.")
    if manifest.get("weeks"):
        seed = f" (seed {manifest['seed']})" if "seed" in manifest else ""
        lines.append(f"Runs have {manifest['weeks']} weeks{seed}.")
    kinds = []
    for design in manifest["designs"]:
        over = f"{len(design['over'])} {_plural('factor', len(design['over']))}"
        lines.append(f"The design {design['name']} ({design['kind']}) has {design['rows']:,} rows over {over}.")
        if design["kind"] in _DESIGNS:
            kinds.append(_DESIGNS[design["kind"]])
    replicates = manifest.get("replicates") or {}
    if replicates.get("fixed"):
        number = int(replicates["fixed"])
        lines.append(f"Every row was run in {number} {_plural('replicate', number)} under every policy.")
    elif replicates.get("until"):
        until = replicates["until"]
        lines.append(
            f"Replicates were added to a row until the half width of the {100 * LEVEL:g} % interval of {until['metric']} was at "
            f"most {until['half_width']:g}."
        )
    if runs := manifest.get("runs"):
        lines.append(f"{runs['done']:,} runs are done, {runs['failed']:,} failed.")
    if kinds:
        lines.append(f"Analyses: {join_words(list(dict.fromkeys(kinds)))}.")
    lines.append(
        f"Intervals have {100 * LEVEL:g} %; within a row they are over replicates, in indices over rows or blocks of the design."
    )
    lines += _again(manifest)
    return Methods(tuple(lines))


def methods_of_table(name: str, rows: int, versions: Mapping[str, str | None]) -> Methods:
    """The methods of an analysis of a table that another program made."""
    return Methods((
        f"{rows:,} rows of the table {name} were analyzed with Centricity {versions.get('centricity') or 'of a checkout'} "
        "[@centricity].",
        f"Intervals have {100 * LEVEL:g} %.",
    ))  # fmt: skip


def _program(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Which program, and what it stands on."""
    versions = manifest.get("versions") or {}
    mark = manifest.get("fingerprint") or manifest.get("code")
    fingerprint = f", fingerprint of the code {str(mark)[:_HASH]}" if mark else ""
    yield (
        f"Simulations were made with Centricity {versions.get('centricity') or 'of a checkout'}{fingerprint} [@centricity], an "
        "agent-based model of organizations and their customers, described by the ODD protocol [@grimm2020]."
    )
    stands_on = {"mesa": "Mesa", "numpy": "NumPy", "numba": "Numba", "matplotlib": "Matplotlib"}
    keys = {"mesa": "terhoeven2025", "numpy": "harris2020", "numba": "lam2015", "matplotlib": "hunter2007"}
    parts = [f"{said} {versions[name]} [@{keys[name]}]" for name, said in stands_on.items() if versions.get(name)]
    python = f"Python {versions['python']}" if versions.get("python") else ""
    if python or parts:
        yield f"It stands on {join_words([each for each in (python, *parts) if each])}."


def _variations(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Futures, ablations and draws of parameters."""
    if futures := manifest.get("futures"):
        yield f"The same was run in the {_plural('future', len(futures))} {join_words(list(futures))}."
    if without := manifest.get("without"):
        yield f"Switched off in policies and twins alike: {join_words(list(without))}."
    if variants := manifest.get("variants"):
        yield f"In {len(variants)} variants mechanisms were switched off or on, on the same organizations."
    if points := manifest.get("parameter_points"):
        yield f"The same was run at {points} other points of unknown parameters."


def _failures(failed: int) -> Iterator[str]:
    """Runs that are missing."""
    if failed:
        yield f"{failed} {_plural('run', failed)} failed and {'is' if failed == 1 else 'are'} missing from the means."


def _again(manifest: Mapping[str, Any]) -> Iterator[str]:
    """How to do it again."""
    mark = manifest.get("scenario_hash") or manifest.get("experiment_hash")
    what = "scenario" if manifest.get("scenario_hash") else "experiment"
    if mark:
        yield f"The manifest of the results holds the {what} in full (SHA-256 {str(mark)[:_HASH]}), with all versions and seeds."
    command = str(manifest.get("command") or "")
    if command:
        yield f"Command: {command}." if len(command) <= _LONGEST else "The command that repeats it is there, too."


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
