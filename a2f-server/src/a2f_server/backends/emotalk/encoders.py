"""EmoTalk's two encoders: wav2vec2, with features interpolated to the frame rate before the transformer.

The names of parameters are those of EmoTalk's checkpoint. Needs torch and transformers.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn
from torch.nn import functional
from transformers import Wav2Vec2Config, Wav2Vec2Model

FEATURE_RATE = 50
"""Features per second of wav2vec2's convolutions."""
FRAME_RATE = 30


def resized(features: Tensor, frames: int) -> Tensor:
    """Interpolates `[B, T, n]` linearly to `frames` steps; the first and the last are kept."""
    return functional.interpolate(features.transpose(1, 2), frames, mode="linear", align_corners=True).transpose(1, 2)


class Encoder(Wav2Vec2Model):
    """wav2vec2 with an output layer that is in the checkpoint but not used."""

    def __init__(self, config: Any, vocabulary: int) -> None:
        super().__init__(config)
        self.lm_head = nn.Linear(config.hidden_size, vocabulary)

    def features(self, audio: Tensor) -> Tensor:
        """Returns the features of the convolutions, `[B, samples]` → `[B, T, n]`, 50 per second."""
        return self.feature_extractor(audio).transpose(1, 2)

    def encode(self, features: Tensor, frames: int) -> Tensor:
        """Returns the encoded features `[B, frames, hidden]`."""
        hidden, _ = self.feature_projection(resized(features, frames))
        return self.encoder(hidden).last_hidden_state


class Classifier(nn.Module):
    """The output layers of the emotion classifier: in the checkpoint, but not used."""

    def __init__(self, hidden: int, classes: int) -> None:
        super().__init__()
        self.dense = nn.Linear(hidden, hidden)
        self.out_proj = nn.Linear(hidden, classes)


class EmotionEncoder(nn.Module):
    """The encoder of the emotion: wav2vec2, resampled to the frame rate and then to `frames`."""

    def __init__(self, config: Any, vocabulary: int, classes: int) -> None:
        super().__init__()
        self.wav2vec2 = Encoder(config, vocabulary)
        self.classifier = Classifier(config.hidden_size, classes)

    def forward(self, audio: Tensor, frames: int) -> Tensor:
        """Returns `[B, frames, hidden]`."""
        features = self.wav2vec2.features(audio)
        resampled = max(1, features.shape[1] * FRAME_RATE // FEATURE_RATE)
        return resized(self.wav2vec2.encode(features, resampled), frames)


def configuration(shapes: dict[str, tuple[int, ...]], prefix: str) -> Any:
    """Returns the configuration of the encoder with this prefix, from the shapes of its parameters."""

    def shape(name: str) -> tuple[int, ...]:
        return shapes[f"{prefix}.{name}"]

    def count(part: str) -> int:
        numbers = {int(name[len(prefix) :].split(".")[3]) for name in shapes if name.startswith(f"{prefix}.{part}.")}
        return len(numbers)

    convolutions = [
        shape(f"feature_extractor.conv_layers.{i}.conv.weight") for i in range(count("feature_extractor.conv_layers"))
    ]
    hidden, grouped, kernel = shape(_position(shapes, prefix))
    return Wav2Vec2Config(
        hidden_size=hidden,
        num_hidden_layers=count("encoder.layers"),
        num_attention_heads=max(1, hidden // 64),
        intermediate_size=shape("encoder.layers.0.feed_forward.intermediate_dense.weight")[0],
        conv_dim=[one[0] for one in convolutions],
        conv_kernel=[one[2] for one in convolutions],
        conv_stride=[5, 2, 2, 2, 2, 2, 2][: len(convolutions)],
        conv_bias=f"{prefix}.feature_extractor.conv_layers.0.conv.bias" in shapes,
        num_conv_pos_embeddings=kernel,
        num_conv_pos_embedding_groups=hidden // grouped,
        feat_extract_norm="layer",
        do_stable_layer_norm=True,
        attn_implementation="eager",
    )


def _position(shapes: dict[str, tuple[int, ...]], prefix: str) -> str:
    """Returns the name of the positional convolution's direction, which newer versions of torch spell differently."""
    old, new = (f"encoder.pos_conv_embed.conv.{end}" for end in ("weight_v", "parametrizations.weight.original1"))
    return old if f"{prefix}.{old}" in shapes else new
