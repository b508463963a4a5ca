"""sc2reader's side of `benchmarks replay`: loads each replay at a level, 2 or 4."""

import io
import logging
import sys

try:
    import sc2reader
except ImportError:
    print("unavailable: sc2reader is not installed", flush=True)
    sys.exit()
from replay_work import contents, work

logging.disable(logging.CRITICAL)
level = int(sys.argv[1])
work(contents, lambda data: sc2reader.load_replay(io.BytesIO(data), load_level=level))
