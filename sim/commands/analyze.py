"""``centricity analyze``: what a sweep shows, in words, tables and pictures; also of tables that others have made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.commands.errors import (
    DONE_WITH_FAILURES,
    INTERRUPTED,
    Debug,
    describe_os_error,
    reporting_faults,
    write_messages,
)
from sim.commands.progress import show_progress
from sim.commands.publication_options import Column, Font, Formats
from sim.commands.terminal import echo, make_console
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import Faults, quoted
from sim.model.scenario.suggestions import closest
from sim.safe_text import for_markdown, unseen

if TYPE_CHECKING:
    import pandas as pd

    from sim.analysis.sweep_text import AnalysisOptions, Findings
    from sim.analysis.sweeps import ResultKey, Sweep
    from sim.pages.publication.methods import Methods
    from sim.pages.publication.request import Publication

KIND, REPORT, SUMMARY = "analysis", "analysis.md", "analysis.json"
ENDINGS = (".csv", ".tsv", ".txt", ".parquet")

MOST_OUTCOMES, MOST_PRINTED = 6, 5
"""Number of outcomes that are analyzed unless some are named, and of statements of a kind that are printed."""

_WIDEST = 100
_PARTS = {
    "policies": ("Which policy", ("policies", "futures")),
    "where": ("Where it holds", ("region", "share", "map", "curves")),
    "factors": ("What matters", ("sobol", "morris", "pawn", "ranks", "tornado")),
    "replicates": ("Were there enough replicates?", ("replicates",)),
}
"""Parts of the report about an outcome: title, and how the names of its figures begin."""


def analyze(
    source: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder of a sweep, finished or not; or a table: text or .parquet.")
    ],
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="METRIC", help="What to analyze; repeatable. Else what was kept."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="New folder; else DIR-analysis.")] = None,
    target: Annotated[
        list[str] | None, typer.Option("--target", metavar="METRIC=VALUE", help="What is good enough; repeatable.")
    ] = None,
    pair: Annotated[
        list[str] | None,
        typer.Option(
            "--pair", metavar="A:B", help="Policies to set against each other; else the best against the others."
        ),
    ] = None,
    half_width: Annotated[
        list[str] | None,
        typer.Option("--half-width", metavar="METRIC=VALUE", help="Half-width of an interval that is narrow enough."),
    ] = None,
    factor: Annotated[
        list[str] | None, typer.Option("--factor", metavar="COLUMN", help="Of a table: a parameter; repeatable.")
    ] = None,
    design: Annotated[
        str | None,
        typer.Option("--design", metavar="KIND", help="Of a table: sample (default), grid, list, sobol or morris."),
    ] = None,
    policy_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of a table: the policy.")] = None,
    future_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of a table: the future.")] = None,
    replicate_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of a table: the replicate.")] = None,
    row_column: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of a table: row of the design.")] = None,
    lower: Annotated[
        list[str] | None, typer.Option("--lower", metavar="OUTCOME", help="Less of this is better; repeatable.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option("--decimal", metavar="WORD", help="Of a table: mark before decimals, point or comma.")
    ] = None,
    formats: Formats = None,
    column: Column = None,
    font: Font = None,
    as_tables: Annotated[
        str | None,
        typer.Option("--tables", metavar="LIST", help="Also write tables for a paper, into publication: latex."),
    ] = None,
    debug: Debug = False,
) -> None:
    """Analyze a sweep: indices, tornados, policies over futures, regions, and whether there were enough replicates.

    Writes analysis.md (in words), analysis.json, tables and figures into a folder, whole or not at all; an earlier
    analysis there is replaced. A sweep may still be running. For a table of another program, name its columns:
    parameters with --factor, results with --outcome. Rows of sobol and morris must be in the order of SALib.

    Example: centricity analyze results/durability --outcome lift_later --target lift_later=0.02

    Example: centricity analyze theirs.csv --factor speed --factor load --outcome waiting --lower waiting
    """
    from sim.analysis.sensitivity import MissingExtraError, require_salib
    from sim.lab.writing import check_folder
    from sim.pages.publication.request import read_publication

    with reporting_faults(debug):
        folder_or_file = source if source.name not in ("", "..") else source.resolve()
        folder = out or folder_or_file.with_name(
            f"{folder_or_file.name if folder_or_file.is_dir() else folder_or_file.stem}-analysis"
        )
        faults = Faults()
        publication, _ = read_publication(formats, as_tables, column, font, False, faults)
        check_folder(folder, faults, SUMMARY, KIND)
        columns = {"policy": policy_column, "future": future_column, "replicate": replicate_column, "row": row_column}
        if source.is_dir():
            given = [f"--{name}-column" for name, column in columns.items() if column is not None]
            others = {"--factor": factor, "--design": design, "--decimal": decimal}
            for option in [*given, *(name for name, value in others.items() if value not in (None, [], ()))]:
                faults.add(option, f"is for tables of other programs, got a folder, {source}. Leave it out.")
            sweep = _read_store(source, lower or ())
        else:
            sweep = _read_table(
                source,
                factor or (),
                outcome or (),
                "sample" if design is None else design,
                columns,
                lower or (),
                decimal,
                faults,
            )
        options = _read_options(sweep, outcome, target, half_width, pair, faults)
        if any(design.kind == "sobol" for design in sweep.designs):
            try:
                require_salib()
            except MissingExtraError as error:
                faults.take([str(error)])
        faults.raise_any()
    try:
        findings = _analyze_outcomes(sweep, options)
        report = _make_report(sweep, findings)
        written = _write(folder, source, sweep, findings, report, publication)
    except KeyboardInterrupt:
        write_messages([f"Interrupted: {folder} is as it was. The same command starts again."])
        raise typer.Exit(INTERRUPTED) from None
    except OSError as error:
        if debug:
            raise
        write_messages([str(error) if error.filename is None else describe_os_error(error)])
        raise typer.Exit(DONE_WITH_FAILURES) from error
    _print(report)
    echo(f"\n{written}")


def _read_store(folder: Path, lower: Sequence[str]) -> Sweep:
    """The sweep in a folder."""
    from dataclasses import replace

    from sim.analysis.design_rows import TableError
    from sim.analysis.sweeps import Sweep
    from sim.lab.sweep.reading import read_store

    store = read_store(folder)
    try:
        runs, columns = store.runs, store.dictionary["tables"]["runs"]["columns"]
        if runs.empty or "status" not in runs:
            raise TableError(["no run is done yet. Wait for the first ones, and give the same command again."])
        sweep = Sweep.from_store(
            store.manifest, store.points, runs, store.designs if len(store.designs) else None, finished=store.finished,
            units={name: str(column.get("unit") or "") for name, column in columns.items()},
        )  # fmt: skip
    except TableError as error:
        raise ScenarioError(f"{folder}: {fault}" for fault in error.faults) from error
    except ScenarioError:
        raise
    except (KeyError, ValueError) as error:  # a table without one of its columns
        said = " ".join(f"{type(error).__name__}: {error}".split())
        raise ScenarioError(
            [f"{folder}: the store cannot be read ({said}). Give the folder as the sweep wrote it."]
        ) from error
    return replace(sweep, lower=tuple(lower))


def _read_table(
    file: Path, factors: Sequence[str], outcomes: Sequence[str], kind: str, columns: Mapping[str, str | None],
    lower: Sequence[str], decimal: str | None, faults: Faults,
) -> Sweep:  # fmt: skip
    """A table of another program; faults that do not need it are raised with its own."""
    import pandas as pd

    from sim.analysis.design_rows import TableError
    from sim.analysis.sweeps import KINDS, Sweep
    from sim.calibration.options import is_decimal
    from sim.calibration.run_table import read_run_table

    if file.suffix.lower() not in ENDINGS or not file.is_file():
        faults.add(
            str(file), f"must be the folder of a sweep, or a table that ends in {' or '.join(ENDINGS)}. Check the path."
        )
    for option, names, what in (("--factor", factors, "parameters"), ("--outcome", outcomes, "results")):
        if not names:
            faults.add(option, f"must name the columns of {what} in {file}, got none. Repeat it for each.")
    if kind not in KINDS:
        faults.add("--design", f"must be one of {', '.join(KINDS)}, got {kind}. A plain random sample is sample.")
    if decimal is not None and not is_decimal(decimal):
        faults.add("--decimal", f"must be point or comma, got {quoted(decimal)}. It is the mark before decimals.")
    elif decimal is not None and file.suffix.lower() == ".parquet":
        faults.add("--decimal", f"is for text, got {file}, which holds numbers as numbers. Leave it out.")
    faults.raise_any()
    assert decimal is None or is_decimal(decimal)  # else there was a fault
    try:
        if file.suffix.lower() == ".parquet":
            table = pd.read_parquet(file)
        else:
            named = [*factors, *outcomes, *(column for column in columns.values() if column is not None)]
            table = read_run_table(file, named, outcomes, lambda text: write_messages([text]), decimal)
        _refuse_unseen(table, [*factors, *outcomes, *(name for name in columns.values() if name is not None)])
        return Sweep.from_table(table, list(factors), list(outcomes), kind=kind, lower=lower, name=file.stem, **columns)
    except TableError as error:
        raise ScenarioError(f"{file}: {fault}" for fault in error.faults) from error
    except ScenarioError:
        raise
    except (ValueError, KeyError, OSError) as error:  # a file that is no Parquet, or a damaged one
        said = " ".join(f"{type(error).__name__}: {error}".split())[:_WIDEST]
        raise ScenarioError(
            [f"{file}: this cannot be read as a table ({said}). Write it as CSV or Parquet."]
        ) from error


def _refuse_unseen(table: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse columns whose names, or texts, hold characters that cannot be seen.

    Raises:
        TableError: If one does.
    """
    from sim.analysis.design_rows import TableError

    for name in columns:
        cells = table[name].unique() if name in table and table[name].dtype.kind not in "biufM" else ()
        for text in (name, *cells):
            if isinstance(text, str) and unseen(text):
                what = f"the column {quoted(name)} must not hold characters that cannot be seen, got {quoted(text)}."
                raise TableError([f"{what} Remove them."])


