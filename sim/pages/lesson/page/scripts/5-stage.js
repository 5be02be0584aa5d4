"use strict";
// The organization: executives, departments with their people, customers, in a week of a real run.

const CELL = 12;
const ROWS = 3;
const STAGE = { width: 404, height: 220 };
const BEHIND = 52; // top of the departments without customers
const FRONT = 114; // top of those with

const SHAPES = {
  vacant: "M-2.6,-2.6L2.6,2.6M-2.6,2.6L2.6,-2.6",
  round: "M-3.6,0A3.6,3.6 0 1 1 3.6,0A3.6,3.6 0 1 1 -3.6,0",
  diamond: "M0,-5.6L5.6,0L0,5.6L-5.6,0Z",
  square: "M-4.2,-4.2H4.2V4.2H-4.2Z",
  small: "M-3,-3H3V3H-3Z",
  large: "M-4.6,-4.6H4.6V4.6H-4.6Z",
  hurt: "M-4.6,-4.6H4.6V4.6H-4.6ZM-4.6,-4.6L4.6,4.6M-4.6,4.6L4.6,-4.6",
};

class Stage {
  constructor(host, policy) {
    this.svg = mark("svg", { viewBox: `0 0 ${STAGE.width} ${STAGE.height}`, role: "img", class: "stage", "data-policy": policy });
    this.policy = policy;
    this.before = new Map();
    host.append(this.svg);
    this.build();
  }

  build() {
    const { people } = LESSON;
    this.svg.append(this.title(textOf("page.stage.executives"), 0, 22));
    this.heads = Array.from({ length: people.executives }, (_, index) => this.executive(118 + 58 * index));
    this.seats = Array(people.department.length);
    const rows = [people.departments.filter((one) => !one.front), people.departments.filter((one) => one.front)];
    rows.forEach((departments, row) => {
      let left = 0;
      for (const department of departments) left += this.department(department, left, row ? FRONT : BEHIND) + 14;
    });
    this.svg.append(this.title(textOf("page.stage.customers"), 0, 183));
    this.customers = Array.from({ length: people.customers }, (_, index) =>
      this.place(6 + 13.2 * (index % 30), 196 + 13 * Math.floor(index / 30)),
    );
  }

  title(text, x, y) {
    return mark("text", { x, y, "font-size": 12, class: "label" }, text);
  }

  executive(x) {
    const bars = [mark("rect", { x: x + 9, width: 8, class: "mirror" }), mark("rect", { x: x + 19, width: 8, class: "weight" })];
    this.svg.append(
      mark("circle", { cx: x, cy: 12, r: 5.5, class: "head" }),
      mark("path", { d: `M${x - 8},32Q${x - 8},19 ${x},19Q${x + 8},19 ${x + 8},32Z`, class: "head" }),
      mark("line", { x1: x + 8, x2: x + 28, y1: 32, y2: 32, class: "floor" }),
      ...bars,
    );
    return bars;
  }

  /** Draw a department's seats in columns; how wide it is. */
  department({ name, seats }, left, top) {
    const columns = Math.ceil(seats.length / ROWS);
    const label = name.length * 6.2;
    const width = Math.max(columns * CELL + 6, label);
    this.svg.append(this.title(name, left, top));
    this.svg.append(mark("rect", { x: left, y: top + 5, width, height: ROWS * CELL + 4, rx: 4, class: "room" }));
    seats.forEach((seat, index) => {
      this.seats[seat] = this.place(left + 9 + CELL * Math.floor(index / ROWS), top + 13 + CELL * (index % ROWS));
    });
    return width;
  }

  place(x, y) {
    const made = mark("path", { transform: `translate(${x.toFixed(1)},${y})` });
    this.svg.append(made);
    return made;
  }

  /** Show a frame; only what changed is touched. */
  draw(frame, label) {
    this.svg.setAttribute("aria-label", label);
    if (frame === null) return;
    const seat = (state) => {
      if (state === 0) return { d: SHAPES.vacant, class: "vacant" };
      const kind = Math.floor((state - 1) / 5);
      return { d: [SHAPES.round, SHAPES.diamond, SHAPES.square][kind], class: `serves-${(state - 1) % 5}` };
    };
    const customer = (state) => {
      if (state === 0) return { d: SHAPES.small, class: "nobody" };
      const kind = Math.floor((state - 1) / 5);
      return { d: [SHAPES.small, SHAPES.large, SHAPES.hurt][kind], class: `pleased-${(state - 1) % 5}` };
    };
    this.update("seats", this.seats, frame.seats, seat);
    this.update("customers", this.customers, frame.customers, customer);
    this.heads.forEach(([mirror, weight], index) => {
      this.bar(mirror, frame.mirrors[index]);
      this.bar(weight, frame.weights[index]);
    });
  }

  bar(rect, sixteenths) {
    const height = (26 * (sixteenths + 0.5)) / 16;
    rect.setAttribute("y", 32 - height);
    rect.setAttribute("height", height);
  }

  update(name, marks, states, looks) {
    const before = this.before.get(name) ?? [];
    marks.forEach((one, index) => {
      if (before[index] === states[index]) return;
      for (const [key, value] of Object.entries(looks(states[index]))) one.setAttribute(key, value);
    });
    this.before.set(name, states);
  }
}

/** What the picture says, for those who hear it. */
function describeFrame(frame) {
  if (frame === null) return textOf("page.stage.loading");
  const there = frame.seats.filter((state) => state > 0);
  const practicing = there.filter((state) => state > 5 && state <= 10).length;
  const watched = there.filter((state) => state > 10).length;
  const customers = frame.customers.filter((state) => state > 0).length;
  return textOf("page.stage.description", { there: there.length, practicing, watched, customers, places: frame.customers.length });
}
