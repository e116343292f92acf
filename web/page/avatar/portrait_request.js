import { describeError, toSentence, UserError } from "../messages.js";
import { photoToSend } from "./photo.js";

/** @typedef {{url: string, token: string}} Server */
/** @typedef {{face: number, crop: boolean}} PortraitOptions face: its index; the largest one is 0 */
/** @typedef {{file: File, faces: number, warning: string}} Portrait file: a GLB; faces: their number in the picture */

/**
 * Lets the server make an avatar from a photo.
 * @param {Blob} photo
 * @param {string} name of the photo
 * @param {Server} server
 * @param {PortraitOptions} options
 * @returns {Promise<Portrait>} rejects with a UserError
 */
export async function requestPortrait(photo, name, server, { face, crop }) {
  const url = `${server.url.replace(/^ws/, "http")}/v1/portrait?face=${face}&crop=${crop}`;
  /** @type {Record<string, string>} */
  const headers = server.token ? { Authorization: `Bearer ${server.token}` } : {};
  const body = await photoToSend(photo);
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  if (!answer?.ok) throw new UserError(await refusal(answer, name, server.url));
  const file = new File([await answer.blob()], glbName(name), { type: "model/gltf-binary" });
  return {
    file,
    faces: Number(answer.headers.get("X-A2F-Faces") ?? 1),
    warning: answer.headers.get("X-A2F-Warning") ?? "",
  };
}

/**
 * @param {Response | null} answer
 * @param {string} name
 * @param {string} url
 */
async function refusal(answer, name, url) {
  if (!answer) return `Can't reach ${url}. No avatar was made from ${name}.`;
  const error = await answer.json().catch(() => null);
  if (!error?.code || answer.status === 404)
    return `${url} can't make avatars from photos. It may be an older version of a2f-server.`;
  if (["busy", "unauthorized"].includes(error.code)) return describeError(error, url);
  return `No avatar was made from ${name}: ${toSentence(error.message)}`;
}

/** @param {string} name of a photo */
const glbName = (name) => `${name.replace(/\.[a-z0-9]{2,5}$/i, "")}.glb`;
