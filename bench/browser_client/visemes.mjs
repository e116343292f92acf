// Animates a stream of viseme marks at 60 Hz and measures it: whether the lips close at every p, b and m, the largest
// movement in a tick, the longest time without movement. Reads {"marks": [[time, id], …], "duration": s} from stdin,
// or uses a built-in stream.   node bench/browser_client/visemes.mjs < marks.json
import { readFileSync } from "node:fs";
import { BLENDSHAPES, SHAPE_COUNT, shapeIndex } from "../../web/src/arkit.js";
import { FACE_WIDTH, OCULUS } from "../../web/src/oculus.js";
import { VisemeSource } from "../../web/src/viseme_animation/source.js";

const RATE = 60;
const SEAL = 21;
/** Threshold for closed lips, as a share of the 90th percentile of the aperture, which is at least LEAST_P90. */
const CLOSED = 0.25;
const LEAST_P90 = 0.12;
/** Seconds around a mark's span in which a closure counts. */
const NEAR = 0.04;
/** Movement of a weight below which it counts as still. */
const STILL = 0.01;

/** Coefficients of ARKit shapes in the aperture of the lips, as in training/evaluation/measures/track.py. */
const APERTURE = Object.entries({
  jawOpen: 1,
  mouthLowerDownLeft: 0.25,
  mouthLowerDownRight: 0.25,
  mouthUpperUpLeft: 0.25,
  mouthUpperUpRight: 0.25,
  mouthClose: -1,
  mouthPressLeft: -0.25,
  mouthPressRight: -0.25,
  mouthRollLower: -0.3,
  mouthRollUpper: -0.3,
}).map(([name, share]) => [shapeIndex(name), share]);

function apertureOf(face) {
  return Math.max(
    0,
    APERTURE.reduce((sum, [shape, share]) => sum + face[shape] * share, 0),
  );
}

/** Makes about 40 s of English-like visemes; deterministic. */
function ownStream() {
  const words = [
    [21, 2, 21, 1, 19],
    [20, 1, 14, 4, 15, 6],
    [17, 1, 21, 5, 18, 4, 20, 19],
    [12, 9, 15, 1, 21, 8],
    [18, 11, 18, 16, 3, 13, 19],
    [7, 6, 14, 21, 7, 18],
    [15, 21, 10, 14, 19, 21],
  ];
  const marks = [[0, 0]];
  let seed = 11;
  const random = () => {
    seed = (seed * 16807) % 2147483647;
    return seed / 2147483647;
  };
  let time = 0.15;
  for (let i = 0; time < 40; i++) {
    for (const id of words[Math.floor(random() * words.length)]) {
      marks.push([time, id]);
      time += id < 12 ? 0.06 + random() * 0.14 : 0.03 + random() * 0.08;
    }
    if (i % 6 < 5) continue;
    marks.push([time, 0]);
    time += 0.2 + random() * 0.4;
  }
  marks.push([time, 0]);
  return { marks, duration: time + 0.2 };
}

function readStream() {
  const text = process.stdin.isTTY ? "" : readFileSync(0, "utf8").trim();
  return text ? JSON.parse(text) : ownStream();
}

function facesOf({ marks, duration }) {
  const visemes = new VisemeSource();
  for (const [time, id] of marks) visemes.add(time, id);
  visemes.finish(duration);
  return Array.from({ length: Math.ceil(duration * RATE) }, (_, i) => {
    const face = new Float32Array(FACE_WIDTH);
    visemes.sample(i / RATE, face);
    return face;
  });
}

/** Converts marks to spans. */
function spansOf({ marks, duration }) {
  const sorted = [...marks].sort((a, b) => a[0] - b[0]);
  return sorted.map(([start, id], i) => ({ id, start, end: sorted[i + 1]?.[0] ?? duration }));
}

function closures(faces, spans) {
  const apertures = faces.map(apertureOf);
  const said = spans
    .filter(({ id }) => id !== 0)
    .flatMap(({ start, end }) => apertures.slice(Math.ceil(start * RATE), Math.ceil(end * RATE)))
    .sort((a, b) => a - b);
  const p90 = Math.max(LEAST_P90, said[Math.floor((said.length - 1) * 0.9)] ?? 0);
  const seals = spans.filter(({ id }) => id === SEAL);
  const least = seals.map(({ start, end }) => {
    const from = Math.max(0, Math.ceil((start - NEAR) * RATE));
    return Math.min(...apertures.slice(from, Math.floor((end + NEAR) * RATE) + 1));
  });
  const closed = least.filter((aperture) => aperture <= CLOSED * p90).length;
  return { p90, marks: seals.length, closed: seals.length ? closed / seals.length : null };
}

function nameOf(channel) {
  return channel < SHAPE_COUNT ? BLENDSHAPES[channel] : `viseme_${OCULUS[channel - SHAPE_COUNT]}`;
}

function largestMove(faces, from, to) {
  let most = { value: 0, channel: "", time: 0 };
  for (let i = 1; i < faces.length; i++) {
    for (let channel = from; channel < to; channel++) {
      const value = Math.abs(faces[i][channel] - faces[i - 1][channel]);
      if (value > most.value) most = { value, channel: nameOf(channel), time: i / RATE };
    }
  }
  return most;
}

/** Returns the longest time within sound in which no ARKit shape leaves a band as wide as STILL. */
function longestStill(faces, spans) {
  let longest = { seconds: 0, time: 0 };
  for (const run of soundOf(faces.length, spans)) {
    for (let start = run.from; start < run.to; start++) {
      const last = stillUntil(faces, start, run.to);
      if ((last - start) / RATE > longest.seconds)
        longest = { seconds: (last - start) / RATE, time: start / RATE };
    }
  }
  return longest;
}

function soundOf(count, spans) {
  const runs = [];
  for (const { id, start, end } of spans) {
    if (id === 0) continue;
    const from = Math.ceil(start * RATE);
    const to = Math.min(count, Math.ceil(end * RATE));
    if (runs.at(-1)?.to === from) runs.at(-1).to = to;
    else runs.push({ from, to });
  }
  return runs;
}

function stillUntil(faces, start, end) {
  const low = faces[start].slice(0, SHAPE_COUNT);
  const high = low.slice();
  for (let i = start + 1; i < end; i++) {
    for (let shape = 0; shape < SHAPE_COUNT; shape++) {
      low[shape] = Math.min(low[shape], faces[i][shape]);
      high[shape] = Math.max(high[shape], faces[i][shape]);
      if (high[shape] - low[shape] > STILL) return i - 1;
    }
  }
  return end - 1;
}

const rounded = (_key, value) => (typeof value === "number" ? Number(value.toFixed(4)) : value);
const stream = readStream();
const faces = facesOf(stream);
const spans = spansOf(stream);
console.log(
  JSON.stringify(
    {
      what: "viseme marks to a face",
      marks: stream.marks.length,
      duration: stream.duration,
      closures: closures(faces, spans),
      largest_move_arkit: largestMove(faces, 0, SHAPE_COUNT),
      largest_move_visemes: largestMove(faces, SHAPE_COUNT, FACE_WIDTH),
      longest_still: longestStill(faces, spans),
    },
    rounded,
    2,
  ),
);