def _read_options(
    sweep: Sweep, outcomes: Sequence[str] | None, targets: Sequence[str] | None, half_widths: Sequence[str] | None,
    pairs: Sequence[str] | None, faults: Faults,
) -> AnalysisOptions:  # fmt: skip
    """What is asked for, checked against what is there."""
    from sim.analysis.sweep_text import AnalysisOptions

    kept = sorted(sweep.outcomes, key=lambda name: name != sweep.objective)
    named = [*(("--outcome", name) for name in outcomes or ()), *(("--lower", name) for name in sweep.lower)]
    for option, name in named:
        if name not in kept:
            near = closest(name, kept)
            hint = f"Did you mean {near}?" if near else f"Kept: {', '.join(kept)}."
            faults.add(option, f"must be an outcome that the sweep kept, got {name}. {hint}")
    policies = list(dict.fromkeys(policy for design in sweep.designs for policy in design.policies))
    against = []
    for text in pairs or ():
        first, _, second = text.partition(":")
        if first not in policies or second not in policies or first == second:
            faults.add(
                "--pair", f"must be two policies of the sweep, got {text}. Write A:B with two of {', '.join(policies)}."
            )
        against.append((first, second))
    return AnalysisOptions(
        tuple(dict.fromkeys(outcomes or kept[:MOST_OUTCOMES])), _read_numbers("--target", targets, kept, faults),
        _read_numbers("--half-width", half_widths, kept, faults), tuple(against),
    )  # fmt: skip


