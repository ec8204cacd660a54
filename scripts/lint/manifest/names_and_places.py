"""Rules of this project that dbt-bouncer does not have.

pyproject.toml lists the rules that run, and `make lint-dbt` runs them. dbt-bouncer loads files from
a subfolder of this name.
"""

import re
from pathlib import PurePosixPath

from dbt_bouncer.check_framework.decorator import check, fail

# A macro that `adapter.dispatch` finds.
IMPLEMENTATION = re.compile(r"(default|duckdb|spark|databricks)__")


def folder(node) -> PurePosixPath:
    return PurePosixPath(node.original_file_path).parent


@check
def check_macro_described_once(macro):
    """A macro is described in its folder, and so are its arguments, with their types; the versions
    that it dispatches to are not described.

    A macro without the name of its file needs no description if it is called in this file alone
    (tests/e2e/test_documentation.py).
    """
    properties_file = (macro.patch_path or "").partition("://")[2]
    described = bool((macro.description or "").strip())
    if IMPLEMENTATION.match(macro.name):
        if described:
            fail(f"`{macro.name}` is described. Describe only the macro that dispatches to it.")
    elif macro.name.removeprefix("test_") == PurePosixPath(macro.original_file_path).stem:
        if not described:
            fail(f"`{macro.name}` has no description.")
    if described:
        if PurePosixPath(properties_file).parent != folder(macro):
            fail(f"`{macro.name}` is described in `{properties_file}`, in another folder.")
        for argument in macro.arguments or ():
            if not (argument.description or "").strip() or not (argument.type or "").strip():
                fail(f"`{argument.name}` of `{macro.name}` has no description or no type.")


@check
def check_staging_model_named_after_its_source(model):
    """A staging model is named `stg_<source>__<entity>` and is in the folder of the source."""
    if not model.name.startswith(f"stg_{folder(model).name}__"):
        fail(f"`{model.name}` does not start with `stg_{folder(model).name}__`.")


@check
def check_unit_test_beside_its_model(unit_test, ctx):
    """A unit test is in `_<model>__unit_tests.yml`, in the folder of its model."""
    model = ctx.models_by_unique_id[unit_test.depends_on.nodes[0]]
    expected = str(folder(model) / f"_{model.name}__unit_tests.yml")
    if unit_test.original_file_path != expected:
        fail(f"`{unit_test.name}` is in `{unit_test.original_file_path}`, not in `{expected}`.")
