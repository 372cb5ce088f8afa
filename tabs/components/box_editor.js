// The editor's page: picture, boxes and their list around an EditList, and what is told to Python.
// Gradio gives `element`, `props`, `watch` and `trigger`; setting props.value is what fires "change". "submit" asks
// Python to run at once: another variant is wanted.

const $ = (selector) => element.querySelector(selector);
const $$ = (selector) => [...element.querySelectorAll(selector)];
const root = $(".be"), stage = $(".be-stage"), image = $(".be-stage img"), svg = $(".be-stage svg"), kinds = $(".be-kinds"), rows = $(".be-list");
const colourOf = $(".be-colour select"), ink = $(".be-colour input"), behind = $(".be-behind input"), outline = $(".be-outline"), scale = $(".be-scale");
const { labels, colours, words, height } = props;
const GRIP = matchMedia("(pointer: coarse)").matches ? 13 : 6; // CSS pixels
const SLIP = 3; // CSS pixels: what was moved by less was only clicked
const LEAST_POINTS = 3; // of an outline

let list = null, picture = null, horizon = null, drag = null, told = "";
let action = "add", label = labels[0]; // of the next box

// --- words

const language = () => (document.documentElement.lang.startsWith("zh") ? "zh" : "en");
const word = (key) => words[key][language()];
const nameOf = (kind) => words[`kind ${kind}`]?.[language()] ?? kind;

