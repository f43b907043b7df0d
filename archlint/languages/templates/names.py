"""Names of components: what a tag or a file is called in code."""

import re

_PARTS = re.compile(r"[A-Za-z0-9]+")
_PAGE = re.compile(r"(?:^|/)src/routes/(.*?)/?\+page\.svelte$")
_GROUP = re.compile(r"\([^)]*\)/?")
# Names of files that say nothing, so that the folder speaks for them.
_NAMELESS = re.compile(r"^(?:index|\+?page|\+?layout|default|app|main|\[.*\]|_\w+)$", re.IGNORECASE)


def pascal(name: str) -> str:
    """`order-list` as `OrderList`."""
    return "".join(part[:1].upper() + part[1:] for part in _PARTS.findall(name))


def camel(name: str) -> str:
    """`max-length` as `maxLength`; what has no dash stays."""
    head, *rest = name.split("-")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def route_of(path: str) -> str | None:
    """The address under which a page of SvelteKit is shown; None for what is no page."""
    found = _PAGE.search(path)
    return "/" + _GROUP.sub("", found.group(1)).strip("/") if found else None


def of_file(path: str) -> str:
    """The name of the component that a file holds."""
    parts = path.split("/")
    stem = parts[-1].split(".", 1)[0] or "component"
    for folder in reversed(parts[:-1]):
        if not _NAMELESS.match(stem):
            break
        stem = folder
    name = pascal(stem)
    return name if name[:1].isalpha() else f"Component{name}"
