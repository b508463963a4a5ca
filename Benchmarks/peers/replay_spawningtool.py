"""spawningtool's side of `benchmarks replay`: the build orders of each replay; it takes paths, not bytes."""

import logging
import sys

try:
    import spawningtool.parser
except ImportError:
    print("unavailable: spawningtool is not installed", flush=True)
    sys.exit()
from replay_work import work

logging.disable(logging.CRITICAL)
work(lambda path: path, spawningtool.parser.parse_replay)
