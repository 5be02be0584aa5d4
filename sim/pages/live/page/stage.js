// The organization: executives, departments with their people, customers, as they are this week. Drawn on a canvas, since
// there may be 600 people and 300 customers on each side, anew every week.

import { color } from "./elements.js";

const LABEL = 12;
const MOST_EXECUTIVES = 8;

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.colors = {};
  }

  /** Lay out what stays: rooms, seats, places of customers. */
  build(layout) {
    this.layout = layout;
    this.width = Math.max(260, this.canvas.parentElement.clientWidth);
    const people = layout.departments.reduce((sum, one) => sum + one.drawn, 0);
    const cell = people > 220 ? 8 : people > 90 ? 10 : 13;
    const rows = people > 220 ? 7 : people > 90 ? 5 : 3;
    this.cell = cell;
    this.rooms = [];
    this.seats = [];
    let top = 42;
    const front = layout.departments.map((one, index) => ({ ...one, index })).filter((one) => one.facing >= 0.5);
    const behind = layout.departments.map((one, index) => ({ ...one, index })).filter((one) => one.facing < 0.5);
    const bySeat = [];
    for (const group of [behind, front]) {
      let left = 0;
      for (const room of group) {
        const width = Math.min(this.width, Math.max(Math.ceil(room.drawn / rows) * cell + 6, 5.6 * room.name.length));
        if (left && left + width > this.width) {
          left = 0;
          top += rows * cell + LABEL + 14;
        }
        const columns = Math.max(1, Math.floor((width - 6) / cell));
        const lines = Math.max(rows, Math.ceil(room.drawn / columns));
        this.rooms.push({ name: room.name, x: left, y: top + LABEL, width, height: lines * cell + 5 });
        bySeat[room.index] = Array.from({ length: room.drawn }, (_, seat) => [
          left + 3 + cell / 2 + cell * Math.floor(seat / lines), top + LABEL + 2.5 + cell / 2 + cell * (seat % lines),
        ]);
        left += width + 8;
      }
      if (group.length) top += rows * cell + LABEL + 14;
    }
    this.seats = bySeat.flat();
    this.line = top + LABEL - 3;
    const step = layout.customers > 120 ? 9 : 13;
    const across = Math.max(1, Math.floor((this.width - 4) / step));
    this.places = Array.from({ length: layout.customers }, (_, index) => [
      step / 2 + 1 + step * (index % across), this.line + 4 + step / 2 + step * Math.floor(index / across),
    ]);
    this.step = step;
    this.height = this.line + 8 + step * Math.ceil(layout.customers / across);
  }

  /** Show a week; label is for those who cannot see it. */
  draw(frame, label) {
    this.frame = frame;
    this.canvas.setAttribute("aria-label", label);
    const names = ["ink", "quiet", "line", "tint", "edge", "mark"];
    for (let level = 0; level < 5; level += 1) names.push(`serves-${level}`, `pleased-${level}`);
    this.colors = Object.fromEntries(names.map((name) => [name, color(name)]));
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    this.canvas.style.aspectRatio = `${this.width} / ${this.height}`;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    pen.textBaseline = "alphabetic";
    this.executives(pen, frame);
    this.floors(pen);
    this.seats.forEach(([x, y], index) => this.seat(pen, x, y, parseInt(frame.seats[index], 16)));
    pen.fillStyle = this.colors.quiet;
    pen.fillText("customers", 0, this.line - 1);
    this.places.forEach(([x, y], index) => this.customer(pen, x, y, parseInt(frame.customers[index], 16)));
  }

  executives(pen, frame) {
    pen.fillStyle = this.colors.quiet;
    pen.fillText("executives", 0, 20);
    const room = Math.max(1, Math.min(MOST_EXECUTIVES, Math.floor((this.width - 70) / 44)));
    frame.mirrors.slice(0, room).forEach((mirror, index) => {
      const x = 72 + 44 * index;
      pen.fillStyle = this.colors.quiet;
      pen.beginPath();
      pen.arc(x, 11, 4.5, 0, 2 * Math.PI);
      pen.fill();
      pen.beginPath();
      pen.arc(x, 28, 7.5, Math.PI, 0);
      pen.fill();
      pen.strokeStyle = this.colors.ink;
      pen.lineWidth = 1.2;
      pen.strokeRect(x + 10.5, 28 - 24 * mirror, 6, 24 * mirror);
      pen.fillStyle = this.colors.mark;
      pen.fillRect(x + 19, 28 - 24 * frame.weights[index], 7, 24 * frame.weights[index]);
    });
  }

  floors(pen) {
    for (const room of this.rooms) {
      pen.fillStyle = this.colors.quiet;
      pen.fillText(room.name, room.x, room.y - 3, room.width + 2);
      pen.fillStyle = this.colors.tint;
      pen.strokeStyle = this.colors.line;
      pen.lineWidth = 1;
      pen.fillRect(room.x, room.y, room.width, room.height);
      pen.strokeRect(room.x + 0.5, room.y + 0.5, room.width - 1, room.height - 1);
    }
  }

  seat(pen, x, y, state) {
    const size = this.cell / 2 - 0.7;
    pen.strokeStyle = this.colors.edge;
    pen.lineWidth = 0.8;
    pen.beginPath();
    if (state === 0) {
      cross(pen, x, y, 0.55 * size);
      pen.stroke();
      return;
    }
    const kind = Math.floor((state - 1) / 5);
    if (kind === 0) pen.arc(x, y, 0.78 * size, 0, 2 * Math.PI);
    else if (kind === 1) diamond(pen, x, y, 1.15 * size);
    else pen.rect(x - 0.8 * size, y - 0.8 * size, 1.6 * size, 1.6 * size);
    pen.fillStyle = this.colors[`serves-${(state - 1) % 5}`];
    pen.fill();
    pen.stroke();
  }

  customer(pen, x, y, state) {
    pen.beginPath();
    pen.lineWidth = 0.8;
    const kind = Math.floor((state - 1) / 5);
    const size = state === 0 || kind === 0 ? 0.24 * this.step : 0.42 * this.step;
    pen.rect(x - size, y - size, 2 * size, 2 * size);
    if (state === 0) {
      pen.strokeStyle = this.colors.line;
      pen.stroke();
      return;
    }
    pen.fillStyle = this.colors[`pleased-${(state - 1) % 5}`];
    pen.fill();
    pen.strokeStyle = this.colors.edge;
    pen.stroke();
    if (kind === 2) {
      pen.beginPath();
      cross(pen, x, y, size);
      pen.strokeStyle = this.colors.ink;
      pen.stroke();
    }
  }
}

function cross(pen, x, y, size) {
  pen.moveTo(x - size, y - size);
  pen.lineTo(x + size, y + size);
  pen.moveTo(x - size, y + size);
  pen.lineTo(x + size, y - size);
}

function diamond(pen, x, y, size) {
  pen.moveTo(x, y - size);
  pen.lineTo(x + size, y);
  pen.lineTo(x, y + size);
  pen.lineTo(x - size, y);
  pen.closePath();
}

/** What the picture says, for those who hear it. */
export function describeStage(frame, layout, name) {
  const states = (text) => Array.from(text, (digit) => parseInt(digit, 16)).filter((state) => state > 0);
  const there = states(frame.seats);
  const chose = there.filter((state) => state > 5).length;
  const watched = there.filter((state) => state > 10).length;
  const customers = states(frame.customers).length;
  return `${name}: ${layout.departments.length} departments; of ${there.length} employees drawn, ${chose} chose for the customer, ${watched} of them watched; ${customers} of ${layout.customers} customer places taken`;
}
