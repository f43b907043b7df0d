"""The program `archlint`, and `python -m archlint`."""

import sys

from archlint import __version__


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Asked by hooks and editors all day, so it is answered before anything is imported.
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"archlint {__version__}")
        raise SystemExit(0)
    from archlint.cli import run

    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
