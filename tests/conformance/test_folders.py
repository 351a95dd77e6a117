"""The comparison that the other tests rely on notices every kind of difference."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from folders import differences


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    expected, found = tmp_path / "expected", tmp_path / "found"
    (expected / "a").mkdir(parents=True)
    for name in ("a/one", "two"):
        (expected / name).write_bytes(b"bytes")
    shutil.copytree(expected, found)
    return expected, found


def test_equal_folders_have_no_differences(folders: tuple[Path, Path]) -> None:
    assert differences(*folders) == []


def test_a_changed_byte_is_noticed(folders: tuple[Path, Path]) -> None:
    expected, found = folders
    times = (found / "two").stat()
    (found / "two").write_bytes(b"bites")
    os.utime(found / "two", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert differences(expected, found) == ["other bytes: two"]


def test_a_changed_time_is_noticed(folders: tuple[Path, Path]) -> None:
    expected, found = folders
    time = (found / "two").stat().st_mtime_ns + 1_000_000
    os.utime(found / "two", ns=(time, time))
    assert differences(expected, found) == ["other time: two"]


def test_missing_and_unexpected_files_are_noticed(folders: tuple[Path, Path]) -> None:
    expected, found = folders
    (found / "a/one").rename(found / "a/other")
    assert differences(expected, found) == ["missing: a/one", "unexpected: a/other"]
