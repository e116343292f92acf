// ChunkedStreamingClient sends what the routes of chunked video take, and reports what they answer.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { A2FError, ChunkedStreamingClient } from "../src/chunked_streaming_client.js";

const ROUTES = "/face/api/audio-driven/chunked";
const INFO = { status: "success", session_id: "an id", hls_url: "/hls/an id/playlist.m3u8" };

/** What the server was sent. @type {{method: string, url: string, key: string | undefined, form: FormData | null}[]} */
let requests = [];
/** What the server answers next. @type {{status: number, body: string, hold?: Promise<void>}} */
let answer;
const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const type = request.headers["content-type"] ?? "";
  const body = new Response(Buffer.concat(chunks), { headers: { "content-type": type } });
  const form = type.startsWith("multipart/") ? await body.formData() : null;
  requests.push({ method: request.method, url: request.url, key: request.headers.authorization, form });
  const { status, body: text, hold } = answer;
  await hold;
  response.writeHead(status, { "content-type": "application/json" }).end(text);
});
const image = new Blob(["a picture"], { type: "image/jpeg" });
let url = "";

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${server.address().port}/face/`;
});
beforeEach(() => {
  requests = [];
  answer = { status: 200, body: JSON.stringify(INFO) };
});
after(() => server.close());

async function opened(options) {
  const client = new ChunkedStreamingClient(url, options);
  await client.initSession(image);
  return client;
}

const fieldsOf = ({ form }) => Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));
const bytesOf = async ({ form }, name) => new Uint8Array(await form.get(name).arrayBuffer());

test("a session is opened with the options that are given, below a path", async () => {
  const client = new ChunkedStreamingClient(url);
  const options = { crop: false, chunk_duration: 0.5, pose_style: [0, 10, 0], seed: undefined };
  assert.deepEqual(await client.initSession(image, options), INFO);
  const [{ method, url: path, key, form }] = requests;
  assert.deepEqual([method, path, key], ["POST", `${ROUTES}/init`, undefined]);
  assert.deepEqual(fieldsOf({ form }), { crop: "false", chunk_duration: "0.5", pose_style: "[0,10,0]" });
  assert.equal(await form.get("image").text(), "a picture");
  assert.equal(client.sessionId, "an id");
  assert.equal(client.hlsUrl, `${client.serverUrl}/hls/an id/playlist.m3u8`);
  assert.equal(client.downloadUrl, `${client.serverUrl}/api/hls/an%20id/download`);
});

test("chunks are files, bytes, or samples", async () => {
  const client = await opened();
  const int16 = Int16Array.of(1, -2, 3);
  const sent = [
    new Blob([Uint8Array.of(7)]),
    int16,
    int16.buffer,
    int16.subarray(1),
    Float32Array.of(0, 0.5, -2),
  ];
  for (const audio of sent) await client.feedAudioChunk(audio, audio === sent.at(-1));
  const received = await Promise.all(requests.slice(1).map((each) => bytesOf(each, "audio_chunk")));
  const of = (...values) => [...new Uint8Array(Int16Array.from(values).buffer)];
  assert.deepEqual(
    received.map((bytes) => [...bytes]),
    [[7], of(1, -2, 3), of(1, -2, 3), of(-2, 3), of(0, 16384, -32768)],
  );
  assert.deepEqual(fieldsOf(requests[1]), { session_id: "an id", is_final_chunk: "false" });
  assert.equal(fieldsOf(requests.at(-1)).is_final_chunk, "true");
});

test("chunks arrive in the order of the calls", async () => {
  const client = await opened();
  let release = () => {};
  answer.hold = new Promise((resolve) => {
    release = resolve;
  });
  const fed = [1, 2, 3].map((value) => client.feedAudioChunk(Uint8Array.of(value)));
  release();
  await Promise.all(fed);
  const order = await Promise.all(requests.slice(1).map((each) => bytesOf(each, "audio_chunk")));
  assert.deepEqual(
    order.map(([value]) => value),
    [1, 2, 3],
  );
});

test("a chunk that is refused does not stop the next one", async () => {
  const client = await opened();
  answer = {
    status: 400,
    body: JSON.stringify({ type: "error", code: "bad_audio", message: "it is empty" }),
  };
  await assert.rejects(client.feedAudioChunk(new Uint8Array()), {
    code: "bad_audio",
    message: "it is empty",
  });
  answer = { status: 200, body: JSON.stringify({ frames_generated: 25 }) };
  assert.deepEqual(await client.feedAudioChunk(Uint8Array.of(1)), { frames_generated: 25 });
});

test("the status, and the end of a session", async () => {
  const client = await opened();
  answer.body = JSON.stringify({ status: "processing" });
  assert.deepEqual(await client.getStatus(), { status: "processing" });
  await client.close();
  await client.close();
  const paths = requests.slice(1).map(({ method, url }) => `${method} ${url}`);
  assert.deepEqual(paths, [`GET ${ROUTES}/status/an%20id`, `DELETE ${ROUTES}/session/an%20id`]);
  assert.deepEqual([client.sessionId, client.hlsUrl, client.downloadUrl], [null, null, null]);
  await assert.rejects(client.getStatus(), { code: "bad_state" });
  await assert.rejects(client.feedAudioChunk(new Uint8Array(2)), { code: "bad_state" });
});

test("closing a session that has expired is no error, any other failure is", async () => {
  for (const [code, fails] of [
    ["not_found", false],
    ["unauthorized", true],
  ]) {
    const client = await opened();
    answer = { status: 400, body: JSON.stringify({ type: "error", code, message: "no" }) };
    if (fails) await assert.rejects(client.close(), { code });
    else await client.close();
    answer = { status: 200, body: JSON.stringify(INFO) };
  }
});

test("a key or a fresh token is sent", async () => {
  await opened({ token: "secret" });
  let count = 0;
  const client = await opened({ getToken: async () => `token ${++count}` });
  await client.getStatus();
  assert.deepEqual(
    requests.map(({ key }) => key),
    ["Bearer secret", "Bearer token 1", "Bearer token 2"],
  );
});

test("errors say what is wrong", async () => {
  const client = new ChunkedStreamingClient(url);
  answer = {
    status: 503,
    body: JSON.stringify({ type: "error", code: "busy", reason: "full", message: "try again" }),
  };
  const busy = await client.initSession(image).catch((error) => error);
  assert.ok(busy instanceof A2FError);
  assert.deepEqual([busy.code, busy.reason, busy.message], ["busy", "full", "try again"]);
  assert.equal(client.sessionId, null);
  answer = { status: 502, body: "<html>" };
  await assert.rejects(client.initSession(image), /status 502, but not like an a2f-server/);
  await assert.rejects(client.initSession("face.jpg"), { code: "bad_argument" });
  await assert.rejects(new ChunkedStreamingClient("http://127.0.0.1:1").initSession(image), {
    code: "no_server",
  });
  assert.throws(() => new ChunkedStreamingClient("nowhere"), { code: "bad_argument" });
  await assert.rejects((await openedAnyway()).feedAudioChunk("audio"), { code: "bad_argument" });
});

async function openedAnyway() {
  answer = { status: 200, body: JSON.stringify(INFO) };
  return opened();
}
