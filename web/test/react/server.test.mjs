// Rendering on a server: nothing of a browser is there, and nothing is started.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createElement, StrictMode } from "react";
import { renderToString } from "react-dom/server";
import {
  AvatarCanvas,
  mediaStream,
  TalkingAvatar,
  useFace,
  useMediaStream,
  useSource,
} from "../../src/react/index.js";

function App() {
  const face = useFace({ serverUrl: "http://server", network: true, life: true });
  const call = useSource(face, mediaStream(null));
  useMediaStream(face, null);
  const avatar = createElement(TalkingAvatar, { url: "head.glb", face });
  const state = JSON.stringify([face.client, face.rank, call.state]);
  return createElement("main", null, state, createElement(AvatarCanvas, null, avatar));
}

test("a page is rendered without a browser", () => {
  assert.deepEqual(
    [typeof window, typeof document, typeof AudioContext],
    ["undefined", "undefined", "undefined"],
  );
  const html = renderToString(createElement(StrictMode, null, createElement(App)));
  assert.equal(
    html,
    '<main>[null,&quot;neutral&quot;,&quot;closed&quot;]<div style="width:100%;height:100%"></div></main>',
  );
});
