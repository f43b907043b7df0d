"""Where the cache lies, and the digest that tells one archlint's answers from another's."""

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path

# A new release of these may read the same bytes differently.
_READERS = (
    "msgspec", "tree_sitter", "tree_sitter_typescript", "tree_sitter_javascript", "tree_sitter_postgres", "sqlglot",
    "interegular",
)  # fmt: skip


def cache_folder() -> Path:
    """`ARCHLINT_CACHE_DIR`, else the place where this system keeps what may be deleted."""
    if chosen := os.environ.get("ARCHLINT_CACHE_DIR"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "archlint" / "Cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "archlint"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "archlint"


def code_digest(version: str, *data: Path) -> bytes:
    """A digest of the installed archlint: its version, its files and `data` by size and time, and its parsers."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.blake2b(f"{version} {sys.version_info[:3]}".encode(), digest_size=16)
    for folder in (package, *data):
        for path in sorted(_files(str(folder))):
            found = os.stat(path)  # noqa: PTH116 - hundreds of files on every start
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    for name in _READERS:
        spec = find_spec(name)
        if spec and spec.origin:
            found = Path(spec.origin).stat()
            digest.update(f"{name} {spec.origin} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.digest()


def _files(folder: str) -> list[str]:
    found: list[str] = []
    pending = [folder]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        pending.append(entry.path)
                elif entry.name.endswith((".py", ".toml")):
                    found.append(entry.path)
    return found
