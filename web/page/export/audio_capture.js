/** @type {WeakMap<HTMLMediaElement, MediaStreamAudioDestinationNode>} */
const destinations = new WeakMap();

/**
 * Captures the audio that an element plays. It is still audible.
 * @param {HTMLMediaElement} element that has loaded its source
 * @returns {MediaStream} whose tracks the caller stops
 */
export function captureAudio(element) {
  const { captureStream, mozCaptureStream } = /** @type {any} */ (element);
  const capture = captureStream ?? mozCaptureStream;
  if (capture) return capture.call(element);
  // Safari has neither. An element can be connected to only one context, which plays its audio from then on.
  const destination = destinations.get(element) ?? connect(element);
  destinations.set(element, destination);
  void (/** @type {AudioContext} */ (destination.context).resume());
  return destination.stream.clone();
}

/** @param {HTMLMediaElement} element */
function connect(element) {
  const context = new AudioContext();
  const source = context.createMediaElementSource(element);
  const destination = context.createMediaStreamDestination();
  source.connect(destination);
  source.connect(context.destination);
  return destination;
}
