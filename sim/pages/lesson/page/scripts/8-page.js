"use strict";
// The page as a whole: state in, picture out.

const SHELF = `centricity-lesson-${LESSON.name}-${LESSON.key}`;
const PACES = [3, 6, 12, 24];

class Page {
  constructor(runs) {
    this.runs = runs;
    this.memory = new Map();
    this.state = fromHash(location.hash);
    this.who = "";
    this.kept = this.remember();
    this.playing = null;
    this.pace = 12;
    this.find = (id) => document.getElementById(id);
    this.chart = new Chart(this.find("curves"), (slot, height) => this.stroke(slot, height));
    this.stages = ["a", "b"].map((policy) => new Stage(this.find(`stage-${policy}`), policy));
    this.panel = new Panel(this.find("panel"), this);
    this.wire();
    this.panel.build(shown(this.state));
    this.draw();
  }

  // --- what is on -----------------------------------------------------------------------------------------------

  /** Values of a mean over replicates, or of one of them; computed once. */
  line(assumptions, policy, curve, replicate = null) {
    const key = `${assumptions} ${policy} ${curve} ${replicate}`;
    if (!this.memory.has(key)) {
      const raw = replicate === null ? this.runs.mean(assumptions, policy, curve) : this.runs.replicate(assumptions, policy, curve, replicate);
      this.memory.set(key, { raw, smooth: quarterly(raw) });
    }
    return this.memory.get(key);
  }

  /** Curve and lines of a state: A and B, each under the initial assumptions and under the changed ones, if they differ. */
  context(now) {
    const curve = { ...LESSON.curves[now.curve], index: now.curve };
    const found = assumptionSetOf(INITIAL_ASSUMPTIONS);
    const set = assumptionSetOf(now.assumptions);
    const lines = [];
    for (const policy of ["a", "b"]) {
      const number = policyOf(now[policy]);
      const { end } = LESSON.policies[number];
      for (const assumptions of set === found ? ["set"] : ["found", "set"]) {
        const at = assumptions === "found" ? found : set;
        if (now.runs && assumptions === "set") {
          LESSON.seeds.forEach((_, replicate) => {
            const { raw, smooth } = this.line(at, number, now.curve, replicate);
            lines.push({ values: now.smooth ? smooth : raw, policy, assumptions, faint: true });
          });
        }
        const { raw, smooth } = this.line(at, number, now.curve);
        lines.push({ values: now.smooth ? smooth : raw, raw, policy, assumptions, end, label: policy.toUpperCase(), faint: false });
      }
    }
    lines.sort((one, other) => Number(other.faint) - Number(one.faint) || Number(other.assumptions === "found") - Number(one.assumptions === "found"));
    return { curve, lines, assumptions: set };
  }

  /** Upright lines of the chart. */
  events(now, assumptions) {
    const found = LESSON.assumptionSets[assumptions].events.map(({ week, kind }) => ({ week, text: textOf(`events.${kind}`), tone: null }));
    const starts = ["a", "b"].filter((policy) => LESSON.policies[policyOf(now[policy])].end !== null);
    if (starts.length) found.push({ week: LESSON.start, text: textOf("events.start", { who: starts.join(" & ").toUpperCase() }), tone: starts.length === 1 ? starts[0] : null });
    const ends = new Map();
    for (const policy of starts) {
      const { end } = LESSON.policies[policyOf(now[policy])];
      ends.set(end, [...(ends.get(end) ?? []), policy]);
    }
    for (const [week, who] of ends) {
      if (week < LESSON.weeks) found.push({ week, text: textOf("events.end", { who: who.join(" & ").toUpperCase() }), tone: who.length === 1 ? who[0] : null });
    }
    return found;
  }

  /** Week whose picture is shown: before the runs are seen, the last one before policies begin. */
  weekShown(now) {
    return now.step === "predict" ? LESSON.start - 1 : now.week;
  }

