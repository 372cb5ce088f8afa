// Layers in the browser: what a slider does is seen at once, and the composite is made from the visitor's own copy.
const $ = (name) => element.querySelector(name);
const root = $('.lm'), canvas = $('.lm-canvas'), cards = $('.lm-cards'), panel = $('.lm-panel');
const language = document.documentElement.lang.startsWith('zh') ? 'zh' : 'en';
const words = Object.fromEntries(Object.entries(props.words).map(([name, text]) => [name, text[language]]));
const NEUTRAL = {opacity: 100, hue: 0, saturation: 100, brightness: 100, blur: 0};
const RANGES = {opacity: [0, 100], hue: [-180, 180], saturation: [0, 200], brightness: [0, 200], blur: [0, 30]};
const VIEW_PIXELS = 350000;  // at which it follows the sliders; a download has them all
const TALLEST = 560;  // CSS pixels
let layers = [], order = [], selected = -1, solo = -1, overview = false, background = null, size = [0, 0], pending = 0, generation = 0;

element.querySelectorAll('.lm-t').forEach((place) => { place.textContent = words[place.dataset.t]; });
for (const [name, word] of [['overview', 'overview'], ['reset', 'reset'], ['bgnone', 'none'], ['save', 'save'], ['solo', 'solo'],
  ['front', 'front'], ['back', 'back'], ['own', 'own']]) $('.lm-' + name).textContent = words[word];
for (const [name, word] of [['bgcolour', 'background'], ['bgfile', 'background'], ['colour', 'replace'], ['picture', 'replace']])
  $('.lm-' + name).setAttribute('aria-label', words[word]);
canvas.setAttribute('aria-label', words.canvas);
cards.setAttribute('aria-label', words.layers);

const sliders = {};
for (const name of Object.keys(NEUTRAL)) {
  const label = document.createElement('label'), input = document.createElement('input');
  label.textContent = words[name];
  Object.assign(input, {type: 'range', min: RANGES[name][0], max: RANGES[name][1], value: NEUTRAL[name]});
  input.dataset.name = name;
  input.addEventListener('input', () => { layers[selected].edit[name] = +input.value; draw(); });
  label.append(input);
  $('.lm-sliders').append(label);
  sliders[name] = input;
}

const surface = (width, height) => Object.assign(document.createElement('canvas'), {width, height});
const fitted = (width, height, most) => { const s = Math.min(1, Math.sqrt(most / (width * height))); return [Math.max(1, Math.round(width * s)), Math.max(1, Math.round(height * s))]; };
const picture = (url) => new Promise((done, failed) => { const image = new Image(); image.onload = () => done(image); image.onerror = failed; image.src = url; });

// A file holds a layer's colours above, its alpha below; `cover` is what another picture is cut to.
function pixels(image, part, width, height, blur = 0) {
  const context = surface(width, height).getContext('2d', {willReadFrequently: true});
  const [full, half] = [image.naturalWidth, image.naturalHeight / 2];
  if (blur) context.filter = `blur(${blur}px)`;
  context.drawImage(image, 0, part * half, full, half, 0, 0, width, height);
  if (blur) { context.globalCompositeOperation = 'destination-over'; context.filter = 'none'; context.drawImage(image, 0, part * half, full, half, 0, 0, width, height); }
  return context.getImageData(0, 0, width, height).data;
}
function cover(image, width, height) {
  const context = surface(width, height).getContext('2d', {willReadFrequently: true});
  const scale = Math.max(width / image.naturalWidth, height / image.naturalHeight), w = image.naturalWidth * scale, h = image.naturalHeight * scale;
  context.drawImage(image, (width - w) / 2, (height - h) / 2, w, h);
  return context.getImageData(0, 0, width, height).data;
}

// Rows of the 3x3 matrix that turns hue about the grey axis, then scales saturation and brightness (BT.709 luma).
function matrix({hue, saturation, brightness}) {
  const a = hue * Math.PI / 180, c = Math.cos(a), s = Math.sin(a), k = saturation / 100, b = brightness / 100, rows = [];
  const grey = [0.213, 0.715, 0.072];
  const turn = [[0.787, -0.715, -0.072], [-0.213, 0.285, -0.072], [-0.213, -0.715, 0.928]], skew = [[-0.213, -0.715, 0.928], [0.143, 0.14, -0.283], [-0.787, 0.715, 0.072]];
  for (let i = 0; i < 3; i++) rows.push(grey.map((g, j) => g + c * turn[i][j] + s * skew[i][j]));
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => { let m = k * rows[i][j]; for (let l = 0; l < 3; l++) m += (1 - k) * grey[l] * rows[l][j]; return b * m; }));
}

