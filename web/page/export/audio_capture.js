/** @type {WeakMap<HTMLMediaElement, MediaStreamAudioDestinationNode>} */
const taps = new WeakMap();

/**
 * What an element plays, as a stream whose tracks the caller stops; it is heard all the same.
 * @param {HTMLMediaElement} element that has loaded its source
 * @returns {MediaStream}
 */
export function soundOf(element) {
  const { captureStream, mozCaptureStream } = /** @type {any} */ (element);
  const capture = captureStream ?? mozCaptureStream;
  if (capture) return capture.call(element);
  // Safari has neither. An element can be tapped once only, and from then on is heard through the context.
  const end = taps.get(element) ?? tap(element);
  taps.set(element, end);
  void (/** @type {AudioContext} */ (end.context).resume());
  return end.stream.clone();
}

/** @param {HTMLMediaElement} element */
function tap(element) {
  const context = new AudioContext();
  const source = context.createMediaElementSource(element);
  const end = context.createMediaStreamDestination();
  source.connect(end);
  source.connect(context.destination);
  return end;
}