def _read_numbers(
    option: str, texts: Sequence[str] | None, outcomes: Sequence[str], faults: Faults
) -> dict[str, float]:
    """``METRIC=VALUE`` options."""
    found = {}
    for text in texts or ():
        name, _, value = text.partition("=")
        try:
            found[name] = float(value)
        except ValueError:
            faults.add(option, f"must be METRIC=VALUE with a number, got {text}. Write for example {outcomes[0]}=0.02.")
            continue
        if (
            name not in outcomes
            or not abs(found[name]) < float("inf")
            or (option == "--half-width" and found[name] <= 0.0)
        ):
            rule = "an outcome and a number" + (" above 0" if option == "--half-width" else "")
            faults.add(option, f"must be {rule}, got {text}. Outcomes: {', '.join(outcomes)}.")
    return found


def _analyze_outcomes(sweep: Sweep, options: AnalysisOptions) -> list[Findings]:
    """All analyses, with progress."""
    from sim.analysis.sweep_text import analyze_outcome

    findings = []
    with show_progress("outcomes") as progress:
        for number, outcome in enumerate(options.outcomes):
            progress(number, len(options.outcomes))
            findings.append(analyze_outcome(sweep, outcome, options))
    return findings


def tidy_tables(findings: Iterable[Findings]) -> dict[str, pd.DataFrame]:
    """All results as tidy tables by name; the first columns of each say what a row is about."""
    import pandas as pd

    tables: dict[str, list[pd.DataFrame]] = {}

    def add(name: str, key: ResultKey, table: pd.DataFrame, *about: str) -> None:
        if len(table):
            marks = pd.DataFrame(
                {column: [key.columns[column]] * len(table) for column in ("design", "outcome", *about)}
            )
            tables.setdefault(name, []).append(pd.concat([marks, table.reset_index(drop=True)], axis=1))

    run = ("policy", "future")
    for each in findings:
        for key, compared, benchmark in each.comparisons:
            add("policies", key, compared.policies.assign(target=benchmark.words))
            add("policies-by-future", key, compared.futures.assign(target=benchmark.words))
        for key, _, discovery in each.discoveries:
            add("boxes", key, discovery.table.assign(question=key.policy))
            add("peeling", key, discovery.peeling.assign(question=key.policy))
        for key, sobol in each.sobol:
            add("sobol", key, sobol.table.assign(blocks=sobol.blocks, dropped=sobol.dropped, noise=sobol.noise), *run)
            add("sobol-pairs", key, sobol.pairs, *run)
        for key, morris in each.morris:
            add("morris", key, morris.table, *run)
        for key, pawn in each.pawn:
            add("pawn", key, pawn.table.assign(rows=pawn.rows, split=pawn.split), *run)
        for key, regression in each.regressions:
            add("ranks", key, regression.table.assign(explained=regression.explained, rows=regression.rows), *run)
        for key, swings in each.swings:
            add("tornado", key, swings.table.assign(base_level=swings.level), *run)
        for _, key, plane in each.planes:
            add("grids", key, plane.table, "policy")
        for key, convergence in each.convergence:
            add("replicates", key, convergence.table.assign(target=convergence.target), "policy")
            add("points", key, convergence.points, "policy")
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _make_report(sweep: Sweep, findings: Sequence[Findings]) -> dict[str, Any]:
    """Everything in words, for JSON."""
    from sim.analysis.sweep_summary import summarize_sweep
    from sim.analysis.sweep_text import SweepNarrator, caveats

    narrator = SweepNarrator(sweep)
    outcomes = {
        each.outcome: {
            "policies": narrator.describe_policies(each),
            "where": narrator.describe_discoveries(each),
            "factors": narrator.describe_factors(each),
            "replicates": narrator.describe_replicates(each),
        }
        for each in findings
    }
    return {
        "kind": KIND,
        "name": sweep.name,
        "claim": sweep.claim,
        "finished": sweep.finished,
        "runs": {"found": len(sweep.runs), "failed": sweep.failed, "planned": sweep.planned},
        "in_short": summarize_sweep(narrator, findings),
        "completeness": narrator.describe_completeness(list(outcomes)),
        "outcomes": outcomes,
        "left_out": [name for name in sweep.outcomes if name not in outcomes],
        "caveats": caveats(sweep, findings),
        "again": _say_how_to_repeat(sweep),
    }


