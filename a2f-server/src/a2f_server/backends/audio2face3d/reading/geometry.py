"""`model_data*.npz` and `implicit_emo_db.npz`: the actor's head, and a mood without a name."""

from __future__ import annotations

from pathlib import Path

from a2f_server.backends.audio2face3d.parts import Floats, Geometry
from a2f_server.backends.audio2face3d.reading.archives import Archive
from a2f_server.backends.audio2face3d.reading.documents import Document
from a2f_server.backends.audio2face3d.reading.network_info import vertices


def regression(data: Path, info: Document) -> Geometry:
    """v2.3: means and principal components. `info` is `network_info.json`, which says how many."""
    params, sizes = info.section("params"), vertices(info)
    skin, tongue = sizes["skin"], sizes["tongue"]
    with Archive(data) as archive:
        return _geometry(
            archive,
            archive.floats("shapes_mean_skin", skin, 3),
            archive.floats("shapes_mean_tongue", tongue, 3),
            params.whole("result_jaw_size"),
            archive.floats("shapes_matrix_skin", params.whole("num_shapes_skin"), skin, 3),
            archive.floats("shapes_matrix_tongue", params.whole("num_shapes_tongue"), tongue, 3),
        )


def diffusion(data: Path, info: Document) -> Geometry:
    """v3.0: the network gives vertices."""
    sizes = vertices(info)
    with Archive(data) as archive:
        return _geometry(
            archive,
            archive.floats("neutral_skin", sizes["skin"], 3),
            archive.floats("neutral_tongue", sizes["tongue"], 3),
            info.section("params").whole("jaw_size"),
        )


def implicit(database: Path, config: Document, width: int) -> Floats:
    """The row `[width]` that `source_shot` and `source_frame` name. Raises ValueError."""
    shot, frame = config.text("source_shot"), config.whole("source_frame")
    with Archive(database) as archive:
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
    row: Floats = rows[start + frame].copy()
    return row


def _geometry(
    archive: Archive,
    skin: Floats,
    tongue: Floats,
    jaw: int,
    skin_basis: Floats | None = None,
    tongue_basis: Floats | None = None,
) -> Geometry:
    saccades = archive.floats("saccade_rot_matrix", None, 2)
    if not len(saccades):
        raise archive.fault("saccade_rot_matrix", "has no row", "at least one")
    return Geometry(
        skin,
        tongue,
        archive.floats("neutral_jaw", jaw // 3, 3),
        archive.floats("lip_open_pose_delta", len(skin), 3),
        archive.floats("eye_close_pose_delta", len(skin), 3),
        saccades,
        skin_basis,
        tongue_basis,
    )
