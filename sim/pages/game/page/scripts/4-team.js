// A team in the chair: it decides, the model runs a quarter, and the page shows what executives see.

const BOOKS = [
  ["Revenue", (run) => total(run("revenue"))],
  ["Cost of service", (run) => -total(run("service_cost"))],
  ["Your program", (run) => -total(run("policy_cost"))],
  ["Wages", (run) => -total(run("wages"))],
  ["Replacing people", (run) => -total(run("replacement_cost"))],
  ["Profit", (run) => total(run("profit"))],
];

class Team {
  constructor(week) {
    this.week = week;
    this.chart = new Chart(find("mirror"), "Your mirror", "how customer-centric you think you are (solid), and the score from your own survey (broken), 0 to 100", GAME.inOffice, 200);
    this.form();
    this.run = null;
    this.busy = false;
    find("copy").addEventListener("click", () => this.copy());
    find("again").addEventListener("click", () => { location.hash = "new"; });
    find("name").addEventListener("input", () => this.showCode());
    addEventListener("resize", () => { if (!find("team").hidden) this.show(); });
  }

  /** Begin, with quarters that were decided before (a page that was loaded again). */
  async begin(decisions) {
    this.run = await this.week.run(0);
    this.decisions = [];
    this.seats = [this.executives()];
    for (const option of decisions) await this.decide(option);
    this.choose(decisions.length ? GAME.options[decisions[decisions.length - 1]] : GAME.options[0]);
    this.show();
  }

  /** Address of the page as it stands. */
  place() {
    return `#q=${this.decisions.join(".")}`;
  }

  executives() {
    return {
      identities: Array.from(this.run.table("executives.identity"), Number),
      weight: this.run.table("executives.weight_customers")[0],
    };
  }

  /** One more quarter. */
  async decide(option) {
    this.decisions.push(option);
    this.run.setPolicy(policyOf(this.decisions));
    await this.run.advanceGently(GAME.weeks);
    this.seats.push(this.executives());
  }

  form() {
    const groups = GAME.decisions.map((decision, row) => element("fieldset", {},
      element("legend", {}, element("b", {}, decision.name), " ", element("span", {}, decision.question)),
      element("div", { class: "levels" }, ...decision.levels.map((level, place) => element("label", {},
        element("input", { type: "radio", name: `decision-${row}`, value: place }),
        element("span", {}, level.label),
        element("small", {}, level.cost ? whole.format(level.cost) : "0"))))));
    find("form").append(...groups,
      element("div", { id: "spent" }, element("span", { id: "spent-text", role: "status" }),
        element("meter", { id: "meter", min: 0, max: 1.5 * GAME.budget, high: GAME.budget + 1, "aria-label": "Planned cost of a week" })),
      element("p", { class: "row" }, element("button", { id: "go", class: "main" }, "Run the quarter")),
      element("p", { class: "quiet" }, `Costs are ${GAME.currency} per week at full staff. What is not planned is not saved for later.`));
    find("form").addEventListener("input", () => this.plan());
    find("form").addEventListener("submit", (event) => { event.preventDefault(); this.next(); });
  }

  chosen() {
    return GAME.decisions.map((_, row) => document.querySelector(`input[name="decision-${row}"]:checked`).value).join("");
  }

  choose(levels) {
    [...levels].forEach((level, row) => { document.querySelector(`input[name="decision-${row}"][value="${level}"]`).checked = true; });
    this.plan();
  }

  /** What the choice costs, and whether the budget allows it. */
  plan() {
    const levels = this.chosen();
    const cost = total([...levels].map((level, row) => GAME.decisions[row].levels[level].cost));
    const allowed = GAME.options.includes(levels);
    find("spent-text").textContent = allowed
      ? `Planned: ${whole.format(cost)} of ${whole.format(GAME.budget)} ${GAME.currency} a week`
      : `Over the budget by ${whole.format(cost - GAME.budget)} ${GAME.currency} a week: take something away`;
    find("spent").classList.toggle("over", !allowed);
    find("meter").value = cost;
    find("go").disabled = !allowed || this.busy;
  }

  async next() {
    const option = GAME.options.indexOf(this.chosen());
    if (option < 0 || this.busy || this.decisions.length >= GAME.quarters) return;
    this.busy = true;
    find("go").disabled = true;
    await this.decide(option);
    this.busy = false;
    history.replaceState(null, "", this.place());
    this.plan();
    this.show();
    if (this.decisions.length === GAME.quarters) find("code-title").focus();
    else if (matchMedia("(max-width: 60rem)").matches) find("seen-title").scrollIntoView();
  }

