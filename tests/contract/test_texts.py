"""What somebody writes into a file is a text in all that shows it: never markup, a formula, or a control of a terminal."""

from __future__ import annotations

import csv
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from lesson.small import invented
from typer.testing import CliRunner, Result

from sim import safe_text
from sim.commands.cli import app
from sim.model.scenario import Scenario, ScenarioError, load_policy
from sim.pages.lesson import load_lesson
from sim.pages.lesson.page import render_page
from sim.pages.lesson.words import english, to_translate, translated

MARKUP = (
    "# x <script>alert(1)</script><img src=x onerror=alert(1)> [a](javascript:alert(1)) ![i](http://x.y/i.png) `c` | "
    "*b* _u_ &lt;b&gt; --> ]]> {{7*7}} {% x %} $a$b$ \"'</script><!--<script> =1+1 [/red] \\"
)
"""A text that is legal, and markup in every medium."""

SHORT = '<i>$x^$[/]"'
"""The same for a currency."""

UNSEEN = {
    "escape": "\x1b[2J", "delete": "\x7f", "bell": "\a", "C1": "\x9b1m", "override": "\u202e", "isolate": "\u2066",
    "mark": "\u200f", "no width": "\u200b", "byte order mark": "\ufeff", "line separator": "\u2028", "carriage return": "\r",
    "tag": "\U000e0041",
}  # fmt: skip

SMALL = ("--set", "employees.number=12", "--set", "customers.initial=30", "--set", "customers.market=40")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> Result:
    """A command, of which nothing on a terminal may act on it."""
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    for character in set(result.output):
        assert character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp"), repr(character)
    return result


def toml(text: str) -> str:
    """A text as TOML writes it."""
    return '"' + "".join(f"\\U{ord(each):08x}" for each in text) + '"'


def write_files(name: str) -> None:
    """A scenario, a policy and an experiment, with a hostile text wherever a text may stand."""
    texts = "\n".join(f"{key} = {toml(MARKUP)}" for key in ("about", "notice", "try"))
    Path(f"{name}.toml").write_text(
        f'{texts}\ncurrency = {toml(SHORT)}\n[[departments]]\nname = "all"\nshare = 1.0\nfacing = 0.5\npower = 1.0\n'
        f'[policies.mine]\nspeeches = 1.0\n{texts}\n[futures.bad]\n"employees.turnover" = 0.1\n',
        encoding="utf-8",
    )
    Path("plan.toml").write_text(f"training = 1.0\n{texts}\n", encoding="utf-8")
    Path(f"{name}-experiment.toml").write_text(
        f"{texts}\nclaim = {toml(MARKUP)}\nscenario = {toml(f'{name}.toml')}\nweeks = 4\nreplicates = 2\n"
        'policies = ["none", "mine"]\nkeep = ["net_present_value", "enacted_change"]\n'
        '[set]\n"employees.number" = 12\n"customers.market" = 40\n"customers.initial" = 30\n'
        '[[uncertainties]]\nparameter = "employees.turnover"\n'
        '[[designs]]\nname = "sample"\nkind = "latin-hypercube"\nnumber = 3\n',
        encoding="utf-8",
    )


class Page(HTMLParser):
    """Elements of a page, their attributes, and its JSON."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.json: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        if ("type", "application/json") in attrs:
            self.json.append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.json and not self.json[-1]:
            self.json[-1] = data


def check_page(text: str, plain: Page) -> None:
    """A page with hostile texts has no other elements and attributes than one without, and no foreign link."""
    page = Page(text)
    assert page.tags.keys() == plain.tags.keys()
    assert page.tags["script"] == plain.tags["script"] and page.tags["img"] == plain.tags["img"]
    assert page.attributes == plain.attributes
    assert not [link for link in page.links if "javascript:" in link or "x.y" in link]
    for content in page.json:
        json.loads(content)


def check_markdown(text: str) -> None:
    """Markdown without HTML, and with no links and pictures but its own."""
    plain = re.sub(r"\\.", "", text)
    assert not re.search(r"<|&(?!lt;|gt;|amp;)#?\w+;", plain), plain
    for target in re.findall(r"\]\(([^)]*)\)", plain):
        assert target.startswith("figures/")
    assert "`" not in plain.replace("`tables/`", "")


def check_csv(path: Path) -> None:
    """A table in which no cell is a formula."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            for cell in row:
                assert not cell.startswith(("=", "+", "@", "\t")) and not re.match(r"-(?![\d.]|inf)", cell), (
                    path,
                    cell,
                )


