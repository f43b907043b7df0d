"""What is found in a tree, what is left out and why, with git and without."""

import os
import subprocess
from pathlib import Path

import pytest

from archlint import data
from archlint.discover import Discovery, discover
from archlint.discover.skip import Skips
from archlint.model.errors import ArchlintError

SUFFIXES = {".ts": "typescript", ".tsx": "tsx", ".js": "javascript", ".sql": "postgresql"}


def language_of(path: str) -> str | None:
    return SUFFIXES.get(Path(path).suffix)


def found(root: Path) -> Discovery:
    return discover(str(root), language_of)


def paths(root: Path) -> list[str]:
    return [file.path for file in found(root).files]


def git(root: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "-C", root, *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(params=["git", "walk"])
def listed(request, tree):
    """A tree of files, in a git work tree or in none."""

    def make(files):
        root = tree(files)
        if request.param == "git":
            git(root, "init", "-q")
        return root

    return make


def test_sources_are_found_in_order_and_other_files_are_not(listed):
    root = listed({"b/z.ts": "1", "a.sql": "1", "b/a.tsx": "1", "README.md": "1", "logo.png": b"\x89PNG"})
    assert paths(root) == ["a.sql", "b/a.tsx", "b/z.ts"]


def test_nested_ignore_files_hold_below_their_folder(listed):
    root = listed(
        {
            ".gitignore": "*.js\n/private/\n",
            "web/.gitignore": "!keep.js\nsecret.ts\n",
            "web/keep.js": "1",
            "web/drop.js": "1",
            "web/secret.ts": "1",
            "secret.ts": "1",
            "private/a.ts": "1",
        }
    )
    assert paths(root) == ["secret.ts", "web/keep.js"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("src/__tests__/loan.ts", "tests"),
        ("src/loan.test.ts", "tests"),
        ("src/loan.spec.tsx", "tests"),
        ("e2e/loan.ts", "tests"),
        ("cypress/support/commands.ts", "tests"),
        ("supabase/tests/loans.sql", "tests"),
        ("packages/e2e-tests/loans.ts", "tests"),
        ("migrations-backup/1.sql", "put away"),
        ("src/Loan.stories.tsx", "stories"),
        ("src/__mocks__/loan.ts", "mocks"),
        ("src/api.generated.ts", "generated"),
        ("src/__generated__/api.ts", "generated"),
        ("public/lib.min.js", "minified"),
        ("node_modules/left/index.js", "dependency folders"),
        (".next/server/page.js", "build output folders"),
        ("dist/main.js", "build output folders"),
        ("dist/types/main.d.ts", "build output folders"),
        ("vendor/jquery.js", "vendored folders"),
    ],
)
def test_what_is_no_source_of_the_team_is_left_out_and_counted(listed, path, reason):
    result = found(listed({path: "1", "src/loan.ts": "1"}))
    assert [file.path for file in result.files] == ["src/loan.ts"]
    assert result.skipped == {reason: 1}


@pytest.mark.parametrize(
    "path",
    [
        "src/build/plan.ts",
        "app/vendor/page.tsx",
        "src/app/tests/page.tsx",
        "app/fixtures/[match]/page.tsx",
        "src/features/tests/order.ts",
        "src/contest.ts",
        "src/latest/prices.ts",
    ],
)
def test_a_name_that_only_sounds_like_output_or_tests_is_read(listed, path):
    assert paths(listed({path: "1"})) == [path]


def test_tests_beside_an_application_of_django_are_left_out():
    skips = Skips(data.table("discover"))
    assert skips.select(["loans/tests.py", "loans/tests_returns.py", "loans/contests.py"]) == (
        ["loans/contests.py"],
        {"tests": 2},
    )


def test_sources_without_a_reader_are_counted_by_suffix(listed):
    files = {"a.ts": "1", "Form.kt": "1", "api/loan.go": "1", "api/loan_test.go": "1", "tests/y.kt": "1"}
    assert found(listed(files)).skipped == {"no reader for .go": 1, "no reader for .kt": 1}


def test_a_folder_is_counted_once(listed):
    root = listed({"node_modules/a/index.js": "1", "node_modules/b/index.js": "1", "web/node_modules/c/i.js": "1"})
    assert found(root).skipped == {"dependency folders": 2}


