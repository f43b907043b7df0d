"""Spreads work on many files over processes; one file that kills its process costs only itself."""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.context import BaseContext
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Sequence[Item]], list[Result]]

_CHUNKS_PER_WORKER = 8


def spread(
    work: Work[Item, Result], items: Sequence[Item], sizes: Sequence[int], jobs: int
) -> Iterator[tuple[list[Item], list[Result] | None]]:
    """Yield the results of `work` chunk by chunk, in any order; None for the one item that crashed its process.

    `work` must be a function that a new process can import. `sizes` are the weights of the items.
    """
    context = _context()
    jobs = _useful(jobs, len(items), sum(sizes), context)
    if jobs <= 1:
        for item in items:
            yield [item], work([item])
        return
    chunks = _balanced(items, sizes, jobs * _CHUNKS_PER_WORKER)
    lost = []
    for chunk, result in _run(work, chunks, jobs, context):
        if result is None:
            lost.append(chunk)
        else:
            yield chunk, result
    for item in (item for chunk in lost for item in chunk):
        yield from _run(work, [[item]], 1, context)


def available() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def without_collector() -> Iterator[None]:
    """Facts and what follows from them hold no circles; looking for some among millions of objects is lost time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # What was made meanwhile is not looked at either: the first round would go through all of it.
            gc.freeze()
            gc.enable()


def _context() -> BaseContext:
    # Forking shares what is already imported, but only Linux forks safely with threads of system libraries around.
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def _useful(jobs: int, count: int, size: int, context: BaseContext) -> int:
    """A process must earn its start: forking costs a hundredth of a second, spawning half of one."""
    worth = 150_000 if context.get_start_method() == "fork" else 2_000_000
    return max(1, min(jobs, count // 4, size // worth))


def _balanced(items: Sequence[Item], sizes: Sequence[int], count: int) -> list[list[Item]]:
    """Chunks of similar weight, heavy items first, so that no worker is left with a big file at the end."""
    goal = sum(sizes) / count
    chunks: list[list[Item]] = []
    chunk: list[Item] = []
    weight = 0
    for index in sorted(range(len(items)), key=lambda index: (-sizes[index], index)):
        chunk.append(items[index])
        weight += sizes[index]
        if weight >= goal:
            chunks.append(chunk)
            chunk, weight = [], 0
    return [*chunks, chunk] if chunk else chunks


def _run(
    work: Work[Item, Result], chunks: list[list[Item]], jobs: int, context: BaseContext
) -> Iterator[tuple[list[Item], list[Result] | None]]:
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_prepare)
    try:
        futures: dict[Future[list[Result]], list[Item]] = {executor.submit(work, chunk): chunk for chunk in chunks}
        for future in as_completed(futures):
            try:
                yield futures[future], future.result()
            except BrokenProcessPool:
                yield futures[future], None
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _prepare() -> None:
    # An interrupt is the parent's to handle; facts hold no circles, so looking for some would be lost time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.disable()
