// The debrief: everybody's curves, true and mirrored, the table, and who believed the mirror.

class Debrief {
  /** teams: [{name, decisions, curves: {outcome: values}}]; nobody: curves without any decision. */
  constructor(teams, nobody) {
    Object.assign(this, { teams, nobody, chosen: null, sort: GAME.measures[0].name });
    for (const team of teams) {
      team.measures = Object.fromEntries(GAME.measures.map((measure) => [measure.name, value(measure, team.curves) - value(measure, nobody)]));
    }
    find("results").hidden = false;
    const note = "0 to 100";
    this.charts = [GAME.true, GAME.mirrored].map((outcome, place) => ({
      outcome,
      chart: new Chart(find(place ? "curve-mirrored" : "curve-true"), place ? "The mirror: how customer-centric executives thought they were" : "What customers got: share of their needs that was served", note, GAME.allWeeks, 260),
    }));
    addEventListener("resize", () => this.draw());
    find("reveal").addEventListener("click", () => {
      for (const veiled of document.querySelectorAll(".veiled")) veiled.classList.remove("veiled");
      find("reveal").hidden = true;
    });
    this.draw();
    this.table();
    this.believed();
  }

  draw() {
    for (const { outcome, chart } of this.charts) {
      const lines = this.teams.filter((team) => team !== this.chosen).map((team) => ({ values: smooth(team.curves, outcome), kind: "team" }));
      lines.push({ values: smooth(this.nobody, outcome), kind: "nobody" });
      if (this.chosen) lines.push({ values: smooth(this.chosen.curves, outcome), kind: "chosen" });
      const ends = this.teams.map((team) => smooth(team.curves, outcome)[GAME.inOffice - 1]);
      const range = `At the end of office, teams stand from ${Math.round(100 * Math.min(...ends))} to ${Math.round(100 * Math.max(...ends))}.`;
      chart.draw(lines, GAME.incidents, range);
    }
  }

  table() {
    const order = [...this.teams].sort((one, other) => other.measures[this.sort] - one.measures[this.sort]);
    const heads = GAME.measures.map((measure) => {
      const button = element("button", { type: "button" }, measure.title);
      button.addEventListener("click", () => { this.sort = measure.name; this.table(); });
      return element("th", { scope: "col", "aria-sort": measure.name === this.sort ? "descending" : null }, button);
    });
    const rows = order.map((team, place) => {
      const button = element("button", { type: "button", "aria-pressed": String(team === this.chosen) }, team.name);
      button.addEventListener("click", () => this.choose(team === this.chosen ? null : team));
      return element("tr", team === this.chosen ? { class: "chosen" } : {}, element("th", { scope: "row" }, button), element("td", {}, String(place + 1)),
        ...GAME.measures.map((measure) => element("td", {}, measure.points ? points(team.measures[measure.name]) : money(team.measures[measure.name], true))));
    });
    find("table").replaceChildren(
      element("caption", {}, `Differences from the organization without any decision: thousands of ${GAME.currency} in four years, or points of a hundred. Choose a heading to sort by it.`),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Team"), element("th", { scope: "col" }, "Place"), ...heads)),
      element("tbody", {}, ...rows),
    );
  }

  choose(team) {
    const at = team ? this.teams.indexOf(team) : -1;
    this.chosen = team;
    this.draw();
    this.table();
    find("one").hidden = at < 0;
    if (!team) return;
    const active = [...document.querySelectorAll("#table tbody button")].find((button) => button.textContent === team.name);
    if (active) active.focus();
    find("team-title").textContent = `What ${team.name} decided`;
    find("decisions").replaceChildren(
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Quarter"), ...GAME.decisions.map((decision) => element("th", { scope: "col" }, decision.name)))),
      element("tbody", {}, ...team.decisions.map((option, quarter) => element("tr", {}, element("th", { scope: "row" }, String(quarter + 1)),
        ...GAME.decisions.map((decision, row) => { const level = Number(GAME.options[option][row]); return element("td", {}, level ? decision.levels[level].label : "·"); })))),
    );
  }

  /** Teams whose mirror rose by more than what customers got. */
  believed() {
    const flattered = this.teams.filter((team) => team.measures.mirror > team.measures.truth).sort((one, other) => gap(other) - gap(one));
    const told = (team) => element("li", {}, `${team.name}: the mirror ${points(team.measures.mirror)} points, needs served ${points(team.measures.truth)}`);
    const listed = flattered.slice(0, 5).map(told);
    const under = [...this.teams].sort((one, other) => gap(one) - gap(other)).filter((team) => gap(team) < 0).slice(0, 3).map(told);
    find("believed").replaceChildren(
      element("p", {}, `In the last year of office, against the organization without any decision, the mirror rose by more than what customers got in ${flattered.length} of ${this.teams.length} teams.`),
      ...(listed.length ? [element("p", {}, "Most flattered:"), element("ul", {}, ...listed)] : []),
      ...(under.length ? [element("p", {}, "Better than they looked to themselves:"), element("ul", {}, ...under)] : []),
      element("p", { class: "quiet" }, "The two are different scales: one is a view, the other a share of needs. Compare which way each moved, and who stands where among the teams."),
    );
  }
}

const gap = (team) => team.measures.mirror - team.measures.truth;
const smooth = (curves, outcome) => {
  if (!curves.smooth) curves.smooth = {};
  if (!curves.smooth[outcome]) curves.smooth[outcome] = quarterly(curves[outcome]);
  return curves.smooth[outcome];
};

/** A measure of one organization. */
function value(measure, curves) {
  const weeks = curves[measure.outcome].slice(measure.first, measure.end);
  return measure.how === "sum" ? total(weeks) : average(weeks);
}

const curvesOf = (run) => Object.fromEntries(GAME.compared.map((outcome) => [outcome, run.outcome(outcome)]));

/** Read the teacher's codes, run every team again in this page, and show the debrief. */
async function runCodes(week) {
  const button = find("run-codes"), status = find("codes-status");
  button.disabled = true;
  const teams = [], refused = [];
  for (const { line, name, code } of readCodes(find("codes").value)) {
    try {
      teams.push({ name, decisions: decode(code) });
    } catch (error) {
      refused.push(`Line ${line}: the code of ${name} ${error.message}. Ask the team for its code again.`);
    }
  }
  showRefused(refused);
  if (teams.length) {
    const run = await week.run(0);
    await run.advanceGently(GAME.allWeeks);
    const nobody = curvesOf(run);
    for (const [place, team] of teams.entries()) {
      status.textContent = `${place + 1} of ${teams.length}`;
      run.restart(0, { policy: policyOf(team.decisions) });
      await run.advanceGently(GAME.allWeeks);
      team.curves = curvesOf(run);
    }
    new Debrief(teams, nobody);
  }
  status.textContent = teams.length ? `Teams that were run again: ${teams.length}.` : "No code that can be run.";
  button.disabled = false;
}

function showRefused(refused) {
  find("refused").replaceChildren(...refused.map((text) => element("li", {}, text)));
}

/** The debrief of runs that were made before. */
async function showResults({ teams, curves, refused }) {
  const values = new Float64Array((await inflated(curves)).buffer);
  const width = GAME.compared.length * GAME.allWeeks;
  const of = (row) => Object.fromEntries(GAME.compared.map((outcome, place) => {
    const start = row * width + place * GAME.allWeeks;
    return [outcome, Array.from(values.subarray(start, start + GAME.allWeeks))];
  }));
  showRefused(refused);
  find("place").textContent = `Teams: ${teams.length}`;
  new Debrief(teams.map((team, row) => ({ ...team, curves: of(row + 1) })), of(0));
}
