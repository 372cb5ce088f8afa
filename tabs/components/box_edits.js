// The edits of a picture, each a box and what shall become of it: a list that is changed in steps, all of which can be
// taken back. Edges are the picture's pixels. The last edit is done last, so it lies in front.

const MOST_EDIT_STEPS = 100;
const LEAST = 8; // pixels: the sides of a box

class EditList {
  constructor(width, height, edits, chosen) {
    Object.assign(this, { width, height, edits, chosen: chosen in edits ? chosen : -1, past: [], future: [] });
  }

  get current() {
    return this.edits[this.chosen] ?? null;
  }

  // What undo comes back to: as it was `written` before a change.
  keep(before) {
    this.past.push(before);
    this.future = [];
    if (this.past.length > MOST_EDIT_STEPS) this.past.shift();
  }

  written() {
    return JSON.stringify([this.edits, this.chosen]);
  }

  read(text) {
    [this.edits, this.chosen] = JSON.parse(text);
  }

  undo() {
    if (!this.past.length) return false;
    this.future.push(this.written());
    this.read(this.past.pop());
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past.push(this.written());
    this.read(this.future.pop());
    return true;
  }

  add(edit) {
    this.edits.push(edit);
    this.chosen = this.edits.length - 1;
  }

  remove(index) {
    this.edits.splice(index, 1);
    this.chosen = Math.min(this.chosen === index ? -1 : this.chosen - (this.chosen > index), this.edits.length - 1);
  }

  // Earlier or later in the list: further back or in front.
  reorder(index, by) {
    const [edit] = this.edits.splice(index, 1);
    this.edits.splice(index + by, 0, edit);
    this.chosen = index + by;
  }
}

const between = (value, least, most) => Math.min(most, Math.max(least, value));
const rounded = (box) => box.map(Math.round);

// `box` moved by dx and dy inside the picture. With a `horizon` what stands below it keeps its size in perspective:
// twice as far below it is twice as near.
function shifted(box, dx, dy, { width, height }, horizon) {
  const [left, top, right, bottom] = box, room = height * 0.04;
  let [across, down] = [right - left, bottom - top];
  const foot = between(bottom + dy, 1, height);
  if (horizon !== null && bottom > horizon + room && foot > horizon + room) {
    const wanted = (foot - horizon) / (bottom - horizon);
    const scale = between(wanted, LEAST / Math.min(across, down), Math.min(width / across, foot / down));
    [across, down] = [across * scale, down * scale];
  }
  const start = between((left + right) / 2 + dx - across / 2, 0, width - across), above = between(foot - down, 0, height - down);
  return [start, above, start + across, above + down];
}

// `box` with the corner `grip`, such as "nw", at a point; the opposite one stays.
function stretched(box, grip, [x, y], { width, height }) {
  const [left, top, right, bottom] = box, [ax, ay] = [grip.includes("w") ? right : left, grip.includes("n") ? bottom : top];
  const at = (value, anchor, most) => {
    const there = between(value, 0, most);
    if (Math.abs(there - anchor) >= LEAST) return there;
    return there < anchor || anchor + LEAST > most ? anchor - LEAST : anchor + LEAST;
  };
  const [bx, by] = [at(x, ax, width), at(y, ay, height)];
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)];
}
