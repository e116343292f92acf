"""Converts a graph to half precision: float16 inside, float32 inputs and outputs.

onnxruntime's converter does the work (onnxruntime.transformers.float16); it needs the package onnx. It casts every
value between two operators to float16, even if both stay in float32. These casts are removed again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

SENSITIVE = ("Pow", "ReduceMean", "ReduceSum", "Sqrt", "Log", "Exp", "CumSum")
"""Operators that stay in float32: squares and long sums leave the range of float16 (6e-8 … 65504)."""
LARGE = 1 << 10
"""Bytes above which a constant is a weight, which shape inference does not need."""
FLOAT, FLOAT16 = 1, 10


def half(source: bytes | Path, *, keep: Callable[[Any], bool] | None = None) -> bytes:
    """Converts a graph to half precision; inputs and outputs stay float32.

    `keep` returns whether a node (`onnx.NodeProto`) stays in float32, in addition to the sensitive operators. Raises
    ValueError with an actionable message if a package is missing.
    """
    onnx, convert, blocked = _tools()
    model = onnx.load(str(source)) if isinstance(source, Path) else onnx.load_from_string(source)
    for number, node in enumerate(model.graph.node):
        node.name = f"node{number}"
    kept = [node.name for node in model.graph.node if keep and keep(node)]
    model = convert(
        _with_shapes(onnx, model),
        keep_io_types=True,
        disable_shape_infer=True,
        op_block_list=[*blocked, *SENSITIVE],
        node_block_list=kept,
    )
    _remove_round_trips(model.graph)
    return bytes(model.SerializeToString())


def upstream_of(graph: bytes, op: str) -> Callable[[Any], bool]:
    """Returns a `keep` that selects the first operator of this kind and everything that it depends on."""
    onnx, _, _ = _tools()
    nodes = list(onnx.load_from_string(graph).graph.node)
    makers = {output: node for node in nodes for output in node.output}
    wanted = list(next(node for node in nodes if node.op_type == op).output)
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in makers and name not in found:
            found.add(name)
            wanted += makers[name].input
    return lambda node: any(output in found for output in node.output)


def _tools() -> tuple[Any, Any, Collection[str]]:
    """Imports the package onnx and the converter; returns both, and the operators that the converter skips."""
    path = list(sys.path)
    try:
        import onnx  # noqa: PLC0415 - serving in float32 does without
        from onnxruntime.transformers import float16  # noqa: PLC0415
    except ImportError as error:
        raise ValueError(
            f"A2F_PRECISION=fp16 needs a package that is missing ({error}): pip install 'a2f-server[fp16]' "
            "(in a checkout '.[fp16]')"
        ) from None
    finally:
        sys.path[:] = path  # the converter's package adds its own folder, whose module names are too generic
    return onnx, float16.convert_float_to_float16, float16.DEFAULT_OP_BLOCK_LIST


def _with_shapes(onnx: Any, model: Any) -> Any:
    """Returns the model with inferred shapes. Weights are set aside meanwhile: they would be copied twice."""
    large = [t for t in model.graph.initializer if t.data_type == FLOAT and len(t.raw_data) > LARGE]
    weights = {tensor.name: tensor.raw_data for tensor in large}
    for tensor in large:
        tensor.ClearField("raw_data")
    inferred = onnx.shape_inference.infer_shapes(model)
    for tensor in inferred.graph.initializer:
        if tensor.name in weights:
            tensor.raw_data = weights.pop(tensor.name)
    return inferred


def _remove_round_trips(graph: Any) -> None:
    """Removes float32→float16→float32 round-trip casts."""
    makers = {output: node for node in graph.node for output in node.output}
    floats = {i.name for i in graph.input} | {o for n in graph.node if _casts(n, FLOAT) for o in n.output}
    for node in graph.node:
        for position, name in enumerate(node.input):
            widened = makers.get(name)
            narrowed = makers.get(widened.input[0]) if widened and _casts(widened, FLOAT) else None
            if narrowed and _casts(narrowed, FLOAT16) and _wide(narrowed, floats):
                node.input[position] = narrowed.input[0]
    _sweep(graph)


def _sweep(graph: Any) -> None:
    """Keeps each cast that is used, and puts it before its first use.

    The converter appends a cast for each use of a node, needed or not.
    """
    casts = {node.output[0]: node for node in graph.node if node.op_type == "Cast"}
    ordered: list[Any] = []

    def add(node: Any) -> None:
        for name in node.input:
            if name in casts:
                add(casts.pop(name))
        ordered.append(node)

    for node in graph.node:
        if node.op_type != "Cast":
            add(node)
    for name in [output.name for output in graph.output] + [name for node in ordered for name in _inner(node)]:
        if name in casts:
            add(casts.pop(name))
    kept = [type(node).FromString(node.SerializeToString()) for node in ordered]  # the graph frees its own
    del graph.node[:]
    graph.node.extend(kept)


def _inner(node: Any) -> Iterator[str]:
    """Yields every input named in a node's subgraphs (such as an If's branches), those from outside included."""
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            for inner in graph.node:
                yield from inner.input
                yield from _inner(inner)


def _casts(node: Any, to: int) -> bool:
    return bool(node.op_type == "Cast" and any(a.name == "to" and a.i == to for a in node.attribute))


def _wide(narrowed: Any, floats: set[str]) -> bool:
    """Returns whether the converter added this cast, after an input or a node that stays in float32."""
    name = narrowed.input[0]
    return name in floats or name.endswith("_cast_to_fp16")