def check_files(folder: Path) -> set[str]:
    """Every file of a folder that has a form; gives their endings."""
    seen = set()
    for path in (path for path in folder.rglob("*") if path.is_file()):
        seen.add(path.suffix)
        if path.suffix == ".md":
            check_markdown(path.read_text(encoding="utf-8"))
        elif path.suffix == ".csv":
            check_csv(path)
        elif path.suffix == ".json":
            assert safe_text.unseen_in(json.loads(path.read_text(encoding="utf-8"))) is None
    return seen


def test_texts_of_scenarios_and_policies_are_texts_in_every_output() -> None:
    name = "=cmd &<img src=x>, [x](y)"
    write_files(name)
    asked = (
        "--replicates",
        "2",
        "--weeks",
        "4",
        "--workers",
        "1",
        "--futures",
        "--target",
        "net_present_value>=0",
        *SMALL,
    )
    policies = [word for policy in ("none", "mine", "plan.toml") for word in ("--policy", policy)]
    for command in (
        ("check", f"{name}.toml", "plan.toml", f"{name}-experiment.toml"),
        ("compare", f"{name}.toml", *policies, *asked, "--out", "compared"),
        ("run", f"{name}.toml", *SMALL, "--weeks", "3", "--trace", "employee:3", "--out", "run.csv"),
    ):
        done = run(*command)
        assert done.exit_code == 0, done.output
    assert check_files(Path("compared")) >= {".html", ".csv", ".json", ".png"}
    check_csv(Path("run.csv"))
    text = Path("compared", "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not page.tags.keys() & {"script", "img", "i", "iframe"}
    assert not [link for link in page.links if not link.startswith("#")]
    assert not [each for each in page.attributes if each.startswith("on")]
    for picture in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(picture)


@pytest.mark.slow
def test_texts_of_experiments_are_texts_in_every_output() -> None:
    name = "=cmd &<img src=x>, [x](y)"
    write_files(name)
    for command in (
        ("sweep", f"{name}-experiment.toml", "--workers", "1", "--out", "swept"),
        ("analyze", "swept", "--out", "analyzed"),
    ):
        done = run(*command)
        assert done.exit_code == 0, done.output
    assert check_files(Path("analyzed")) >= {".md", ".csv", ".json", ".png"}
    analysis = Path("analyzed", "analysis.md").read_text(encoding="utf-8")
    assert "&lt;script&gt;" in analysis, "the claim is there, as a text"


def test_texts_of_lessons_are_texts() -> None:
    lesson, runs = invented("speech")
    page = render_page(lesson, runs, everywhere(english(lesson), MARKUP))
    check_page(page, Page(render_page(lesson, runs, english(lesson))))
    assert Page(page).json


def everywhere(content: Any, text: str) -> Any:
    """The same form with one text in all places."""
    if isinstance(content, dict):
        return {key: everywhere(part, text) for key, part in content.items()}
    if isinstance(content, list):
        return [everywhere(part, text) for part in content]
    return text if isinstance(content, str) else content


def test_names_and_texts_of_other_programs_are_texts() -> None:
    names = ["=cmd|' /C calc'!A0", "<img src=x onerror=y>", "[a](javascript:b)", "@SUM(A1)"]
    policies = ["=1+1", "-2+3<script>"]
    with Path("theirs.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*names, "policy"])
        rows.writerows(
            [0.1 * row, (row % 7) / 7, policy == policies[0], row % 3 + 0.5 * (policy == policies[0]), policy]
            for row in range(30) for policy in policies
        )  # fmt: skip
    factors = [word for name in names[:2] for word in ("--factor", name)]
    done = run("analyze", "theirs.csv", *factors, "--outcome", names[3], "--policy-column", "policy", "--out", "out")
    assert done.exit_code == 0, done.output
    assert check_files(Path("out")) >= {".md", ".csv", ".json"}


def fields(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every text in a table."""
    parts: Iterable[tuple[Any, Any]] = ()
    if isinstance(content, dict):
        parts = content.items()
    elif isinstance(content, list):
        parts = enumerate(content)
    elif isinstance(content, str):
        yield way
    for key, part in parts:
        yield from fields(part, (*way, key))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(text, id=name, marks=() if name == "override" else pytest.mark.slow)
        for name, text in UNSEEN.items()
    ],
)
def test_what_cannot_be_seen_is_refused_in_every_text_of_every_kind_of_file(text: str, folder: Path) -> None:
    write_files("own")
    for file in ("own.toml", "plan.toml", "own-experiment.toml"):
        content = Path(file).read_text(encoding="utf-8")
        ways = list(fields(tomllib.loads(content)))
        places = [match.start() + 1 for match in re.finditer(r'"(?=[^"\n]*"$)', content, re.MULTILINE)]
        assert len(places) == len([way for way in ways if not isinstance(way[-1], int)]), (
            "every text is on a line of its own"
        )
        for place in places:
            Path(file).write_text(content[:place] + toml(f"a{text}b")[1:-1] + content[place:], encoding="utf-8")
            refused = run("check", file)
            assert refused.exit_code == 2 and refused.output.count("\n") < 5, refused.output
        Path(file).write_text(content, encoding="utf-8")
    for name in (f"a{text}b", f"a{text}b.toml"):
        for command in (("compare", "own.toml", "--out", name), ("run", "own.toml", "--out", f"{name}.csv"),
                        ("compare", name), ("check", name), ("sweep", name), ("analyze", name), ("lesson", name),
                        ("compare", "own.toml", "--policy", name), ("compare", "--set", name), ("list", name), (name,),
                        ("compare", f"--{name}"), ("compare", "--seed", name), ("compare", "--target", name),
                        ("compare", "--without", name), ("evidence", "--only", name), ("run", "--trace", name),
                        ("calibrate", name, "--out", "x.toml"), ("lesson", "--words", name)):  # fmt: skip
            assert run(*command).exit_code == 2, command
    assert sorted(path.name for path in folder.iterdir()) == ["own-experiment.toml", "own.toml", "plan.toml"]


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_what_cannot_be_seen_is_refused_in_words_of_lessons_and_tables(text: str, tmp_path: Path) -> None:
    lesson = load_lesson("speech")
    source = to_translate(lesson)
    words = tmp_path / "words.toml"
    words.write_text(source.replace('language = "', f'language = "e{toml(text)[1:-1]}', 1), encoding="utf-8")
    with pytest.raises(ScenarioError, match="cannot be seen"):
        translated(words, lesson)
    if text.isprintable() or text not in "\r\u2028\x1b[2J":
        Path("theirs.csv").write_text(f"speed,pol{text}icy,waiting\n" + "1,a,2\n3,b,4\n" * 9, encoding="utf-8")
        refused = run("analyze", "theirs.csv", "--factor", f"pol{text}icy", "--outcome", "waiting", "--out", "out")
        assert refused.exit_code == 2 and not Path("out").exists()


def test_joiners_are_part_of_texts_and_not_of_names(tmp_path: Path) -> None:
    table = {"departments": [{"name": "all", "share": 1.0, "facing": 0.5, "power": 1.0}]}
    assert Scenario.from_dict({**table, "about": "می\u200cخواهم 👩\u200d💻"}).about == "می\u200cخواهم 👩\u200d💻"
    with pytest.raises(ScenarioError, match=r"name must not hold characters that cannot be seen \(U\+200C\)"):
        Scenario.from_dict({**table, "name": "می\u200cخواهم"})
    (tmp_path / "می\u200cخواهم.toml").write_text("speeches = 1.0\n")
    with pytest.raises(ScenarioError, match="cannot be seen"):
        load_policy(tmp_path / "می\u200cخواهم.toml")


def test_messages_are_cut_and_keep_both_ends() -> None:
    said = run("compare", "--set", "x" * 100_000, "--policy", "y" * 100_000, "--target", "z" * 100_000).output
    assert len(said) < 5_000 and "must be NAME=VALUE" in said


def test_escapes_are_those_of_json() -> None:
    text = '{"a": "\x1b\x7f\u202e\U000e0041"}'
    assert safe_text.for_terminal(text) == '{"a": "\\u001b\\u007f\\u202e\\udb40\\udc41"}'
    assert json.loads(safe_text.for_script({"a": MARKUP + "\u2028"})) == {"a": MARKUP + "\u2028"}


def test_every_command_prints_by_the_one_way() -> None:
    for path in Path(str(resources.files("sim.commands"))).glob("*.py"):
        if path.name != "terminal.py":
            source = path.read_text(encoding="utf-8")
            assert not re.search(r"typer\.echo|(?<![\w.])print\(|(?<!_)\bConsole\(|sys\.std(out|err)\.write", source), (
                path.name
            )


def test_every_page_escapes_what_it_shows() -> None:
    for path in Path(str(resources.files("sim.pages"))).rglob("*.py"):
        for call in re.findall(r"Environment\([^)]*\)", path.read_text(encoding="utf-8")):
            assert "autoescape=True" in call, path.name
    for path in Path(str(resources.files("sim.pages"))).rglob("*.js"):
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", path.read_text()), (
            path.name
        )
