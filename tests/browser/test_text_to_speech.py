"""The page lets the server speak: a sentence is typed, and the face says it."""

from __future__ import annotations

import re
import signal
import wave
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.browser.support.demo_page import Demo
from tests.spawning import spawn_server

pytest.importorskip("espeakng_loader", reason="the extra [voice] is missing")

LIPS = "Papa Bob, papa Bob, papa Bob."
LONG = "One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen."
SAMPLE = Path(__file__).parents[2] / "web/page/sample.wav"
SEAL = 21
"""Azure's viseme of p, b and m."""


def spans(demo: Demo) -> list[tuple[int, float, float]]:
    """What the voice said of its mouth: viseme, from, to."""
    marks: list[dict[str, Any]] = demo.page.evaluate("visemes")
    return [(a["id"], a["time"], b["time"]) for a, b in pairwise(marks)]


def shown(demo: Demo, shape: str, sealed: bool) -> list[float]:
    """A shape in the middle of what needs closed lips, or of the vowels."""
    ticks = demo.page.evaluate("ticks")
    parts = [(a, b) for id, a, b in spans(demo) if (id == SEAL if sealed else 1 <= id <= 11)]
    return [tick["face"][shape] for a, b in parts for tick in ticks if abs(tick["time"] - (a + b) / 2) < (b - a) / 4]


