"""The folder of the project, for the scripts, the tests and the benchmarks."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
