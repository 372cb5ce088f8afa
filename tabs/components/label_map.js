// A label map that is painted on: exact ids at the map's own size, hard edges, and every step can be taken back.

const MOST_STEPS = 200;
const MOST_STEP_BYTES = 64e6;

class LabelMap {
  constructor({ ids, width, height }) {
    Object.assign(this, { ids, width, height, original: ids.slice(), past: [], future: [], before: null, touched: null });
  }

  at(x, y) {
    const inside = (value, size) => Math.min(size - 1, Math.max(0, Math.floor(value)));
    return this.ids[inside(y, this.height) * this.width + inside(x, this.width)];
  }

  present() {
    return new Set(this.ids);
  }

  // All that is drawn between begin() and commit() is one step.
  begin() {
    this.before = this.ids.slice();
    this.touched = { left: this.width, top: this.height, right: 0, bottom: 0 };
  }

  commit() {
    const box = this.touched, before = this.crop(this.before, box), after = this.crop(this.ids, box);
    this.before = this.touched = null;
    if (!before.some((id, at) => id !== after[at])) return false;
    this.past.push({ box, before, after });
    this.future = [];
    const bytes = () => this.past.reduce((sum, step) => sum + 2 * step.before.length, 0);
    while (this.past.length > MOST_STEPS || (this.past.length > 1 && bytes() > MOST_STEP_BYTES)) this.past.shift();
    return true;
  }

  undo() {
    const step = this.past.pop();
    if (step) this.paste(step.box, step.before), this.future.push(step);
    return step?.box;
  }

  redo() {
    const step = this.future.pop();
    if (step) this.paste(step.box, step.after), this.past.push(step);
    return step?.box;
  }

  // A disc of `diameter` pixels drawn from one point to the other; label null gives back what was there at first.
  // Returns the box that may have changed.
  stroke(from, to, diameter, label) {
    if (diameter < 1.5) [from, to] = [from, to].map((point) => point.map((value) => Math.floor(value) + 0.5));
    const [x0, y0] = from, [x1, y1] = to, reach = Math.max(0.5, diameter / 2);
    const box = this.clipped(Math.min(x0, x1) - reach, Math.min(y0, y1) - reach, Math.max(x0, x1) + reach, Math.max(y0, y1) + reach);
    const [dx, dy] = [x1 - x0, y1 - y0], length2 = dx * dx + dy * dy || 1;
    for (let y = box.top; y < box.bottom; y++) {
      for (let x = box.left; x < box.right; x++) {
        const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
        const along = Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
        if ((px - along * dx) ** 2 + (py - along * dy) ** 2 > reach * reach) continue;
        const at = y * this.width + x;
        this.ids[at] = label ?? this.original[at];
      }
    }
    this.touch(box);
    return box;
  }

  // The connected region around a point, of four neighbours, becomes `label`.
  fill([x, y], label) {
    const { ids, width, height } = this, start = Math.floor(y) * width + Math.floor(x), old = ids[start];
    const box = { left: width, top: height, right: 0, bottom: 0 }, open = [start];
    if (old === label) return this.clipped(0, 0, 0, 0);
    ids[start] = label;
    const reach = (at) => ids[at] === old && ((ids[at] = label), open.push(at));
    while (open.length) {
      const at = open.pop(), column = at % width, row = (at - column) / width;
      grow(box, { left: column, top: row, right: column + 1, bottom: row + 1 });
      if (column > 0) reach(at - 1);
      if (column < width - 1) reach(at + 1);
      if (row > 0) reach(at - width);
      if (row < height - 1) reach(at + width);
    }
    this.touch(box);
    return box;
  }

  // The edges between pixels of the `chosen` labels and all others, runs of them joined.
  outline(chosen) {
    const { ids, width, height } = this, path = new Path2D(), wanted = new Uint8Array(256);
    for (const label of chosen) wanted[label] = 1;
    const inside = (x, y) => (x < 0 || y < 0 || x >= width || y >= height ? 0 : wanted[ids[y * width + x]]);
    const runs = (lines, length, isEdge, draw) => {
      for (let line = 0; line <= lines; line++) {
        for (let at = 0, start = -1; at <= length; at++) {
          const edge = at < length && isEdge(line, at);
          if (edge && start < 0) start = at;
          if (!edge && start >= 0) draw(line, start, at), (start = -1);
        }
      }
    };
    runs(height, width, (y, x) => inside(x, y - 1) !== inside(x, y), (y, a, b) => (path.moveTo(a, y), path.lineTo(b, y)));
    runs(width, height, (x, y) => inside(x - 1, y) !== inside(x, y), (x, a, b) => (path.moveTo(x, a), path.lineTo(x, b)));
    return path;
  }

  clipped(left, top, right, bottom) {
    const inside = (value, size) => Math.min(size, Math.max(0, value));
    return {
      left: inside(Math.floor(left), this.width),
      top: inside(Math.floor(top), this.height),
      right: inside(Math.ceil(right), this.width),
      bottom: inside(Math.ceil(bottom), this.height),
    };
  }

  touch(box) {
    if (box.right > box.left && box.bottom > box.top) grow(this.touched, box);
  }

  crop(ids, { left, top, right, bottom }) {
    const width = Math.max(0, right - left), cut = new Uint8Array(width * Math.max(0, bottom - top));
    for (let y = top; y < bottom; y++) cut.set(ids.subarray(y * this.width + left, y * this.width + right), (y - top) * width);
    return cut;
  }

  paste({ left, top, right, bottom }, cut) {
    for (let y = top; y < bottom; y++) {
      this.ids.set(cut.subarray((y - top) * (right - left), (y - top + 1) * (right - left)), y * this.width + left);
    }
  }
}

function grow(box, other) {
  box.left = Math.min(box.left, other.left);
  box.top = Math.min(box.top, other.top);
  box.right = Math.max(box.right, other.right);
  box.bottom = Math.max(box.bottom, other.bottom);
}
