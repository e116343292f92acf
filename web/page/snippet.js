import { element } from "./dom.js";

const SPEAK = `  await face.speak("Hello, I can speak.");
  // Or with your own TTS: await face.processAndAnimate(blob, new Audio(URL.createObjectURL(blob)));`;

const PLAY = `  const speech = await (await fetch("hello.mp3")).blob();
  await face.processAndAnimate(speech, new Audio(URL.createObjectURL(speech)));`;

/**
 * The lines that put it into an app: a page takes them as they are.
 * @param {string} server its address
 * @param {boolean} speaks whether it has a voice
 */
export function showSnippet(server, speaks) {
  /** @type {HTMLTextAreaElement} */ (element("snippet")).value =
    `<script src="${server}/audio2face-client.js"></script>
<script type="module">
  const face = new Audio2FaceClient("${server}");
  face.initializeWithScene(scene); // your Three.js scene
${speaks ? SPEAK : PLAY}
</script>`;
}

/** Copies them. */
export function wireCopy() {
  const button = element("copy");
  button.addEventListener("click", async () => {
    button.textContent = (await copied()) ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2500);
  });
}

/** Browsers let a page copy only on https and localhost; elsewhere the text is selected. */
async function copied() {
  const code = /** @type {HTMLTextAreaElement} */ (element("snippet"));
  try {
    await navigator.clipboard.writeText(code.value);
    return true;
  } catch {
    code.select();
    return false;
  }
}