  draw() {
    const now = shown(this.state);
    const { curve, lines, assumptions } = this.context(now);
    const hidden = now.step === "predict" || now.step === "run";
    const week = this.weekShown(now);
    const until = hidden ? week : LESSON.weeks - 1;
    this.chart.draw({
      curve,
      lines,
      until,
      week: now.step === "predict" ? null : week,
      events: this.events(now, assumptions),
      sketch: hidden ? now.sketch : [],
      sketching: now.step === "predict",
      label: this.spoken(now, curve, lines, week),
    });
    ["a", "b"].forEach((policy, index) => {
      const frame = this.runs.frame(assumptions, policyOf(now[policy]), week);
      this.stages[index].draw(frame, `${textOf(`page.policy_${policy}`)}: ${inWords(now[policy])}. ${describeFrame(frame)}`);
      this.find(`plan-${policy}`).textContent = inWords(now[policy]);
    });
    this.legend(now, lines);
    this.bars(now, curve, week);
    this.panel.update(now);
    this.find("sheet").hidden = !now.sheet;
    document.body.classList.toggle("sheet-open", now.sheet);
    this.note();
  }

  /** Lines of the chart in words. */
  legend(now, lines) {
    const entries = lines
      .filter((line) => !line.faint)
      .sort((one, other) => (one.policy + one.assumptions < other.policy + other.assumptions ? -1 : 1))
      .map((line) => {
        const stroke = mark("line", { x1: 1, x2: 31, y1: 6, y2: 6, stroke: `var(--${line.policy})`, "stroke-width": 3, "stroke-dasharray": line.assumptions === "found" && assumptionSetOf(now.assumptions) !== assumptionSetOf(INITIAL_ASSUMPTIONS) ? "5 4" : "none" });
        return element("li", {}, mark("svg", { viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true" }, stroke), " ", lineInShort(line, now));
      });
    if (now.step === "predict" || now.step === "run") {
      const dots = mark("line", { x1: 3, x2: 31, y1: 6, y2: 6, stroke: "var(--mark)", "stroke-width": 4, "stroke-dasharray": "0.1 7", "stroke-linecap": "round" });
      entries.push(element("li", {}, mark("svg", { viewBox: "0 0 32 12", width: 32, height: 12, "aria-hidden": "true" }, dots), " ", textOf("page.your_sketch")));
    }
    this.find("legend").className = entries.length === 4 ? "four" : "";
    this.find("legend").replaceChildren(...entries);
  }

  /** Everything around the picture that follows the state. */
  bars(now, curve, week) {
    for (const step of STEPS) {
      const one = this.find(`step-${step}`);
      if (step === now.step) one.setAttribute("aria-current", "step");
      else one.removeAttribute("aria-current");
    }
    this.find("curve").value = now.curve;
    this.find("curve").disabled = now.step !== "sandbox";
    this.find("curve-about").textContent = textOf(`curves.${curve.outcome}.about`);
    this.find("smooth").checked = now.smooth;
    this.find("runs").checked = now.runs;
    const slider = this.find("week");
    const locked = now.step === "predict";
    slider.value = week;
    slider.setAttribute("aria-valuetext", textOf("page.week", { week }));
    this.find("week-shown").textContent = textOf("page.week", { week });
    for (const id of ["week", "play", "back", "forward"]) this.find(id).disabled = locked;
    this.find("play").textContent = textOf(this.playing === null ? "page.play" : "page.pause");
    this.find("sheet-toggle").setAttribute("aria-expanded", String(now.sheet));
  }

  /** The picture in a sentence. */
  spoken(now, curve, lines, week) {
    const values = lines.filter((line) => !line.faint).map((line) => `${lineInWords(line, now)}: ${amount(line.values[week], curve)}`);
    return `${textOf(`curves.${curve.outcome}.title`)}, ${textOf("page.week", { week })}. ${values.join(". ")}.`;
  }

  /** Values of A and B in this week, for all to read. */
  readout(now) {
    const { curve, lines } = this.context(now);
    const of = (policy) => amount(lines.find((line) => !line.faint && line.policy === policy && line.assumptions === "set").values[now.week], curve);
    return textOf("page.readout", { week: now.week, curve: textOf(`curves.${curve.outcome}.short`), a: of("a"), b: of("b") });
  }

  /** Mean distance of the sketch from the lesson's line B, over the weeks sketched. */
  distance(state) {
    const curve = LESSON.curves[0];
    const { raw } = this.line(assumptionSetOf(INITIAL_ASSUMPTIONS), policyOf(LESSON.b), 0);
    return average(
      state.sketch.map((height, slot) => {
        const truth = raw[Math.min(LESSON.start + slot * STROKE, LESSON.weeks - 1)];
        return height === null ? NaN : Math.abs(curve.low + ((curve.high - curve.low) * height) / 99 - truth);
      }),
    );
  }

  // --- what changes it ------------------------------------------------------------------------------------------

  /** Change part of the state and show it; rebuild: the column beside is another one. */
  set(changes, rebuild = false) {
    Object.assign(this.state, changes);
    if (rebuild) this.panel.build(shown(this.state));
    this.draw();
    if (rebuild) this.find("panel-title")?.focus({ preventScroll: true });
  }

  go(step) {
    this.stop();
    const week = step === "run" ? 0 : LESSON.weeks - 1;
    this.set({ step, week }, true);
    this.find("panel").scrollTop = 0;
    if (step === "run" && !calm()) this.play();
  }

  stroke(slot, height) {
    const sketch = [...this.state.sketch];
    sketch[slot] = height;
    this.set({ sketch });
  }

  play() {
    if (this.state.week >= LESSON.weeks - 1) this.set({ week: 0 });
    let before = performance.now();
    let due = 0;
    const tick = (time) => {
      if (this.playing === null) return;
      due += ((time - before) / 1000) * this.pace;
      before = time;
      const whole = Math.floor(due);
      due -= whole;
      if (whole > 0) {
        const week = Math.min(this.state.week + whole, LESSON.weeks - 1);
        if (week === LESSON.weeks - 1) this.playing = null;
        this.set({ week });
      }
      if (this.playing !== null) this.playing = requestAnimationFrame(tick);
    };
    this.playing = requestAnimationFrame(tick);
    this.draw();
  }

  stop() {
    if (this.playing !== null) cancelAnimationFrame(this.playing);
    this.playing = null;
  }

  jump(week) {
    this.stop();
    this.set({ week: Math.min(Math.max(week, 0), LESSON.weeks - 1) });
  }

  wire() {
    for (const step of STEPS) this.find(`step-${step}`).addEventListener("click", () => this.go(step));
    LESSON.curves.forEach((curve, index) => this.find("curve").append(element("option", { value: index }, textOf(`curves.${curve.outcome}.title`))));
    PACES.forEach((pace, index) => this.find("pace").append(element("option", { value: pace, selected: pace === this.pace }, WORDS.page.paces[index])));
    this.find("curve").addEventListener("change", (event) => this.set({ curve: Number(event.target.value) }));
    this.find("smooth").addEventListener("change", (event) => this.set({ smooth: event.target.checked }));
    this.find("runs").addEventListener("change", (event) => this.set({ runs: event.target.checked }));
    this.find("pace").addEventListener("change", (event) => { this.pace = Number(event.target.value); });
    this.find("week").max = LESSON.weeks - 1;
    this.find("week").addEventListener("input", (event) => this.jump(Number(event.target.value)));
    this.find("back").addEventListener("click", () => this.jump(this.state.week - 1));
    this.find("forward").addEventListener("click", () => this.jump(this.state.week + 1));
    this.find("play").addEventListener("click", () => {
      if (this.playing === null) this.play();
      else {
        this.stop();
        this.draw();
      }
    });
    this.find("sheet-toggle").addEventListener("click", () => {
      this.set({ sheet: !this.state.sheet });
      if (this.state.sheet) this.find("sheet").scrollIntoView({ behavior: calm() ? "auto" : "smooth" });
    });
    this.find("sheet-print").addEventListener("click", () => window.print());
    this.find("sheet-close").addEventListener("click", () => {
      this.set({ sheet: false });
      this.find("sheet-toggle").focus();
    });
    this.find("save-svg").addEventListener("click", () => saveSvg(`${this.name()}.svg`, this.poster()));
    this.find("save-png").addEventListener("click", async () => save(`${this.name()}.png`, await toPng(this.poster())));
    window.addEventListener("hashchange", () => {
      this.stop();
      this.state = fromHash(location.hash);
      this.panel.build(shown(this.state));
      this.draw();
    });
    new ResizeObserver(() => this.draw()).observe(this.find("curves"));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  // --- what is kept ---------------------------------------------------------------------------------------------

  /** Put the state into the address, a moment after the last change: browsers refuse it many times a second. */
  note() {
    clearTimeout(this.noting);
    this.noting = setTimeout(() => {
      const hash = `#${toHash(this.state)}`;
      if (location.hash !== hash) history.replaceState(null, "", hash);
    }, 120);
  }

  keep() {
    const { guess, sketch } = this.state;
    const { curve } = this.context(shown(this.state));
    const points = sketch.map((height) => (height === null ? null : Number((curve.low + ((curve.high - curve.low) * height) / 99).toFixed(3))));
    this.kept = [...this.kept, { who: this.who.trim(), guess, points }];
    this.shelve();
    this.go("run");
  }

  forget() {
    this.kept = [];
    this.shelve();
    this.panel.build(shown(this.state));
  }

  /** Predictions kept by this browser; none where it keeps nothing. */
  remember() {
    try {
      const found = JSON.parse(localStorage.getItem(SHELF) ?? "[]");
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  }

  shelve() {
    try {
      localStorage.setItem(SHELF, JSON.stringify(this.kept));
    } catch {
      // A browser that keeps nothing: predictions last as long as the page is open.
    }
  }

  /** Predictions as a table: one a row, one column a week sketched. */
  saveKept() {
    const quoted = (text) => `"${String(text).replaceAll('"', '""')}"`;
    const weeks = Array.from({ length: SLOTS }, (_, slot) => Math.min(LESSON.start + slot * STROKE, LESSON.weeks - 1));
    const rows = this.kept.map((one) => [quoted(one.who), one.guess, ...one.points.map((point) => point ?? "")]);
    const table = [["who", "guess", ...weeks.map((week) => `week_${week}`)], ...rows].map((row) => row.join(",")).join("\n");
    save(`${LESSON.name}-predictions.csv`, new Blob([`${table}\n`], { type: "text/csv" }));
  }

  name() {
    const now = shown(this.state);
    return `centricity-${LESSON.name}-${LESSON.curves[now.curve].outcome}-week-${this.weekShown(now)}`;
  }

  poster() {
    const now = shown(this.state);
    const { curve, lines } = this.context(now);
    const seen = lines.filter((line) => !line.faint).map((line) => lineInWords(line, now));
    const about = textOf("page.poster", { week: this.weekShown(now), count: LESSON.seeds.length, seed: LESSON.replayed });
    return poster(this.chart, this.stages, `${WORDS.lesson.title} · ${textOf(`curves.${curve.outcome}.title`)}`, [...seen, about]);
  }
}

/** Open the page: curves first, since they are the first picture; people as soon as they are unpacked. */
async function open() {
  const page = new Page(new Runs(await Runs.curves()));
  window.centricity = page; // for classes that look inside
  document.body.dataset.ready = "curves";
  page.runs.pictures = await Runs.frames();
  page.draw();
  document.body.dataset.ready = "all";
}

open().catch((error) => {
  const notice = document.getElementById("trouble");
  notice.hidden = false;
  notice.append(` ${error.message}`);
});
