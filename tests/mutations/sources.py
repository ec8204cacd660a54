"""SPEC section 1: sources and seeds."""

MUTATIONS = {
    "sources_of_run": {
        "materialized == 'ephemeral'": [
            (
                "1 Sources behind ephemeral models are checked",
                "materialized == 'none'",
                "test_sources.py::test_only_the_sources_that_the_run_reads_are_looked_at",
            ),
            (
                "1 Only sources that the run reads are checked",
                "materialized != 'none'",
                "test_sources.py::test_only_the_sources_that_the_run_reads_are_looked_at",
            ),
        ],
        "not in made_by_seeds": [
            (
                "1 A source that a seed of the run makes is not checked",
                "not in []",
                "test_sources.py::test_source_that_a_seed_of_the_command_makes_is_not_looked_at",
            )
        ],
    },
    "source_faults": {
        "column.name | lower": [
            (
                "1 Names of columns are compared without case",
                "column.name | upper",
                "test_sources.py::"
                "test_view_with_other_columns_and_names_in_capitals_is_as_declared",
            )
        ],
    },
    "holds_type": {
        "(varchar|enum\\\\(.*\\\\))": [
            (
                "1 An enumeration counts as a string",
                "(varchar)",
                "test_sources.py::test_types_that_hold_the_same_values_give_the_same_rows",
            )
        ],
        "timestamp(_s|_ms|_ns)?": [
            (
                "1 A timestamp may have any precision",
                "timestamp",
                "test_sources.py::test_types_that_hold_the_same_values_give_the_same_rows",
            )
        ],
    },
    "as_declared": {
        "cast({{ column }} as {{ type }})": [
            (
                "1 Enumerations give the same rows as strings",
                "{{ column }}",
                "test_sources.py::test_types_that_hold_the_same_values_give_the_same_rows",
            )
        ],
        "cast(cast({{ column }} as string) as timestamp)": [
            (
                "1 What is finer than a microsecond is cut",
                "cast({{ column }} as timestamp)",
                "test_junk.py::test_nanoseconds_are_cut",
            )
        ],
    },
    "mending_cast": {
        """column ~ " at time zone 'UTC'" if""": [
            (
                "1 The suggested cast of a zoned time gives UTC",
                "column if",
                "test_sources.py::test_every_column_of_a_wrong_type_is_named_with_its_cast",
            )
        ],
        "if found in ('timestamp_ns', 'timestamptz_ns')": [
            (
                "1 The suggested cast of nanoseconds cuts them",
                "if false",
                "test_sources.py::test_every_column_of_a_wrong_type_is_named_with_its_cast",
            )
        ],
    },
    "rows_besides_sample": {
        "except all": [
            (
                "1 An extra copy of a line is not the sample's",
                "except",
                "test_seeds.py::test_rows_that_differ_from_the_sample_are_not_its_own",
            )
        ],
        "if not others": [
            (
                "1 A table with other columns is not the sample's",
                "if true",
                "test_seeds.py::test_rows_that_differ_from_the_sample_are_not_its_own",
            )
        ],
    },
    "stop_on_other_rows": {
        "{% if days -%}": [
            (
                "1 Only rows of the given days are looked for",
                "{% if false -%}",
                "test_seeds.py::test_operation_looks_at_the_days_given",
            )
        ],
    },
}
