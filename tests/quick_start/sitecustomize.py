"""Every Python that a test starts loads this first: what it loads stays, so it is seldom looked through for garbage.

What loads Prefect takes 1.6 s of CPU for its imports then, in place of 2.3. And nobody looks once more at the end.
"""

import atexit
import gc

gc.set_threshold(200_000, 50, 1000)
atexit.register(gc.freeze)
