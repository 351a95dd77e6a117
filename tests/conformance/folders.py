"""Folders on disk, compared byte for byte."""

from __future__ import annotations

import filecmp
from pathlib import Path

TIME_TOLERANCE_NS = 1000
"""The official downloader sets times as floating-point seconds, which are a little off."""


def files_below(folder: Path) -> dict[str, Path]:
    """Every file below `folder`, by its path relative to it."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def differences(expected: Path, found: Path) -> list[str]:
    """What differs between two folders in names, bytes and times."""
    one, other = files_below(expected), files_below(found)
    wrong = [f"missing: {name}" for name in one.keys() - other.keys()]
    wrong += [f"unexpected: {name}" for name in other.keys() - one.keys()]
    for name in one.keys() & other.keys():
        if not filecmp.cmp(one[name], other[name], shallow=False):
            wrong.append(f"other bytes: {name}")
        if abs(one[name].stat().st_mtime_ns - other[name].stat().st_mtime_ns) > TIME_TOLERANCE_NS:
            wrong.append(f"other time: {name}")
    return sorted(wrong)


def microseconds(path: Path) -> int:
    """Time of the last change since 1970, as a manifest counts it."""
    return path.stat().st_mtime_ns // 1000
