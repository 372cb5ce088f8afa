// The painter's page: tools, palette and picture around a LabelMap, and what is told to Python.
// Gradio gives `element`, `props`, `upload` and `watch`; setting props.value is what fires "change".

const $ = (selector) => element.querySelector(selector);
const $$ = (selector) => [...element.querySelectorAll(selector)];
const root = $(".lp"), stage = $(".lp-stage"), image = $(".lp-stage img"), overlay = $(".lp-overlay"), marks = $(".lp-marks");
const ring = $(".lp-ring"), here = $(".lp-here"), chips = $(".lp-chips"), status = $(".lp-status");
const opacity = $(".lp-opacity input"), size = $(".lp-size input"), show = $(".lp-show");
const { names, colours, words, height } = props;
const SEND_AFTER = 250; // milliseconds without a further stroke
const DIMMED = 70; // of 255: regions that are not picked, beside some that are

let map = null, picture = null, labels = null; // labels: the file that Python has been told of
let tool = "pick", current = Math.min(1, names.length - 1), picked = new Set();
let stroke = null, hovered = null, outlines = new Map(), told = "", loads = 0, sends = 0, timer = 0, shades = null;

// While the map is on its way to Python a click on Run would take the old one.
function enter(state) {
  root.dataset.state = state;
  const button = document.getElementById(props.before);
  if (button) button.disabled = state === "sending";
}

// --- words

const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
const word = (key) => words[key][language()];
const nameOf = (label) => names[label][language()];
const say = (key, values = {}) => (status.textContent = word(key).replace(/\{(\w+)\}/g, (_, name) => values[name]));

