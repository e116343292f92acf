"""`python -m tools.graphs`: writes every graph where the server has it."""

from tools.graphs import folding, gathering


def main() -> None:
    """Writes them."""
    for graph in (folding, gathering):
        graph.FILE.write_bytes(graph.build().SerializeToString())


if __name__ == "__main__":
    main()
