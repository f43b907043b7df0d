"""A progress bar that appears only on a terminal, and only when reading takes long."""

import os
import sys
import time
from types import TracebackType
from typing import Any

_PATIENCE_SECONDS = 0.6


class Progress:
    """Shows the bytes read so far."""

    def __init__(self, enabled: bool) -> None:
        quiet = bool(os.environ.get("CI")) or os.environ.get("TERM") == "dumb"
        self._enabled = enabled and not quiet and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def show(self, done: int, total: int) -> None:
        """Tell how far reading has come."""
        if not self._enabled or (self._bar is None and time.monotonic() - self._started < _PATIENCE_SECONDS):
            return
        if self._bar is None:
            self._open(total)
        self._bar.update(self._task, completed=done)
        self._bar.refresh()

    def _open(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("reading"), BarColumn(), DownloadColumn())
        # No thread of its own: the workers are forked from this process.
        self._bar = Bar(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
        self._task = self._bar.add_task("reading", total=total)
        self._bar.start()
