/**
 * Returns the background of an element as a canvas fill style: its colour, or an approximation of its radial gradient.
 * @param {HTMLElement} element
 * @param {CanvasRenderingContext2D} context
 */
export function backgroundOf(element, context) {
  const { backgroundImage, backgroundColor } = getComputedStyle(element);
  const colors = backgroundImage.match(/(rgb|oklch|oklab|lab|lch|hsl|color)a?\([^()]*\)/g) ?? [];
  if (colors.length < 2) return backgroundColor;
  const { width, height } = context.canvas;
  const middle = [width / 2, height * 0.3];
  const gradient = context.createRadialGradient(
    middle[0],
    middle[1],
    0,
    middle[0],
    middle[1],
    Math.max(width, height),
  );
  colors.forEach((color, i) => {
    gradient.addColorStop(i / (colors.length - 1), color);
  });
  return gradient;
}
