export const FONT = "11px system-ui, sans-serif";

/**
 * Draws the first of some texts that fits into a block, centred.
 * @param {CanvasRenderingContext2D} context
 * @param {string[]} texts longest first
 * @param {{x: number, y: number, width: number}} block y: of its middle
 */
export function drawFitting(context, texts, { x, y, width }) {
  const text = texts.find((each) => context.measureText(each).width <= width);
  if (text) context.fillText(text, x + (width - context.measureText(text).width) / 2, y);
}