function speak() {
  for (const node of $$("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of $$("[data-name]")) node.setAttribute("aria-label", word(node.dataset.name));
  show();
}

function said(edit) {
  const what = ["add", "replace"].includes(edit.action) ? `${word(edit.action)}: ${nameOf(edit.label)}` : word(edit.action);
  return edit.seed ? `${what} · ${word("variantOf")} ${edit.seed}` : what;
}

// --- what is shown

function shape(name, values, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(values)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function tone(edit) {
  if (edit.action === "remove") return "#f43f5e";
  if (edit.colour.startsWith("#")) return edit.colour;
  return colours[labels.indexOf(edit.label)] ?? "#fb923c";
}

function drawn() {
  const wide = svg.getBoundingClientRect().width || 1, zoom = wide / list.width, nodes = [];
  svg.setAttribute("viewBox", `0 0 ${wide} ${list.height * zoom}`);
  const order = list.edits.map((_, index) => index).filter((index) => index !== list.chosen);
  for (const index of list.chosen < 0 ? order : [...order, list.chosen]) {
    const edit = list.edits[index], own = index === list.chosen, colour = tone(edit);
    const frame = (part, dashed) => {
      const [left, top, right, bottom] = edit[part].map((edge) => edge * zoom);
      const place = { x: left, y: top, width: right - left, height: bottom - top, rx: 2 };
      nodes.push(shape("rect", { ...place, class: "be-ink", fill: "none", stroke: "#000", "stroke-opacity": 0.7, "stroke-width": own ? 5 : 4 }));
      nodes.push(shape("rect", { ...place, fill: colour, "fill-opacity": own ? 0.2 : 0.08, stroke: own ? "#fff" : colour, "stroke-width": 2, "stroke-dasharray": dashed ? "6 4" : "none", "data-index": index, "data-part": part, style: "cursor: move" }));
      if (own) nodes.push(shape("rect", { ...place, class: "be-ink", fill: "none", stroke: colour, "stroke-width": 2, "stroke-dasharray": "6 4" }));
      return [left, top, right, bottom];
    };
    const box = frame("box", edit.action === "move" || edit.action === "remove");
    if (edit.outline.length) {
      const points = edit.outline.map(([x, y]) => `${box[0] + x * (box[2] - box[0])},${box[1] + y * (box[3] - box[1])}`).join(" ");
      nodes.push(shape("polygon", { class: "be-ink", points, fill: colour, "fill-opacity": 0.4, stroke: "#fff", "stroke-width": 1.5 }));
    }
    const target = edit.to.length ? frame("to", false) : null;
    if (target) nodes.push(shape("line", { class: "be-ink", x1: (box[0] + box[2]) / 2, y1: box[3], x2: (target[0] + target[2]) / 2, y2: target[3], stroke: "#fff", "stroke-width": 2 }));
    nodes.push(shape("text", { x: box[0] + 4, y: Math.max(15, box[1] - 5) }, `${index + 1} ${["add", "replace"].includes(edit.action) ? nameOf(edit.label) : word(edit.action)}`));
    if (!own) continue;
    for (const [part, corners] of Object.entries({ box, ...(target && { to: target }) })) {
      for (const [grip, x, y] of [["nw", 0, 1], ["ne", 2, 1], ["sw", 0, 3], ["se", 2, 3]]) {
        const cursor = grip === "nw" || grip === "se" ? "nwse-resize" : "nesw-resize";
        nodes.push(shape("circle", { cx: corners[x], cy: corners[y], r: GRIP, fill: "#fff", stroke: "#000", "stroke-width": 1.5, "data-index": index, "data-part": part, "data-grip": grip, style: `cursor: ${cursor}` }));
      }
    }
  }
  if (drag?.points) nodes.push(shape("polyline", { class: "be-ink", points: drag.points.map((point) => point.map((value) => value * zoom).join()).join(" "), fill: "none", stroke: "#fff", "stroke-width": 2 }));
  svg.replaceChildren(...nodes);
}

function show() {
  if (!list) return;
  stage.style.width = `min(100%, ${Math.round((height * list.width) / list.height)}px)`;
  stage.style.aspectRatio = list.width / list.height;
  drawn();
  const own = list.current, now = own?.action ?? action, kind = own?.label ?? label, sketching = outline.getAttribute("aria-pressed") === "true";
  for (const button of $$(".be-actions button")) button.setAttribute("aria-pressed", button.dataset.action === now);
  for (const chip of kinds.children) chip.setAttribute("aria-pressed", chip.dataset.kind === kind);
  kinds.hidden = now !== "add" && now !== "replace";
  $(".be-undo").disabled = !list.past.length;
  $(".be-redo").disabled = !list.future.length;
  $(".be-hint").textContent = word(own ? (sketching ? "sketchHint" : `${now}Chosen`) : `${now}Hint`);
  $(".be-own").hidden = !own || own.action === "remove";
  if (own) {
    colourOf.value = own.colour.startsWith("#") ? "own" : own.colour;
    if (own.colour.startsWith("#")) ink.value = own.colour;
    ink.hidden = colourOf.value !== "own";
    behind.value = own.behind;
    $(".be-colour").hidden = own.action === "move";
    for (const node of [outline, $(".be-behind")]) node.hidden = own.action === "recolour";
    outline.hidden ||= own.action === "move";
  }
  listed();
}

function listed() {
  const button = (name, text, title, click, off = false) => {
    const node = document.createElement("button");
    Object.assign(node, { type: "button", className: name, textContent: text, title, disabled: off });
    if (title) node.setAttribute("aria-label", title);
    node.addEventListener("click", click);
    return node;
  };
  rows.replaceChildren(
    ...list.edits.map((edit, index) => {
      const row = document.createElement("li"), last = list.edits.length - 1;
      const main = button("be-row", "", "", () => choose(index));
      const dot = document.createElement("span"), name = document.createElement("span");
      dot.className = "be-dot";
      dot.style.background = tone(edit);
      name.className = "be-name";
      name.textContent = `${index + 1}. ${said(edit)}`;
      main.append(dot, name);
      main.setAttribute("aria-current", index === list.chosen);
      row.append(main);
      if (last) {
        row.append(button("be-back", "↑", `${word("back")} (${index + 1})`, () => change(() => list.reorder(index, -1)), index === 0));
        row.append(button("be-front", "↓", `${word("front")} (${index + 1})`, () => change(() => list.reorder(index, 1)), index === last));
      }
      row.append(button("be-delete", "✕", `${word("delete")} (${index + 1})`, () => change(() => list.remove(index))));
      return row;
    }),
  );
}

// --- changes

function change(act) {
  list.keep(list.written());
  act();
  show();
  tell();
}

function choose(index) {
  list.chosen = index;
  sketch(false);
  show();
  tell();
}

function set(values) {
  if (list.current) change(() => Object.assign(list.current, values));
}

function take(way) {
  if (list?.[way]()) show(), tell();
}

// What is moved needs a place to go to: beside where it is, until it is dragged elsewhere.
function target([left, top, right, bottom]) {
  const across = right - left, aside = right + across * 1.2 <= list.width ? across * 1.2 : -across * 1.2;
  return rounded(shifted([left, top, right, bottom], aside, 0, list, null));
}

function made(box) {
  const edit = { action, box, to: [], label, colour: "", behind: 0, seed: 0, outline: [] };
  if (action === "move") edit.to = target(box);
  if (action === "recolour") edit.colour = ink.value;
  return edit;
}

function act(name) {
  action = name;
  if (!list) return;
  const own = list.current;
  if (!own) return show();
  if (own.action === name) return;
  sketch(false);
  const drawn = ["add", "replace"], keeps = drawn.includes(name) && drawn.includes(own.action);
  set({ action, to: action === "move" ? target(own.box) : [], colour: action === "recolour" && !own.colour ? ink.value : own.colour, outline: keeps ? own.outline : [] });
}

function insert() {
  const [across, down] = [list.width / 5, list.height / 4], [x, y] = [list.width / 2, list.height * 0.65];
  change(() => list.add(made(rounded([x - across / 2, y - down / 2, x + across / 2, y + down / 2]))));
  stage.focus({ preventScroll: true });
}

function sketch(on) {
  outline.setAttribute("aria-pressed", on);
}

// --- the pointer

function point(event) {
  const box = svg.getBoundingClientRect();
  return [between(((event.clientX - box.left) * list.width) / box.width, 0, list.width), between(((event.clientY - box.top) * list.height) / box.height, 0, list.height)];
}

svg.addEventListener("pointerdown", (event) => {
  if (!list || event.button > 0 || drag) return;
  event.preventDefault();
  stage.focus({ preventScroll: true, focusVisible: false });
  svg.setPointerCapture(event.pointerId);
  const { index, part, grip } = event.target.dataset, from = point(event);
  drag = { pointer: event.pointerId, from, start: [event.clientX, event.clientY], chosen: list.chosen, before: list.written() };
  if (outline.getAttribute("aria-pressed") === "true" && list.current) drag.points = [from];
  else if (index !== undefined && !event.altKey) {
    list.chosen = +index;
    Object.assign(drag, { part, grip, box: [...list.current[part]] });
  } else {
    drag.fresh = true;
    list.add({ ...made([...from, ...from]), to: [] });
  }
  show();
});

svg.addEventListener("pointermove", (event) => {
  if (!drag || event.pointerId !== drag.pointer) return;
  const [x, y] = point(event), [fromX, fromY] = drag.from, own = list.current;
  if (drag.points) drag.points.push([x, y]);
  else if (drag.fresh) own.box = [Math.min(x, fromX), Math.min(y, fromY), Math.max(x, fromX), Math.max(y, fromY)];
  else if (drag.grip) own[drag.part] = stretched(drag.box, drag.grip, [x, y], list);
  else {
    const keeps = drag.part === "to" || own.action === "add" ? scale.getAttribute("aria-pressed") === "true" : false;
    own[drag.part] = shifted(drag.box, x - fromX, y - fromY, list, keeps ? horizon : null);
  }
  drawn();
});

function finish(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { start, fresh, part, points, chosen, before } = drag, own = list.current, index = list.chosen;
  const slipped = event.type === "pointercancel" || Math.hypot(event.clientX - start[0], event.clientY - start[1]) < SLIP;
  drag = null;
  if (fresh) own.box = rounded(own.box);
  const [left, top, right, bottom] = own.box, tiny = fresh && (right - left < LEAST || bottom - top < LEAST);
  if (slipped || tiny) {
    list.read(before);
    list.chosen = fresh ? -1 : index; // a click chooses; beside all boxes none
    if (list.chosen !== chosen) sketch(false);
  } else {
    list.keep(before);
    if (points) closed(own, points);
    else if (!fresh) own[part] = rounded(own[part]);
    else if (own.action === "move") own.to = target(own.box);
  }
  show();
  tell();
}
svg.addEventListener("pointerup", finish);
svg.addEventListener("pointercancel", finish);

// An outline is kept in shares of its box, with which it then moves.
function closed(own, points) {
  const [left, top, right, bottom] = own.box;
  const inside = points.map(([x, y]) => [between((x - left) / (right - left), 0, 1), between((y - top) / (bottom - top), 0, 1)]);
  const thin = inside.filter((_, at) => at % Math.ceil(inside.length / 200) === 0).map((pair) => pair.map((value) => Math.round(value * 1e3) / 1e3));
  own.outline = thin.length < LEAST_POINTS ? [] : thin;
  sketch(false);
}

// --- keys and controls

stage.addEventListener("keydown", (event) => {
  if (!list) return;
  const key = event.key.toLowerCase(), own = list.current;
  const by = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] }[key];
  if (event.ctrlKey || event.metaKey) {
    if (key === "y" || (key === "z" && event.shiftKey)) take("redo");
    else if (key === "z") take("undo");
    else return;
  } else if (key === "n") insert();
  else if (/^[1-9]$/.test(key) && +key <= list.edits.length) choose(+key - 1);
  else if (key === "escape") choose(-1);
  else if ((key === "delete" || key === "backspace") && own) change(() => list.remove(list.chosen));
  else if (by && own) {
    const part = own.to.length ? "to" : "box", [dx, dy] = by.map((way) => way * Math.max(1, Math.round(list.width / 200)));
    const [, , right, bottom] = own[part];
    change(() => (own[part] = rounded(event.shiftKey ? stretched(own[part], "se", [right + dx, bottom + dy], list) : shifted(own[part], dx, dy, list, null))));
  } else return;
  event.preventDefault();
});

for (const kind of labels) {
  const chip = document.createElement("button"), dot = document.createElement("span"), name = document.createElement("span");
  Object.assign(chip, { type: "button" });
  chip.dataset.kind = kind;
  dot.className = "be-dot";
  dot.style.background = colours[labels.indexOf(kind)];
  name.className = "be-name";
  name.dataset.word = `kind ${kind}`;
  chip.append(dot, name);
  chip.addEventListener("click", () => {
    label = kind;
    if (list?.current) set({ label });
    else show();
  });
  kinds.append(chip);
}
for (const button of $$(".be-actions button")) button.addEventListener("click", () => act(button.dataset.action));
$(".be-undo").addEventListener("click", () => take("undo"));
$(".be-redo").addEventListener("click", () => take("redo"));
$(".be-new").addEventListener("click", () => list && insert());
colourOf.addEventListener("change", () => set({ colour: colourOf.value === "own" ? ink.value : colourOf.value }));
ink.addEventListener("change", () => set({ colour: ink.value }));
behind.addEventListener("change", () => set({ behind: between(Math.round(+behind.value) || 0, 0, 9) }));
outline.addEventListener("click", () => (sketch(outline.getAttribute("aria-pressed") !== "true"), show()));
scale.addEventListener("click", () => scale.setAttribute("aria-pressed", scale.getAttribute("aria-pressed") !== "true"));
$(".be-variant").addEventListener("click", () => {
  if (!list?.current) return;
  set({ seed: list.current.seed + 1 });
  trigger("submit");
});

// --- Python

function tell() {
  const value = { picture, width: list.width, height: list.height, horizon, edits: structuredClone(list.edits), chosen: list.chosen };
  told = JSON.stringify(value);
  props.value = value; // Gradio fires "change" for it
}

// Another picture begins anew; more edits for the same one are a step that can be taken back.
function load(value) {
  told = JSON.stringify(value);
  const same = picture && value?.picture?.path === picture.path, next = structuredClone(value?.edits ?? []);
  picture = value?.picture ?? null;
  horizon = value?.horizon ?? null;
  drag = null;
  sketch(false);
  root.dataset.state = picture ? "ready" : "empty";
  stage.removeAttribute("style");
  if (!picture) return void (list = null);
  if (same && list) {
    list.keep(list.written());
    Object.assign(list, { edits: next, chosen: (value.chosen ?? -1) in next ? value.chosen : -1 });
  } else {
    list = new EditList(value.width, value.height, next, value.chosen ?? -1);
    [action, label] = ["add", labels[0]];
    image.src = picture.url ?? "";
  }
  show();
}

watch("value", () => JSON.stringify(props.value) !== told && load(props.value));
new ResizeObserver(() => list && drawn()).observe(stage);
new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });
load(props.value);
speak();
