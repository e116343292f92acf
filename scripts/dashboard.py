"""Writes Grafana's dashboard, deploy/grafana/a2f-server.json. With `--check` it fails if the file is not up to date."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parents[1] / "deploy/grafana/a2f-server.json"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
WIDTH, HEIGHT, COLUMNS = 8, 7, 24
HERE = '{job=~"$job",instance=~"$instance"}'
"""Selects the servers that are chosen at the top of the dashboard."""


@dataclass(frozen=True)
class Panel:
    """A graph, or a number if `kind` is "stat". `queries`: PromQL with `HERE` in place of @, and the legend."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: str = "timeseries"
    description: str = ""


def rate(name: str, by: str) -> tuple[str, str]:
    """Returns the query for events per second, by a label."""
    return f"sum by ({by}) (rate({name}@[$__rate_interval]))", f"{{{{{by}}}}}"


def quantiles(name: str, by: str = "") -> tuple[tuple[str, str], ...]:
    """Returns queries for the median and the 99th percentile of a histogram."""
    labels, legend = ("le, " + by, f" {{{{{by}}}}}") if by else ("le", "")
    return tuple(
        (
            f"histogram_quantile({q}, sum by ({labels}) (rate({name}_bucket@[$__rate_interval])))",
            f"p{q * 100:g}{legend}",
        )
        for q in (0.5, 0.99)
    )


ROWS: dict[str, list[Panel]] = {
    "Overview": [
        Panel("Servers", (("count(a2f_build_info@)", ""),), kind="stat"),
        Panel("Workers", (("sum(a2f_workers@)", ""),), kind="stat", description="Processes that serve clients."),
        Panel("Healthy", (("sum(a2f_healthy@)", ""),), kind="stat", description="Servers whose model does not hang."),
        Panel("Draining", (("sum(a2f_draining@)", ""),), kind="stat", description="Servers that shut down."),
        Panel(
            "Versions",
            (
                (
                    "sum by (version, python, backend, device, provider, tts) (a2f_build_info@)",
                    "{{version}} {{backend}}",
                ),
            ),
            kind="table",
        ),
    ],
    "Load": [
        Panel("Open utterances", (("a2f_utterances@", "{{instance}}"), ("a2f_capacity@", "{{instance}} capacity"))),
        Panel(
            "Load of live streams",
            (("a2f_load@", "{{instance}}"),),
            "percentunit",
            description="Of the event loop or the model; 0 beside files.",
        ),
        Panel("Most streams", (("a2f_max_streams@", "{{instance}}"),), description="While all are in time."),
        Panel(
            "Lateness of live streams",
            (("a2f_lateness_seconds@", "{{instance}}"),),
            "s",
            description="Above 18 ms no stream is added.",
        ),
        Panel("Connections", (("a2f_connections@", "{{instance}}"),)),
        Panel("Errors sent to clients", (rate("a2f_errors_total", "code"),), "reqps"),
        Panel(
            "Audio and frames",
            (
                ("sum(rate(a2f_audio_seconds_total@[$__rate_interval]))", "seconds of audio"),
                ("sum(rate(a2f_frames_total@[$__rate_interval]))", "frames"),
            ),
            description="Per second. 1 s of audio per second is one live stream.",
        ),
        Panel("Waiting files", (("a2f_queue_length@", "{{instance}}"),), description="Files of EmoTalk's clients."),
        Panel("Outcome of waiting", (rate("a2f_queue_requests_total", "outcome"),), "reqps"),
        Panel("Wait for a slot", quantiles("a2f_queue_wait_seconds"), "s"),
    ],
    "Latency": [
        Panel("First frame", quantiles("a2f_first_frame_seconds"), "s"),
        Panel("Stages", quantiles("a2f_stage_seconds", "stage"), "s"),
        Panel("Windows per inference call", quantiles("a2f_batch_windows")),
    ],
    "Voice": [
        Panel("Texts", (rate("a2f_tts_requests_total", "outcome"),), "reqps"),
        Panel(
            "Characters and audio",
            (
                ("sum(rate(a2f_tts_characters_total@[$__rate_interval]))", "characters"),
                ("sum(rate(a2f_tts_audio_seconds_total@[$__rate_interval]))", "seconds of audio"),
            ),
        ),
        Panel("First audio of the voice", quantiles("a2f_tts_first_audio_seconds"), "s"),
    ],
    "Video": [
        Panel(
            "Videos", (("a2f_videos@", "{{instance}}"),), description="Rendered at this moment, or waiting for speech."
        ),
        Panel("Video frames", (("rate(a2f_video_frames_total@[$__rate_interval])", "{{instance}}"),), "reqps"),
        Panel(
            "Dropped video frames",
            (("rate(a2f_video_drops_total@[$__rate_interval])", "{{instance}}"),),
            "reqps",
            description="Frames of live video that were skipped because rendering was late.",
        ),
    ],
    "Keys": [
        Panel("Open utterances by key", (("sum by (key) (a2f_key_streams@)", "{{key}}"),)),
        Panel("Connections by key", (("sum by (key) (a2f_key_connections@)", "{{key}}"),)),
        Panel("Utterances by key", (rate("a2f_key_utterances_total", "key"),), "reqps"),
        Panel("Characters by key", (rate("a2f_key_characters_total", "key"),)),
        Panel(
            "Time until keys expire", (("min by (key) (a2f_key_expiry_timestamp_seconds@) - time()", "{{key}}"),), "s"
        ),
        Panel("Files of keys with errors", (("sum(a2f_keys_file_error@)", ""),), kind="stat"),
    ],
    "Process": [
        Panel("CPU", (("rate(process_cpu_seconds_total@[$__rate_interval])", "{{instance}}"),), "percentunit"),
        Panel(
            "Memory",
            (
                ("process_resident_memory_bytes@", "{{instance}} resident"),
                ("process_virtual_memory_bytes@", "{{instance}} virtual"),
            ),
            "bytes",
        ),
        Panel(
            "Memory of the device",
            (
                ("a2f_device_memory_used_bytes@", "{{instance}}"),
                ("a2f_device_memory_total_bytes@", "{{instance}} total"),
            ),
            "bytes",
        ),
        Panel("Open files", (("process_open_fds@", "{{instance}}"), ("process_max_fds@", "{{instance}} limit"))),
        Panel("Uptime", (("time() - process_start_time_seconds@", "{{instance}}"),), "s"),
    ],
}


