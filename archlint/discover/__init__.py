"""From a folder to its source files: what is read, what is left out, and the layer of each file."""

from archlint.discover.content import Content, prepare
from archlint.discover.discovery import Discovery, discover
from archlint.discover.layers import import_hints, refine_layer, settle_layers
from archlint.discover.modules import locate

__all__ = ["Content", "Discovery", "discover", "import_hints", "locate", "prepare", "refine_layer", "settle_layers"]
