"""Loads `model_data*.npz`, the actor's head, and `implicit_emo_db.npz`, the database of implicit emotions."""

from __future__ import annotations

from pathlib import Path

from a2f_server.arrays import Float32Array
from a2f_server.backends.audio2face3d.bundle import HeadGeometry
from a2f_server.backends.audio2face3d.loading.json_document import JsonDocument
from a2f_server.backends.audio2face3d.loading.network_info import vertices
from a2f_server.backends.audio2face3d.loading.npz_archive import NpzArchive


def regression(data: Path, info: JsonDocument) -> HeadGeometry:
    """Loads v2.3's means and principal components; `info` is `network_info.json`, which has their sizes."""
    params, sizes = info.section("params"), vertices(info)
    skin, tongue = sizes["skin"], sizes["tongue"]
    with NpzArchive(data) as archive:
        return _geometry(
            archive,
            archive.floats("shapes_mean_skin", skin, 3),
            archive.floats("shapes_mean_tongue", tongue, 3),
            params.whole("result_jaw_size"),
            archive.floats("shapes_matrix_skin", params.whole("num_shapes_skin"), skin, 3),
            archive.floats("shapes_matrix_tongue", params.whole("num_shapes_tongue"), tongue, 3),
        )


def diffusion(data: Path, info: JsonDocument) -> HeadGeometry:
    """Loads v3.0's neutral head; its network outputs vertices."""
    sizes = vertices(info)
    with NpzArchive(data) as archive:
        return _geometry(
            archive,
            archive.floats("neutral_skin", sizes["skin"], 3),
            archive.floats("neutral_tongue", sizes["tongue"], 3),
            info.section("params").whole("jaw_size"),
        )


def implicit(database: Path, config: JsonDocument, width: int) -> Float32Array:
    """Loads the row `[width]` selected by `source_shot` and `source_frame`. Raises ValueError if there is none."""
    shot, frame = config.text("source_shot"), config.whole("source_frame")
    with NpzArchive(database) as archive:
        names = archive.texts("emo_spec_names")
        if shot not in names:
            raise config.fault("source_shot", f"one of {', '.join(names)} of {database.name}")
        start = int(archive.wholes("emo_spec_start", len(names))[names.index(shot)])
        size = int(archive.wholes("emo_spec_size", len(names))[names.index(shot)])
        if frame >= size:
            raise config.fault("source_frame", f"0 to {size - 1}: {shot} has {size} frames")
        rows = archive.floats("emo_db", None, width)
    if not 0 <= start + frame < len(rows):
        raise ValueError(f"{database}: {shot} begins at row {start}; emo_db has {len(rows)} rows")
    row: Float32Array = rows[start + frame].copy()
    return row


def _geometry(
    archive: NpzArchive,
    skin: Float32Array,
    tongue: Float32Array,
    jaw: int,
    skin_basis: Float32Array | None = None,
    tongue_basis: Float32Array | None = None,
) -> HeadGeometry:
    saccades = archive.floats("saccade_rot_matrix", None, 2)
    if not len(saccades):
        raise archive.fault("saccade_rot_matrix", "has no row", "at least one")
    return HeadGeometry(
        skin,
        tongue,
        archive.floats("neutral_jaw", jaw // 3, 3),
        archive.floats("lip_open_pose_delta", len(skin), 3),
        archive.floats("eye_close_pose_delta", len(skin), 3),
        saccades,
        skin_basis,
        tongue_basis,
    )
