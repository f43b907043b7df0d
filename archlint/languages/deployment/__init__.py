"""The reader of deployment descriptions: which functions are live, and under which addresses."""

import re

from archlint.model.facts import FileFacts

NAME = "deployment"
# Such files are known by their whole names, see `reads`.
SUFFIXES: tuple[str, ...] = ()

_NAMES = re.compile(
    r"(?:^|/)(?:template(?:[.-][\w-]+)?\.ya?ml|sam(?:[.-][\w-]+)?\.ya?ml|serverless(?:\.[\w-]+)?\.ya?ml|"
    r"vercel\.json|netlify\.toml|firebase\.json)$"
)


def reads(path: str) -> bool:
    """Whether a file describes a deployment, by its name."""
    return _NAMES.search(path) is not None


def read(path: str, source: bytes) -> FileFacts:
    """The facts of one file; a pure function of its path and bytes."""
    # Most scans meet no such file.
    from archlint.languages.deployment import reader

    return reader.read(path, source)
