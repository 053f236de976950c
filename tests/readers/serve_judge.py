"""Runs a Python program command after command, each in a fork of a process that has its modules: serve_judge.py PROGRAM.

Commands come on stdin, a JSON array of words a line; after what each prints comes a line {"exit":N}.
"""
import importlib.util
import json
import logging
import os
import sys
import warnings
from importlib.machinery import SourceFileLoader

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
program = sys.argv[1]
loader = SourceFileLoader("served", program)
module = importlib.util.module_from_spec(importlib.util.spec_from_loader("served", loader))
loader.exec_module(module)
# What every command needs, and what takes longest to load.
for name in ("duckdb", "pyiceberg.table", "pyiceberg.io.pyarrow", "pyiceberg.catalog"):
    try:
        importlib.import_module(name)
    except ImportError:
        pass

for line in sys.stdin:
    if not line.strip():
        continue
    child = os.fork()
    if child == 0:
        code = 0
        try:
            sys.argv = [program, *json.loads(line)]
            module.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            code = 2
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    _, status = os.waitpid(child, 0)
    print('{"exit":%d}' % os.waitstatus_to_exitcode(status), flush=True)
