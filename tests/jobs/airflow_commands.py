"""Run Airflow commands in forks of one process, because importing Airflow takes most of their time.

Runs in .venv-jobs. Each line of standard input is a JSON list: a file for the output, and the
arguments of `airflow`. When the command has ended, its exit code is printed as a line.
"""

import json
import os
import sys
from importlib import import_module

# Imports print too, but only exit codes may be in standard output.
exit_codes = os.fdopen(os.dup(sys.stdout.fileno()), "w")
os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

# Imported once, with what the commands and the DAG import.
for module in ("dag_command", "task_command"):
    import_module(f"airflow.cli.commands.{module}")
import_module("cosmos.operators.local")
main = import_module("airflow.__main__").main

for line in sys.stdin:
    output, *arguments = json.loads(line)
    child = os.fork()
    if child == 0:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, sys.stdout.fileno())
        os.dup2(descriptor, sys.stderr.fileno())
        sys.argv = ["airflow", *arguments]
        sys.exit(main())
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), file=exit_codes, flush=True)
