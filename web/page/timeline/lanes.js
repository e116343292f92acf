/** Where the lanes of the picture lie, in CSS pixels from its top. */
export const LANES = Object.freeze({
  wave: { top: 4, height: 34 },
  curves: { top: 44, height: 58 },
  visemes: { top: 108, height: 18 },
  words: { top: 128, height: 16 },
  ranks: { top: 147, height: 15 },
});

/** Of the whole picture. */
export const HEIGHT = 164;

/** @typedef {{top: number, height: number}} Lane */
/** @typedef {{context: CanvasRenderingContext2D, colors: Record<string, string>, width: number, span: number}} Sheet
 *   width: CSS pixels; span: the seconds that they show */
