// Assembles the network's kernel with wabt and writes it as a module of src/.
//   node scripts/network_kernel.mjs          writes src/network/kernel_wasm.js
//   node scripts/network_kernel.mjs --check  exits with 1 if it is out of date
import { readFile, writeFile } from "node:fs/promises";
import wabt from "wabt";
import { WAT } from "./network_kernel.wat.mjs";

const FILE = new URL("../src/network/kernel_wasm.js", import.meta.url);

async function wanted() {
  const tools = await wabt();
  const { buffer } = tools.parseWat("kernel.wat", WAT, { simd: true }).toBinary({});
  // Repetitions stay visible in hexadecimal digits, so that they compress better than base64.
  const text = Buffer.from(buffer).toString("hex");
  return `// Written by scripts/network_kernel.mjs; do not edit.
/** The kernel as WebAssembly with SIMD, in hexadecimal digits; engine/kernel.js has its contract. */
export const KERNEL_WASM =
  "${text}";
`;
}

const text = await wanted();
if (!process.argv.includes("--check")) await writeFile(FILE, text);
else if ((await readFile(FILE, "utf8").catch(() => null)) !== text) {
  console.error("src/network/kernel_wasm.js is out of date; run: npm run kernel");
  process.exitCode = 1;
}
