"""What make, the tests and the benchmarks run and import: `python -m scripts.NAME`."""
