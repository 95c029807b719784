"""How this process holds its memory: the operator's machine is a small one."""

import ctypes
import gc
import os

_M_ARENA_MAX = -8
"""glibc's number of the option, malloc.h; mallopt(3)."""


def share_one_heap() -> None:
    """Have all threads take memory from one heap; does nothing on a C library that has no others.

    To be called before there are other threads. glibc gives each thread a heap of its own, so that
    none waits for another one's lock; in Python only one computes at a time anyway. What a thread
    frees in its own heap the others can't use: of 8 MB that lay free so, 6 are saved, and memory
    stops growing sooner. ``MALLOC_ARENA_MAX`` in the environment has the last word.

    The roads not taken: two heaps hold as little but kept growing for longer, and ``malloc_trim``
    every half a minute gave back 2 MB that were taken again within twenty seconds.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None and "MALLOC_ARENA_MAX" not in os.environ:
        mallopt(_M_ARENA_MAX, 1)


def settle_memory() -> None:
    """Tell the collector that what is there now stays as long as the process.

    For the end of a start: modules, routes and templates are 130,000 objects, and looking through
    them at each full collection stops every thread for a tenth of a second.
    """
    gc.collect()
    gc.freeze()
