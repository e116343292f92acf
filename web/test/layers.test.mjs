// The architecture of the client and of the page: a file imports from lower layers, its own folder, or a named neighbour.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const WEB = dirname(dirname(fileURLToPath(import.meta.url)));

/** Each layer lists folders and root files; lower layers come first. Neighbours may be imported within a layer. */
const CLIENT = {
  root: join(WEB, "src"),
  layers: [
    ["arkit", "errors", "fallback", "option_names", "shape_synonyms", "plain_text"],
    ["oculus"],
    ["viseme_schemes"],
    [
      "events",
      "settings",
      "argument_checks",
      "addresses",
      "platform",
      "page_events",
      "shape_names",
      "frame_track",
    ],
    ["audio", "viseme_animation", "speech_request"],
    ["connection", "avatar", "network"],
    ["utterance", "idle"],
    ["face_mixing", "azure_speaker"],
    ["recording", "network_animation"],
    ["client", "chunked_streaming_client"],
    ["index"],
    ["sources"],
    ["react"],
  ],
  neighbours: [],
  /**
   * Defines the types that modules share and users see: it may import from any layer, and any layer from it.
   */
  vocabulary: "types",
  packages: [],
  /** What folders may import besides. They are entries of their own, which import the client by its name. */
  packagesOf: {
    sources: ["audio2face-client"],
    react: ["audio2face-client", "react", "@react-three/fiber", "three"],
  },
};

const PAGE = {
  root: join(WEB, "page"),
  layers: [
    ["dom", "health", "messages", "page_url", "own_network", "theme", "file_input"],
    ["avatar", "export", "speak", "timeline"],
    ["panels", "video"],
    ["main"],
  ],
  neighbours: [
    ["file_input", "dom"],
    ["messages", "page_url"],
    ["own_network", "page_url"],
  ],
  packages: [
    "audio2face-client",
    "audio2face-client/chunked-streaming-client",
    "hls.js",
    "three",
    "@pixiv/three-vrm",
  ],
};

/** Returns the JavaScript files of a tree, relative to its root, with forward slashes. */
function filesOf({ root }) {
  return readdirSync(root, { recursive: true })
    .map((path) => path.split(sep).join("/"))
    .filter((path) => path.endsWith(".js"));
}

/** Returns the folder under the root, or the name of a file at the root. */
const partOf = (path) => path.split("/")[0].replace(/\.js$/, "");

/** Returns what a file imports, including types in JSDoc: paths relative to the root, and package names. */
function importsOf({ root }, path) {
  const text = readFileSync(join(root, path), "utf8");
  const specifiers = [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm)].map(
    ([, to]) => to,
  );
  return [...new Set(specifiers)].map((to) =>
    to.startsWith(".") ? { file: posix.normalize(posix.join(posix.dirname(path), to)) } : { bare: to },
  );
}

const layerOf = ({ layers }, part) => layers.findIndex((parts) => parts.includes(part));

/** Returns all imports of a tree, except those from and to the shared vocabulary. */
function edgesOf(tree) {
  return filesOf(tree).flatMap((from) =>
    importsOf(tree, from)
      .flatMap(({ file }) => (file ? [{ from, to: file }] : []))
      .filter(({ to }) => ![partOf(from), partOf(to)].includes(tree.vocabulary)),
  );
}

/** Returns the imports that point to the same layer or a higher one. */
function upwardEdges(tree) {
  return edgesOf(tree).filter(({ from, to }) => {
    const [own, other] = [partOf(from), partOf(to)];
    if (own === other) return false;
    const named = tree.neighbours.some(([a, b]) => a === own && b === other);
    return !named && layerOf(tree, other) >= layerOf(tree, own);
  });
}

/** Returns one circle of imports as a list of files; empty if there is none. */
function circleOf(edges) {
  const next = Map.groupBy ? Map.groupBy(edges, ({ from }) => from) : groupByFrom(edges);
  const done = new Set();
  const visit = (file, path) => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { to } of next.get(file) ?? []) {
      const circle = visit(to, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function groupByFrom(edges) {
  const groups = new Map();
  for (const edge of edges) groups.set(edge.from, [...(groups.get(edge.from) ?? []), edge]);
  return groups;
}

/** Returns the names of exported classes, with the files that define them. */
function classesOf(trees) {
  const found = new Map();
  for (const tree of trees)
    for (const path of filesOf(tree)) {
      const text = readFileSync(join(tree.root, path), "utf8");
      for (const [, name] of text.matchAll(/^export (?:default )?class (\w+)/gm))
        found.set(name, [...(found.get(name) ?? []), relative(WEB, join(tree.root, path))]);
    }
  return found;
}

/** The page is tested once its modules are in the folders of the table. */
const trees = [["client", CLIENT], ...(existsSync(join(PAGE.root, "speak")) ? [["page", PAGE]] : [])];

for (const [name, tree] of trees) {
  test(`${name}: every folder and root file has a layer`, () => {
    const parts = new Set(filesOf(tree).map(partOf));
    parts.delete(tree.vocabulary);
    assert.deepEqual([...parts].filter((part) => layerOf(tree, part) < 0).sort(), []);
    assert.deepEqual(
      tree.layers.flat().filter((part) => !parts.has(part)),
      [],
    );
  });

  test(`${name}: imports point to lower layers`, () => {
    assert.deepEqual(upwardEdges(tree), []);
  });

  test(`${name}: every named neighbour is needed and on the same layer`, () => {
    const pairs = edgesOf(tree).map(({ from, to }) => `${partOf(from)} ${partOf(to)}`);
    for (const [from, to] of tree.neighbours) {
      assert.ok(pairs.includes(`${from} ${to}`), `${from} no longer imports ${to}`);
      assert.equal(layerOf(tree, from), layerOf(tree, to));
    }
  });

  test(`${name}: there are no circular imports`, () => {
    assert.deepEqual(circleOf(edgesOf(tree)), []);
  });

  test(`${name}: only the listed packages are imported`, () => {
    const strange = filesOf(tree).flatMap((path) => {
      const packages = [...tree.packages, ...(tree.packagesOf?.[partOf(path)] ?? [])];
      const listed = (to) => packages.some((each) => to === each || to.startsWith(`${each}/`));
      return importsOf(tree, path).flatMap(({ bare }) => (bare && !listed(bare) ? [`${path}: ${bare}`] : []));
    });
    assert.deepEqual(strange, []);
  });
}

test("an exported class name stands for one thing in the client and the page", () => {
  const twice = [...classesOf([CLIENT, PAGE])].filter(([, paths]) => paths.length > 1);
  assert.deepEqual(twice, []);
});

test("the layer test finds imports that point upward, and circles", () => {
  const edges = [
    { from: "audio/clock.js", to: "client.js" },
    { from: "client.js", to: "audio/clock.js" },
  ];
  assert.deepEqual(circleOf(edges), ["audio/clock.js", "client.js", "audio/clock.js"]);
  assert.ok(layerOf(CLIENT, "client") > layerOf(CLIENT, "audio"));
});

test("every exported type of the client is defined once", () => {
  const names = new Map();
  for (const path of filesOf(CLIENT)) {
    if (path === "index.js") continue;
    const text = readFileSync(join(CLIENT.root, path), "utf8");
    const defined = [
      ...text.matchAll(/@typedef \{(?!import\()(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\} (\w+)/g),
    ];
    const classes = [...text.matchAll(/^export class (\w+)/gm)];
    for (const [, name] of [...defined, ...classes]) names.set(name, [...(names.get(name) ?? []), path]);
  }
  assert.deepEqual(
    [...names].filter(([, paths]) => paths.length > 1),
    [],
  );
});
