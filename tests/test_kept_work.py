"""What a run keeps for the next one never shows: a tree edited step by step is judged like one never seen before."""

import random
import re
from pathlib import Path

import msgspec
import pytest

from archlint.pipeline import Options, scan
from archlint.resolve.flow import FlowGraph
from archlint.resolve.sites import SiteBuilder

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
SAMPLES = ("flow", "market", "money", "rights", "shared_rules", "words", "tour", "kayaks", "orchard", "migrations")
STEPS = 10


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))


def files_of(*samples):
    return {
        path.relative_to(FIXTURES).as_posix(): path.read_text("utf-8")
        for sample in samples
        for path in sorted((FIXTURES / sample).rglob("*"))
        if path.is_file() and path.name != "expected.json"
    }


# Edits ---------------------------------------------------------------------------------------------------------------


def in_text(change):
    """An edit of one file's lines."""

    def edit(files, chance):
        path = chance.choice(sorted(path for path, text in files.items() if text.strip()))
        lines = files[path].splitlines()
        change(lines, chance.randrange(len(lines)), chance)
        return {**files, path: "\n".join(lines) + "\n"}

    edit.__name__ = change.__name__
    return edit


@in_text
def another_number(lines, start, chance):
    for place in [*range(start, len(lines)), *range(start)]:
        if re.search(r"\d", lines[place]):
            lines[place] = re.sub(r"\d+", lambda _: str(chance.choice((1, 7, 120, 5000))), lines[place], count=1)
            return


@in_text
def another_name(lines, start, chance):
    names = sorted({name for line in lines for name in re.findall(r"[a-z_]\w{3,}", line)})
    if names:
        old = chance.choice(names)
        lines[:] = [re.sub(rf"\b{old}\b", f"{old}s", line) for line in lines]


@in_text
def a_line_twice(lines, start, chance):
    lines.insert(start, lines[start])


@in_text
def a_line_less(lines, start, chance):
    del lines[start]


@in_text
def everything_lower(lines, start, chance):
    lines.insert(0, "")


@in_text
def another_operator(lines, start, chance):
    pairs = {" < ": " <= ", " > ": " >= ", " <= ": " < ", " >= ": " > ", "'": '"'}
    for place in [*range(start, len(lines)), *range(start)]:
        for old, new in pairs.items():
            if old in lines[place]:
                lines[place] = lines[place].replace(old, new)
                return


def removed(files, chance):
    gone = chance.choice(sorted(files))
    return {path: text for path, text in files.items() if path != gone}


def renamed(files, chance):
    old = chance.choice(sorted(files))
    folder, _, name = old.rpartition("/")
    return {(f"{folder}/other_{name}" if path == old else path): text for path, text in files.items()}


def copied(files, chance):
    old = chance.choice(sorted(files))
    folder, _, name = old.rpartition("/")
    return {**files, f"{folder}/more_{name}": files[old]}


def taken_back(files, chance):
    whole = files_of(*SAMPLES)
    known = sorted(path for path in files if files[path] != whole.get(path, files[path]))
    return {**files, **({path: whole[path]} if known and (path := chance.choice(known)) else {})}


IN_TEXTS = (another_number, another_name, a_line_twice, a_line_less, everything_lower, another_operator)
EDITS = (*IN_TEXTS, *IN_TEXTS, taken_back, removed, renamed, copied)


# Tests ---------------------------------------------------------------------------------------------------------------


def write(root, files, before):
    for path in before.keys() - files.keys():
        (root / path).unlink()
    for path, text in files.items():
        if before.get(path) != text:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())


def judged(root, kept):
    return msgspec.json.format(msgspec.json.encode(scan(root, Options(jobs=1, cache=kept, everything=True))))


@pytest.mark.parametrize("seed", range(3))
def test_a_tree_edited_step_by_step(cache, tmp_path, seed):
    chance, root = random.Random(seed), tmp_path / "tree"
    files = files_of(*SAMPLES)
    write(root, files, {})
    assert judged(root, kept=True) == judged(root, kept=False)
    for _ in range(STEPS):
        edit = chance.choice(EDITS)
        before, files = files, edit(files, chance)
        write(root, files, before)
        assert judged(root, kept=True) == judged(root, kept=False), edit.__name__


# What a program looks up while it is made is nothing that may be missing from what is kept.
CONTEXT = """import { createContext, useContext } from 'react';
const Purse = createContext(null);
export const usePurse = () => useContext(Purse);
const pay = async (sum: number) => sum;
export const PurseProvider = ({ children }) => <Purse.Provider value={{ pay }}>{children}</Purse.Provider>;
"""


def test_only_what_an_edit_concerns_is_worked_out_again(cache, tmp_path, monkeypatch):
    root = tmp_path / "tree"
    files = {**files_of("flow", "money", "words", "rights"), "money/src/purse.tsx": CONTEXT}
    write(root, files, {})
    scan(root, Options(jobs=1))
    # Of a tree that is new to archlint nothing is kept but the facts.
    before, files = files, {**files, "money/README.md": "Edited once.\n", "money/extra.sql": "select 1;\n"}
    write(root, files, before)
    scan(root, Options(jobs=1))
    done = {"drawn": [], "said": []}
    for owner, name, list_of in ((FlowGraph, "_of_file", "drawn"), (SiteBuilder, "of_file", "said")):
        made = getattr(owner, name)

        def noted(self, path, facts, made=made, list_of=list_of):
            done[list_of].append(path)
            return made(self, path, facts)

        monkeypatch.setattr(owner, name, noted)
    path = next(path for path, text in files.items() if path.endswith((".ts", ".tsx")) and "throw " in text)
    write(
        root, {**files, path: files[path] + "\nfunction held(total: number) { if (total > 9) throw Error() }\n"}, files
    )
    scan(root, Options(jobs=1))
    for again in done.values():
        assert path in again
        assert len(again) < 6
