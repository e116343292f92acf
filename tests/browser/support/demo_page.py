"""The demo page as a visitor has it, with what the tests look at."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

HELPERS = """() => {
  // A software renderer takes most of a machine: nothing is drawn until somebody looks.
  const { renderer } = a2f.stage;
  const drawing = renderer?.render;
  if (renderer) renderer.render = () => {};
  window.draw = async () => {
    renderer.render = drawing;
    a2f.stage.wake();
    for (let i = 0; i < 2; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
  };
  const audio = document.getElementById("audio");
  const meshes = () => {
    const found = [];
    a2f.stage.pivot.traverse((object) => object.morphTargetDictionary && found.push(object));
    return found;
  };
  // The largest influence of each morph target that is on the stage.
  window.face = () => {
    const shown = {};
    for (const { morphTargetDictionary, morphTargetInfluences } of meshes())
      for (const [name, i] of Object.entries(morphTargetDictionary))
        shown[name] = Math.max(shown[name] ?? 0, morphTargetInfluences[i]);
    return shown;
  };
  window.ticks = [];
  a2f.client.on("frame", ({ time, rank, utterance }) => {
    const caption = document.getElementById("caption-heard").textContent;
    ticks.push({ time, heard: audio.currentTime, rank, face: face(), caption, utterance });
  });
  [window.words, window.visemes, window.ranks] = [[], [], []];
  a2f.client.on("word", (word) => words.push(word));
  a2f.client.on("viseme", (viseme) => visemes.push(viseme));
  a2f.client.on("rank", ({ to }) => ranks.push(to));
  // How much two pictures (data URLs) differ in a part of them (left, top, width, height as shares): mean of 0-255.
  window.difference = async (pictures, [left, top, width, height]) => {
    const [before, after] = await Promise.all(pictures.map(async (bytes) => {
      const image = await createImageBitmap(await (await fetch(bytes)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      const [w, h] = [image.width, image.height];
      return canvas.getImageData(left * w, top * h, width * w, height * h).data;
    }));
    return before.reduce((sum, value, i) => sum + Math.abs(value - after[i]), 0) / before.length;
  };
}"""


class Demo:
    """One visit to the page, in a profile of its own."""

    def __init__(self, browser: Browser, origin: str, *, script: str = "", **options: Any) -> None:
        # Small, because a software renderer draws it; no smaller, or a click scrolls the page, which it draws slowly.
        options.setdefault("viewport", {"width": 480, "height": 640})
        # A face that blinks and sways by itself is for the tests that ask for it.
        options.setdefault("reduced_motion", "reduce")
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if script:
            self.page.add_init_script(script)
        self.page.goto(origin)
        self.page.wait_for_function("window.a2f && document.getElementById('server-status').dataset.state !== 'wait'")
        self.page.wait_for_function("Boolean(a2f.client.binding)")
        self.page.evaluate(HELPERS)

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.trouble.append(message.text)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def status(self, words: str) -> None:
        """Waits until the status line begins with these words."""
        self.page.wait_for_function(
            "(words) => document.getElementById('status').textContent.startsWith(words)", arg=words
        )

    def alert(self, words: str) -> str:
        """Waits until the alert says these words; all it says."""
        box = self.page.get_by_role("alert").filter(has_text=words)
        box.wait_for()
        return box.inner_text()

    def choose(self, label: str, *files: Path | dict[str, Any]) -> None:
        self.page.get_by_label(label, exact=True).set_input_files(list(files))

    def draw(self) -> None:
        """From now on the face is drawn, too."""
        self.page.evaluate("draw()")

    def picture(self) -> str:
        """The face as it is now, as a data URL."""
        self.draw()
        shot = self.page.locator("#canvas").screenshot()
        return f"data:image/png;base64,{base64.b64encode(shot).decode()}"

    def difference(self, before: str, after: str, part: tuple[float, float, float, float] = (0, 0, 1, 1)) -> float:
        """How much two pictures differ in a part (left, top, width, height as shares): mean of 0-255."""
        return float(self.page.evaluate("([a, b, part]) => difference([a, b], part)", [before, after, part]))

    def until_shown(self, shape: str, least: float) -> None:
        """Waits until the face shows so much of a shape."""
        self.page.wait_for_function("([shape, least]) => face()[shape] >= least", arg=[shape, least])

    def until_neutral(self) -> None:
        self.page.wait_for_function("Object.values(face()).every((weight) => weight === 0)")

    def say(self, text: str) -> None:
        """Types a text and lets the server speak it."""
        self.page.get_by_label("Say", exact=True).fill(text)
        self.button("Speak").click()

    def until_heard(self, word: str) -> None:
        """Waits until the server's voice has come to a word."""
        self.page.wait_for_function(
            """(word) => {
              const { utterance, time } = ticks.at(-1) ?? {};
              return words.some((each) => each.text === word && each.utterance === utterance && each.time <= time);
            }""",
            arg=word,
        )

    def hold(self, seconds: float) -> None:
        """Stops the sound at an instant and waits until the face has come there."""
        self.page.evaluate(
            """async (seconds) => {
              const audio = document.getElementById("audio");
              audio.pause();
              const there = new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
              audio.currentTime = seconds;
              await there;
              await new Promise((resolve) => setTimeout(resolve, 400));
            }""",
            seconds,
        )

    def face(self) -> dict[str, float]:
        """What is shown now."""
        return self.page.evaluate("face()")

    def most(self, shape: str) -> float:
        """The most of a shape that was shown so far."""
        return self.page.evaluate("(shape) => Math.max(0, ...ticks.map(({ face }) => face[shape] ?? 0))", shape)

    def close(self) -> None:
        self.context.close()
