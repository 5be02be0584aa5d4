"""An archive of a comparison for a repository of data or models, with all that it takes to run it again."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from sim.lab.reproduction import KeptComparison, last_part, read_kept
from sim.lab.task import replicate_seed
from sim.lab.toml_text import write_toml
from sim.lab.writing import MANIFEST, replaced_file
from sim.model.scenario import shipped
from sim.model.scenario.messages import Faults

RESULTS, PROGRAM, LOCK = "results", "program", "requirements.txt"
"""Folders and the lock file of an archive."""

_PAPERS = ("LICENSE", "CITATION.cff")
_DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same archive
_README = """# {scenario}: a comparison by simulation, with all that repeats it

PLACEHOLDER: title, authors and license of these results. Only you can fill them in; those of the program are in CITATION.cff
and LICENSE.

Command: `{command}`

Centricity {version}, Python {python}, {system} {architecture}; seed {seed}, {replicates} replicates, {weeks} weeks.

## Run it again

In a folder of its own, with Python {minor}:

    python{minor} -m venv env
    env/bin/python -m pip install -r {lock}
    cd {program}
    ../env/bin/python -m sim reproduce ../{results}

On Windows: `py -{minor} -m venv env`, and `env\\Scripts\\python` in place of `env/bin/python`. It should end with:

    The same: {number} files, byte by byte.

Bits are the same on the same versions and features of the processor ({results}/{manifest} has both); elsewhere numbers agree to
rounding: add `--rtol 1e-9`.

## What is here

| file | what |
|---|---|
| {results}/ | tables, pictures and report, with their {manifest}; dictionary.csv says what every column means |
| scenario.toml | the scenario as it ran, with every parameter and policy |
| inputs/ | scenarios and policies as they were written, where the command names files |
| seeds.csv | the seed of every replicate |
| {lock} | versions of everything that the program needs |
| {program}/ | the program that ran |
| LICENSE, CITATION.cff | of the program |
| SHA256SUMS | fingerprints of all files: `sha256sum -c SHA256SUMS` |
"""


def check_archive(folder: str | Path, faults: Faults) -> KeptComparison | None:
    """The comparison in a folder, if an archive of it would reproduce it; ``None`` after noting why it would not."""
    kept = read_kept(folder)
    location = f"{kept.path}:"
    remedy = f"Run it again: {kept.content['command']}"
    if changed := kept.changed_versions():
        faults.add(location, f"must be of the versions that are installed, got {', '.join(changed)}. {remedy}")
    if kept.content.get("code") is None or kept.changed_source():
        faults.add(location, f"must be of the program as it is here, got another source of it. {remedy}")
    if any(word.startswith("--posterior") for word in kept.words):
        faults.add(
            location,
            "must hold all that its command needs, got --posterior, which names a folder. Archive both by hand.",
        )
    for name in kept.damaged_files():
        faults.add(location, f"must have {name} as it was written, got one that is gone or has changed. {remedy}")
        break
    try:
        for _ in _texts(kept):
            pass
    except (KeyError, TypeError, ValueError, AttributeError):
        faults.add(location, f"must be as a comparison has written it, got one with parts missing. {remedy}")
    except metadata.PackageNotFoundError as error:
        faults.add(
            "the program", f"must be installed, so that its needs are known; {error.name} is not. Run pip install ."
        )
    return None if faults.messages else kept


def lock_versions() -> dict[str, str]:
    """Version here of every distribution that the program needs, directly or not, by name.

    Raises:
        PackageNotFoundError: If one is not installed.
    """
    found: dict[str, str] = {}
    open_needs = [("centricity", "")]
    seen = set(open_needs)
    while open_needs:
        name, extra = open_needs.pop()
        if name != "centricity":
            found[name] = metadata.version(name)
        for text in metadata.requires(name) or ():
            need = Requirement(text)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                more = [(need.name.lower(), each) for each in ("", *sorted(need.extras))]
                open_needs += [each for each in more if each not in seen]
                seen.update(more)
    return dict(sorted(found.items()))


def write_archive(kept: KeptComparison, out: Path) -> int:
    """Write the archive, whole or not at all.

    Args:
        kept: What :func:`check_archive` has found.
        out: Where it goes; its name is that of the folder inside.

    Returns:
        Number of files in it.
    """
    sums: list[str] = []
    top = out.stem
    with replaced_file(out) as new, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in _contents(kept):
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            file.writestr(_entry(top, name), content)
        file.writestr(_entry(top, "SHA256SUMS"), "".join(sums))
    return len(sums) + 1


def _entry(folder: str, name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(f"{folder}/{name}", _DATE)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    return entry


def _contents(kept: KeptComparison) -> Iterator[tuple[str, bytes]]:
    """Every file of the archive but the list of fingerprints, by its path in it."""
    content, folder, above = kept.content, kept.path.parent, shipped.top()
    for name, text in _texts(kept):
        yield name, text.encode()
    for name in _PAPERS:
        yield name, (above / name).read_bytes()
    for name in sorted([*content["files"], MANIFEST]):
        yield f"{RESULTS}/{name}", (folder / name).read_bytes()
    package = shipped.PACKAGE
    folders = [package, *({file.parent for kind in shipped.KINDS for file in shipped.files(kind).values()})]
    places = {place for each in folders for place in each.rglob("*") if place.is_file()}
    for place in sorted(places):
        if "__pycache__" not in place.parts:
            yield f"{PROGRAM}/{place.relative_to(package.parent).as_posix()}", place.read_bytes()


def _texts(kept: KeptComparison) -> Iterator[tuple[str, str]]:
    """Files that are written from the manifest."""
    content = kept.content
    yield "README.md", _readme(kept)
    yield LOCK, "".join(f"{name}=={version}\n" for name, version in lock_versions().items())
    yield "seeds.csv", _seeds(int(content["seed"]), int(content["replicates"]))
    yield "scenario.toml", write_toml(content["scenario"])
    for number, (word, text) in enumerate(kept.inputs.items()):
        yield f"inputs/{number}/{last_part(word)}", text


def _seeds(seed: int, replicates: int) -> str:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("replicate", "seed"))
    table.writerows((number, replicate_seed(seed, number)) for number in range(replicates))
    return text.getvalue()


def _readme(kept: KeptComparison) -> str:
    content = kept.content
    versions, machine = content["versions"], content["machine"]
    return _README.format(
        scenario=content["scenario"]["name"],
        command=content["command"],
        version=versions["centricity"],
        python=versions["python"],
        minor=".".join(versions["python"].split(".")[:2]),
        system=machine["system"],
        architecture=machine["architecture"],
        **{name: content[name] for name in ("seed", "replicates", "weeks")},
        number=len(kept.files),
        lock=LOCK,
        program=PROGRAM,
        results=RESULTS,
        manifest=MANIFEST,
    )