def dashboard() -> dict[str, Any]:
    """Returns the dashboard in Grafana's format."""
    return {
        "uid": "a2f-server",
        "title": "a2f-server",
        "tags": ["a2f-server"],
        "timezone": "browser",
        "schemaVersion": 39,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": [_source(), _variable("job", ""), _variable("instance", 'job=~"$job"')]},
        "panels": list(_panels()),
    }


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = []
    top = 0
    for title, row in ROWS.items():
        panels.append(_row(len(panels) + 1, title, top))
        top += 1
        for number, panel in enumerate(row):
            x, y = number * WIDTH % COLUMNS, top + number * WIDTH // COLUMNS * HEIGHT
            panels.append(_panel(len(panels) + 1, panel, {"x": x, "y": y, "w": WIDTH, "h": HEIGHT}))
        top += -(-len(row) * WIDTH // COLUMNS) * HEIGHT
    return panels


def _row(id: int, title: str, y: int) -> dict[str, Any]:
    place = {"x": 0, "y": y, "w": COLUMNS, "h": 1}
    return {"id": id, "type": "row", "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _panel(id: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    return {
        "id": id,
        "type": panel.kind,
        "title": panel.title,
        **({"description": panel.description} if panel.description else {}),
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [_target(panel, *query, chr(ord("A") + i)) for i, query in enumerate(panel.queries)],
    }


def _target(panel: Panel, query: str, legend: str, letter: str) -> dict[str, Any]:
    once = {} if panel.kind == "timeseries" else {"instant": True, "range": False}
    table = {"format": "table"} if panel.kind == "table" else {}
    expression = query.replace("@", HERE)
    return {"refId": letter, "datasource": SOURCE, "expr": expression, "legendFormat": legend, **once, **table}


def _source() -> dict[str, Any]:
    return {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"}


def _variable(name: str, chosen: str) -> dict[str, Any]:
    query = f"label_values(a2f_build_info{{{chosen}}}, {name})"
    return {
        "name": name,
        "label": name.capitalize(),
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": query, "refId": name},
        "definition": query,
        "refresh": 2,
        "includeAll": True,
        "multi": True,
        "current": {"text": "All", "value": "$__all"},
    }


def main() -> None:
    text = json.dumps(dashboard(), indent=2) + "\n"
    if "--check" not in sys.argv:
        FILE.write_text(text, "utf-8")
    elif FILE.read_text("utf-8") != text:
        sys.exit(f"{FILE.name} is not up to date: run `make dashboard`")


if __name__ == "__main__":
    main()
