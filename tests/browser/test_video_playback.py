"""Chromium plays the parts of a video as they arrive, with audio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.compat.test_chunked import RATE, fed, opened, running
from tests.support.sounds import buzz, s16

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PLAY = """async key => {
  const wait = (target, name) => new Promise(resolve => target.addEventListener(name, resolve, { once: true }));
  const video = document.body.appendChild(document.createElement("video"));
  const source = new MediaSource();
  video.src = URL.createObjectURL(source);
  await wait(source, "sourceopen");
  const buffer = source.addSourceBuffer('video/mp4; codecs="avc1.640020,mp4a.40.2"');
  const append = async name => {
    const response = await fetch(`/hls/${key}/${name}`);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    buffer.appendBuffer(await response.arrayBuffer());
    await wait(buffer, "updateend");
  };
  const playlist = await (await fetch(`/hls/${key}/playlist.m3u8`)).text();
  await append(playlist.match(/MAP:URI="([^"]+)"/)[1]);
  for (const name of ["part0.0.m4s", "part1.0.m4s", "part1.1.m4s", "part1.2.m4s"]) await append(name);
  source.endOfStream();
  const ended = wait(video, "ended");
  await video.play();
  await ended;
  const quality = video.getVideoPlaybackQuality();
  return {
    duration: video.duration, at: video.currentTime, start: buffer.buffered.start(0), ranges: buffer.buffered.length,
    frames: quality.totalVideoFrames, sound: video.webkitAudioDecodedByteCount, width: video.videoWidth,
  };
}"""


def test_parts_play_with_sound_and_without_gaps(browser: Browser) -> None:
    with running(video_sessions=2) as server, server.http() as http:
        key = opened(http)
        fed(http, key, s16(buzz(1.2, RATE)))
        page = browser.new_page()
        try:
            page.goto(f"{server.url}/ping")
            played = page.evaluate(PLAY, key)
        finally:
            page.close()
    assert played["start"] == 0, "sound and picture begin together"
    assert played["ranges"] == 1
    assert abs(played["duration"] - 0.8) < 0.03
    assert abs(played["at"] - played["duration"]) < 0.01
    assert played["width"] == 128
    assert played["frames"] >= 15
    assert played["sound"] > 1000
