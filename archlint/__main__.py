"""The program `archlint`, and `python -m archlint`."""

import sys

from archlint import __version__


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Asked by hooks and editors all day, so it is answered before anything is imported.
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"archlint {__version__}")
        raise SystemExit(0)
    try:
        from archlint.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        # The imports alone take long enough to be interrupted.
        print("archlint: interrupted (exit 130)", file=sys.stderr)
        code = 130
    raise SystemExit(code)


if __name__ == "__main__":
    main()