def _say_how_to_repeat(sweep: Sweep) -> str:
    """With what this was made, and what is the same the next time."""
    from sim.lab.manifest import versions

    used = ", ".join(f"{name} {version}" for name, version in versions().items() if version)
    text = f"Analyzed with {used}. Bits repeat on the same versions and processor features; elsewhere numbers agree to rounding."
    return f"{text} The manifest of the sweep holds its experiment, seeds and versions." if sweep.seeds else text


def _print(report: Mapping[str, Any]) -> None:
    """The words, to read at once."""
    from rich.text import Text

    terminal = make_console()
    console = make_console(highlight=False, width=min(terminal.width, _WIDEST) if terminal.is_terminal else _WIDEST)
    for heading, part in (("In short", "in_short"), ("What there is", "completeness")):
        console.print(Text(heading, style="bold"))
        console.print(Text(" ".join(report[part])))
        console.print()
    for outcome, parts in report["outcomes"].items():
        console.print(Text(outcome, style="bold"))
        for statements in parts.values():
            for statement in statements[:MOST_PRINTED]:
                console.print(Text(f"- {statement}"))
            if len(statements) > MOST_PRINTED:
                console.print(Text(f"  {len(statements) - MOST_PRINTED} more in {REPORT}", style="dim"))
        console.print()
    if report["left_out"]:
        console.print(Text(f"Not analyzed, ask with --outcome: {', '.join(report['left_out'])}."))
    console.print(Text(" ".join(report["caveats"]), style="dim"))


