"""Playlists: the tags of LL-HLS for new players, segments for all, and the place to start."""

from __future__ import annotations

import pytest

from a2f_server.video.playlist import MediaName, parse_name, playlist
from tests.video.test_recording import Clock, record, recording


def lines(text: str, tag: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(tag)]


def test_a_live_playlist() -> None:
    video = recording()
    record(video, 8)
    assert playlist(video).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        "#EXT-X-TARGETDURATION:1",
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.60000,HOLD-BACK=3.0,CAN-SKIP-UNTIL=6.0",
        "#EXT-X-PART-INF:PART-TARGET=0.20000",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="init.mp4"',
        "#EXT-X-START:TIME-OFFSET=0.0",
        '#EXT-X-PART:DURATION=0.20000,URI="part0.0.m4s",INDEPENDENT=YES',
        "#EXTINF:0.20000,",
        "segment0.m4s",
        '#EXT-X-PART:DURATION=0.20000,URI="part1.0.m4s",INDEPENDENT=YES',
        *(f'#EXT-X-PART:DURATION=0.20000,URI="part1.{k}.m4s"' for k in range(1, 5)),
        "#EXTINF:1.00000,",
        "segment1.m4s",
        '#EXT-X-PART:DURATION=0.20000,URI="part2.0.m4s",INDEPENDENT=YES',
        '#EXT-X-PART:DURATION=0.20000,URI="part2.1.m4s"',
        '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part2.2.m4s"',
    ]


def test_a_whole_video_is_a_list_of_segments() -> None:
    video = recording()
    record(video, 8)
    video.end()
    text = playlist(video)
    assert lines(text, "#EXTINF") == ["#EXTINF:0.20000,", "#EXTINF:1.00000,", "#EXTINF:0.40000,"], "their own lengths"
    assert text.endswith("segment2.m4s\n#EXT-X-ENDLIST\n")
    assert not lines(text, "#EXT-X-PART")
    assert not lines(text, "#EXT-X-PRELOAD")


def test_the_hint_after_a_whole_segment_names_the_next() -> None:
    video = recording()
    record(video, 6)
    assert playlist(video).endswith('segment1.m4s\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part2.0.m4s"\n')


def test_a_delta_update_lists_the_newest_segments() -> None:
    video = recording()
    record(video, 1 + 5 * 19 + 1)
    delta = playlist(video, delta=True)
    assert lines(delta, "#EXT-X-SKIP") == ["#EXT-X-SKIP:SKIPPED-SEGMENTS=14"]
    assert [line for line in delta.splitlines() if line.startswith("segment")] == [
        f"segment{n}.m4s" for n in range(14, 20)
    ]
    assert len(lines(playlist(video), "#EXTINF")) == 20
    assert "part17" not in delta
    assert "part18" in delta


def test_a_short_or_finished_video_has_no_delta() -> None:
    video = recording()
    record(video, 26)
    assert playlist(video, delta=True) == playlist(video)
    record(video, 100)
    video.end()
    assert playlist(video, delta=True) == playlist(video)


def test_players_start_where_a_viewer_from_the_beginning_is() -> None:
    clock = Clock()
    video = recording(limit=1000, clock=clock)
    record(video, 50)
    clock.now += 3
    assert lines(playlist(video), "#EXT-X-START") == ["#EXT-X-START:TIME-OFFSET=3.0"]
    clock.now += 6.5
    assert not lines(playlist(video), "#EXT-X-START"), "live: at the end, as every player does by itself"
    record(video, 300)
    assert video.dropped > video.viewed
    assert lines(playlist(video), "#EXT-X-START") == ["#EXT-X-START:TIME-OFFSET=0.0"]
    assert f"#EXT-X-MEDIA-SEQUENCE:{video.segments[0].number}" in playlist(video)


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("segment12.m4s", MediaName(12)),
        ("part3.0.m4s", MediaName(3, 0)),
        ("part3.m4s", None),
        ("segment-1.m4s", None),
        ("../segment1.m4s", None),
        ("segment1.m4s/..", None),
        ("segment1.m4s\n", None),
        ("segment99999999999.m4s", None),
        ("segment１.m4s", None),
        ("", None),
    ],
)
def test_names(name: str, meaning: MediaName | None) -> None:
    assert parse_name(name) == meaning