function source(layer, width, height) {
  const blur = layer.edit.blur * Math.sqrt(width * height / VIEW_PIXELS), key = [width, height, blur, layer.generation].join();
  if (layer.key === key) return layer.made;
  const alpha = pixels(layer.image, 1, width, height);
  if (blur) { const soft = pixels(layer.image, 1, width, height, blur); for (let i = 0; i < alpha.length; i += 4) alpha[i] = Math.max(alpha[i], soft[i]); }
  const colour = layer.picture ? cover(layer.picture, width, height) : pixels(layer.image, 0, width, height, blur);
  layer.key = key;
  return layer.made = {alpha, colour};
}

// From front to back each layer takes what is left of a pixel: untouched layers sum to one, so that order does not matter.
function mixed(width, height) {
  const out = new ImageData(width, height), data = out.data, sum = new Float32Array(width * height * 3), used = new Float32Array(width * height);
  for (const index of [...order].reverse()) {
    if (solo >= 0 && solo !== index) continue;
    const layer = layers[index], {alpha, colour} = source(layer, width, height), m = matrix(layer.edit), share = layer.edit.opacity / 25500, flat = layer.colour;
    for (let p = 0, q = 0, t = 0; p < used.length; p++, q += 4, t += 3) {
      const take = Math.min(alpha[q] * share, 1 - used[p]);
      if (take <= 0) continue;
      used[p] += take;
      const r = flat ? flat[0] : colour[q], g = flat ? flat[1] : colour[q + 1], b = flat ? flat[2] : colour[q + 2];
      for (let i = 0; i < 3; i++) sum[t + i] += take * Math.min(255, Math.max(0, m[i][0] * r + m[i][1] * g + m[i][2] * b));
    }
  }
  const behind = background && background.image ? cover(background.image, width, height) : null;
  for (let p = 0, q = 0, t = 0; p < used.length; p++, q += 4, t += 3) {
    const rest = background ? Math.max(0, 1 - used[p]) : 0, whole = used[p] + rest;
    if (whole <= 0) continue;
    for (let i = 0; i < 3; i++) data[q + i] = (sum[t + i] + rest * (behind ? behind[q + i] : background ? background.colour[i] : 0)) / whole;
    data[q + 3] = 255 * whole;
  }
  return out;
}

function overlaid(width, height) {
  const out = mixed(width, height), data = out.data;
  for (const layer of layers) {
    const {alpha} = source(layer, width, height);
    for (let q = 0; q < data.length; q += 4) for (let i = 0; i < 3; i++) data[q + i] += 0.6 * alpha[q] / 255 * (layer.tint[i] - out.data[q + i]);
  }
  return out;
}

function draw() {
  if (pending) return;
  pending = requestAnimationFrame(() => {
    pending = 0;
    if (!layers.length) return;
    const [width, height] = fitted(...size, VIEW_PIXELS);
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, {width, height});
    canvas.style.width = `min(100%, ${Math.round(TALLEST * width / height)}px)`;
    canvas.getContext('2d').putImageData(overview ? overlaid(width, height) : mixed(width, height), 0, 0);
  });
}

function select(index) {
  selected = index;
  panel.hidden = index < 0;
  layers.forEach((layer, i) => layer.card.setAttribute('aria-selected', i === index));
  if (index >= 0) for (const name of Object.keys(NEUTRAL)) sliders[name].value = layers[index].edit[name];
  $('.lm-solo').setAttribute('aria-pressed', solo === index && index >= 0);
}

function arrange() { cards.replaceChildren(...[...order].reverse().map((index) => layers[index].card)); }

