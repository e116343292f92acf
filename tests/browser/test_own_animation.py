"""An app's AnimationMixer and the client move the same avatar: what Three.js draws is what the client wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SCENE = """async ([origin, order]) => {
  const map = document.createElement("script");
  map.type = "importmap";
  map.textContent = JSON.stringify({imports: {three: `${origin}/vendor/three/three.module.min.js`}});
  document.head.append(map);
  const THREE = await import("three");
  const { Audio2FaceClient } = await import(`${origin}/audio2face-client.mjs`);
  // A plane that fills the view. Its only morph target moves it out of the view.
  const geometry = new THREE.PlaneGeometry(4, 4);
  const moved = new Float32Array(geometry.attributes.position.array.length);
  for (let i = 0; i < moved.length; i += 3) moved[i] = 40;
  geometry.morphAttributes.position = [new THREE.BufferAttribute(moved, 3)];
  geometry.morphTargetsRelative = true;
  const mesh = new THREE.Mesh(geometry, new THREE.MeshBasicMaterial({ color: 0xff0000 }));
  mesh.name = "Face";
  mesh.morphTargetDictionary = { jawOpen: 0 };
  const scene = new THREE.Scene().add(mesh);
  const camera = new THREE.OrthographicCamera(-1, 1, 1, -1, 0.1, 10);
  camera.position.z = 1;
  const track = new THREE.NumberKeyframeTrack("Face.morphTargetInfluences", [0, 10], [0.001, 0.002]);
  const mixer = new THREE.AnimationMixer(scene);
  mixer.clipAction(new THREE.AnimationClip("idle", 10, [track])).play();
  const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true });
  renderer.setSize(8, 8);
  let time = 0;
  const errors = [];
  const face = new Audio2FaceClient(origin, { autoUpdate: false, patience: 0, now: () => time * 1000 });
  face.on("error", ({ code }) => errors.push(code));
  face.initializeWithScene(scene);
  const utterance = face.start({ sampleRate: 8000, audio: () => time });
  for (const at of [0, 0.5, 1, 1.5]) utterance.addViseme(at, 2);
  utterance.write(new Int16Array(16000));
  const steps = order === "client first" ? [() => face.update(), () => mixer.update(0.1)]
    : [() => mixer.update(0.1), () => face.update()];
  const drawn = [];
  for (; time < 1.4; time += 0.1) {
    for (const step of steps) step();
    renderer.render(scene, camera);
    const gl = renderer.getContext();
    const pixel = new Uint8Array(4);
    gl.readPixels(4, 4, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
    drawn.push({ jaw: face.weights[17], plane: pixel[0] > 100 });
  }
  face.dispose();
  renderer.render(scene, camera);
  return { drawn: drawn.slice(5), errors, hooked: Object.hasOwn(mesh, "onBeforeRender") };
}"""


@pytest.mark.parametrize("order", ["client first", "mixer first"])
def test_the_mouth_is_drawn_open_beside_a_mixer(browser: Browser, origin: str, order: str) -> None:
    page = browser.new_page()
    page.goto(f"{origin}/health")
    result = page.evaluate(SCENE, [origin, order])
    page.close()
    assert all(frame["jaw"] > 0.1 for frame in result["drawn"])
    assert not any(frame["plane"] for frame in result["drawn"])
    assert "morphs_overwritten" not in result["errors"]
    assert result["hooked"] is False