def _write(
    folder: Path, source: Path, sweep: Sweep, findings: Sequence[Findings], report: Mapping[str, Any],
    publication: Publication,
) -> str:  # fmt: skip
    """The folder, whole or not at all, and what is in it in words."""
    from sim.lab.manifest import versions
    from sim.lab.writing import replaced_folder, write_csv, write_json, write_text
    from sim.pages.publication.of_sweep import write_sweep
    from sim.pages.report.figure_style import save_png
    from sim.pages.report.sweep_figures import pictures

    tables = tidy_tables(findings)
    drawn = {each.outcome: list(pictures(sweep, each)) for each in findings}
    total = sum(len(each) for each in drawn.values())
    with replaced_folder(folder) as new, show_progress("figures") as progress:
        (new / "figures").mkdir()
        (new / "tables").mkdir()
        for name, table in tables.items():
            table.to_parquet(new / "tables" / f"{name}.parquet", index=False)
            write_csv(table, new / "tables" / f"{name}.csv")
        for number, picture in enumerate(picture for each in drawn.values() for picture in each):
            progress(number, total)
            save_png(picture.draw(), new / "figures" / f"{picture.name}.png")
        titles = {name: [(each.name, each.title) for each in part] for name, part in drawn.items()}
        if publication:
            every = [picture for each in drawn.values() for picture in each]
            write_sweep(new, publication, sweep.name, every, tables, _methods(source, sweep))
        write_text(new / REPORT, _markdown(report, titles, sorted(tables)))
        files = sorted(path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file())
        write_json(new / SUMMARY, {**report, "source": str(source), "versions": versions(), "files": files})
    return f"Written to {folder}: {REPORT} for people; {SUMMARY}, {len(tables)} tables, {total} figures"


def _methods(source: Path, sweep: Sweep) -> Methods:
    """What was done, in words."""
    from sim.lab.manifest import versions
    from sim.lab.sweep.reading import read_store
    from sim.pages.publication.methods import methods_of_sweep, methods_of_table

    if source.is_dir():
        return methods_of_sweep(read_store(source).manifest)
    return methods_of_table(source.name, len(sweep.runs), versions())


def _markdown(report: Mapping[str, Any], titles: Mapping[str, Sequence[tuple[str, str]]], tables: Sequence[str]) -> str:
    """The report in words with its pictures."""

    def listed(statements: Sequence[str]) -> list[str]:
        return [f"- {for_markdown(text)}" for text in statements]

    lines = [f"# {for_markdown(report['name'] or 'Sweep')}: analysis", ""]
    lines += [f"> {for_markdown(report['claim'])}", ""] if report["claim"] else []
    lines += ["## In short", "", for_markdown(" ".join(report["in_short"])), ""]
    lines += ["## What there is", "", *listed(report["completeness"]), ""]
    for outcome, parts in report["outcomes"].items():
        lines += [f"## {for_markdown(outcome)}", ""]
        for part, statements in parts.items():
            heading, kinds = _PARTS[part]
            shown_here = [(name, title) for name, title in titles[outcome] if name.startswith(kinds)]
            if statements or shown_here:
                lines += [f"### {heading}", "", *listed(statements), ""]
                pictures = [f"![{for_markdown(title)}](figures/{name}.png)" for name, title in shown_here]
                lines += [line for picture in pictures for line in (picture, "")]
    lines += ["## Caveats", "", *listed(report["caveats"]), ""]
    lines += ["## Tables", "", f"`tables/`, each as Parquet and CSV: {', '.join(tables) or 'none'}.", ""]
    lines += ["## Do it again", "", for_markdown(report["again"]), ""]
    return "\n".join(lines)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("analyze")(analyze)
