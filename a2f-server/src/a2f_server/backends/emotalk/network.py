"""EmoTalk's network: content and emotion of speech → 52 weights per frame, for 30 frames per second.

    content [T, 512], emotion [T, 256], level [32], person [32] → one decoder layer → [T, 52]

Peng et al., "EmoTalk: Speech-Driven Emotional Disentanglement for 3D Face Animation", ICCV 2023. All sizes follow from
the checkpoint. Needs torch and transformers.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from a2f_server.backends.emotalk.encoders import EmotionEncoder, Encoder, configuration

HEADS = 4
PERIOD = 30
"""Frames per step of the attention's bias."""
Shapes = dict[str, tuple[int, ...]]


class EmoTalk(nn.Module):
    """The network, with the sizes of a checkpoint's parameters. Raises KeyError if one is missing."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        content, emotion = "audio_encoder_cont", "audio_encoder_emo.wav2vec2"
        self.audio_encoder_cont = Encoder(configuration(shapes, content), shapes[f"{content}.lm_head.weight"][0])
        self.audio_encoder_emo = EmotionEncoder(
            configuration(shapes, emotion),
            shapes[f"{emotion}.lm_head.weight"][0],
            shapes["audio_encoder_emo.classifier.out_proj.weight"][0],
        )
        for name in ("map_cont", "map_emo", "map_emo2"):
            setattr(self, f"audio_feature_{name}", _linear(shapes[f"audio_feature_{name}.weight"]))
        self.obj_vector_level = _linear(shapes["obj_vector_level.weight"])
        self.obj_vector_person = _linear(shapes["obj_vector_person.weight"])
        inner, width = shapes["transformer_decoder.layers.0.linear1.weight"]
        layer = nn.TransformerDecoderLayer(width, HEADS, inner, batch_first=True)
        self.transformer_decoder = nn.TransformerDecoder(layer, num_layers=1)
        self.bs_map_r = _linear(shapes["bs_map_r.weight"])

    def forward(self, audio: Tensor, frames: int, level: int, person: int) -> Tensor:
        """Returns weights `[frames, 52]`, not clamped, for normalised audio `[samples]` at 16 kHz."""
        audio = audio[None]
        content = self.audio_encoder_cont.encode(self.audio_encoder_cont.features(audio), frames)
        emotion = self.audio_feature_map_emo(self.audio_encoder_emo(audio, frames))
        parts = [self.audio_feature_map_cont(content), torch.relu(self.audio_feature_map_emo2(emotion))]
        parts += [
            _one_hot(layer, at).expand(1, frames, -1)
            for layer, at in ((self.obj_vector_level, level), (self.obj_vector_person, person))
        ]
        own = ~torch.eye(frames, dtype=torch.bool, device=audio.device)
        bias = causal_bias(frames).to(audio)
        decoded = self.transformer_decoder(torch.cat(parts, dim=2), emotion, tgt_mask=bias, memory_mask=own)
        return self.bs_map_r(decoded)[0]


def causal_bias(frames: int) -> Tensor:
    """Returns ALiBi's bias `[heads, frames, frames]`: −∞ for later frames, one step less per PERIOD in the past."""
    apart = torch.arange(frames)[:, None] - torch.arange(frames)
    slopes = 2.0 ** (-8 / HEADS * torch.arange(1, HEADS + 1))
    bias = -slopes[:, None, None] * (apart // PERIOD)
    return bias.masked_fill(apart < 0, float("-inf"))


def _linear(shape: tuple[int, ...]) -> nn.Linear:
    return nn.Linear(shape[1], shape[0])


def _one_hot(layer: nn.Linear, at: int) -> Tensor:
    """Returns the layer's output for a vector with a one at `at`."""
    chosen = torch.zeros(layer.in_features, device=layer.weight.device)
    chosen[at] = 1
    return layer(chosen)
