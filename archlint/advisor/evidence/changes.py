"""Evidence from history: what changes, how often, and what changes together."""

from collections import Counter
from collections.abc import Callable
from statistics import median

from archlint.advisor.core import core_files
from archlint.advisor.seen import Evidence, Seen
from archlint.advisor.seen import place as at
from archlint.model.source import Layer

_CAVEAT = "The last year before the newest commit; merges and renames are not followed."


def rule_growth(seen: Seen) -> Evidence | None:
    """Commits that touch files with rules that decide."""
    if seen.history.reason:
        return None
    files = {site.path for rule in seen.deciding_rules for site in rule.sites}
    touching = sum(any(path in files for path in commit.paths) for commit in seen.history.commits)
    commits = len(seen.history.commits)
    return Evidence(
        measure="rule_growth",
        trust="medium",
        says=f"{touching} of {commits} commits of a year touch a file with a rule that decides",
        numbers=(("touching", touching), ("commits", commits)),
        caveat=_CAVEAT,
    )


def frontend_churn(seen: Seen) -> Evidence | None:
    """How often a file of screens changes, against a file that holds the core."""
    if seen.history.reason:
        return None
    counts = _counts(seen)
    core = core_files(seen)
    screens = [path for path, layer in seen.graph.layers.items() if layer is Layer.FRONTEND and path not in core]
    if not core or not screens:
        return None
    one = sum(counts[path] for path in screens) / len(screens)
    other = sum(counts[path] for path in core) / len(core)
    return Evidence(
        measure="frontend_churn",
        value=one / other if other else None,
        trust="medium",
        says=f"a file of screens changed {one:.1f} times in a year, a file of the core {other:.1f} times",
        numbers=(("screens", round(one, 2)), ("core", round(other, 2))),
        caveat=_CAVEAT,
    )


def independent_screens(seen: Seen) -> Evidence | None:
    """Commits that touch screens and not the core."""
    if seen.history.reason:
        return None
    core = core_files(seen)
    touching = [
        commit for commit in seen.history.commits if any(seen.layer(path) is Layer.FRONTEND for path in commit.paths)
    ]
    if not touching or not core:
        return None
    alone = sum(not any(path in core for path in commit.paths) for commit in touching)
    return Evidence(
        measure="independent_screens",
        value=alone / len(touching),
        trust="medium",
        says=f"{alone} of {len(touching)} commits that touch screens leave the core alone",
        numbers=(("alone", alone), ("commits", len(touching))),
        caveat=_CAVEAT,
    )


def edge_churn(seen: Seen) -> Evidence | None:
    """How unevenly changes fall on the parts, and whether the core is a quiet one."""
    churn = churn_by_part(seen)
    if len(churn) < 3:
        return None
    counts = _counts(seen)
    core = core_files(seen)
    quiet = sum(counts[path] for path in core) / len(core) if core else 0.0
    middle = median(count for _, count, _ in churn)
    name, most, _ = churn[0]
    uneven = most >= 4 * max(middle, 0.5)
    proposes = "clear" if uneven and core and quiet <= middle else "none" if most < 2 * max(middle, 0.5) else "some"
    return Evidence(
        measure="edge_churn",
        trust="medium",
        proposes=proposes,
        says=(
            f"a file below {name} changed {most:.1f} times in a year, one of the middle part {middle:.1f} times, "
            f"one of the core {quiet:.1f} times"
        ),
        numbers=(("most", round(most, 2)), ("middle", round(middle, 2)), ("core", round(quiet, 2))),
        places=tuple(at(part, 1) for part, _, _ in churn[:3]),
        total=len(churn),
        caveat=_CAVEAT,
    )


def core_follows(seen: Seen) -> Evidence | None:
    """How often a change outside of the core touches the core too."""
    if seen.history.reason:
        return None
    core = core_files(seen)
    edge = [commit for commit in seen.history.commits if any(_is_edge(seen, path, core) for path in commit.paths)]
    if not edge or not core:
        return None
    both = sum(any(path in core for path in commit.paths) for commit in edge)
    return Evidence(
        measure="core_follows",
        value=both / len(edge),
        trust="medium",
        says=f"{both} of {len(edge)} commits that touch an edge touch the core too",
        numbers=(("both", both), ("edges", len(edge))),
        caveat=_CAVEAT,
    )


def teams(seen: Seen) -> Evidence | None:
    """Authors of screens and authors of what is behind them."""
    if seen.history.reason:
        return None
    screens: set[str] = set()
    behind: set[str] = set()
    for commit in seen.history.commits:
        layers = {seen.layer(path) for path in commit.paths} - {None}
        if Layer.FRONTEND in layers:
            screens.add(commit.author)
        if layers - {Layer.FRONTEND}:
            behind.add(commit.author)
    if not screens or not behind:
        return None
    return Evidence(
        measure="teams",
        trust="low",
        says=f"{len(screens)} authors of screens, {len(behind)} of what lies behind, {len(screens & behind)} of both",
        numbers=(("screens", len(screens)), ("behind", len(behind)), ("both", len(screens & behind))),
        caveat="One person may have several addresses.",
    )


def churn_by_part(seen: Seen) -> list[tuple[str, float, int]]:
    """Folders with changes per file and number of files, most changed first; none where history is too short."""
    if seen.history.reason:
        return []
    counts = _counts(seen)
    parts: dict[str, list[str]] = {}
    for path in seen.files:
        parts.setdefault(_part(path), []).append(path)
    found = [
        (part, sum(counts[path] for path in paths) / len(paths), len(paths))
        for part, paths in parts.items()
        if len(paths) > 1
    ]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _part(path: str) -> str:
    """A folder deep enough to be a part of the system, and not so deep that it holds one file."""
    folders = path.split("/")[:-1]
    return "/".join(folders[:3]) or "."


def _counts(seen: Seen) -> Counter[str]:
    return Counter(path for commit in seen.history.commits for path in commit.paths)


def _is_edge(seen: Seen, path: str, core: frozenset[str]) -> bool:
    return path not in core and seen.layer(path) is not None


MEASURES: dict[str, Callable[[Seen], Evidence | None]] = {
    "rule_growth": rule_growth,
    "frontend_churn": frontend_churn,
    "independent_screens": independent_screens,
    "edge_churn": edge_churn,
    "core_follows": core_follows,
    "teams": teams,
}
