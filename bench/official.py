"""Times the official client on a manifest: `python official.py FILE`.

Prints the best seconds of three runs of encode, and of decode, as two numbers.
"""

import gc
import sys
import time
from pathlib import Path

from deadline.job_attachments.asset_manifests.decode import decode_manifest

RUNS = 3


def best(work):
    """The least time; other processes only ever add to it."""
    times = []
    for _ in range(RUNS):
        gc.collect()
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


text = Path(sys.argv[1]).read_text(encoding="utf-8")
decode_seconds, manifest = best(lambda: decode_manifest(text))
encode_seconds, written = best(manifest.encode)
assert written == text, "the official client writes another text"
print(encode_seconds, decode_seconds)
