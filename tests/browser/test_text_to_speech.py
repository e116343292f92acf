"""Text-to-speech on the page: the server speaks a text that is typed, and the face follows."""

from __future__ import annotations

import re
import signal
import wave
from collections.abc import Callable, Container
from itertools import pairwise
from typing import Any

import httpx
import numpy as np
import pytest

from tests.browser.support.demo_page import Demo
from tests.browser.support.paths import SAMPLE, UNREACHABLE
from tests.support.spawning import spawn_server

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

LIPS = "Papa Bob, papa Bob, papa Bob."
LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen."
CLOSED_LIPS = 21
"""Azure's viseme of p, b and m."""
VOWELS = range(1, 12)


def visemes(demo: Demo) -> list[tuple[int, float, float]]:
    """Returns the visemes of the voice: ID, start, end."""
    marks: list[dict[str, Any]] = demo.page.evaluate("visemes")
    return [(a["id"], a["time"], b["time"]) for a, b in pairwise(marks)]


def jaw_during(demo: Demo, ids: Container[int]) -> list[float]:
    """Returns jawOpen on the ticks in the middle of some visemes."""
    ticks = demo.page.evaluate("ticks")
    spans = [(start, end) for id, start, end in visemes(demo) if id in ids]
    return [
        tick["face"]["jawOpen"]
        for start, end in spans
        for tick in ticks
        if abs(tick["time"] - (start + end) / 2) < (end - start) / 4
    ]


def assert_lips_close(demo: Demo) -> None:
    """The jaw opens half as far on p, b and m as on vowels, or less."""
    assert np.mean(jaw_during(demo, {CLOSED_LIPS})) < 0.5 * np.mean(jaw_during(demo, VOWELS))


