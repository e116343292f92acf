"""Measures the size and shape of the code and its documentation; prints one Markdown table.

    python bench/structure.py            this checkout
    python bench/structure.py --root X   another one, to compare with

Functions are counted from `def` to their last line; in JavaScript, formatted by biome, from the line that opens a body
to the line with the same indentation that closes it. Circular imports are imports between two folders (or loose
modules) that import each other, directly or through others.
"""

from __future__ import annotations

import argparse
import ast
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median, quantiles

HEADLESS = re.compile(r"(What|Who|Where|How|Whether|Which|When|Why)\b")
JS_BODY = re.compile(r"^(\s*)(?!(?:if|for|while|switch|else|try|catch|\}|return)\b).*(?:\)|=>)\s*\{$")
JS_IMPORT = re.compile(r"""^(?!\s*/?\*).*from\s+["'](\.[^"']+)["']""", re.MULTILINE)
JS_CLASS = re.compile(r"^(?:export )?class (\w+)", re.MULTILINE)
DOCS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/*.md", "runpod/README.md", "training/README.md")


def python_files(root: Path) -> list[Path]:
    """Returns the modules of the server."""
    return sorted((root / "a2f-server/src").rglob("*.py"))


def script_files(root: Path) -> list[Path]:
    """Returns the modules of the browser client and the demo page."""
    return sorted([*(root / "web/src").rglob("*.js"), *(root / "web/page").rglob("*.js")])


def python_functions(path: Path) -> Iterator[int]:
    """Yields the number of lines of each function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno
            yield node.end_lineno - node.lineno + 1


def script_functions(path: Path) -> Iterator[int]:
    """Yields the number of lines of each function."""
    lines = path.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if opened := JS_BODY.match(line):
            rest = enumerate(lines[number + 1 :], start=2)
            yield next((n for n, end in rest if end.startswith(f"{opened[1]}}}")), 1)


def docstrings(path: Path) -> Iterator[str]:
    """Yields every docstring, including those of attributes."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        body = getattr(node, "body", None)
        for child in body if isinstance(body, list) else []:
            match child:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield text


def python_arrows(root: Path) -> set[tuple[str, str]]:
    """Returns the imports between folders and loose modules of the package."""
    package = root / "a2f-server/src/a2f_server"
    arrows = set()
    for path in python_files(root):
        own = path.relative_to(package).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("a2f_server"):
                parts = (node.module or "").split(".")[1:2] or [alias.name for alias in node.names]
                arrows |= {(own, part) for part in parts if part not in {own, "__version__"}}
    return arrows


def script_arrows(root: Path) -> set[tuple[str, str]]:
    """Returns the imports between folders and loose modules, within the client and within the page."""
    arrows = set()
    for part in ("src", "page"):
        base = root / "web" / part
        for path in sorted(base.rglob("*.js")):
            own = f"{part}/{path.relative_to(base).parts[0]}"
            for target in JS_IMPORT.findall(path.read_text("utf-8")):
                there = Path(os.path.normpath(path.parent / target))
                if there.is_relative_to(base) and (to := f"{part}/{there.relative_to(base).parts[0]}") != own:
                    arrows.add((own, to))
    return arrows


def circular(arrows: set[tuple[str, str]]) -> int:
    """Counts the imports that are part of a cycle."""
    ahead: dict[str, set[str]] = defaultdict(set)
    for start, end in arrows:
        ahead[start].add(end)

    def reached(start: str) -> set[str]:
        seen, todo = set[str](), [start]
        while todo:
            new = ahead[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    return sum(start in reached(end) for start, end in arrows)


def twice(names: Iterable[str]) -> list[str]:
    """Returns the names that are defined more than once."""
    return sorted(name for name, count in Counter(names).items() if count > 1 and not name.startswith("_"))


def python_classes(root: Path) -> Iterator[str]:
    """Yields the names of module-level classes and type aliases."""
    for path in python_files(root):
        for node in ast.parse(path.read_text("utf-8")).body:
            match node:
                case ast.ClassDef(name=name):
                    yield name
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() | ast.BinOp()):
                    if re.match("[A-Z][a-z]", name):
                        yield name


def spread(values: Iterable[int]) -> str:
    """Formats median, 90th percentile and maximum."""
    numbers = sorted(values)
    return f"{median(numbers):.0f} / {quantiles(numbers, n=10)[-1]:.0f} / {numbers[-1]}"


def words(root: Path) -> int:
    """Counts the words of the documentation."""
    return sum(len(path.read_text("utf-8").split()) for pattern in DOCS for path in root.glob(pattern))


def loose(root: Path) -> str:
    """Returns the five folders with the most files directly in them."""
    skipped = {"node_modules", "vendor", ".venv", ".git", "words", "images", "runs", "results", "__pycache__", "types"}
    counts = Counter(
        str(path.parent.relative_to(root))
        for path in root.rglob("*")
        if path.is_file() and path.name != "__init__.py" and not skipped & set(path.relative_to(root).parts)
        if not any(part.startswith(".") for part in path.relative_to(root).parts[:-1])
    )
    return ", ".join(f"{name} {count}" for name, count in counts.most_common(5))


def rows(root: Path) -> Iterator[tuple[str, object]]:
    """Yields every figure with its name."""
    python, scripts = python_files(root), script_files(root)
    found = [text for path in python for text in docstrings(path)]
    headless = sum(bool(HEADLESS.match(text)) for text in found)
    package = root / "a2f-server/src/a2f_server"
    yield "Python files, lines: median / p90 / longest", spread(len(p.read_text().splitlines()) for p in python)
    yield "Python functions, lines", spread(n for p in python for n in python_functions(p))
    yield "JavaScript files, lines", spread(len(p.read_text().splitlines()) for p in scripts)
    yield "JavaScript functions, lines", spread(n for p in scripts for n in script_functions(p))
    yield "modules at the package's root", sum(1 for _ in package.glob("*.py"))
    yield (
        "folders and modules at the package's root",
        sum(1 for p in package.iterdir() if p.suffix == ".py" or (p.is_dir() and p.name != "__pycache__")),
    )
    yield "circular imports, server", circular(python_arrows(root))
    yield "circular imports, client and page", circular(script_arrows(root))
    names = twice(python_classes(root))
    yield "Python types whose name stands twice", f"{len(names)} {' '.join(names)}"
    names = twice(name for p in scripts for name in JS_CLASS.findall(p.read_text()))
    yield "JavaScript classes whose name stands twice", f"{len(names)} {' '.join(names)}"
    yield "headless docstrings", f"{headless} of {len(found)} ({headless / len(found):.1%})"
    yield "words of documentation", words(root)
    yield "folders with the most loose files", loose(root)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description="Size and shape of the code, as one table.")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1])
    print("| figure | value |\n|---|---|")
    for name, value in rows(parser.parse_args().root.resolve()):
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
