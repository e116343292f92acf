/** Position of each lane, in CSS pixels from the top of the canvas. */
export const LANES = Object.freeze({
  waveform: { top: 4, height: 34 },
  curves: { top: 44, height: 58 },
  phonemes: { top: 108, height: 18 },
  words: { top: 128, height: 16 },
  sources: { top: 147, height: 15 },
});

/** Height of the canvas in CSS pixels. */
export const HEIGHT = 164;

/**
 * @typedef {{context: CanvasRenderingContext2D, colors: Record<string, string>, width: number, span: number}} Drawing
 *   width: in CSS pixels; span: the seconds that they represent
 */
