// Faces of a photo, each in its box, and the 68 points of one; coordinates are the photo's pixels.
// Gradio gives `element`, `props`, `watch` and `trigger`; setting props.value is what fires "change". "submit" asks
// Python to read the points anew: another face was chosen, or its box was moved.

const $ = (selector) => element.querySelector(selector);
const root = $(".fp"), stage = $(".fp-stage"), image = $(".fp-stage img"), svg = $(".fp-stage svg"), zoom = $(".fp-zoom");
const { words, height, lines } = props;
const coarse = matchMedia("(pointer: coarse)").matches;
const DOT = 2.6, REACH = coarse ? 13 : 7, GRIP = coarse ? 13 : 6; // CSS pixels
const SLIP = 3; // CSS pixels: what was moved by less was only clicked
const AROUND = 0.35; // of a face's box, shown around it
const MOST = 60; // steps that can be taken back

let picture = null, size = [1, 1], boxes = [], points = [], found = [], face = 1, past = [], drag = null, told = "", at = 0;

// --- words

const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
const word = (key) => words[key][language()];

function speak() {
  for (const node of element.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of element.querySelectorAll("[data-name]")) node.setAttribute("aria-label", word(node.dataset.name));
  show();
}

// --- what is shown

function shape(name, values, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// The part of the photo that fills the stage: left, top, width, height.
function seen() {
  const box = boxes[face - 1];
  if (zoom.getAttribute("aria-pressed") !== "true" || !box) return [0, 0, ...size];
  const [x, y] = [(box[2] - box[0]) * AROUND, (box[3] - box[1]) * AROUND];
  const left = Math.max(0, box[0] - x), top = Math.max(0, box[1] - y);
  return [left, top, Math.max(8, Math.min(size[0], box[2] + x) - left), Math.max(8, Math.min(size[1], box[3] + y) - top)];
}

let view = [0, 0, 1, 1];

function show() {
  if (!drag) view = seen();
  stage.style.width = picture ? `min(100%, ${Math.round((height * view[2]) / view[3])}px)` : "";
  stage.style.aspectRatio = picture ? view[2] / view[3] : "";
  const wide = svg.getBoundingClientRect().width || 1, scale = wide / view[2];
  Object.assign(image.style, { width: `${size[0] * scale}px`, height: `${size[1] * scale}px`, left: `${-view[0] * scale}px`, top: `${-view[1] * scale}px` });
  svg.setAttribute("viewBox", `0 0 ${wide} ${view[3] * scale}`);
  const place = ([x, y]) => [(x - view[0]) * scale, (y - view[1]) * scale];
  const nodes = [];
  boxes.forEach((box, index) => {
    const [[left, top], [right, bottom]] = [place(box), place(box.slice(2))], own = index === face - 1;
    const frame = { x: left, y: top, width: right - left, height: bottom - top };
    nodes.push(shape("rect", { ...frame, fill: "transparent", stroke: "#fff", "stroke-width": own ? 3.5 : 2.5, "data-box": index, style: `cursor: ${own ? "move" : "pointer"}` }));
    nodes.push(shape("rect", { ...frame, class: "fp-ink", stroke: own ? "#b91c1c" : "#57534e", "stroke-width": 1.5 }));
    nodes.push(shape("text", { x: left + 4, y: Math.max(15, top - 5) }, `${index + 1}`));
    if (own) nodes.push(shape("circle", { cx: right, cy: bottom, r: GRIP, fill: "#fff", stroke: "#b91c1c", "stroke-width": 2, "data-grip": index, style: "cursor: nwse-resize" }));
  });
  const spots = points.map(place);
  if (spots.length) {
    for (const line of lines) {
      const path = line.map((point) => spots[point].join()).join(" ");
      nodes.push(shape("polyline", { class: "fp-ink", points: path, stroke: "rgb(0 0 0 / .5)", "stroke-width": 2.5 }));
      nodes.push(shape("polyline", { class: "fp-ink", points: path, stroke: "#7dd3fc", "stroke-width": 1 }));
    }
  }
  spots.forEach(([x, y], index) => {
    const chosen = index === at && document.activeElement === stage;
    nodes.push(shape("circle", { class: "fp-ink", cx: x, cy: y, r: chosen ? DOT * 2 : DOT, style: `fill: ${chosen ? "#facc15" : "#fff"}`, stroke: "#000", "stroke-width": 1 }));
    nodes.push(shape("circle", { cx: x, cy: y, r: REACH, fill: "transparent", "data-point": index, style: "cursor: grab" }));
  });
  svg.replaceChildren(...nodes);
  $(".fp-undo").disabled = !past.length;
  $(".fp-again").disabled = JSON.stringify(points) === JSON.stringify(found);
  $(".fp-hint").textContent = word(points.length ? "hint" : "reading");
}

// --- changes

function before() {
  past.push(JSON.stringify(points));
  if (past.length > MOST) past.shift();
}

function undo() {
  if (!past.length) return;
  points = JSON.parse(past.pop());
  show();
  tell();
}

// Another face or box: its points must be read anew.
function ask() {
  points = [];
  past = [];
  show();
  tell();
  trigger("submit");
}

// --- the pointer and the keys

function point(event) {
  const box = svg.getBoundingClientRect();
  const clamp = (value, most) => Math.min(most, Math.max(0, value));
  return [clamp(view[0] + ((event.clientX - box.left) * view[2]) / box.width, size[0]), clamp(view[1] + ((event.clientY - box.top) * view[3]) / box.height, size[1])];
}

svg.addEventListener("pointerdown", (event) => {
  if (!picture || event.button > 0 || drag) return;
  const { point: spot, box, grip } = event.target.dataset;
  if (spot === undefined && box === undefined && grip === undefined) return;
  event.preventDefault();
  svg.setPointerCapture(event.pointerId);
  const start = [event.clientX, event.clientY], from = point(event);
  if (spot !== undefined) {
    before();
    at = +spot;
    drag = { spot: at, start };
  } else {
    const index = +(box ?? grip);
    drag = { box: index, grip: grip !== undefined, from, start, edges: [...boxes[index]] };
  }
});

svg.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [x, y] = point(event);
  if (drag.spot !== undefined) points[drag.spot] = [x, y];
  else if (drag.box === face - 1) {
    const [left, top, right, bottom] = drag.edges, [across, down] = [x - drag.from[0], y - drag.from[1]];
    boxes[drag.box] = drag.grip ? [left, top, Math.max(left + 8, right + across), Math.max(top + 8, bottom + down)] : [left + across, top + down, right + across, bottom + down];
  }
  show();
});

