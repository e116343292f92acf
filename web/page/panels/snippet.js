import { element } from "../dom.js";

const SPEAK = `  talk.onclick = () => face.speak("Hello, I can speak.");
  // Or with your own TTS: face.processAndAnimate(blob, new Audio(URL.createObjectURL(blob)));`;

const PLAY = `  talk.onclick = async () => {
    const speech = await (await fetch("hello.mp3")).blob();
    await face.processAndAnimate(speech, new Audio(URL.createObjectURL(speech)));
  };`;

/** @param {string} server @param {boolean} token */
const withServer = (server, token) =>
  `  const face = new Audio2FaceClient("${server}", ${token ? OPTIONS_WITH_TOKEN : OPTIONS});`;

const OPTIONS = "{ life: true }";
const OPTIONS_WITH_TOKEN = `{
    life: true,
    getToken: async () => (await fetch("/token")).text(), // your own server requests it, with the key
  }`;

/** How each kind of avatar is bound. */
const BIND = {
  glb: "face.initializeWithScene(scene); // your Three.js scene",
  vrm: "face.initializeWithScene(vrm); // gltf.userData.vrm from @pixiv/three-vrm; call vrm.update(delta) in your loop",
  portrait: "face.initializeWithScene(gltf.scene);",
};

const IMPORT = `  import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
`;

/** Makes an avatar from a photo. @param {string} server @param {boolean} token */
const makePortrait = (server, token) => `  const photo = await (await fetch("photo.jpg")).blob();
  const made = await fetch("${server}/v1/portrait", { method: "POST", body: photo${token ? TOKEN_HEADER : ""} });
  const gltf = await new GLTFLoader().parseAsync(await made.arrayBuffer(), ""); // or save it: photo.glb
  scene.add(gltf.scene); // your Three.js scene; from (0, 0, 0.9) it looks like the photo
`;

/** The client and its network, from this site: copied, they run anywhere. @param {string} network its address here */
const withoutServer = (network) => `  // Both files are on this site. Copy them to yours.
  const face = new Audio2FaceClient(false, { network: "${network}", life: true });`;

const TOKEN_HEADER = `,
    headers: { Authorization: \`Bearer \${await (await fetch("/token")).text()}\` }`;

/** @typedef {{server: string, network?: string, speaks: boolean, token: boolean, avatar: keyof typeof BIND}} SnippetOptions */

/** @type {SnippetOptions} */
const options = { server: "", speaks: false, token: false, avatar: "glb" };

/**
 * Shows the code that adds the face to an app, ready to paste.
 * @param {Partial<SnippetOptions>} changes server: its URL; network: address of the page's own, without a server; speaks: it has text-to-speech; token: it needs one;
 *   avatar: the kind on the stage
 */
export function showSnippet(changes) {
  const { server: url, network, speaks, token, avatar } = Object.assign(options, changes);
  // The client also accepts ws://, but a script needs http://.
  const server = url.replace(/^ws/, "http");
  const fromPhoto = avatar === "portrait" && !network;
  const face = network ? withoutServer(network) : withServer(server, token);
  const code = `<button id="talk">Talk</button>
<script src="${network ? "" : `${server}/`}audio2face-client.js"></script>
<script type="module">
${fromPhoto ? IMPORT + makePortrait(server, token) : ""}${face}
  ${BIND[avatar]}
  const talk = document.getElementById("talk"); // browsers allow audio only after a click
${speaks ? SPEAK : PLAY}
</script>`;
  const box = /** @type {HTMLTextAreaElement} */ (element("snippet"));
  box.rows = code.split("\n").length;
  box.value = code;
}

/** Wires the Copy button. */
export function wireCopyButton() {
  const button = element("copy");
  button.addEventListener("click", async () => {
    button.textContent = (await copySnippet()) ? "Copied" : "Selected: press Ctrl+C";
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2500);
  });
}

/** Browsers allow copying only on https and localhost. Elsewhere the text is selected instead. */
async function copySnippet() {
  const code = /** @type {HTMLTextAreaElement} */ (element("snippet"));
  try {
    await navigator.clipboard.writeText(code.value);
    return true;
  } catch {
    code.select();
    return false;
  }
}
