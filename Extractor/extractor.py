#!/usr/bin/env python3
"""Looks songs up on sites with yt-dlp: one long-lived process, JSON lines on stdin and stdout.

See README.md in this folder for the messages. `--self-test` prints what is installed and ends.
"""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write(f"The extractor needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n")
    raise SystemExit(3)

from backline_extractor.main import main  # noqa: E402  (the version is checked first)

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
