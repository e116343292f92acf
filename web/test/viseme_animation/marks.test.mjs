import assert from "node:assert/strict";
import { test } from "node:test";
import { VisemeMarks } from "../../src/viseme_animation/marks.js";

const marksOf = (list, duration) => {
  const marks = new VisemeMarks();
  for (const [time, id] of list) marks.add(time, id);
  if (duration !== undefined) marks.finish(duration);
  return marks;
};
const listOf = (marks) => Array.from({ length: marks.count }, (_, i) => [marks.startOf(i), marks.idOf(i)]);

test("marks are sorted by time, and their index is returned", () => {
  const marks = new VisemeMarks();
  assert.deepEqual(
    [0.4, 0.2, 0.3, 0.5].map((time) => marks.add(time, 3)),
    [0, 0, 1, 3],
  );
  assert.deepEqual(
    listOf(marks).map(([time]) => time),
    [0.2, 0.3, 0.4, 0.5],
  );
});

test("of two marks at the same time the later one comes second", () => {
  const marks = marksOf([
    [0.2, 4],
    [0.2, 7],
  ]);
  assert.deepEqual(listOf(marks), [
    [0.2, 4],
    [0.2, 7],
  ]);
});

test("invalid and duplicate marks are ignored", () => {
  const marks = marksOf([[0.1, 2]]);
  for (const [time, id] of [
    [0.1, 2],
    [0, -1],
    [0, 22],
    [0, 0.5],
    [Number.NaN, 1],
    [-Infinity, 1],
  ])
    assert.equal(marks.add(time, id), -1);
  assert.deepEqual(listOf(marks), [[0.1, 2]]);
});

test("storage grows with the number of marks", () => {
  const list = Array.from({ length: 1000 }, (_, i) => [i / 10, i % 22]);
  assert.deepEqual(listOf(marksOf(list.toReversed())), list);
});

test("find returns the last mark at or before a time", () => {
  const marks = marksOf([
    [0.1, 1],
    [0.2, 2],
    [0.3, 3],
  ]);
  for (const [time, index] of [
    [0, -1],
    [0.1, 0],
    [0.19, 0],
    [0.2, 1],
    [9, 2],
    [-Infinity, -1],
    [Infinity, 2],
  ])
    assert.equal(marks.find(time), index);
  assert.equal(new VisemeMarks().find(1), -1);
});

test("outside the range there is silence", () => {
  const marks = marksOf([[0.5, 7]], 2);
  assert.deepEqual(
    [-1, 0, 1, 2].map((i) => marks.idOf(i)),
    [0, 7, 0, 0],
  );
  assert.deepEqual(
    [-1, 0, 1, 2].map((i) => marks.startOf(i)),
    [-Infinity, 0.5, 2, Infinity],
  );
  assert.equal(new VisemeMarks().startOf(0), Infinity);
});

test("the last mark is assumed to last a little until the duration is known", () => {
  const marks = marksOf([[1, 7]]);
  assert.ok(Math.abs(marks.end - 1.15) < 1e-9);
  marks.finish(1.4);
  assert.equal(marks.end, 1.4);
  marks.finish(0.8);
  assert.equal(marks.end, 1);
});

test("ahead returns how far marks reach", () => {
  const marks = new VisemeMarks();
  assert.equal(marks.ahead(0), -Infinity);
  marks.add(1, 7);
  assert.ok(Math.abs(marks.ahead(0.5) - 0.6) < 1e-9);
  marks.finish(2);
  assert.equal(marks.ahead(2.05), Infinity);
  assert.equal(marks.ahead(2.2), -Infinity);
});

test("trimming keeps the current mark and the one before it", () => {
  const list = Array.from({ length: 200 }, (_, i) => [i, i % 22]);
  const marks = marksOf(list, 200);
  marks.trim(40);
  assert.equal(marks.count, 200);
  marks.trim(100.5);
  assert.deepEqual(listOf(marks), list.slice(99));
  marks.add(150.5, 3);
  assert.equal(marks.count, 102);
  marks.trim(-1);
  assert.equal(marks.count, 102);
});
