"""The names and shapes of the parameters in EmoTalk's checkpoint, for its own sizes and for small ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

Shape = tuple[int, ...]
KERNELS = (10, 3, 3, 3, 3, 2, 2)


@dataclass(frozen=True)
class Sizes:
    """The sizes of the network; the defaults are those of the published checkpoint."""

    hidden: int = 1024
    convolution: int = 512
    layers: int = 24
    inner: int = 4096
    position: int = 128
    groups: int = 16
    vocabulary: int = 32
    classes: int = 7
    content: int = 512
    emotion: int = 256
    chosen: int = 32

    @property
    def width(self) -> int:
        """Numbers per frame in the decoder."""
        return self.content + self.emotion + 2 * self.chosen


SMALL = Sizes(
    hidden=64, convolution=16, layers=2, inner=64, position=16, groups=4, content=24, emotion=16, chosen=4, vocabulary=8
)


def shapes(sizes: Sizes) -> dict[str, Shape]:
    """Returns the shape of each parameter by name."""
    return dict(_parameters(sizes))


def _parameters(s: Sizes) -> Iterator[tuple[str, Shape]]:
    yield from _encoder("audio_encoder_cont", s)
    yield from _encoder("audio_encoder_emo.wav2vec2", s)
    yield from _linear("audio_encoder_emo.classifier.dense", s.hidden, s.hidden)
    yield from _linear("audio_encoder_emo.classifier.out_proj", s.hidden, s.classes)
    yield from _linear("audio_feature_map_cont", s.hidden, s.content)
    yield from _linear("audio_feature_map_emo", s.hidden, s.width)
    yield from _linear("audio_feature_map_emo2", s.width, s.emotion)
    yield from _linear("obj_vector_level", 2, s.chosen)
    yield from _linear("obj_vector_person", 24, s.chosen)
    yield from _decoder("transformer_decoder.layers.0", s.width)
    yield from _linear("bs_map_r", s.width, 52)


def _encoder(prefix: str, s: Sizes) -> Iterator[tuple[str, Shape]]:
    yield f"{prefix}.masked_spec_embed", (s.hidden,)
    for i, kernel in enumerate(KERNELS):
        layer = f"{prefix}.feature_extractor.conv_layers.{i}"
        yield f"{layer}.conv.weight", (s.convolution, s.convolution if i else 1, kernel)
        yield f"{layer}.conv.bias", (s.convolution,)
        yield from _norm(f"{layer}.layer_norm", s.convolution)
    yield from _norm(f"{prefix}.feature_projection.layer_norm", s.convolution)
    yield from _linear(f"{prefix}.feature_projection.projection", s.convolution, s.hidden)
    position = f"{prefix}.encoder.pos_conv_embed.conv"
    yield f"{position}.bias", (s.hidden,)
    yield f"{position}.weight_g", (1, 1, s.position)
    yield f"{position}.weight_v", (s.hidden, s.hidden // s.groups, s.position)
    yield from _norm(f"{prefix}.encoder.layer_norm", s.hidden)
    for i in range(s.layers):
        yield from _layer(f"{prefix}.encoder.layers.{i}", s)
    yield from _linear(f"{prefix}.lm_head", s.hidden, s.vocabulary)


def _layer(prefix: str, s: Sizes) -> Iterator[tuple[str, Shape]]:
    for projection in ("k_proj", "v_proj", "q_proj", "out_proj"):
        yield from _linear(f"{prefix}.attention.{projection}", s.hidden, s.hidden)
    yield from _norm(f"{prefix}.layer_norm", s.hidden)
    yield from _linear(f"{prefix}.feed_forward.intermediate_dense", s.hidden, s.inner)
    yield from _linear(f"{prefix}.feed_forward.output_dense", s.inner, s.hidden)
    yield from _norm(f"{prefix}.final_layer_norm", s.hidden)


def _decoder(prefix: str, width: int) -> Iterator[tuple[str, Shape]]:
    for attention in ("self_attn", "multihead_attn"):
        yield f"{prefix}.{attention}.in_proj_weight", (3 * width, width)
        yield f"{prefix}.{attention}.in_proj_bias", (3 * width,)
        yield from _linear(f"{prefix}.{attention}.out_proj", width, width)
    yield from _linear(f"{prefix}.linear1", width, width)
    yield from _linear(f"{prefix}.linear2", width, width)
    for i in (1, 2, 3):
        yield from _norm(f"{prefix}.norm{i}", width)


def _linear(name: str, inputs: int, outputs: int) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, size: int) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.weight", (size,)
    yield f"{name}.bias", (size,)
