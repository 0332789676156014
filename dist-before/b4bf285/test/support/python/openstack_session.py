"""The `openstack` command without a new process each time: a JSON list of arguments a line on stdin; for each one line
of JSON on stdout: exit code and what the command printed.
"""
import contextlib
import io
import json
import logging
import sys

from openstackclient import shell

out = sys.stdout
for line in sys.stdin:
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            code = shell.main(json.loads(line))
        except SystemExit as exit:
            code = exit.code if isinstance(exit.code, int) else 1
    logging.getLogger('').handlers.clear()
    print(json.dumps({'code': code or 0, 'stdout': stdout.getvalue(), 'stderr': stderr.getvalue()}), file=out, flush=True)
