/** Sizes as fractions of the picture's height. */
const [TEXT, PADDING, MARGIN] = [0.032, 0.014, 0.025];

/**
 * Draws a label into the lower right corner of a picture.
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 */
export function drawLabel(context, text) {
  const { width, height } = context.canvas;
  const [size, padding, margin] = [TEXT * height, PADDING * height, MARGIN * height];
  context.save();
  context.font = `${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const wide = context.measureText(text).width + 2 * padding;
  const [left, top] = [width - margin - wide, height - margin - size - padding];
  context.fillStyle = "rgb(0 0 0 / 60%)";
  context.beginPath();
  context.roundRect(left, top, wide, size + padding, padding);
  context.fill();
  context.fillStyle = "white";
  context.fillText(text, left + padding, top + (size + padding) / 2);
  context.restore();
}