def settled(ticks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without those in which a fade may be on: at the start, and after a busy machine drew nothing for a while."""
    times = [-1.0, *(tick["time"] for tick in ticks)]
    leaps = [b for a, b in pairwise(times) if b - a > 0.2]
    return [tick for tick in ticks if not any(0 <= tick["time"] - leap < 0.2 for leap in leaps)]


def test_a_typed_sentence_is_spoken_by_the_server(demo: Demo) -> None:
    demo.speak("Hello, I am Pam.")
    demo.wait_for_status("Speaking …")
    demo.wait_for_shape("jawOpen", 0.2)
    demo.page.locator("#stat-source", has_text="the server").wait_for()
    assert demo.button("Stop").is_enabled()
    demo.wait_for_status("Spoke ")
    assert re.fullmatch(r"Spoke \d\.\d s, \d+ frames\.", demo.page.locator("#status").inner_text())
    demo.wait_for_neutral()
    assert demo.page.evaluate("ranks") == ["server", "neutral"]
    assert demo.button("Stop").is_disabled()
    assert demo.errors == []


def test_the_face_is_the_one_of_the_heard_instant(demo: Demo, origin: str) -> None:
    answer = httpx.post(f"{origin}/v1/speak", json={"text": LIPS}, timeout=20).raise_for_status().json()
    jaw = np.array(answer["weights"])[:, answer["blendshapes"].index("jawOpen")]
    demo.speak(LIPS)
    demo.wait_for_status("Spoke ")
    ticks = settled(demo.page.evaluate("ticks"))
    assert len(ticks) > 10
    for tick in ticks:
        expected = np.interp(tick["time"], np.arange(len(jaw)) / answer["fps"], jaw)
        assert tick["face"]["jawOpen"] == pytest.approx(expected, abs=2e-3)


def test_the_lips_close_where_the_words_want_it(demo: Demo) -> None:
    demo.speak(LIPS)
    demo.wait_for_status("Spoke ")
    assert np.mean(shown(demo, "jawOpen", sealed=True)) < 0.5 * np.mean(shown(demo, "jawOpen", sealed=False))


def test_visemes_move_the_mouth_where_they_are_asked_for(demo: Demo) -> None:
    demo.page.get_by_role("radio", name="viseme").check()
    demo.speak(LIPS)
    demo.wait_for_shape("jawOpen", 0.15)
    demo.page.locator("#stat-source", has_text="visemes").wait_for()
    demo.wait_for_status("Spoke ")
    assert demo.page.evaluate("ranks")[0] == "viseme"
    assert "server" not in demo.page.evaluate("ranks")
    assert np.mean(shown(demo, "jawOpen", sealed=True)) < 0.5 * np.mean(shown(demo, "jawOpen", sealed=False))
    demo.page.get_by_role("radio", name="a2f").check()
    demo.speak("And back.")
    demo.page.wait_for_function("ranks.includes('server')")


def test_a_file_follows_the_loudness_where_visemes_are_asked_for(demo: Demo) -> None:
    demo.page.get_by_role("radio", name="viseme").check()
    demo.button("Play sample").click()
    demo.wait_for_shape("jawOpen", 0.2)
    assert demo.page.evaluate("ranks")[0] == "loudness"


def test_the_words_are_shown_as_they_are_heard(demo: Demo) -> None:
    demo.speak("Mama made a big map.")
    demo.wait_for_status("Spoke ")
    words, ticks = demo.page.evaluate("words"), demo.page.evaluate("ticks")
    assert [word["text"] for word in words] == ["Mama", "made", "a", "big", "map"]
    assert len(ticks) > 8
    for tick in ticks:
        assert tick["caption"] == " ".join(word["text"] for word in words if word["time"] <= tick["time"])
    assert demo.page.locator("#caption").is_hidden()


def test_control_and_enter_speak(demo: Demo) -> None:
    demo.page.get_by_label("Text", exact=True).fill("Maybe")
    demo.page.keyboard.press("Enter")
    assert demo.page.locator("#status").inner_text() == "Ready."
    demo.page.keyboard.press("Control+Enter")
    demo.wait_for_status("Spoke ")
    demo.page.keyboard.press("Meta+Enter")
    demo.wait_for_status("Speaking")


def test_a_new_sentence_interrupts_the_old_one(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.speak("Stop it.")
    demo.wait_for_word("it")
    demo.wait_for_status("Spoke ")
    assert float(re.findall(r"[\d.]+", demo.page.locator("#status").inner_text())[0]) < 2
    assert {tick["utterance"] for tick in demo.page.evaluate("ticks")} == {1, 2}
    assert demo.errors == []


def test_stop_ends_it(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    demo.wait_for_neutral()
    assert demo.button("Stop").is_disabled()
    assert demo.page.locator("#caption").is_hidden()


def until_the_sample_plays(demo: Demo) -> None:
    """It is what the player plays and what the face follows, not what somebody else left there."""
    demo.wait_for_status("Speaking the sample")
    demo.page.wait_for_function("(([a]) => !a.paused && a.currentTime > 0.3)([document.getElementById('audio')])")
    duration = demo.page.evaluate("document.getElementById('audio').duration")
    with wave.open(str(SAMPLE)) as sample:
        assert duration == pytest.approx(sample.getnframes() / sample.getframerate(), abs=0.05)
    demo.page.wait_for_function("a2f.client.take?.known > 0.3 && !a2f.client.take.complete")


def test_only_one_speaks_at_a_time(demo: Demo) -> None:
    demo.speak(LONG)
    demo.wait_for_word("two")
    demo.button("Play sample").click()
    until_the_sample_plays(demo)
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


def test_only_one_speaks_at_a_time_also_after_the_microphone(demo: Demo) -> None:
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.5")
    demo.button("Play sample").click()
    until_the_sample_plays(demo)
    assert demo.button("Microphone").is_visible()
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")


def test_only_one_speaks_at_a_time_also_from_the_player(demo: Demo) -> None:
    demo.speak("It is me.")
    demo.wait_for_status("Spoke ")
    demo.button("Microphone").click()
    demo.page.wait_for_function("a2f.client.take?.known > 0.5")
    demo.page.evaluate("void document.getElementById('audio').play()")
    demo.wait_for_status("Playing It is me …")
    demo.button("Microphone").wait_for()
    demo.button("Pause").wait_for()
    shown = float(demo.page.locator("#scrub").get_attribute("aria-valuemax") or "nan")
    assert shown == pytest.approx(demo.page.evaluate("document.getElementById('audio').duration"), abs=0.1)
    demo.button("Stop").click()
    demo.wait_for_status("Stopped.")
    assert demo.page.evaluate("document.getElementById('audio').paused")
    demo.wait_for_neutral()
    assert demo.errors == []


def test_a_text_without_a_sound_is_said(demo: Demo) -> None:
    demo.speak("!!!")
    demo.wait_for_status("There was nothing to say in that.")
    assert demo.button("Stop").is_disabled()
    assert not demo.page.get_by_role("alert").is_visible()
    assert demo.errors == []


def test_the_skew_is_measured_whatever_is_heard(demo: Demo) -> None:
    figure = demo.page.locator("#stat-offset")
    assert figure.inner_text() == "–"
    demo.speak("May I tell you about my big blue balloon?")
    demo.wait_for_word("blue")
    assert figure.inner_text().endswith(" ms")
    demo.button("Play sample").click()
    demo.wait_for_status("Speaking")
    demo.page.locator("#stat-offset", has_text=" ms").wait_for()


def test_a_text_that_gets_long_is_counted(demo: Demo) -> None:
    field, counter = demo.page.get_by_label("Text", exact=True), demo.page.locator("#text-length")
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
    assert counter.inner_text() == "5,000 of 5,000 characters; more does not fit"
    assert field.input_value().endswith("ab")
    field.fill("Hello.")
    assert counter.is_hidden()


def test_nothing_to_say_is_said(demo: Demo) -> None:
    demo.speak("  ")
    demo.wait_for_alert("type a sentence")
    assert demo.page.get_by_label("Text", exact=True).evaluate("(field) => field === document.activeElement")


def voices(demo: Demo) -> Any:
    demo.page.wait_for_function("document.querySelectorAll('#voice option').length > 50")
    return demo.page.get_by_label("Voice")


def test_few_voices_of_many_languages_are_one_list_and_the_choice_lasts_as_long_as_the_visit(
    visit: Callable[..., Demo],
) -> None:
    demo = visit(locale="de-AT")
    select = voices(demo)
    assert select.locator("optgroup").count() == 0
    labels = select.locator("option").all_inner_texts()
    assert labels[:3] == ["Server default", "German", "Afrikaans"], "the visitor's language, then the others"
    for earlier, later in pairwise(["English (America)", "English (America, New York City)", "Greek", "Welsh"]):
        assert labels.index(earlier) < labels.index(later)
    assert "Burmese · Myanmar (Burmese)" in labels, "where its language would be looked for"
    select.select_option("de")
    demo.page.evaluate(
        "() => { a2f.client.speak = async (_, options) => { window.asked = options; return { duration: 0 }; }; }"
    )
    demo.button("Speak").click()
    assert demo.page.evaluate("asked") == {"voice": "de"}
    demo.page.reload()
    assert voices(demo).input_value() == "de"
    assert demo.page.evaluate("localStorage.a2f_voice") is None


AZURE = [
    {"name": "de-DE-KatjaNeural", "locale": "de-DE", "gender": "female", "description": "Katja, German (Germany)"},
    {"name": "de-DE-ConradNeural", "locale": "de-DE", "gender": "male", "description": "Conrad, German (Germany)"},
    {"name": "en-US-AvaNeural", "locale": "en-US", "gender": "female", "description": "Ava"},
    {"name": "en-US-GuyNeural", "locale": "en-US", "gender": "male", "description": "Guy"},
    {"name": "zu-ZA-ThandoNeural", "locale": "zu-ZA", "gender": "female", "description": "Thando"},
]
MORE = [
    {"name": f"en-GB-{name}Neural", "locale": "en-GB", "gender": "", "description": name}
    for name in ["Abbi", "Alfie", "Bella", "Elliot", "Ethan", "Hollie", "Libby", "Maisie", "Noah", "Oliver", "Olivia"]
]


def listed(demo: Demo, infos: list[dict[str, str]]) -> list[list[str | None]]:
    """Group and text of what is listed where the server has these voices."""
    demo.page.route("**/v1/voices", lambda route: route.fulfill(json={"tts": "azure", "voices": infos}))
    demo.button("Test").click()
    demo.page.wait_for_function(
        "(count) => document.querySelectorAll('#voice option').length === count + 1", arg=len(infos)
    )
    shown: list[list[str | None]] = demo.page.locator("#voice").evaluate(
        "(select) => [...select.options].map(({ text, parentElement }) => [parentElement.label ?? null, text])"
    )
    return shown[1:]


def test_people_are_listed_by_name_the_visitors_language_first(visit: Callable[..., Demo]) -> None:
    shown = listed(visit(locale="de-AT"), AZURE + MORE)
    groups = ["German (Germany)", "English (United Kingdom)", "English (United States)", "Zulu (South Africa)"]
    assert list(dict.fromkeys(group for group, _ in shown)) == groups
    assert [text for _, text in shown[:2]] == ["Conrad · male · de-DE", "Katja · female · de-DE"]


def test_a_few_people_are_one_list_by_language(visit: Callable[..., Demo]) -> None:
    shown = listed(visit(locale="zu-ZA"), AZURE)
    assert {group for group, _ in shown} == {None}
    texts = [text for _, text in shown]
    assert texts[:2] == ["Zulu (South Africa) · Thando · female", "English (United States) · Ava · female"]
    assert texts[-1] == "German (Germany) · Katja · female"


def test_a_server_without_a_voice_says_how_to_get_one(visit: Callable[..., Demo], voiceless: str) -> None:
    demo = visit(at=voiceless)
    assert demo.button("Speak").is_disabled()
    assert "no voice" in demo.page.locator("#speech-status").inner_text()
    how = demo.page.locator("#speech-setup").inner_text()
    for words in ("pip install '.[voice]'", "make run", "A2F_AZURE_KEY", "A2F_AZURE_REGION", "A2F_TTS is not none"):
        assert words in how
    demo.page.get_by_label("Text", exact=True).press("Control+Enter")
    assert demo.page.locator("#status").inner_text() == "Ready."
    assert [url for url in demo.requests if "/v1/voices" in url or "/v1/speak" in url] == []
    assert demo.errors == []


def test_without_a_server_and_before_it_answers_nobody_can_speak(demo: Demo) -> None:
    voices(demo)
    demo.page.route("**/health", lambda route: None)
    demo.button("Test").click()
    assert demo.button("Speak").is_disabled()
    assert demo.page.locator("#speech-status").inner_text() == "asking the server …"
    demo.page.get_by_label("Server URL").fill("http://127.0.0.1:9")
    demo.page.unroute("**/health")
    demo.button("Test").click()
    demo.page.locator("#speech-status", has_text="No server answers").wait_for()
    assert demo.page.locator("#speech-setup").is_visible()
    assert demo.button("Speak").is_disabled()
    assert demo.page.locator("#voice option").count() == 1


def test_a_server_with_a_key_keeps_its_list_but_speaks_to_who_has_a_token(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_API_KEY="a long secret") as spawned:
        origin = f"http://127.0.0.1:{spawned.port}"
        demo = visit(at=origin)
        demo.page.wait_for_load_state("networkidle")
        assert demo.page.locator("#voice option").count() == 1
        demo.speak("Hello.")
        demo.wait_for_alert("wants a token")
        demo.wait_for_status("Nothing was spoken.")
        demo.page.locator("#server-status", has_text="refused the connection").wait_for()
        asked = httpx.post(f"{origin}/v1/token", headers={"Authorization": "Bearer a long secret"})
        demo.page.get_by_label("Token").fill(asked.json()["token"])
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")


REFUSE = """([code, message]) => {
  a2f.client.speak = async () => { throw Object.assign(new Error(message), { code }); };
}"""

FAILURES = {
    "tts_unavailable": "pip install '.[voice]'",
    "connection_lost": "press Speak to say it again",
    "connection_failed": "make run",
}


@pytest.mark.parametrize("code", FAILURES)
def test_what_fails_is_said_with_what_to_do(demo: Demo, code: str) -> None:
    demo.page.evaluate(REFUSE, [code, "it did not work"])
    demo.speak("Hello.")
    demo.wait_for_alert(FAILURES[code])
    demo.wait_for_status("Nothing was spoken.")
    assert demo.button("Stop").is_disabled()


LOCAL = "voice: the local voice espeak-ng has no 'nope': ask for a language such as en-us or de"
WORDS = [
    ("tts_failed", "the voice broke off", "The voice broke off. Try again in a moment."),
    ("tts_failed", "Azure is slow: try again in a moment", "Azure is slow: try again in a moment."),
    ("tts_failed", "espeak-ng broke off: use other words", "espeak-ng broke off: use other words."),
    ("bad_message", LOCAL, f"V{LOCAL[1:]}. Choose another voice."),
    ("bad_message", "6000 characters are more than 5000: cut them", "6000 characters are more than 5000: cut them."),
    (
        "busy",
        "all 8 streams of this server are taken; try again in a moment",
        "The server is full just now; try again in a few seconds.",
    ),
    (
        "busy",
        "this server has no place for another connection; try again in a moment",
        "The server is full just now; try again in a few seconds.",
    ),
    (
        "busy",
        "more than 90 characters in a minute; try again in 41 s",
        "More than 90 characters in a minute; try again in 41 s.",
    ),
    (
        "busy",
        "the server is shutting down; connect again in a moment",
        "The server is restarting; try again in a moment.",
    ),
]


def test_an_alert_says_what_the_server_said_and_nothing_against_it(demo: Demo) -> None:
    for code, message, expected in WORDS:
        demo.page.evaluate(REFUSE, [code, message])
        demo.speak("Hello.")
        demo.wait_for_status("Nothing was spoken.")
        demo.page.locator("#alert-message", has_text=expected).wait_for()
        assert demo.page.locator("#alert-message").inner_text() == expected


def test_a_quota_is_said_in_the_servers_words(visit: Callable[..., Demo]) -> None:
    with spawn_server(A2F_TEXT_PER_MINUTE="20") as spawned:
        demo = visit(at=f"http://127.0.0.1:{spawned.port}")
        demo.speak("One two three four.")
        demo.wait_for_status("Spoke ")
        demo.speak("Five six seven.")
        words = demo.wait_for_alert("in a minute").removesuffix("Dismiss").strip()
        assert re.fullmatch(r"More than 20 characters in a minute; try again in \d+ s\.", words)


def test_a_server_that_goes_away_and_comes_back_is_said_at_once(visit: Callable[..., Demo]) -> None:
    with spawn_server() as spawned:
        port = spawned.port
        demo = visit(at=f"http://127.0.0.1:{port}")
        voices(demo).select_option("de")
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")
        spawned.process.send_signal(signal.SIGKILL)
        demo.wait_for_alert("No connection")
        demo.page.locator("#server-status[data-state=bad]", has_text="tries again by itself").wait_for()
        assert demo.page.locator("#server-badge").inner_text().startswith("no server")
        assert "nobody can speak" in demo.page.locator("#speech-status").inner_text()
        assert demo.button("Speak").is_disabled()
        assert demo.page.locator("#voice option").count() == 1
    with spawn_server("--port", str(port)):
        demo.page.locator("#speech-status", has_text="Spoken by eSpeak NG").wait_for(timeout=60_000)
        assert demo.page.locator("#server-status[data-state=good]").inner_text().startswith("Connected")
        assert demo.page.locator("#server-badge").inner_text() == "mock: simulated faces"
        assert not demo.page.get_by_role("alert").is_visible()
        assert voices(demo).input_value() == "de"
        demo.speak("Hello.")
        demo.wait_for_status("Spoke ")


def test_a_list_of_voices_that_did_not_come_is_asked_for_again(demo: Demo) -> None:
    demo.page.route("**/v1/voices", lambda route: route.fulfill(status=502, json={}))
    demo.button("Test").click()
    demo.page.wait_for_load_state("networkidle")
    assert demo.page.locator("#voice option").count() == 1
    demo.page.unroute("**/v1/voices")
    demo.speak("Hello.")
    voices(demo)
    demo.wait_for_status("Spoke ")