function finish(event) {
  if (!drag) return;
  const { spot, box, start, edges } = drag, slipped = Math.hypot(event.clientX - start[0], event.clientY - start[1]) < SLIP;
  drag = null;
  if (spot !== undefined) {
    if (slipped) points = JSON.parse(past.pop());
    show();
    if (!slipped) tell();
  } else if (box !== face - 1) {
    face = box + 1;
    ask();
  } else if (slipped) {
    boxes[box] = edges;
    show();
  } else ask();
}
svg.addEventListener("pointerup", finish);
svg.addEventListener("pointercancel", finish);

stage.addEventListener("keydown", (event) => {
  const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!points.length) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") undo();
  else if (event.key === "n" || event.key === "p") at = (at + (event.key === "n" ? 1 : points.length - 1)) % points.length;
  else if (by) {
    before();
    const much = view[2] / 200;
    points[at] = [points[at][0] + by[0] * much, points[at][1] + by[1] * much];
    tell();
  } else return;
  event.preventDefault();
  show();
});
for (const name of ["focus", "blur"]) stage.addEventListener(name, show);
zoom.addEventListener("click", () => {
  zoom.setAttribute("aria-pressed", zoom.getAttribute("aria-pressed") !== "true");
  show();
});
$(".fp-undo").addEventListener("click", undo);
$(".fp-again").addEventListener("click", () => {
  before();
  points = structuredClone(found);
  show();
  tell();
});

// --- Python

function tell() {
  const value = { picture, width: size[0], height: size[1], face, boxes: structuredClone(boxes), points: structuredClone(points) };
  told = JSON.stringify(value);
  props.value = value; // Gradio fires "change" for it
}

function load(value) {
  told = JSON.stringify(value);
  picture = value?.picture ?? null;
  size = [value?.width || 1, value?.height || 1];
  boxes = structuredClone(value?.boxes ?? []);
  points = structuredClone(value?.points ?? []);
  found = structuredClone(points);
  face = value?.face ?? 1;
  [past, drag, at] = [[], null, 0];
  root.dataset.state = picture ? "ready" : "empty";
  if (picture) image.src = picture.url ?? "";
  show();
}

watch("value", () => JSON.stringify(props.value) !== told && load(props.value));
new ResizeObserver(show).observe(stage);
new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });
load(props.value);
speak();
