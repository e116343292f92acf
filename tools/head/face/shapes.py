"""The 52 shapes on the skin, the teeth and the tongue."""

from __future__ import annotations

import numpy as np

from a2f_server.arkit import INDEX
from a2f_server.face_shapes import lips
from a2f_server.face_shapes.lips import Lips
from a2f_server.face_shapes.vectors import ACROSS, Float64Array, bell, points, smooth
from tools.head.face import brows, face_mesh, jaw, lids
from tools.head.face.face_mesh import FaceMesh
from tools.head.face.soft_tissue import FADE, SoftTissue
from tools.head.geometry.mesh import Mesh, merged, other_side

GRID = 1e-4
"""Resolution of the file (glb.STEP) in units. Sums of moves on this grid are exact."""
LEAST = 4e-4
"""Smaller moves are set to zero."""
MEETING = 0.32
"""Height where closed lips meet on an open jaw, as a share of the lower lip's way down."""


class FaceShapes:
    """The skin with all its shapes."""

    def __init__(self, rest: FaceMesh) -> None:
        self.face = rest
        self.tissue = SoftTissue(rest)
        self.lips = self.tissue.lips
        columns = self.lips.at.shape[1]
        self.line = self.lips.at[-1, columns // 4] * np.array([0, 1, 1])
        """Middle of the line of contact."""

    def mesh(self) -> Mesh:
        """Returns the skin with its shapes in ARKit's order."""
        mesh = face_mesh.mesh(self.face)
        found = {name: _snapped(moves) for name, moves in self._shapes().items()}
        mesh.morphs = {name: found[name] for name in sorted(found, key=INDEX.__getitem__)}
        return mesh

    def mouth(self, upper: Mesh, lower: Mesh, tongue: Mesh) -> Mesh:
        """Merges teeth and tongue; the lower ones follow the jaw."""
        for part, share in ((lower, np.ones(len(lower.at))), (tongue, smooth(0.35, 0.75, tongue.at[:, 2]))):
            for shape in ("jawForward", "jawLeft", "jawRight", "jawOpen"):
                part.morphs[shape] = jaw.moved(part.at, shape, share)
        return merged([upper, lower, tongue])

    def lashes(self) -> Mesh:
        """Builds the lashes of the left eye."""
        columns = self.face.grid.eyes[0].shape[1]
        moving = ["eyeBlinkLeft", *(n for n in lids.TURNS if lids.TURNS[n].upper)]
        return brows.lashes(columns, lambda name: lids.edge(name, columns), moving)

    def _shapes(self) -> dict[str, Float64Array]:
        found = {name: self.tissue.moved(move) for name, move in lips.LEFT.items()}
        found |= {name: self.tissue.even(self.tissue.moved(move)) for name, move in lips.BOTH.items()}
        found |= self._jaw()
        found |= {"cheekPuff": self.tissue.even(self._puff()), "noseSneerLeft": self._sneer()}
        for name, moves in lids.shapes(self.face).items():
            found[name] = moves
        found["cheekSquintLeft"] = found["cheekSquintLeft"] + self.tissue.slid(self._cheek(0.085))
        found["mouthSmileLeft"] = found["mouthSmileLeft"] + self.tissue.slid(self._cheek(0.045))
        found["eyeSquintLeft"] = found["eyeSquintLeft"] + self.tissue.slid(self._cheek(0.02))
        found |= self._brows()
        for name in [n for n in found if n.endswith("Left") and n != "jawLeft"]:
            found[other_side(name)] = found[name][self.face.grid.mirror] * ACROSS
        return found

    def _jaw(self) -> dict[str, Float64Array]:
        at = self.face.at
        opening = _snapped(self.tissue.even(jaw.moved(at, "jawOpen", jaw.shares(self.face))))
        sliding = jaw.shares(self.face, sealed=True)
        found = {name: jaw.moved(at, name, sliding) for name in ("jawForward", "jawLeft")}
        found["jawRight"] = found["jawLeft"][self.face.grid.mirror] * ACROSS
        return found | {"jawOpen": opening, "mouthClose": self._close(opening)}

    def _close(self, opening: Float64Array) -> Float64Array:
        """Returns mouthClose, which cancels jawOpen at the lips: both lips get the same sum at the line of contact."""
        columns = self.tissue.red.shape[1]
        across = (columns - np.arange(columns)) % columns
        down = opening[self.tissue.red[-1]]
        lowest = np.where((self.lips.side[-1] > 0)[:, None], down[across], down)
        together = _snapped(MEETING * lowest)
        line = together - down
        own = np.where(self.lips.side > 0, 0.55 + 0.45 * self.lips.t, 0.8 + 0.2 * self.lips.t)
        own = (own + (1 - own) * self.lips.s**6)[..., None]
        # With a closed jaw the upper lip moves behind the lower one.
        behind = points(0, 0, -0.11 * self.lips.t * (1 - self.lips.t) * self.lips.above * self.lips.full)
        moves = self.tissue.even(self.tissue.dragged(line * own + behind, kept=False))
        moves[self.tissue.red[-1]] = line
        moves[self.tissue.back] = FADE[:, None, None] * line
        return moves

    def _cheek(self, lift: float) -> Float64Array:
        x, y, z = self.face.at.T
        share = bell(np.hypot(x - 0.42, (y + 0.29) * 1.15), 0.2) * smooth(0.1, 0.4, z) * (1 - self.tissue.lid)
        return np.asarray(points(0.1 * lift * share, lift * share, 0) + 0.55 * lift * share[:, None] * self.tissue.out)

    def _puff(self) -> Float64Array:
        x, y, z = np.abs(self.face.at[:, 0]), self.face.at[:, 1], self.face.at[:, 2]
        cheek = bell(np.hypot(x - 0.47, (y + 0.53) * 1.1), 0.25) * smooth(0, 0.35, z)
        around_lips = 0.28 * bell(np.hypot(x, (y + 0.53) * 1.3), 0.3) * smooth(0.4, 0.6, z)
        moves = (0.135 * (cheek + around_lips))[:, None] * self.tissue.out
        pressed = self.tissue.moved(lambda red: points(-0.05 * red.at[..., 0], -0.12 * red.off, 0.03 * red.full))
        moves = moves * (1 - self.tissue.lid)[:, None]
        moves[self.tissue.back] = FADE[:, None, None] * moves[self.tissue.red[-1]]
        return np.asarray(moves + pressed)

    def _sneer(self) -> Float64Array:
        x, y, z = self.face.at.T
        wing = bell(np.hypot(x - 0.13, y + 0.25), 0.11) * smooth(0.5, 0.75, z)
        bridge = bell(np.hypot(x - 0.1, y - 0.06), 0.12) * smooth(0.5, 0.75, z) * (1 - self.tissue.lid)
        fold = bell(np.hypot(x - 0.26, y + 0.3), 0.13) * smooth(0.4, 0.6, z) * (1 - self.tissue.lid)
        lift = points(0.018 * wing, 0.07 * wing + 0.035 * bridge + 0.045 * fold, 0)
        lift = lift + (0.012 * wing + 0.012 * bridge + 0.022 * fold)[:, None] * self.tissue.out
        return self.tissue.slid(lift) + self.tissue.moved(self._sneer_lip)

    @staticmethod
    def _sneer_lip(red: Lips) -> Float64Array:
        share = bell(red.s - 0.35, 0.5) * red.full * (red.side > 0) * (1 - red.t**2)
        return points(0, 0.05 * share, 0.012 * share)

    def _brows(self) -> dict[str, Float64Array]:
        at = self.face.at
        found = {}
        for name, move in brows.moves(brows.along(at[:, 0]).clip(0, 1.1)).items():
            share = (brows.forehead(at) * (1 - self.tissue.lid))[:, None]
            left = self.tissue.slid(share * np.concatenate([move, np.zeros((len(at), 1))], axis=1), flat=True)
            found[name] = left + left[self.face.grid.mirror] * ACROSS if name == "browInnerUp" else left
        return found


def _snapped(moves: Float64Array) -> Float64Array:
    """Rounds moves to the grid of the file and drops those that are too small to see."""
    seen = np.abs(moves).max(axis=-1, keepdims=True) >= LEAST
    return np.rint(np.where(seen, moves, 0) / GRID) * GRID
