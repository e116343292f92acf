"""Trains the network on scenes; an interrupted run continues from its last checkpoint."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from torch.nn import functional

from a2f_server.backends.builtin.backend import LEAD
from training.augmentation.features import augment_features
from training.errors import TrainingError
from training.face import rig
from training.face.coarticulation import CURVES, GATES
from training.network import model_file, quantisation
from training.network.examples import Examples
from training.network.network import LipSyncNetwork, NetworkSize
from training.network.quantisation import LayerRange

AVERAGE = 0.999
"""Decay of the exponential moving average of the weights, which is what is exported."""
CALIBRATION = 128
"""Scenes that give a continued network's batch norms their statistics, and a trained one's layers their ranges."""
LAST_LAYERS_STEPS, LAST_LAYERS_RATE = 150, 3e-3
"""Batches that only train the last layers of a continued network, whose phone scores start anew; and their rate."""
PHONE_WEIGHT = 0.5
"""Weight of the auxiliary loss, the phone classification."""
MISSED = {"seal": 3.0, "bite": 3.0, "rest": 1.0}
"""By gate: weight of a missed closure or rest relative to a false one."""


@dataclass(frozen=True)
class TrainingPlan:
    """Hyperparameters of a training run."""

    epochs: int = 18
    batch: int = 32
    rate: float = 2.5e-3
    seed: int = 1


def batches(scenes: Examples, size: int, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Yields every example once, in random order and newly augmented: features, faces and phones."""
    order = rng.permutation(len(scenes.features))
    for i in range(0, len(order) - size + 1, size):
        rows = np.sort(order[i : i + size])
        features = augment_features(torch.from_numpy(scenes.features[rows].astype(np.float32)), rng)
        targets = torch.from_numpy(scenes.faces[rows].astype(np.float32) / 255)
        yield features, targets, torch.from_numpy(scenes.phones[rows].astype(np.int64))


def choose_device(device: str) -> str:
    """Resolves `auto` to a GPU if there is one. Raises TrainingError if `cuda` is not available."""
    available = torch.cuda.is_available()
    if device == "cuda" and not available:
        raise TrainingError("torch finds no CUDA GPU; use --device cpu")
    return device if device != "auto" else "cuda" if available else "cpu"


def loss(predicted: tuple[Tensor, Tensor], targets: Tensor, phones: Tensor) -> Tensor:
    """Returns the squared error of the curves, the cross entropy of the gates and that of the phones, added up.

    Curves are normalised to count equally.
    """
    raw, scores = predicted[0][:, LEAD:], predicted[1][:, LEAD:]  # the look-ahead
    targets, phones = targets[:, :-LEAD], phones[:, :-LEAD]
    curves = len(CURVES)
    distance = (torch.square(raw[..., :curves] - targets[..., :curves]) * _weights().to(raw.device)).mean()
    missed = torch.tensor([MISSED[gate] for gate in GATES], device=raw.device)
    odds = functional.binary_cross_entropy_with_logits(raw[..., curves:], targets[..., curves:], pos_weight=missed)
    classification = functional.cross_entropy(scores.transpose(1, 2), phones, label_smoothing=0.05)
    return distance + len(GATES) / 2 * odds + PHONE_WEIGHT * classification


def _weights() -> Tensor:
    """Returns one over the typical variance of each curve."""
    spread = {"jaw": 0.13, "lower": 0.07, "upper": 0.035, "funnel": 0.1, "pucker": 0.12}
    spread |= {"stretch": 0.08, "smile": 0.05, "tongue": 0.06, "forward": 0.03}
    return torch.tensor([1 / spread[name] ** 2 for name in CURVES]) / len(CURVES)


