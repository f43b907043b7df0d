"""What `archlint init` proposes to write: settings that follow from a scan, a hook, a job of a CI system."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from archlint import __version__, data
from archlint.model.report import Report
from archlint.model.source import Layer

# The schema says itself which of its layers a statement belongs to.
_OF_SCHEMA = frozenset({Layer.DATABASE, Layer.TRIGGER, Layer.POLICY})
_OF_LOGIC = frozenset({Layer.SERVICE, Layer.FUNCTION})
_UNDECIDED = frozenset({Layer.SHARED})
_DEEPEST = 4
_MOST_FOLDERS = 20
_CLEARLY = 0.65

CI = {"github": ".github/workflows/archlint.yml", "gitlab": ".gitlab-ci.yml"}
HOOK = ".pre-commit-config.yaml"
_MOST_LINES = 250_000


def stage(lines: int) -> str:
    """When to judge a system of some size: each commit waits, a push may wait a little longer."""
    return "push" if lines > _MOST_LINES else "commit"


def hook(when: str) -> str:
    """The configuration of pre-commit, for hooks before a `commit`, a `push` or `both`."""
    return _template(f"hook_{when}.yaml")


def job(system: str) -> str:
    """The job of a CI system of `CI`."""
    return _template(f"{system}.yml")


def _template(name: str) -> str:
    return (data.folder() / "init" / name).read_text("utf-8").replace("{version}", __version__)


def settings_text(report: Report) -> str:
    """The text of archlint.toml as a scan suggests it."""
    layers: dict[str, set[Layer]] = defaultdict(set)
    for rule in report.rules:
        for site in rule.sites:
            if site.layer not in _OF_SCHEMA:
                layers[site.path].add(site.layer)
    lines = [
        "# What archlint should know of this system; `archlint config schema` describes every key.",
        "",
        *_architecture(report),
        "",
        "# exclude = []      # what is not to be scanned, as in an ignore file",
        '# fail-on = "warning"',
        "",
        "# Which layer the files of a folder belong to, as the scan understood it. Only what is wrong needs a line",
        "# without the mark in front: what stands here is believed, whatever a file says of itself.",
        "[layers]",
    ]
    folders = sorted(folders_of(layers).items())[:_MOST_FOLDERS]
    lines += [f'# "{folder}/" = "{layer.value}"' for folder, layer in folders] or ['# "src/" = "frontend"']
    return "\n".join(lines) + "\n"


def folders_of(layers: Mapping[str, set[Layer]]) -> dict[str, Layer]:
    """The topmost folders of which all files belong to one layer."""
    below: dict[str, set[Layer]] = defaultdict(set)
    for path, found in layers.items():
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            below["/".join(parts[:depth])] |= found
    chosen: dict[str, Layer] = {}
    for folder in sorted(below, key=lambda folder: (folder.count("/"), folder)):
        parts = folder.split("/")
        covered = any("/".join(parts[:depth]) in chosen for depth in range(1, len(parts)))
        found = below[folder]
        if not covered and len(found) == 1 and not found & _UNDECIDED and len(parts) <= _DEEPEST:
            chosen[folder] = next(iter(found))
    return chosen


def _architecture(report: Report) -> list[str]:
    """The architecture that the rules live in today, as a comment: choosing it is up to people."""
    counts = Counter(site.layer for rule in report.rules for site in rule.sites)
    schema = sum(counts[layer] for layer in _OF_SCHEMA)
    logic = sum(counts[layer] for layer in _OF_LOGIC)
    whole = schema + logic
    if not whole:
        return ['# architecture = "database-first"      # or "logic-first", "hybrid"']
    share = schema / whole
    chosen = "database-first" if share >= _CLEARLY else "logic-first" if share <= 1 - _CLEARLY else "hybrid"
    return [
        f"# Of the places behind the browser that state a rule, {schema} are in the database, {logic} in services and",
        "# functions. Where rules should be decided is for you to choose:",
        f'# architecture = "{chosen}"',
    ]
