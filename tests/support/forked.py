"""Run a command that is to be killed in a fork of this process, where the project is already
parsed. It must not use the DuckDB that all warehouses share, whose threads are not forked."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path


def start(command: Callable[[], object], said: Path = Path(os.devnull)) -> int:
    """Start it in a separate process group with its output in a file. Return the process id."""
    if child := os.fork():
        return child
    code = 70
    try:
        os.setsid()
        # A shell that started the tests in the background has had SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stream = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(stream, 1)
        os.dup2(stream, 2)
        done = command()
        os.write(1, getattr(done, "stdout", "").encode())
        code = getattr(done, "returncode", 0)
    except KeyboardInterrupt:
        code = 130
    finally:
        os._exit(code)


def wait(child: int) -> int:
    """The exit code of the process, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
