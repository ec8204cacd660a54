"""The templates of the pages that scripts write."""

from pathlib import Path
from typing import Any

import jinja2


def templates(folder: Path, **options: Any) -> jinja2.Environment:
    """The templates in a folder. A name in them that is not given is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