function card(layer, index) {
  const button = document.createElement('button'), [width, height] = fitted(...size, 20000), thumb = surface(width, height);
  const {alpha, colour} = source(layer, width, height), made = new ImageData(width, height);
  for (let q = 0; q < alpha.length; q += 4) { made.data.set(colour.subarray(q, q + 3), q); made.data[q + 3] = alpha[q]; }
  thumb.getContext('2d').putImageData(made, 0, 0);
  const dot = document.createElement('i');
  dot.style.background = `rgb(${layer.tint})`;
  Object.assign(button, {type: 'button', className: 'lm-card'});
  button.setAttribute('role', 'option');
  button.append(thumb, dot, layer.name);
  button.addEventListener('click', () => select(selected === index ? -1 : index));
  return button;
}

async function load(value) {
  const mine = ++generation;
  if (!value || !value.layers.length) { layers = []; root.hidden = true; return; }
  const images = await Promise.all(value.layers.map((layer) => picture(layer.file.url)));
  if (mine !== generation) return;
  size = [images[0].naturalWidth, images[0].naturalHeight / 2];
  layers = value.layers.map((layer, i) => ({name: layer.name, tint: layer.tint, image: images[i], edit: {...NEUTRAL}, generation: 0}));
  order = layers.map((_, i) => i);
  solo = -1; overview = false; background = null;
  root.hidden = false;
  layers.forEach((layer, i) => { layer.card = card(layer, i); });
  $('.lm-overview').setAttribute('aria-pressed', false);
  arrange(); select(-1); draw();
}

const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
async function chosen(input) {
  const file = input.files[0];
  input.value = '';
  if (!file) return null;
  const url = URL.createObjectURL(file);
  try { return await picture(url); } catch { return null; } finally { URL.revokeObjectURL(url); }
}
function replaced(change) { const layer = layers[selected]; Object.assign(layer, {colour: null, picture: null}, change); layer.generation++; draw(); }

$('.lm-overview').addEventListener('click', (event) => { overview = !overview; event.target.setAttribute('aria-pressed', overview); draw(); });
$('.lm-reset').addEventListener('click', () => {
  layers.forEach((layer) => { Object.assign(layer, {colour: null, picture: null, edit: {...NEUTRAL}}); layer.generation++; });
  order = layers.map((_, i) => i); solo = -1; background = null;
  arrange(); select(selected); draw();
});
$('.lm-bgcolour').addEventListener('input', (event) => { background = {colour: rgb(event.target.value)}; draw(); });
$('.lm-bgfile').addEventListener('change', async (event) => { const image = await chosen(event.target); if (image) { background = {image}; draw(); } });
$('.lm-bgnone').addEventListener('click', () => { background = null; draw(); });
$('.lm-solo').addEventListener('click', () => { solo = solo === selected ? -1 : selected; select(selected); draw(); });
$('.lm-front').addEventListener('click', () => { order = [...order.filter((i) => i !== selected), selected]; arrange(); draw(); });
$('.lm-back').addEventListener('click', () => { order = [selected, ...order.filter((i) => i !== selected)]; arrange(); draw(); });
$('.lm-colour').addEventListener('input', (event) => replaced({colour: rgb(event.target.value)}));
$('.lm-picture').addEventListener('change', async (event) => { const image = await chosen(event.target); if (image) replaced({picture: image}); });
$('.lm-own').addEventListener('click', () => replaced({}));
canvas.addEventListener('click', (event) => {
  const place = canvas.getBoundingClientRect(), {width, height} = canvas;
  const x = Math.min(width - 1, Math.floor((event.clientX - place.left) / place.width * width)), y = Math.min(height - 1, Math.floor((event.clientY - place.top) / place.height * height));
  const shares = layers.map((layer) => source(layer, width, height).alpha[4 * (y * width + x)]);
  select(shares.indexOf(Math.max(...shares)));
});
function composite() {
  const made = surface(...size);
  made.getContext('2d').putImageData(mixed(...size), 0, 0);
  return new Promise((done) => made.toBlob(done));
}
$('.lm-save').addEventListener('click', async () => {
  const link = Object.assign(document.createElement('a'), {href: URL.createObjectURL(await composite()), download: 'composite.png'});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
});
// For sending to another tab.
root.chosen = () => selected;
root.picture = async () => layers.length ? upload(new File([await composite()], 'mixed.png', {type: 'image/png'})) : null;
watch('value', () => load(props.value));
load(props.value);
