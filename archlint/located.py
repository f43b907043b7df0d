"""Which file each module's name means: asked often, worked out once, and kept for the next run."""

from collections.abc import Callable

import msgspec

from archlint.model.memory import Kept

_DECODER = msgspec.msgpack.Decoder(dict[str, dict[str, str | None]])


class Located:
    """Answers `locate(importer, module)` from memory where it can."""

    def __init__(self, locate: Callable[[str, str], str | None], kept: Kept | None) -> None:
        self._locate = locate
        self._kept = kept
        self._known = _decoded(kept.before()) if kept is not None else {}
        self._grown = False

    def __call__(self, importer: str, module: str) -> str | None:
        known = self._known.get(importer)
        if known is None:
            known = self._known[importer] = {}
        if module not in known:
            self._grown = True
            known[module] = self._locate(importer, module)
        return known[module]

    def keep(self) -> None:
        """Leave the answers to the next run."""
        if self._kept is not None and self._grown:
            self._kept.keep(msgspec.msgpack.encode(self._known))


def _decoded(blob: bytes | None) -> dict[str, dict[str, str | None]]:
    try:
        return _DECODER.decode(blob) if blob else {}
    except msgspec.DecodeError:
        return {}
