"""Training: scenes in, a network out; a run that was stopped goes on from its last checkpoint."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from torch import Tensor
from torch.nn import functional

from a2f_server.backends.builtin.backend import LEAD
from training import faces
from training.dataset import Examples
from training.faces import CURVES
from training.jobs import Unfit
from training.network import Network, Size
from training.vary import vary

AVERAGE = 0.998
"""Share of the averaged weights that stays at each step: what is exported is calmer than the last step."""
HELPER = 0.5
GATE_WEIGHT = 3.0
"""Of a missed closure against a false one."""


@dataclass(frozen=True)
class Plan:
    """How long and how fast."""

    epochs: int = 18
    batch: int = 32
    rate: float = 2.5e-3
    seed: int = 1


def batches(scenes: Examples, size: int, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Every example once, in random order, differently heard each time."""
    order = rng.permutation(len(scenes.heard))
    for i in range(0, len(order) - size + 1, size):
        rows = np.sort(order[i : i + size])
        heard = vary(torch.from_numpy(scenes.heard[rows].astype(np.float32)), rng)
        shown = torch.from_numpy(scenes.shown[rows].astype(np.float32) / 255)
        yield heard, shown, torch.from_numpy(scenes.said[rows].astype(np.int64))


def place(device: str) -> str:
    """`auto` is a GPU where there is one."""
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise Unfit("torch finds no CUDA GPU: --device cpu")
    return device if device != "auto" else "cuda" if there else "cpu"


def loss(predicted: tuple[Tensor, Tensor], shown: Tensor, said: Tensor) -> Tensor:
    """Squared distance of curves, odds of gates, and the helper's phones; each curve counts alike."""
    raw, scores = predicted[0][:, LEAD:], predicted[1][:, LEAD:]  # as much as it has heard beyond what it shows
    shown, said = shown[:, :-LEAD], said[:, :-LEAD]
    curves, gates = len(CURVES), len(faces.GATES)
    distance = (torch.square(raw[..., :curves] - shown[..., :curves]) * _weights().to(raw.device)).mean()
    weight = torch.full((gates,), GATE_WEIGHT, device=raw.device)
    odds = functional.binary_cross_entropy_with_logits(raw[..., curves:], shown[..., curves:], pos_weight=weight)
    helper = functional.cross_entropy(scores.transpose(1, 2), said, label_smoothing=0.05)
    return distance + odds + HELPER * helper


def _weights() -> Tensor:
    """One over the usual variance of each curve."""
    spread = {"jaw": 0.13, "lower": 0.07, "upper": 0.035, "funnel": 0.1, "pucker": 0.12}
    spread |= {"stretch": 0.08, "smile": 0.05, "tongue": 0.06, "forward": 0.03}
    return torch.tensor([1 / spread[name] ** 2 for name in CURVES]) / len(CURVES)


class Run:
    """A network on its way, and its checkpoint."""

    def __init__(self, folder: Path, plan: Plan, size: Size | None = None, device: str = "cpu") -> None:
        torch.manual_seed(plan.seed)
        self.folder, self.plan, self.device = folder, plan, device
        self.network = Network(size).to(device)
        self.averaged = copy.deepcopy(self.network)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), lr=plan.rate, weight_decay=0.01)
        self.epoch = self.steps = 0
        if self.file.exists():
            self._load()

    @property
    def file(self) -> Path:
        """The checkpoint."""
        return self.folder / "checkpoint.pt"

    def train(self, scenes: Examples, console: Console) -> None:
        """The remaining epochs."""
        if len(scenes.heard) < self.plan.batch:
            raise Unfit(
                f"{len(scenes.heard)} scenes are fewer than a batch of {self.plan.batch}: --share must be larger"
            )
        while self.epoch < self.plan.epochs:
            mean = self._epoch(scenes)
            self.epoch += 1
            self.save()
            console.print(f"epoch {self.epoch}/{self.plan.epochs}: loss {mean:.4f}")

    def _epoch(self, scenes: Examples) -> float:
        rng = np.random.default_rng([self.plan.seed, self.epoch])
        torch.manual_seed(self.plan.seed + self.epoch)
        losses, count = [], max(1, len(scenes.heard) // self.plan.batch)
        self.network.train()
        for i, (heard, shown, said) in enumerate(batches(scenes, self.plan.batch, rng)):
            self._step(self.epoch + i / count)
            value = self._loss(heard.to(self.device), shown.to(self.device), said.to(self.device))
            self.optimizer.zero_grad(set_to_none=True)
            value.backward()
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
            self.optimizer.step()
            self._average()
            losses.append(value.item())
        return sum(losses) / max(len(losses), 1)

    def _loss(self, heard: Tensor, shown: Tensor, said: Tensor) -> Tensor:
        with torch.autocast(self.device, dtype=torch.bfloat16):  # four times as fast where the processor knows it
            raw, scores = self.network(heard)
        return loss((raw.float(), scores.float()), shown, said)

    def _step(self, at: float) -> None:
        """The learning rate: up over half an epoch, then down along a cosine."""
        share = min(at / self.plan.epochs, 1.0)
        rate = self.plan.rate * min(1.0, at / 0.5 + 0.02) * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    @torch.no_grad()
    def _average(self) -> None:
        """The average of few steps at first: it begins at random weights."""
        share = min(AVERAGE, (self.steps + 1) / (self.steps + 10))
        self.steps += 1
        fresh = self.network.state_dict()
        for name, kept in self.averaged.state_dict().items():
            if kept.dtype.is_floating_point:
                kept.lerp_(fresh[name], 1 - share)

    def save(self) -> None:
        """The checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "size": asdict(self.network.size),
            "epoch": self.epoch,
            "steps": self.steps,
            "network": self.network.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }
        part = self.file.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.file)

    def _load(self) -> None:
        state = torch.load(self.file, weights_only=True, map_location=self.device)
        if Size(**state["size"]) != self.network.size:
            raise Unfit(f"{self.file} holds a network of another size: choose another --folder, or remove it")
        self.network.load_state_dict(state["network"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.steps = state["epoch"], state["steps"]
