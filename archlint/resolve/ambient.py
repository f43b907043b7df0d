"""Names that a framework lets in everywhere: what certain folders of a Nuxt application export, and its components."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Mapping

from archlint.model.facts import FileFacts

_CONFIGURED = "nuxt.config."
_FOLDERS = re.compile(
    r"^(?:app/|src/)?(?P<folder>composables|utils|stores|shared/utils|shared/types|components)/(?P<rest>.+)$"
)
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


class Ambient:
    """What the files below a configured application may call without importing it."""

    def __init__(self, files: Mapping[str, FileFacts]) -> None:
        self._roots = sorted(
            posixpath.dirname(path) for path in files if posixpath.basename(path).startswith(_CONFIGURED)
        )
        self._names: dict[str, dict[str, str]] = {}
        for root in self._roots:
            self._names[root] = _exported(root, files)

    def find(self, path: str, word: str) -> str | None:
        """The global name of what a file may call so."""
        for root in self._roots:
            if not root or path.startswith(root + "/"):
                found = self._names[root].get(word)
                if found is not None and not found.startswith(f"{path}|"):
                    return found
        return None


def _exported(root: str, files: Mapping[str, FileFacts]) -> dict[str, str]:
    """Names that only one file below the folders exports."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, facts in files.items():
        inside = _FOLDERS.match(path[len(root) + 1 :] if root else path)
        if inside is None or (root and not path.startswith(root + "/")):
            continue
        for export in facts.exports:
            if not export.local:
                continue
            names: tuple[str, ...] = (export.exported,)
            if inside.group("folder") == "components":
                names = _component(inside.group("rest")) if export.exported == "default" else ()
            elif export.exported == "default":
                names = (posixpath.splitext(posixpath.basename(path))[0],)
            for name in names:
                found[name].add(f"{path}|{export.local}")
    return {name: min(places) for name, places in found.items() if len(places) == 1}


def _component(rest: str) -> tuple[str, ...]:
    """`base/form/Field.vue` is called `BaseFormField`, and `Field` where that is enough."""
    stem = posixpath.splitext(rest)[0].removesuffix("/index")
    parts: list[str] = []
    for segment in stem.split("/"):
        words = [word.capitalize() for word in _PARTS.findall(segment)]
        # What a folder says already is not said again.
        while words and parts[-len(words) :] != words and parts and words[0] == parts[-1]:
            words = words[1:]
        if parts[-len(words) :] != words:
            parts.extend(words)
    own = "".join(word.capitalize() for word in _PARTS.findall(stem.rsplit("/", 1)[-1]))
    return tuple({"".join(parts), own} - {""})