class TrainingRun:
    """A network in training, and its checkpoint."""

    def __init__(self, folder: Path, plan: TrainingPlan, size: NetworkSize | None = None, device: str = "cpu") -> None:
        torch.manual_seed(plan.seed)
        self.folder, self.plan, self.device = folder, plan, device
        self.network = LipSyncNetwork(size).to(device)
        self.averaged = copy.deepcopy(self.network)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=plan.rate, weight_decay=0.01)
        self.epoch = self.steps = 0
        self.ranges: list[LayerRange] = []
        """Of the averaged network, once it is trained; for the graph of integers."""
        if self.file.exists():
            self._load()

    @property
    def file(self) -> Path:
        """The checkpoint file."""
        return self.folder / "checkpoint.pt"

    def start_from(self, file: Path, scenes: Examples) -> None:
        """Goes on from a model file instead of random weights: first with its last layers alone."""
        features, *_ = next(batches(scenes, min(CALIBRATION, len(scenes.features)), np.random.default_rng(0)))
        model_file.load(file, self.network, rig.load(), features)
        last = [*self.network.faces.parameters(), *self.network.phones.parameters()]
        optimizer = torch.optim.AdamW(last, lr=LAST_LAYERS_RATE)
        rng = np.random.default_rng(self.plan.seed)
        self.network.requires_grad_(False).train()
        self.network.faces.requires_grad_(True)
        self.network.phones.requires_grad_(True)
        for features, targets, phones in islice(batches(scenes, self.plan.batch, rng), LAST_LAYERS_STEPS):
            self._descend(optimizer, self._loss(features, targets, phones))
        self.network.requires_grad_(True)
        self.averaged.load_state_dict(self.network.state_dict())

    def train(self, scenes: Examples, console: Console) -> None:
        """Trains for the remaining epochs and saves a checkpoint after each."""
        if len(scenes.features) < self.plan.batch:
            raise TrainingError(
                f"{len(scenes.features)} scenes are fewer than a batch of {self.plan.batch}: --share must be larger"
            )
        while self.epoch < self.plan.epochs:
            mean = self._epoch(scenes)
            self.epoch += 1
            self.save()
            console.print(f"epoch {self.epoch}/{self.plan.epochs}: loss {mean:.4f}")
        features = torch.from_numpy(scenes.features[:CALIBRATION].astype(np.float32))
        self.ranges = quantisation.ranges(self.averaged.cpu().eval(), features)
        self.save()

    def _epoch(self, scenes: Examples) -> float:
        rng = np.random.default_rng([self.plan.seed, self.epoch])
        torch.manual_seed(self.plan.seed + self.epoch)
        losses, count = [], max(1, len(scenes.features) // self.plan.batch)
        self.network.train()
        for i, (features, targets, phones) in enumerate(batches(scenes, self.plan.batch, rng)):
            self._step(self.epoch + i / count)
            value = self._loss(features, targets, phones)
            self._descend(self.optimizer, value)
            self._average()
            losses.append(value.item())
        return sum(losses) / max(len(losses), 1)

    def _descend(self, optimizer: torch.optim.Optimizer, value: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        optimizer.step()

    def _loss(self, features: Tensor, targets: Tensor, phones: Tensor) -> Tensor:
        features, targets, phones = (x.to(self.device) for x in (features, targets, phones))
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=_has_bfloat16(self.device)):
            raw, scores = self.network(features)
        return loss((raw.float(), scores.float()), targets, phones)

    def _step(self, at: float) -> None:
        """Sets the learning rate: linear warm-up over half an epoch, then cosine decay."""
        share = min(at / self.plan.epochs, 1.0)
        rate = self.plan.rate * min(1.0, at / 0.5 + 0.02) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    @torch.no_grad()
    def _average(self) -> None:
        """Updates the moving average, with less decay at first because it starts at random weights."""
        share = min(AVERAGE, (self.steps + 1) / (self.steps + 10))
        self.steps += 1
        new = self.network.state_dict()
        for name, kept in self.averaged.state_dict().items():
            if kept.dtype.is_floating_point:
                kept.lerp_(new[name], 1 - share)

    def save(self) -> None:
        """Writes the checkpoint under a temporary name and renames it, so it is never truncated."""
        state: dict[str, Any] = {
            "size": asdict(self.network.size),
            "epoch": self.epoch,
            "steps": self.steps,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "ranges": [(one.taps, one.mix) for one in self.ranges],
        }
        part = self.file.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.file)

    def _load(self) -> None:
        state = torch.load(self.file, weights_only=True, map_location=self.device)
        if NetworkSize(**state["size"]) != self.network.size:
            raise TrainingError(f"{self.file} holds a network of another size: choose another --folder, or delete it")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.steps = state["epoch"], state["steps"]
        self.ranges = [LayerRange(*one) for one in state.get("ranges", [])]


def _has_bfloat16(device: str) -> bool:
    """Returns whether a device computes bfloat16 itself: then a step takes a quarter of the time. Where it is emulated
    a step takes 3.5 times as long."""
    if device != "cpu":
        return True
    abilities = torch.cpu.get_capabilities()
    return any(abilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
