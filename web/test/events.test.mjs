import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "../src/events.js";

test("on returns a function that unsubscribes", () => {
  const emitter = new Emitter();
  const heard = [];
  const off = emitter.on("a", (x) => heard.push(x));
  emitter.emit("a", 1);
  off();
  emitter.emit("a", 2);
  assert.deepEqual(heard, [1]);
});

test("off removes one listener", () => {
  const emitter = new Emitter();
  const heard = [];
  const one = () => heard.push("one");
  emitter.on("a", one);
  emitter.on("a", () => heard.push("two"));
  emitter.off("a", one);
  emitter.emit("a");
  assert.deepEqual(heard, ["two"]);
});

test("a listener that throws does not affect the others", () => {
  const thrown = [];
  const emitter = new Emitter((error) => thrown.push(error.message));
  const heard = [];
  emitter.on("a", () => {
    throw new Error("first");
  });
  emitter.on("a", () => heard.push("second"));
  emitter.emit("a");
  assert.deepEqual([thrown, heard], [["first"], ["second"]]);
});

test("a listener may unsubscribe itself while it is called", () => {
  const emitter = new Emitter();
  const heard = [];
  const off = emitter.on("a", () => off());
  emitter.on("a", () => heard.push("next"));
  emitter.emit("a");
  emitter.emit("a");
  assert.deepEqual(heard, ["next", "next"]);
});

test("a listener that is not a function is refused", () => {
  assert.throws(() => new Emitter().on("a", null), { code: "bad_argument" });
});