def settled(ticks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Leaves out ticks during fades: at the start, and after a gap, which is treated like seeking."""
    times = [-1.0, *(tick["time"] for tick in ticks)]
    gaps = [b for a, b in pairwise(times) if b - a > 0.2]
    return [tick for tick in ticks if not any(0 <= tick["time"] - gap < 0.2 for gap in gaps)]


def test_the_server_speaks_a_text(demo: Demo) -> None:
    demo.speak("May I tell you about my big blue balloon?")
    demo.wait_for_status("Speaking …")
    assert demo.button("Stop").is_enabled()
    demo.wait_for_shape("jawOpen", 0.2)
    demo.wait_for_source("server")
    demo.wait_for_status("Spoke ")
    assert re.fullmatch(r"Spoke \d\.\d s, \d+ frames\.", demo.page.locator("#status").inner_text())
    demo.wait_for_neutral()
    assert demo.page.evaluate("ranks") == ["server", "neutral"]
    assert demo.button("Stop").count() == 0
    assert demo.errors == []


def test_the_face_is_in_sync_with_playback(demo: Demo, origin: str) -> None:
    answer = httpx.post(f"{origin}/v1/speak", json={"text": LIPS}, timeout=20).raise_for_status().json()
    jaw = np.array(answer["weights"])[:, answer["blendshapes"].index("jawOpen")]
    demo.tick_often()
    demo.speak(LIPS)
    demo.wait_for_status("Spoke ")
    ticks = settled(demo.page.evaluate("ticks"))
    assert len(ticks) > 10
    for tick in ticks:
        expected = np.interp(tick["time"], np.arange(len(jaw)) / answer["fps"], jaw)
        assert tick["face"]["jawOpen"] == pytest.approx(expected, abs=2e-3)


def test_the_lips_close_on_p_and_b(demo: Demo) -> None:
    demo.tick_often()
    demo.speak(LIPS)
    demo.wait_for_status("Spoke ")
    assert_lips_close(demo)


def test_visemes_move_the_mouth_if_chosen(demo: Demo) -> None:
    demo.tick_often()
    demo.page.get_by_role("radio", name="Visemes").check()
    demo.speak(LIPS)
    demo.wait_for_shape("jawOpen", 0.15)
    demo.wait_for_source("visemes")
    demo.wait_for_status("Spoke ")
    assert demo.page.evaluate("ranks")[0] == "viseme"
    assert "server" not in demo.page.evaluate("ranks")
    assert_lips_close(demo)
    demo.page.get_by_role("radio", name="Server").check()
    demo.speak("And back.")
    demo.page.wait_for_function("ranks.includes('server')")


def test_a_file_without_visemes_falls_back_to_loudness(demo: Demo) -> None:
    demo.page.get_by_role("radio", name="Visemes").check()
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.2)
    assert demo.page.evaluate("ranks")[0] == "loudness"


def test_captions_show_the_words_as_they_are_spoken(demo: Demo) -> None:
    demo.tick_often()
    demo.speak("Mama made a big map.")
    demo.wait_for_status("Spoke ")
    words, ticks = demo.page.evaluate("words"), demo.page.evaluate("ticks")
    assert [word["text"] for word in words] == ["Mama", "made", "a", "big", "map"]
    assert len(ticks) > 8
    for tick in ticks:
        assert tick["caption"] == " ".join(word["text"] for word in words if word["time"] <= tick["time"])
    assert demo.page.locator("#caption").is_hidden()


def test_ctrl_enter_speaks(demo: Demo) -> None:
    demo.page.get_by_label("Say", exact=True).fill("Maybe")
    demo.page.keyboard.press("Enter")
    assert demo.page.locator("#status").inner_text() == "Ready."
    demo.page.keyboard.press("Control+Enter")
    demo.wait_for_status("Spoke ")
    demo.page.keyboard.press("Meta+Enter")
    demo.wait_for_status("Speaking")


def test_a_new_text_interrupts_the_previous_one(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.speak("Stop it.")
    demo.wait_for_word("it")
    demo.wait_for_status("Spoke ")
    assert float(re.findall(r"[\d.]+", demo.page.locator("#status").inner_text())[0]) < 2
    assert {tick["utterance"] for tick in demo.page.evaluate("ticks")} == {1, 2}
    assert demo.errors == []


def test_stop_ends_speech(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    demo.wait_for_neutral()
    assert demo.button("Stop").count() == 0
    assert demo.page.locator("#caption").is_hidden()


def wait_until_sample_plays(demo: Demo) -> None:
    """Waits until the player plays the sample, rather than an earlier recording, and the face follows it."""
    demo.wait_for_status("Speaking the sample")
    demo.page.wait_for_function("(([a]) => !a.paused && a.currentTime > 0.3)([document.getElementById('audio')])")
    duration = demo.page.evaluate("document.getElementById('audio').duration")
    with wave.open(str(SAMPLE)) as sample:
        assert duration == pytest.approx(sample.getnframes() / sample.getframerate(), abs=0.05)
    demo.page.wait_for_function("a2f.client.take?.known > 0.3 && !a2f.client.take.complete")


def test_starting_a_source_stops_the_previous_one(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.button("Play sample").click()
    wait_until_sample_plays(demo)
    demo.speak(LONG)
    demo.wait_for_word("two")
    assert demo.page.evaluate("document.getElementById('audio').paused")
    demo.button("Microphone").click()
    demo.wait_for_status("Listening")
    assert demo.page.locator("#caption").is_hidden()
    demo.speak("It is me.")
    demo.wait_for_status("Speaking …")
    demo.button("Microphone").wait_for()
    demo.wait_for_status("Spoke ")


def test_playing_a_file_stops_the_microphone(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.5")
    demo.button("Play sample").click()
    wait_until_sample_plays(demo)
    assert demo.button("Microphone").is_visible()
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")


def test_playing_a_recording_stops_the_microphone(demo: Demo) -> None:
    demo.speak("It is me.")
    demo.wait_for_status("Spoke ")
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.5")
    demo.page.evaluate("void document.getElementById('audio').play()")
    demo.wait_for_status("Playing It is me …")
    demo.button("Microphone").wait_for()
    demo.button("Pause").wait_for()
    end = float(demo.page.locator("#scrub").get_attribute("aria-valuemax") or "nan")
    assert end == pytest.approx(demo.page.evaluate("document.getElementById('audio').duration"), abs=0.1)
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")
    demo.wait_for_neutral()
    assert demo.errors == []


def test_a_text_without_words_is_reported(demo: Demo) -> None:
    demo.speak("!!!")
    demo.wait_for_status("This text contains nothing to say.")
    assert demo.button("Stop").count() == 0
    assert not demo.page.get_by_role("alert").is_visible()
    assert demo.errors == []


def test_the_av_offset_is_measured_for_every_source(demo: Demo) -> None:
    stat = demo.page.locator("#stat-offset")
    assert stat.inner_text() == "–"
    demo.speak("May I tell you about my big blue balloon?")
    demo.wait_for_word("blue")
    assert stat.inner_text().endswith(" ms")
    demo.button("Play sample").click()
    demo.wait_for_status("Speaking")
    demo.page.locator("#stat-offset", has_text=" ms").wait_for()


def test_long_texts_show_a_character_count(demo: Demo) -> None:
    field, counter = demo.page.get_by_label("Say", exact=True), demo.page.locator("#text-length")
    assert "text-length" in (field.get_attribute("aria-describedby") or "").split()
    field.fill("a" * 3999)
    assert counter.is_hidden()
    field.fill("a" * 4000)
    assert counter.inner_text() == "4,000 of 5,000 characters"
    assert counter.get_attribute("aria-live") == "off"
    field.fill("a" * 4999)
    assert counter.get_attribute("aria-live") == "polite"
    field.press("End")
    demo.page.keyboard.insert_text("bcd")
    assert counter.inner_text() == "5,000 of 5,000 characters (limit reached)"
    assert field.input_value().endswith("ab")
    field.fill("Hello.")
    assert counter.is_hidden()


def test_an_empty_text_is_an_error(demo: Demo) -> None:
    demo.speak("  ")
    demo.wait_for_alert("Type a sentence")
    assert demo.page.get_by_label("Say", exact=True).evaluate("(field) => field === document.activeElement")


def voice_select(demo: Demo) -> Any:
    """Waits for the list of voices."""
    demo.page.wait_for_function("document.querySelectorAll('#voice option').length > 50")
    return demo.page.get_by_label("Voice")


def test_voices_are_a_flat_list_and_the_choice_is_kept_for_the_session(
    visit: Callable[..., Demo],
) -> None:
    demo = visit(locale="de-AT")
    select = voice_select(demo)
    assert select.locator("optgroup").count() == 0
    labels = select.locator("option").all_inner_texts()
    assert labels[:3] == ["Server default", "German", "Afrikaans"], "the visitor's language comes first"
    for earlier, later in pairwise(["English (America)", "English (America, New York City)", "Greek", "Welsh"]):
        assert labels.index(earlier) < labels.index(later)
    assert "Burmese · Myanmar (Burmese)" in labels, "sorted by language"
    select.select_option("de")
    demo.page.evaluate(
        "() => { a2f.client.speak = async (_, options) => { window.asked = options; return { duration: 0 }; }; }"
    )
    demo.button("Speak").click()
    assert demo.page.evaluate("asked") == {"voice": "de"}
    demo.page.reload()
    assert voice_select(demo).input_value() == "de"
    assert demo.page.evaluate("localStorage.a2f_voice") is None


AZURE_VOICES = [
    {"name": "de-DE-KatjaNeural", "locale": "de-DE", "gender": "female", "description": "Katja, German (Germany)"},
    {"name": "de-DE-ConradNeural", "locale": "de-DE", "gender": "male", "description": "Conrad, German (Germany)"},
    {"name": "en-US-AvaNeural", "locale": "en-US", "gender": "female", "description": "Ava"},
    {"name": "en-US-GuyNeural", "locale": "en-US", "gender": "male", "description": "Guy"},
    {"name": "zu-ZA-ThandoNeural", "locale": "zu-ZA", "gender": "female", "description": "Thando"},
]
BRITISH_VOICES = [
    {"name": f"en-GB-{name}Neural", "locale": "en-GB", "gender": "", "description": name}
    for name in ["Abbi", "Alfie", "Bella", "Elliot", "Ethan", "Hollie", "Libby", "Maisie", "Noah", "Oliver", "Olivia"]
]


def listed_voices(demo: Demo, infos: list[dict[str, str]]) -> list[list[str | None]]:
    """Returns group and label of each option, given the server's voices."""
    demo.page.route("**/v1/voices", lambda route: route.fulfill(json={"tts": "azure", "voices": infos}))
    demo.button("Test").click()
    demo.page.wait_for_function(
        "(count) => document.querySelectorAll('#voice option').length === count + 1", arg=len(infos)
    )
    options: list[list[str | None]] = demo.page.locator("#voice").evaluate(
        "(select) => [...select.options].map(({ text, parentElement }) => [parentElement.label ?? null, text])"
    )
    return options[1:]


def test_many_voices_are_grouped_by_locale_the_visitors_language_first(visit: Callable[..., Demo]) -> None:
    options = listed_voices(visit(locale="de-AT"), AZURE_VOICES + BRITISH_VOICES)
    groups = ["German (Germany)", "English (United Kingdom)", "English (United States)", "Zulu (South Africa)"]
    assert list(dict.fromkeys(group for group, _ in options)) == groups
    assert [text for _, text in options[:2]] == ["Conrad · male · de-DE", "Katja · female · de-DE"]


def test_few_voices_are_a_flat_list_sorted_by_language(visit: Callable[..., Demo]) -> None:
    options = listed_voices(visit(locale="zu-ZA"), AZURE_VOICES)
    assert {group for group, _ in options} == {None}
    texts = [text for _, text in options]
    assert texts[:2] == ["Zulu (South Africa) · Thando · female", "English (United States) · Ava · female"]
    assert texts[-1] == "German (Germany) · Katja · female"


def test_a_server_without_text_to_speech_shows_how_to_set_it_up(visit: Callable[..., Demo], voiceless: str) -> None:
    demo = visit(at=voiceless)
    assert demo.button("Speak").is_disabled()
    assert "no text-to-speech voice" in demo.page.locator("#speech-status").inner_text()
    setup = demo.page.locator("#speech-setup").inner_text()
    for part in ("pip install '.[voice]'", "make run", "A2F_AZURE_KEY", "A2F_AZURE_REGION", "A2F_TTS must not be none"):
        assert part in setup
    demo.page.get_by_label("Say", exact=True).press("Control+Enter")
    assert demo.page.locator("#status").inner_text() == "Ready."
    assert [url for url in demo.requests if "/v1/voices" in url or "/v1/speak" in url] == []
    assert demo.errors == []


def test_speak_is_disabled_until_the_server_answers(demo: Demo) -> None:
    voice_select(demo)
    demo.page.route("**/health", lambda route: None)
    demo.button("Test").click()
    assert demo.button("Speak").is_disabled()
    assert demo.page.locator("#speech-status").inner_text() == "Checking the server …"
    demo.page.get_by_label("Server URL").fill(UNREACHABLE)
    demo.page.unroute("**/health")
    demo.button("Test").click()
    demo.page.locator("#speech-status", has_text="Can't reach the server").wait_for()
    assert demo.page.locator("#speech-setup").is_visible()
    assert demo.button("Speak").is_disabled()
    assert demo.page.locator("#voice option").count() == 1


KEY = "a long secret"


def test_a_server_with_a_key_says_at_once_that_it_needs_a_token_and_speaks_with_one(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_API_KEY=KEY) as spawned:
        origin = f"http://127.0.0.1:{spawned.port}"
        demo = visit(at=origin)
        alert = demo.wait_for_alert("This server needs a token")
        assert f"{origin}/v1/token" in alert
        demo.page.locator("#speech-status", has_text="This server needs a token. Paste one under Developer").wait_for()
        assert demo.page.locator("#source-badge").inner_text() == "Not connected: loudness only"
        assert demo.button("Speak").is_disabled()
        assert demo.errors == []
        assert "getToken" in demo.page.get_by_label("Code to copy").input_value()
        answer = httpx.post(f"{origin}/v1/token", headers={"Authorization": f"Bearer {KEY}"})
        # The whole answer may be pasted.
        demo.page.get_by_label("Token").fill(answer.text)
        demo.button("Test").click()
        demo.page.locator("#server-status", has_text="Connected").wait_for()
        demo.page.get_by_role("alert").wait_for(state="hidden")
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")


def test_a_wrong_token_is_not_mistaken_for_none(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_API_KEY=KEY) as spawned:
        demo = visit(at=f"http://127.0.0.1:{spawned.port}")
        demo.wait_for_alert("This server needs a token")
        demo.page.get_by_label("Token").fill(KEY)
        demo.button("Test").click()
        demo.wait_for_alert("doesn't accept this token")
        demo.page.locator("#server-status[data-state=bad]", has_text="doesn't accept this token").wait_for()
        # Without the server the sample is still played.
        demo.button("Play sample").click()
        demo.wait_for_shape("jawOpen", 0.2)


FAIL = """([code, message, reason]) => {
  a2f.client.speak = async () => { throw Object.assign(new Error(message), { code, reason }); };
}"""

ADVICE = {
    "tts_unavailable": "pip install '.[voice]'",
    "connection_lost": "press Speak to say it again",
    "connection_failed": "make run",
}


@pytest.mark.parametrize("code", ADVICE)
def test_alerts_say_what_to_do(demo: Demo, code: str) -> None:
    demo.page.evaluate(FAIL, [code, "it did not work"])
    demo.speak("Hello.")
    demo.wait_for_alert(ADVICE[code])
    demo.wait_for_status("Nothing was spoken.")
    assert demo.button("Stop").count() == 0


NO_SUCH_VOICE = "voice: the local voice espeak-ng has no 'nope': ask for a language such as en-us or de"
FULL = "The server is at capacity. Try again in a few seconds."
MESSAGES = [
    # code, reason, the server's message, the alert
    ("tts_failed", None, "the voice broke off: try again", "The voice broke off: try again."),
    ("tts_failed", None, "Azure is slow: try again in a moment", "Azure is slow: try again in a moment."),
    ("tts_failed", None, "espeak-ng broke off: use other words", "espeak-ng broke off: use other words."),
    ("bad_message", None, NO_SUCH_VOICE, f"V{NO_SUCH_VOICE[1:]}."),
    (
        "bad_message",
        None,
        "6000 characters are more than 5000: cut them",
        "6000 characters are more than 5000: cut them.",
    ),
    ("busy", "full", "all 8 streams of this server are taken; try again in a moment", FULL),
    (
        "busy",
        "connections",
        "this server has no place for another connection; try again in a moment",
        "The server has too many connections. Try again in a few seconds.",
    ),
    (
        "busy",
        "queue",
        "8 speaks wait already; send the next one after an end",
        "This page has as many utterances queued or open as the server allows. Try again when the current one has "
        "finished.",
    ),
    (
        "busy",
        "quota",
        "more than 90 characters in a minute; try again in 41 s",
        "More than 90 characters in a minute; try again in 41 s.",
    ),
    (
        "busy",
        "draining",
        "the server is shutting down; connect again in a moment",
        "The server is restarting. Try again in a moment.",
    ),
    ("busy", None, "an older server gives no reason", "An older server gives no reason."),
]


def test_alerts_depend_on_code_and_reason(demo: Demo) -> None:
    for code, reason, message, expected in MESSAGES:
        demo.page.evaluate(FAIL, [code, message, reason])
        demo.speak("Hello.")
        demo.wait_for_status("Nothing was spoken.")
        demo.page.locator("#alert-message", has_text=expected).wait_for()
        assert demo.page.locator("#alert-message").inner_text() == expected


def test_a_quota_alert_says_how_long_to_wait(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_TEXT_PER_MINUTE="20") as spawned:
        demo = visit(at=f"http://127.0.0.1:{spawned.port}")
        demo.speak("One two three four.")
        demo.wait_for_status("Spoke ")
        demo.speak("Five six seven.")
        text = demo.wait_for_alert("in a minute").removesuffix("Dismiss").strip()
        assert re.fullmatch(r"More than 20 characters in a minute for this address; try again in \d+ s\.", text)


def test_losing_and_regaining_the_server_is_reported(visit: Callable[..., Demo]) -> None:
    with spawn_server() as spawned:
        port = spawned.port
        demo = visit(at=f"http://127.0.0.1:{port}")
        voice_select(demo).select_option("de")
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")
        spawned.process.send_signal(signal.SIGKILL)
        demo.wait_for_alert("Can't reach")
        demo.page.locator("#server-status[data-state=bad]", has_text="Reconnecting").wait_for()
        assert demo.page.locator("#source-badge").inner_text().startswith("No server")
        assert "there is no text-to-speech" in demo.page.locator("#speech-status").inner_text()
        assert demo.button("Speak").is_disabled()
        assert demo.page.locator("#voice option").count() == 1
    with spawn_server("--port", str(port)):
        demo.page.locator("#speech-status", has_text="Spoken by Hibari").wait_for(timeout=60_000)
        assert demo.page.locator("#server-status[data-state=good]").inner_text().startswith("Connected")
        assert demo.page.locator("#source-badge").inner_text() == "Server: mock backend, fake animation"
        assert not demo.page.get_by_role("alert").is_visible()
        assert voice_select(demo).input_value() == "de"
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")


def test_a_list_of_voices_that_failed_to_load_is_requested_again(demo: Demo) -> None:
    demo.page.route("**/v1/voices", lambda route: route.fulfill(status=502, json={}))
    demo.button("Test").click()
    demo.page.wait_for_load_state("networkidle")
    assert demo.page.locator("#voice option").count() == 1
    demo.page.unroute("**/v1/voices")
    demo.speak("Hello.")
    voice_select(demo)
    demo.wait_for_status("Spoke ")
