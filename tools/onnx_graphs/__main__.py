"""`python -m tools.onnx_graphs`: writes every graph to its place in the server's package."""

from tools.onnx_graphs import projection


def main() -> None:
    """Writes all graphs."""
    for graph in (projection,):
        graph.FILE.write_bytes(graph.build().SerializeToString())


if __name__ == "__main__":
    main()
