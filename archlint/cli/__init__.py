"""The command line: flags in, text and exit code out. Nothing else prints or exits."""

from archlint.cli.app import run

__all__ = ["run"]
