"""The demo page in a browser, with helpers to use it and to read what it shows."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Page

HELPERS = """() => {
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  // Resolves after the page's own callback of the next animation frame.
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));

  // Software rendering takes most of a machine, so nothing is drawn until a test asks for it.
  const { renderer } = a2f.stage;
  const render = renderer?.render.bind(renderer);
  let renders = 0;
  if (renderer) renderer.render = () => {};
  window.draw = async () => {
    renderer.render = (...args) => { render(...args); renders++; };
    for (const drawn = renders; renders < drawn + 2; await nextFrame()) a2f.stage.wake();
  };
  // Waits for fades to end, however slowly the machine draws.
  window.settle = async (ms) => {
    await nextFrame();
    await sleep(ms);
    await nextFrame();
  };

  // The page's clock. A test can stop it and step it, so that results do not depend on the machine's speed.
  const realNow = performance.now.bind(performance);
  let [offset, stoppedAt] = [0, null];
  performance.now = () => stoppedAt ?? realNow() + offset;
  window.stopClock = () => { stoppedAt ??= performance.now(); };
  window.resumeClock = () => {
    offset = stoppedAt - realNow();
    stoppedAt = null;
  };
  window.stepUntil = (condition, seconds) => {
    stopClock();
    for (let frame = 0; frame < seconds * 60; frame++) {
      stoppedAt += 1000 / 60;
      a2f.client.update();
      if (condition()) return true;
    }
    return false;
  };

  const audio = document.getElementById("audio");
  const meshes = () => {
    const found = [];
    a2f.stage.pivot.traverse((object) => object.morphTargetDictionary && found.push(object));
    return found;
  };
  // The largest influence of each morph target on the stage.
  window.face = () => {
    const shown = {};
    for (const { morphTargetDictionary, morphTargetInfluences } of meshes())
      for (const [name, i] of Object.entries(morphTargetDictionary))
        shown[name] = Math.max(shown[name] ?? 0, morphTargetInfluences[i]);
    return shown;
  };
  // What was shown on each tick while speaking.
  window.ticks = [];
  a2f.client.on("frame", ({ time, rank, utterance }) => {
    const caption = document.getElementById("caption-spoken").textContent;
    ticks.push({ time, heard: audio.currentTime, rank, face: face(), caption, utterance });
  });
  // Adds ticks between display frames, which are rare on a busy machine.
  let timer = null;
  window.tickOften = () => { timer ??= setInterval(() => a2f.client.update(), 10); };
  // Whether the face shows a shape, or has shown it since the last call of markSeen().
  let seen = null;
  window.markSeen = () => { seen = ticks.at(-1); };
  window.showed = (shape, least) =>
    face()[shape] >= least || ticks.slice(ticks.indexOf(seen) + 1).some(({ face }) => face[shape] >= least);
  // The sources that the stats panel has shown.
  const source = document.getElementById("stat-source");
  window.sources = [];
  new MutationObserver(() => sources.push(source.textContent)).observe(source, { childList: true });
  [window.words, window.visemes, window.ranks] = [[], [], []];
  a2f.client.on("word", (word) => words.push(word));
  a2f.client.on("viseme", (viseme) => visemes.push(viseme));
  a2f.client.on("rank", ({ to }) => ranks.push(to));
  // The mean difference (0-255) of two images, given as data URLs, in an area [left, top, width, height] of 0-1.
  window.difference = async (images, [left, top, width, height]) => {
    const [before, after] = await Promise.all(images.map(async (url) => {
      const image = await createImageBitmap(await (await fetch(url)).blob());
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas.drawImage(image, 0, 0);
      const [w, h] = [image.width, image.height];
      return canvas.getImageData(left * w, top * h, width * w, height * h).data;
    }));
    return before.reduce((sum, value, i) => sum + Math.abs(value - after[i]), 0) / before.length;
  };
}"""


class Demo:
    """A visit to the demo page, in its own browser context."""

    def __init__(
        self, browser: Browser, origin: str, *, script: str = "", developer: bool = True, **options: Any
    ) -> None:
        """`developer` unfolds the part of that name, which shows the server, the statistics and the weights."""
        # Small, because rendering is done in software. If it were smaller, clicks would scroll the page, which is slow.
        options.setdefault("viewport", {"width": 480, "height": 640})
        # Turns off the idle animation, except in tests that ask for it.
        options.setdefault("reduced_motion", "reduce")
        # Playwright evaluates the strings that it waits for, which the page's policy forbids (test_embedding.py).
        options.setdefault("bypass_csp", True)
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        """Errors and warnings of the console, and uncaught exceptions."""
        self.requests: list[str] = []
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        if script:
            self.page.add_init_script(script)
        self.page.goto(origin)
        self.page.wait_for_function("window.a2f && document.getElementById('server-status').dataset.state !== 'wait'")
        self.page.wait_for_function("Boolean(a2f.client.binding)")
        self.page.evaluate(HELPERS)
        if developer:
            self.page.evaluate("document.getElementById('developer').open = true")

    def _on_console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.errors.append(message.text)

    # Controls

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choose_file(self, label: str, *files: Path | dict[str, Any]) -> None:
        self.page.get_by_label(label, exact=True).set_input_files(list(files))

    def drop_file(self, name: str, content: bytes, mime_type: str = "") -> None:
        """Drops a file onto the page."""
        self.page.evaluate(
            """([name, bytes, type]) => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File([new Uint8Array(bytes)], name, { type }));
              document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
            }""",
            [name, list(content), mime_type],
        )

    def speak(self, text: str) -> None:
        """Types a text and speaks it, whatever is playing."""
        self.page.get_by_label("Say", exact=True).fill(text)
        self.page.get_by_label("Say", exact=True).press("Control+Enter")

    def speak_to_end(self, text: str = "Hello, I am Pam.") -> None:
        self.speak(text)
        self.wait_for_status("Speaking …")
        self.wait_for_status("Spoke ")

    def pause_at(self, seconds: float) -> None:
        """Pauses the audio player at a time and waits until the face has settled there."""
        self.page.evaluate(
            """async (seconds) => {
              const audio = document.getElementById("audio");
              audio.pause();
              const sought = new Promise((resolve) => audio.addEventListener("seeked", resolve, { once: true }));
              audio.currentTime = seconds;
              await sought;
              await settle(400);
            }""",
            seconds,
        )

    # Waiting

    def wait_for_status(self, start: str) -> None:
        """Waits until the status line starts with a text."""
        self.page.wait_for_function(
            "(start) => document.getElementById('status').textContent.startsWith(start)", arg=start
        )

    def wait_for_alert(self, part: str) -> str:
        """Waits until the alert contains a text. Returns all of it."""
        box = self.page.get_by_role("alert").filter(has_text=part)
        box.wait_for()
        return box.inner_text()

    def wait_for_shape(self, shape: str, at_least: float) -> None:
        """Waits until the face shows a shape, or has shown it since the last such wait, however briefly."""
        self.tick_often()
        self.page.wait_for_function("([shape, least]) => showed(shape, least)", arg=[shape, at_least])
        self.page.evaluate("markSeen()")

    def wait_for_neutral(self) -> None:
        self.page.wait_for_function("Object.values(face()).every((weight) => weight === 0)")
        self.page.evaluate("markSeen()")

    def wait_for_source(self, source: str) -> None:
        """Waits until the stats panel shows, or has shown, a source of the face."""
        self.page.wait_for_function("(source) => sources.includes(source)", arg=source)

    def wait_for_word(self, word: str) -> None:
        """Waits until the server's voice has reached a word."""
        self.tick_often()
        self.page.wait_for_function(
            """(word) => {
              const { utterance, time } = ticks.at(-1) ?? {};
              return words.some((each) => each.text === word && each.utterance === utterance && each.time <= time);
            }""",
            arg=word,
        )

    def settle(self, milliseconds: float = 400) -> None:
        """Waits until fades have ended, whatever the machine's speed."""
        self.page.evaluate("(ms) => settle(ms)", milliseconds)

    # The page's clock

    def stop_clock(self) -> None:
        """Freezes the face."""
        self.page.evaluate("stopClock()")

    def resume_clock(self) -> None:
        self.page.evaluate("resumeClock()")

    def step_until(self, condition: str, *, seconds: float = 60) -> None:
        """Steps the stopped clock until a JavaScript condition holds. Fails after so much of the page's time."""
        assert self.page.evaluate(f"(seconds) => stepUntil(() => {condition}, seconds)", seconds), condition

    def step(self, seconds: float) -> None:
        """Advances the stopped clock, frame by frame."""
        self.page.evaluate("(seconds) => void stepUntil(() => false, seconds)", seconds)

    # What is shown

    def tick_often(self) -> None:
        """Records ticks between display frames, too: their number must not depend on the machine's speed."""
        self.page.evaluate("tickOften()")

    def face(self) -> dict[str, float]:
        """Returns the morph target influences that are shown now."""
        return self.page.evaluate("face()")

    def peak(self, shape: str) -> float:
        """Returns the highest weight of a shape so far."""
        return self.page.evaluate("(shape) => Math.max(0, ...ticks.map(({ face }) => face[shape] ?? 0))", shape)

    def start_drawing(self) -> None:
        """Turns on rendering, which is off by default."""
        self.page.evaluate("draw()")

    def screenshot(self) -> str:
        """Returns the view as a data URL."""
        self.start_drawing()
        shot = self.page.locator("#canvas").screenshot()
        return f"data:image/png;base64,{base64.b64encode(shot).decode()}"

    def difference(self, before: str, after: str, area: tuple[float, float, float, float] = (0, 0, 1, 1)) -> float:
        """Returns the mean difference (0-255) of two screenshots in an area (left, top, width, height of 0-1)."""
        return float(self.page.evaluate("([a, b, area]) => difference([a, b], area)", [before, after, area]))

    def close(self) -> None:
        self.context.close()
