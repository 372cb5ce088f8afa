// Label maps as PNG of 8-bit grey, coded here: a canvas may not be trusted to give ids back, since some browsers add
// noise to what is read from it.

const PNG_SIGNATURE = [137, 80, 78, 71, 13, 10, 26, 10];
const LARGEST_MAP = 16e6; // pixels

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = CRC_TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return ~sum >>> 0;
}

async function piped(bytes, stream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

function chunk(kind, data) {
  const bytes = new Uint8Array(12 + data.length), view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set([...kind].map((sign) => sign.charCodeAt(0)), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

async function encodeLabels({ ids, width, height }) {
  const head = new Uint8Array(13), view = new DataView(head.buffer), rows = new Uint8Array((width + 1) * height);
  view.setUint32(0, width);
  view.setUint32(4, height);
  head[8] = 8; // bits; the other four bytes are 0: grey, deflate, the usual filters, not interlaced
  for (let y = 0; y < height; y++) rows.set(ids.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const data = await piped(rows, new CompressionStream("deflate"));
  const parts = [new Uint8Array(PNG_SIGNATURE), chunk("IHDR", head), chunk("IDAT", data), chunk("IEND", [])];
  return new File(parts, "labels.png", { type: "image/png" });
}

async function decodeLabels(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), data = [];
  if (PNG_SIGNATURE.some((byte, at) => bytes[at] !== byte)) throw new Error("not a PNG");
  const width = view.getUint32(16), height = view.getUint32(20);
  if (bytes[24] !== 8 || bytes[25] !== 0 || bytes[28] !== 0) throw new Error("not a PNG of 8-bit grey");
  if (!width || !height || width * height > LARGEST_MAP) throw new Error("too large");
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (kind === "IDAT") data.push(bytes.subarray(at + 8, at + 8 + view.getUint32(at)));
  }
  const rows = await piped(new Blob(data), new DecompressionStream("deflate"));
  if (rows.length !== (width + 1) * height) throw new Error("cut off");
  return { ids: unfiltered(rows, width, height), width, height };
}

// The PNG specification's five filters, for one byte a pixel.
function unfiltered(rows, width, height) {
  const ids = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const kind = rows[y * (width + 1)];
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const left = x ? ids[at - 1] : 0, up = y ? ids[at - width] : 0, corner = x && y ? ids[at - width - 1] : 0;
      const guess = [0, left, up, (left + up) >> 1][kind] ?? paeth(left, up, corner);
      ids[at] = rows[at + y + 1] + guess;
    }
  }
  return ids;
}

function paeth(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
