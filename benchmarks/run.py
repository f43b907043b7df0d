"""Measures archlint against the time that parsing alone takes.

    python benchmarks/run.py                    the archives of archives.toml, brought by npm
    python benchmarks/run.py --tree FOLDER      a folder of yours; it is copied first, and the copy is changed

Prints seconds, the ratio to the parse floor, and the peak memory of the whole tree of processes. Numbers of one machine
compare only with numbers of the same machine.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

import tomli

HERE = Path(__file__).resolve().parent
GOALS = {"cold": (1.5, "x floor"), "warm": (0.35, "s"), "one file changed": (0.5, "s"), "--version": (0.15, "s")}
GOALS |= {"--help": (0.15, "s")}
MEMORY_GOAL_MIB = 400


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, help="measure this folder instead of the archives")
    parser.add_argument("--only", action="append", help="only these archives")
    parser.add_argument("--runs", type=int, default=5, help="how often each short command is started (median is told)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tree = copied(asked.tree, place) if asked.tree else unpacked(place, asked.only)
        measure(tree, place / "cache", asked.runs)


def copied(tree: Path, place: Path) -> Path:
    target = place / "tree"
    shutil.copytree(tree, target, symlinks=True, ignore=shutil.ignore_patterns(".git", "node_modules"))
    return target


def unpacked(place: Path, only: list[str] | None) -> Path:
    tree = place / "tree"
    for archive in tomli.loads((HERE / "archives.toml").read_text("utf-8"))["archive"]:
        if only and archive["name"] not in only:
            continue
        wanted = f"{archive['name']}@{archive['version']}"
        command = ["npm", "pack", wanted, "--silent", "--pack-destination", str(place)]
        packed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1]
        with tarfile.open(place / packed) as file:
            file.extractall(tree / archive["name"], filter="data")
    return tree


def measure(tree: Path, cache: Path, runs: int) -> None:
    # A stamp younger than two seconds is never trusted, so a tree unpacked this moment would never be warm.
    time.sleep(2.5)
    environment = os.environ | {"ARCHLINT_CACHE_DIR": str(cache)}
    compiled(environment)
    scan = [sys.executable, "-m", "archlint", "scan", str(tree), "--exit-zero"]
    scan += ["--format", "json", "--output", os.devnull]
    paths = sources(tree)
    floor, size = parse_floor(tree, paths)
    print(
        f"{size['files']:,} files, {size['lines']:,} lines, {size['bytes'] / 1e6:.1f} MB, {os.cpu_count()} processors"
    )
    row("parse floor", floor, floor)
    cold, memory = timed(scan, environment)
    row("cold", cold, floor)
    warm = statistics.median(timed(scan, environment)[0] for _ in range(runs))
    row("warm", warm, floor)
    middle = tree / paths[len(paths) // 2]
    row("one file changed", statistics.median(changed(middle, scan, environment, run) for run in range(runs)), floor)
    row("cold, one process", timed([*scan, "--no-cache", "--jobs", "1"], environment)[0], floor)
    for flag in ("--version", "--help"):
        command = [sys.executable, "-m", "archlint", flag]
        row(flag, statistics.median(timed(command, environment)[0] for _ in range(runs)), floor)
    print(f"{'peak memory':<20} {memory / 2**20:9.0f} MiB   goal {MEMORY_GOAL_MIB} MiB, all processes")


def compiled(environment: dict[str, str]) -> None:
    """An installed archlint has bytecode; a shell that forbids writing it would have it compiled at each start."""
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    listing = "import archlint; print(archlint.__path__[0])"
    package = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([sys.executable, "-m", "compileall", "-q", package], env=environment, check=True)


def sources(tree: Path) -> list[str]:
    """The files that archlint reads."""
    listing = "from archlint.discover import discover; from archlint.languages import language_of; import sys\n"
    listing += "print('\\n'.join(file.path for file in discover(sys.argv[1], language_of).files))"
    done = subprocess.run([sys.executable, "-c", listing, tree], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def parse_floor(tree: Path, paths: list[str]) -> tuple[float, dict[str, int]]:
    """The same files that archlint reads, parsed by one process; the better of two, as the first warms the disk."""
    command = [sys.executable, str(HERE / "floor.py"), str(tree)]
    named = "\n".join(paths)
    told = [
        json.loads(subprocess.run(command, input=named, capture_output=True, text=True, check=True).stdout)
        for _ in range(2)
    ]
    return min(run["seconds"] for run in told), told[0]


def changed(file: Path, scan: list[str], environment: dict[str, str], number: int) -> float:
    """The time after one file got a function that states a rule; in SQL, where a function is long, a statement."""
    limit = 1000 + number
    written = f"\nfunction limited{number}(amount) {{ if (amount > {limit}) throw new Error('too much') }}\n"
    with file.open("a", encoding="utf-8") as source:
        source.write(f"\nSELECT {limit};\n" if file.suffix == ".sql" else written)
    return timed(scan, environment)[0]


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Wall time, and the peak of the memory that belongs to the process and its children."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    watcher = Memory(process.pid)
    watcher.start()
    _, told = process.communicate()
    seconds = time.perf_counter() - started
    watcher.stop()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed:\n{told}")
    return seconds, watcher.peak


class Memory(threading.Thread):
    """Samples the memory of a process and its children; pages they share count once, where Linux can tell."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._process = process
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(0.05):
            self.peak = max(self.peak, sum(proportional(process) for process in family(self._process)))

    def stop(self) -> None:
        self._done.set()
        self.join()


def family(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return [process]
    return [process, *(member for child in children for member in family(int(child)))]


def proportional(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def row(name: str, seconds: float, floor: float) -> None:
    goal = GOALS.get(name)
    told = f"   goal {goal[0]} {goal[1]}" if goal else ""
    print(f"{name:<20} {seconds:9.3f} s   {seconds / floor:6.2f} x floor{told}")


if __name__ == "__main__":
    main()
