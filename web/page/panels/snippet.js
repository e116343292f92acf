import { element } from "../dom.js";

const SPEAK = `  await face.speak("Hello, I can speak.");
  // Or with your own TTS: await face.processAndAnimate(blob, new Audio(URL.createObjectURL(blob)));`;

const PLAY = `  const speech = await (await fetch("hello.mp3")).blob();
  await face.processAndAnimate(speech, new Audio(URL.createObjectURL(speech)));`;

/** How each kind of avatar is handed over. */
const BINDS = {
  glb: "face.initializeWithScene(scene); // your Three.js scene",
  vrm: "face.initializeWithScene(vrm); // gltf.userData.vrm, of @pixiv/three-vrm; your loop calls vrm.update(delta)",
};

/** @typedef {{server: string, speaks: boolean, avatar: keyof typeof BINDS}} Situation */

/** @type {Situation} */
const situation = { server: "", speaks: false, avatar: "glb" };

/**
 * The lines that put it into an app: a page takes them as they are.
 * @param {Partial<Situation>} changes of what is known: the server's address, whether it has a voice, what is worn
 */
export function showSnippet(changes) {
  const { server: address, speaks, avatar } = Object.assign(situation, changes);
  // A script is fetched; the client itself takes either.
  const server = address.replace(/^ws/, "http");
  /** @type {HTMLTextAreaElement} */ (element("snippet")).value =
    `<script src="${server}/audio2face-client.js"></script>
<script type="module">
  const face = new Audio2FaceClient("${server}", { life: true });
  ${BINDS[avatar]}
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
