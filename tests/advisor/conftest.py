"""A scanned repository as the advisor sees it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from archlint.advisor import Seen
from archlint.pipeline import Options, survey


@pytest.fixture
def seen(tree: Callable[[Mapping[str, str | bytes]], Path]) -> Callable[[Mapping[str, str]], Seen]:
    """Write files and scan them."""

    def scan(files: Mapping[str, str]) -> Seen:
        root = tree(files)
        found = survey(root, Options(jobs=1, cache=False))
        return Seen(root, found.graph, found.report.findings, found.files, found.report.summary.skipped)

    return scan