  show() {
    const done = this.decisions.length;
    const over = done === GAME.quarters;
    find("place").textContent = over ? `All ${GAME.quarters} quarters are over` : `Quarter ${done + 1} of ${GAME.quarters}`;
    find("decide-title").textContent = `Decide for quarter ${done + 1}`;
    find("decide").hidden = over;
    find("done").hidden = !over;
    this.news();
    const mirror = quarterly(this.run.outcome("executive_self_assessment")), score = quarterly(this.run.outcome("reported"));
    const past = GAME.incidents.filter((incident) => incident.week < this.run.week && incident.news);
    const lines = [{ values: score, kind: "second" }, { values: mirror, kind: "first" }];
    const last = (values) => Math.round(100 * values[values.length - 1]);
    this.chart.draw(lines, past, done ? `After quarter ${done}: you ${last(mirror)}, the score ${last(score)}.` : "Nothing yet.");
    this.books();
    if (over) this.showCode();
  }

  news() {
    const done = this.decisions.length;
    const items = [];
    if (done === 0) {
      items.push(["plain", `You are the executives of ${GAME.organization}. Each quarter you decide, and see what executives see: how you look to yourselves, the score of your survey, and the books. The board watches profit, and has little patience.`]);
    } else {
      const [before, now] = this.seats.slice(-2);
      const gone = now.identities.filter((identity, row) => row && identity !== before.identities[row]).length;
      if (now.identities[0] !== before.identities[0]) {
        items.push(["", `The board has dismissed the chief executive. You play on as the successor, who gives customers' interest a weight of ${Math.round(100 * now.weight)} of 100 (before: ${Math.round(100 * before.weight)}).`]);
      }
      if (gone) items.push(["", `The board has dismissed ${gone === 1 ? "one" : gone} of your ${now.identities.length - 1} colleagues on the management board.`]);
      for (const incident of GAME.incidents) {
        if (incident.news && incident.week < this.run.week && incident.week >= this.run.week - GAME.weeks) items.push(["", incident.news]);
      }
      if (!items.length) items.push(["plain", "Nothing else happened that executives would hear of."]);
    }
    find("news").replaceChildren(...items.map(([kind, text]) => element("li", kind ? { class: kind } : {}, text)));
  }

  books() {
    const done = this.decisions.length;
    const first = Math.max(0, done - (innerWidth < 640 ? 3 : 5));
    const quarters = Array.from({ length: done - first }, (_, index) => first + index);
    const of = (quarter) => (name) => this.run.outcome(name).slice(quarter * GAME.weeks, (quarter + 1) * GAME.weeks);
    const rows = [
      ...BOOKS.map(([name, value]) => [name, (quarter) => money(value(of(quarter)))]),
      ["Customers", (quarter) => whole.format(of(quarter)("active_customers").slice(-1)[0])],
      ["Customers lost", (quarter) => whole.format(total(of(quarter)("lost")))],
      ["Employees who left", (quarter) => whole.format(total(of(quarter)("left")))],
    ];
    find("books").hidden = !done;
    find("books").replaceChildren(
      element("caption", {}, `The books, by quarter, in thousands of ${GAME.currency}; customers and employees as counted in the model`),
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Quarter"), ...quarters.map((quarter) => element("th", { scope: "col" }, String(quarter + 1))))),
      element("tbody", {}, ...rows.map(([name, shown]) => element("tr", {}, element("th", { scope: "row" }, name), ...quarters.map((quarter) => element("td", {}, shown(quarter)))))),
    );
  }

  line() {
    const name = find("name").value.replace(/[:;,\t]/g, " ").trim();
    return `${name ? `${name}: ` : ""}${encode(this.decisions)}`;
  }

  showCode() {
    find("code").textContent = encode(this.decisions);
    find("copied").textContent = "";
    qrcode.stringToBytes = (text) => Array.from(new TextEncoder().encode(text));
    const code = qrcode(0, "M");
    code.addData(this.line());
    code.make();
    const size = code.getModuleCount(), quiet = 4;
    let path = "";
    for (let row = 0; row < size; row += 1) for (let column = 0; column < size; column += 1) if (code.isDark(row, column)) path += `M${column + quiet},${row + quiet}h1v1h-1z`;
    const side = size + 2 * quiet;
    find("qr").replaceChildren(mark("svg", { viewBox: `0 0 ${side} ${side}`, role: "img", "aria-label": "The same code for a camera" }, mark("path", { d: path, fill: "#000000" })));
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.line());
      find("copied").textContent = "Copied, with the name of the team.";
    } catch {
      getSelection().selectAllChildren(find("code"));
      find("copied").textContent = "The code is selected: copy it by hand.";
    }
  }
}

/** Decisions as the policy of the model: a phase for each quarter. */
function policyOf(decisions) {
  return decisions.map((option, quarter) => ({ start: quarter * GAME.weeks, end: (quarter + 1) * GAME.weeks, amounts: GAME.amounts[option] }));
}