def test_what_is_tracked_counts_although_it_is_ignored(tree):
    root = tree({".gitignore": "legacy/\n", "legacy/old.ts": "1", "legacy/untracked.ts": "1"})
    git(root, "init", "-q")
    git(root, "add", "-f", "legacy/old.ts")
    assert paths(root) == ["legacy/old.ts"]


def test_a_folder_of_a_repository_is_scanned_relative_to_itself(tree):
    root = tree({"web/src/a.ts": "1", "api/b.ts": "1", ".gitignore": "web/src/b.ts\n", "web/src/b.ts": "1"})
    git(root, "init", "-q")
    assert paths(root / "web") == ["src/a.ts"]


def test_a_folder_that_its_repository_ignores_is_scanned_when_named(tree):
    root = tree({".gitignore": "scratch/\n", "scratch/a.ts": "1"})
    git(root, "init", "-q")
    assert paths(root / "scratch") == ["a.ts"]


def test_a_repository_inside_is_part_of_the_system(tree):
    root = tree({"a.ts": "1", "parts/lending/b.ts": "1"})
    git(root, "init", "-q")
    git(root / "parts/lending", "init", "-q")
    assert paths(root) == ["a.ts", "parts/lending/b.ts"]


def test_a_deleted_file_that_git_still_lists_is_no_problem(tree):
    root = tree({"a.ts": "1", "b.ts": "1"})
    git(root, "init", "-q")
    git(root, "add", ".")
    (root / "a.ts").unlink()
    assert (paths(root), found(root).problems) == (["b.ts"], ())


def test_a_hook_does_not_point_git_elsewhere(tree, monkeypatch, tmp_path):
    root = tree({"a.ts": "1"})
    git(root, "init", "-q")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert paths(root) == ["a.ts"]


def test_git_runs_no_program_of_the_repository(tree, tmp_path):
    root = tree({"a.ts": "1", "spy.sh": "#!/bin/sh\ntouch spied\n"})
    (root / "spy.sh").chmod(0o755)
    git(root, "init", "-q")
    git(root, "config", "core.fsmonitor", str(root / "spy.sh"))
    paths(root)
    assert not (root / "spied").exists()


def test_links_are_neither_followed_nor_walked_in_circles(listed, tmp_path):
    root = listed({"src/a.ts": "1"})
    (tmp_path / "outside.ts").write_text("1")
    (root / "src/loop").symlink_to(root)
    (root / "src/out.ts").symlink_to(tmp_path / "outside.ts")
    (root / "src/away").symlink_to(tmp_path)
    result = found(root)
    assert [file.path for file in result.files] == ["src/a.ts"]


def test_a_huge_file_is_a_problem_and_an_empty_one_is_counted(listed):
    result = found(listed({"dump.sql": b"x" * 2_400_000, "empty.ts": "", "a.ts": "1"}))
    assert [file.path for file in result.files] == ["a.ts"]
    assert result.skipped == {"empty": 1, "too large": 1}
    (problem,) = result.problems
    assert (problem.path, problem.reason) == ("dump.sql", "2.4 MB is over the limit of 2 MB; the file was not read")


def test_a_broken_manifest_is_a_problem_and_the_rest_is_scanned(listed):
    result = found(listed({"package.json": "{", "a.ts": "1"}))
    assert [problem.path for problem in result.problems] == ["package.json"]
    assert [file.path for file in result.files] == ["a.ts"]


def test_a_name_that_is_not_utf8_is_a_problem(tree):
    root = tree({"a.ts": "1"})
    try:
        (root / os.fsdecode(b"caf\xe9.ts")).write_text("1")
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    assert paths(root) == ["a.ts"]
    assert "not UTF-8" in found(root).problems[0].reason


def test_an_unlisted_path_is_the_users_mistake(tmp_path):
    with pytest.raises(ArchlintError, match="does not exist"):
        found(tmp_path / "nowhere")
    (tmp_path / "file.ts").write_text("1")
    with pytest.raises(ArchlintError, match="is a file"):
        found(tmp_path / "file.ts")


def test_git_and_walking_agree(tree):
    files = {"src/a.ts": "1", "src/a.test.ts": "1", "dist/a.js": "1", "db/1.sql": "1", "build/plan.ts": "1"}
    root = tree(files)
    walked = found(root)
    git(root, "init", "-q")
    assert found(root) == walked
