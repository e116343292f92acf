// The network's kernel in WebAssembly text, with its loops unrolled; src/network/engine/kernel.js has its contract.
// Four rows at a time share each load of a weight; the rows left over take four panels at a time, or one.

/** @param {string} name */
const get = (name) => `(local.get $${name})`;
/** @param {string} name @param {string} value */
const set = (name, value) => `(local.set $${name} ${value})`;
/** @param {string} a @param {string} b */
const plus = (a, b) => `(i32.add ${a} ${b})`;
/** @param {string} a @param {string} b */
const times = (a, b) => `(i32.mul ${a} ${b})`;
/** @param {number} n */
const int = (n) => `(i32.const ${n})`;
/** @param {string} name @param {number} by */
const step = (name, by) => set(name, plus(get(name), int(by)));
/** @param {string} pointer @param {number} at */
const load = (pointer, at) => `(v128.load offset=${at} ${get(pointer)})`;
/** @param {string} sum @param {string} factor @param {string} weights */
const add = (sum, factor, weights) => set(sum, `(f32x4.add ${get(sum)} (f32x4.mul ${factor} ${weights}))`);
/** @param {number} count @param {(i: number) => string} make */
const lines = (count, make) => Array.from({ length: count }, (_, i) => make(i)).join("\n    ");
/** @param {string[]} names @param {string} type */
const locals = (names, type) => names.map((name) => `(local $${name} ${type})`).join(" ");
/** @param {number} count @param {string} prefix */
const names = (count, prefix) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

/** One row by some panels, two steps of k at a time. @param {string} name @param {number} panels */
function row(name, panels) {
  const sums = names(2 * panels, "s");
  const body = (/** @type {number} */ u) =>
    `${set("v", `(v128.load32_splat offset=${4 * u} ${get("x")})`)}
    ${lines(2 * panels, (i) => add(sums[i], get("v"), load(`w${i >> 1}`, 32 * u + 16 * (i & 1))))}`;
  return `(func $${name} (param $x i32) (param $w0 i32) (param $y i32) (param $K i32)
    ${locals([...names(panels, "w").slice(1), "end"], "i32")} ${locals([...sums, "v"], "v128")}
    ${lines(panels - 1, (i) => set(`w${i + 1}`, plus(get(`w${i}`), times(int(32), get("K")))))}
    ${set("end", plus(get("x"), times(int(4), get("K"))))}
    ${lines(2 * panels, (i) => set(sums[i], load("y", 16 * i)))}
    (loop $k
    ${body(0)}
    ${body(1)}
    ${step("x", 8)}
    ${lines(panels, (i) => step(`w${i}`, 64))}
    (br_if $k (i32.lt_u ${get("x")} ${get("end")})))
    ${lines(2 * panels, (i) => `(v128.store offset=${16 * i} ${get("y")} ${get(sums[i])})`)})`;
}

/** Four rows by one panel. */
function four() {
  const sums = names(8, "s");
  const next = (/** @type {string} */ p) =>
    lines(3, (i) => set(`${p}${i + 1}`, plus(get(`${p}${i}`), get(`${p}Stride`))));
  return `(func $four (param $x0 i32) (param $xStride i32) (param $w i32) (param $y0 i32) (param $yStride i32) (param $K i32)
    ${locals(["x1", "x2", "x3", "y1", "y2", "y3", "end"], "i32")} ${locals([...sums, "p", "q", "v"], "v128")}
    ${next("x")}
    ${next("y")}
    ${set("end", plus(get("x0"), times(int(4), get("K"))))}
    ${lines(8, (i) => set(sums[i], load(`y${i >> 1}`, 16 * (i & 1))))}
    (loop $k
    ${set("p", load("w", 0))}
    ${set("q", load("w", 16))}
    ${lines(
      4,
      (t) => `${set("v", `(v128.load32_splat ${get(`x${t}`)})`)}
    ${add(sums[2 * t], get("v"), get("p"))}
    ${add(sums[2 * t + 1], get("v"), get("q"))}`,
    )}
    ${lines(4, (t) => step(`x${t}`, 4))}
    ${step("w", 32)}
    (br_if $k (i32.lt_u ${get("x0")} ${get("end")})))
    ${lines(8, (i) => `(v128.store offset=${16 * (i & 1)} ${get(`y${i >> 1}`)} ${get(sums[i])})`)})`;
}

/** @param {string} pointer @param {string} count @param {string} stride bytes */
const at = (pointer, count, stride) => plus(get(pointer), times(get(count), stride));
const weights = at("w", "n", times(int(4), get("K")));
const column = plus(get("y"), times(int(4), get("n")));

/** Loops over the panels of a row while `width` columns are left. @param {string} name @param {number} width */
const panels = (name, width) => `(block $no_${name} (loop $${name}
      (br_if $no_${name} (i32.gt_s ${plus(get("n"), int(width))} ${get("N")}))
      (call $${name} ${get("x")} ${weights} ${column} ${get("K")})
      ${step("n", width)} (br $${name})))`;

/** The whole module, as text. */
export const WAT = `(module (import "env" "memory" (memory 1))
  ${row("one", 1)}
  ${row("wide", 4)}
  ${four()}
  (func (export "mac") (param $x i32) (param $xStride i32) (param $w i32) (param $y i32) (param $yStride i32)
    (param $T i32) (param $K i32) (param $N i32) (local $n i32) (local $t i32) (local $fours i32)
    ${set("xStride", times(get("xStride"), int(4)))}
    ${set("yStride", times(get("yStride"), int(4)))}
    ${set("fours", `(i32.and ${get("T")} ${int(-4)})`)}
    (if (i32.gt_s ${get("fours")} ${int(0)}) (then (loop $n
      ${set("t", int(0))}
      (loop $t
        (call $four ${at("x", "t", get("xStride"))} ${get("xStride")} ${weights}
          ${plus(at("y", "t", get("yStride")), times(int(4), get("n")))} ${get("yStride")} ${get("K")})
        (br_if $t (i32.lt_s (local.tee $t ${plus(get("t"), int(4))}) ${get("fours")})))
      (br_if $n (i32.lt_s (local.tee $n ${plus(get("n"), int(8))}) ${get("N")})))))
    ${set("x", at("x", "fours", get("xStride")))}
    ${set("y", at("y", "fours", get("yStride")))}
    ${set("t", get("fours"))}
    (block $done (loop $rows (br_if $done (i32.ge_s ${get("t")} ${get("T")}))
      ${set("n", int(0))}
      ${panels("wide", 32)}
      ${panels("one", 8)}
      ${set("x", plus(get("x"), get("xStride")))} ${set("y", plus(get("y"), get("yStride")))}
      ${step("t", 1)} (br $rows)))))`;