function speak() {
  for (const node of $$("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of $$("[data-name]")) node.setAttribute("aria-label", word(node.dataset.name));
  for (const chip of chips.children) chip.lastChild.textContent = nameOf(+chip.dataset.label);
  sayPicked();
  refresh();
}

function sayPicked() {
  if (!map || tool !== "pick") status.textContent = "";
  else if (picked.size) say("picked", { names: [...picked].map(nameOf).join(language() === "zh" ? "、" : ", ") });
  else say("nothing");
}

// --- palette and tools

function dot(label) {
  const node = document.createElement("span"), [r, g, b] = colours[label];
  node.className = "lp-dot";
  node.style.background = `rgb(${r} ${g} ${b})`;
  node.style.color = 0.299 * r + 0.587 * g + 0.114 * b > 140 ? "#000" : "#fff";
  return node;
}

names.forEach((_, label) => {
  const chip = document.createElement("button");
  chip.type = "button";
  chip.dataset.label = label;
  chip.append(dot(label), document.createElement("span"));
  chip.addEventListener("click", () => choose(label));
  chips.append(chip);
});

function choose(label) {
  current = label;
  if (tool === "pick") toggle(label);
  else if (tool === "eraser") use("brush");
  refresh();
}

function toggle(label) {
  if (!map) return;
  if (!picked.delete(label)) picked.add(label);
  shade();
  drawMarks();
  sayPicked();
  tell();
}

function use(name) {
  tool = root.dataset.tool = name;
  ring.hidden = here.hidden = true;
  hovered = null;
  shade();
  drawMarks();
  refresh();
  sayPicked();
}

function refresh() {
  const present = map ? map.present() : new Set();
  for (const button of $$(".lp-tools button")) {
    button.setAttribute("aria-pressed", button.dataset.tool === tool);
    button.disabled = !map;
  }
  for (const chip of chips.children) {
    const label = +chip.dataset.label;
    chip.setAttribute("aria-pressed", tool === "pick" ? picked.has(label) : tool !== "eraser" && label === current);
    chip.hidden = tool === "pick" && !present.has(label) && !picked.has(label);
  }
  const shown = [...chips.children].filter((chip) => !chip.hidden);
  const stop = shown.find((chip) => +chip.dataset.label === current) ?? shown[0];
  for (const chip of chips.children) chip.tabIndex = chip === stop ? 0 : -1;
  $(".lp-undo").disabled = !map?.past.length;
  $(".lp-redo").disabled = !map?.future.length;
  $(".lp-hint").textContent = word(`${tool}Hint`);
  size.setAttribute("aria-valuetext", `${diameter()} px`);
}

// From one pixel to a third of the picture; equal steps of the slider are equal factors.
const diameter = () => (map ? Math.max(1, Math.round((Math.max(map.width, map.height) / 3) ** (size.value / 100))) : 1);

// --- drawing

// Colours of the labels, or fainter ones, as the four bytes of a pixel.
function shade(box = map?.clipped(0, 0, map.width, map.height)) {
  if (!map || box.right <= box.left || box.bottom <= box.top) return;
  const dims = tool === "pick" && picked.size > 0, palette = new Uint8ClampedArray(256 * 4), pixels = new Uint32Array(shades.data.buffer);
  colours.forEach((colour, label) => palette.set([...colour, dims && !picked.has(label) ? DIMMED : 255], label * 4));
  const values = new Uint32Array(palette.buffer);
  for (let y = box.top; y < box.bottom; y++) {
    for (let at = y * map.width + box.left; at < y * map.width + box.right; at++) pixels[at] = values[map.ids[at]];
  }
  overlay.getContext("2d").putImageData(shades, 0, 0, box.left, box.top, box.right - box.left, box.bottom - box.top);
}

function outline(chosen) {
  const key = chosen.join();
  if (!outlines.has(key)) outlines.set(key, map.outline(chosen));
  return outlines.get(key);
}

function drawMarks() {
  const box = stage.getBoundingClientRect(), dense = window.devicePixelRatio || 1, pen = marks.getContext("2d");
  marks.width = Math.round(box.width * dense);
  marks.height = Math.round(box.height * dense);
  if (!map || !marks.width || tool !== "pick") return;
  const scale = marks.width / map.width;
  pen.scale(scale, marks.height / map.height);
  pen.lineCap = pen.lineJoin = "round";
  const trace = (chosen, wide) => {
    for (const [colour, width] of [["rgb(0 0 0 / .75)", wide + 2], ["#fff", wide]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = (width * dense) / scale;
      pen.stroke(outline(chosen));
    }
  };
  if (hovered !== null && !picked.has(hovered)) trace([hovered], 1);
  if (picked.size) trace([...picked], 2);
}

function fit() {
  if (!map) return;
  const aspect = (image.naturalWidth || map.width) / (image.naturalHeight || map.height);
  stage.style.width = `min(100%, ${Math.round(height * aspect)}px)`;
  stage.style.aspectRatio = aspect;
  drawMarks();
}

// --- the pointer

function place(event) {
  const box = stage.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  return { x, y, box, point: [(x * map.width) / box.width, (y * map.height) / box.height] };
}

function hover(event) {
  const { x, y, box, point } = place(event), label = map.at(...point), round = tool === "brush" || tool === "eraser";
  const across = Math.max(4, (diameter() * box.width) / map.width), inside = x >= 0 && y >= 0 && x < box.width && y < box.height;
  ring.hidden = !round || !inside;
  Object.assign(ring.style, { width: `${across}px`, height: `${across}px`, transform: `translate(${x - across / 2}px, ${y - across / 2}px)` });
  here.hidden = !inside || stroke !== null;
  if (!here.hidden) {
    here.replaceChildren(dot(label), nameOf(label));
    const aside = round ? across / 2 + 6 : 16;
    const left = x + aside + here.offsetWidth > box.width ? x - aside - here.offsetWidth : x + aside;
    here.style.transform = `translate(${Math.max(4, left)}px, ${Math.min(Math.max(4, y + 10), box.height - here.offsetHeight - 4)}px)`;
  }
  if (label !== hovered && !stroke) (hovered = label), tool === "pick" && drawMarks();
}

function leave() {
  ring.hidden = here.hidden = true;
  hovered = null;
  drawMarks();
  if (timer) send();
}

function drawTo(point) {
  shade(map.stroke(stroke.last, point, diameter(), tool === "eraser" ? null : current));
  stroke.last = point;
}

function finish(event) {
  if (!stroke || event.pointerId !== stroke.pointer) return;
  stroke = null;
  changed(map.commit());
}

// After every step: what depends on where the regions are, and the news to Python.
function changed(isNew) {
  outlines.clear();
  drawMarks();
  refresh();
  if (!isNew) return;
  enter("sending");
  clearTimeout(timer);
  timer = setTimeout(send, SEND_AFTER);
}

function step(way, said) {
  const box = !stroke && map?.[way]();
  if (box) shade(box), say(said), changed(true);
}

stage.addEventListener("pointerdown", (event) => {
  if (!map || event.button || !event.isPrimary) return;
  stage.focus({ preventScroll: true, focusVisible: false });
  if (tool !== "brush" && tool !== "eraser") return;
  event.preventDefault();
  const { point } = place(event);
  if (event.altKey && tool === "brush") return choose(map.at(...point));
  stage.setPointerCapture(event.pointerId);
  stroke = { pointer: event.pointerId, last: point };
  map.begin();
  hover(event);
  drawTo(point);
});
stage.addEventListener("pointermove", (event) => {
  if (!map) return;
  if (stroke && event.pointerId === stroke.pointer) {
    const all = event.getCoalescedEvents?.() ?? [];
    for (const one of all.length ? all : [event]) drawTo(place(one).point);
  }
  if (event.isPrimary) hover(event);
});
stage.addEventListener("pointerup", finish);
stage.addEventListener("pointercancel", finish);
stage.addEventListener("pointerleave", () => map && !stroke && leave());
// Not on the way down: a finger that scrolls neither picks nor fills.
stage.addEventListener("click", (event) => {
  if (!map || (tool !== "pick" && tool !== "fill")) return;
  const { point } = place(event), label = map.at(...point);
  if (tool === "pick" || event.altKey) return choose(label);
  map.begin();
  shade(map.fill(point.map(Math.floor), current));
  changed(map.commit());
});

// --- keys and controls

function move(by) {
  const shown = [...chips.children].filter((chip) => !chip.hidden);
  const focused = shown.indexOf(document.activeElement); // from there, if it is a chip; else from the marked one
  const at = focused >= 0 ? focused : shown.findIndex((chip) => +chip.dataset.label === current);
  const next = shown[(at + by + shown.length) % shown.length];
  if (!next) return;
  current = +next.dataset.label;
  if (tool === "eraser") use("brush");
  refresh();
  next.focus();
}

function resize(by) {
  size.value = +size.value + by;
  refresh();
}

root.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase(), digit = /^\d$/.test(key) ? chips.children[+key] : null;
  const arrow = { arrowleft: -1, arrowup: -1, arrowright: 1, arrowdown: 1 }[key];
  if (event.ctrlKey || event.metaKey) {
    if (key === "y" || (key === "z" && event.shiftKey)) step("redo", "redone");
    else if (key === "z") step("undo", "undone");
    else return;
  } else if (event.altKey || !map || event.target.matches("input")) return;
  else if (key === "[" || key === "]") resize(key === "[" ? -4 : 4);
  else if (digit && !digit.hidden) choose(+key);
  else if (arrow && event.target.closest(".lp-stage, .lp-chips")) move(arrow);
  else return;
  event.preventDefault();
});
for (const button of $$(".lp-tools button")) button.addEventListener("click", () => use(button.dataset.tool));
$(".lp-undo").addEventListener("click", () => step("undo", "undone"));
$(".lp-redo").addEventListener("click", () => step("redo", "redone"));
size.addEventListener("input", refresh);
opacity.addEventListener("input", () => (overlay.style.opacity = opacity.value / 100));
show.addEventListener("click", () => {
  overlay.hidden = !overlay.hidden;
  show.setAttribute("aria-pressed", !overlay.hidden);
});

// --- Python

function tell() {
  const value = { picture, labels, picked: [...picked] };
  told = JSON.stringify(value);
  props.value = value; // Gradio fires "change" for it
}

async function send() {
  clearTimeout(timer);
  timer = stroke ? setTimeout(send, SEND_AFTER) : 0; // half a stroke is never sent
  if (stroke) return;
  const turn = ++sends;
  try {
    const { path, url } = await upload(await encodeLabels(map));
    if (turn !== sends) return; // painted on, or another picture, meanwhile
    labels = { path, url, orig_name: "labels.png", mime_type: "image/png", meta: { _type: "gradio.FileData" } };
    tell();
  } catch {
    if (turn === sends) say("unsent");
  }
  if (turn === sends && !timer) enter("ready");
}

async function load(value) {
  const turn = ++loads;
  sends++;
  clearTimeout(timer);
  [map, stroke, hovered, timer, outlines] = [null, null, null, 0, new Map()];
  picture = value?.picture ?? null;
  labels = value?.labels ?? null;
  picked = new Set((value?.picked ?? []).filter((label) => Number.isInteger(label) && label in names));
  told = JSON.stringify(value);
  enter(picture && labels ? "loading" : "empty");
  status.textContent = "";
  stage.removeAttribute("style");
  refresh();
  if (!picture || !labels) return;
  try {
    image.src = picture.url ?? "";
    const [answer] = await Promise.all([fetch(labels.url), image.decode()]);
    const decoded = await decodeLabels(new Uint8Array(await answer.arrayBuffer()));
    if (turn !== loads) return;
    map = new LabelMap(decoded);
  } catch {
    if (turn === loads) enter("empty"), say("unloaded");
    return;
  }
  Object.assign(overlay, { width: map.width, height: map.height });
  shades = new ImageData(map.width, map.height);
  overlay.style.opacity = opacity.value / 100;
  enter("ready");
  fit();
  use("pick");
}

watch("value", () => JSON.stringify(props.value) !== told && load(props.value));
new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });
new ResizeObserver(drawMarks).observe(stage);
speak();
load(props.value);
