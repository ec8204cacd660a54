"""The folder of the project, and paths in it, for the scripts, the tests and the benchmarks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def shown_path(path: Path) -> Path:
    """A path as it is printed: inside the project relative to its folder."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
