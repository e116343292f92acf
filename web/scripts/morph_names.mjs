// Writes the names of morph targets that the client knows for the server, which bakes animations into GLB files:
// a2f-server/src/a2f_server/animation_files/morph_names.json. With --check it only compares.
import { readFile, writeFile } from "node:fs/promises";
import { MESH_TABLES, tableOf } from "../src/avatar/stand_ins.js";
import { DIALECTS } from "../src/avatar/viseme_dialects.js";
import { OCULUS, VOWELS } from "../src/oculus.js";
import { SPELLINGS } from "../src/shape_names.js";
import { VISEME_FACES } from "../src/viseme_animation/fit.js";

const FILE = new URL("../../a2f-server/src/a2f_server/animation_files/morph_names.json", import.meta.url);

/**
 * @import { Term } from "../src/oculus.js"
 * @import { StandIn } from "../src/avatar/stand_ins.js"
 */

/** @param {Term[]} [terms] */
const pairs = (terms) => terms?.map(({ shape, gain }) => [shape, gain]) ?? null;

/**
 * Several names may share an entry.
 * @param {Record<string, StandIn>} entries
 */
function listed(entries) {
  const items = [...new Set(Object.values(entries))];
  const names = Object.entries(entries).map(([name, entry]) => [name, items.indexOf(entry)]);
  const plain = items.map((item) => ({ ...item, terms: pairs(item.terms), opens: pairs(item.opens) }));
  return { names: Object.fromEntries(names), items: plain };
}

const tables = MESH_TABLES.map(({ entries, keyOf }) => ({
  key: keyOf ? "joined" : "lastWords",
  ...listed(entries),
}));
const dialects = DIALECTS.map((dialect) => ({
  least: dialect.least,
  key: dialect.keyOf.name,
  only: dialect.only?.name ?? null,
  ...listed(tableOf(dialect).entries),
}));
const faces = Object.entries(VISEME_FACES).map(([name, face]) => [name, [...face]]);
const document = {
  spellings: Object.fromEntries([...SPELLINGS].map(([name, { shape, part }]) => [name, [shape, part]])),
  tables,
  dialects,
  visemes: OCULUS,
  vowels: VOWELS,
  visemeFaces: Object.fromEntries(faces),
};
const text = `${JSON.stringify(document)}\n`;

if (!process.argv.includes("--check")) await writeFile(FILE, text);
else if ((await readFile(FILE, "utf8").catch(() => "")) !== text) {
  console.error("morph_names.json is out of date: run `npm run names`");
  process.exit(1);
}
