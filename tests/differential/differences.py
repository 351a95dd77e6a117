"""Where the model refuses what the official client takes: every such difference has a name, the rule
that asks for it, and the codes that the model gives.

The rules are told a second time here, from the specification and not from the model, so that each side
judges the other.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, Iterable, Iterator

from odd_manifests import LONGEST_PATH, File

MALFORMED = "manifest-malformed"

CODES: dict[str, set[str]] = {
    "half of a surrogate pair (D3)": {MALFORMED},
    "boolean as a number (D2)": {MALFORMED},
    "number beyond 64 bits, or a negative size (D2)": {MALFORMED},
    "sum of sizes beyond 64 bits (D2)": {"manifest-total-too-large"},
    "minus zero (1.1)": {MALFORMED},
    "NaN or Infinity (2.2)": {MALFORMED},
    "a key told twice (2.2)": {MALFORMED},
    "path: empty (D4)": {"path-empty"},
    "path: outer slash (D4)": {"path-outer-slash"},
    "path: empty name (D4)": {"path-empty-name"},
    "path: dot name (D4)": {"path-dot-name"},
    "path: NUL (D4)": {"path-nul"},
    "path: drive (D4)": {"path-drive"},
    "path: share (D4)": {"path-share"},
    "path: told twice (D4)": {"path-duplicate"},
    # Not in the specification: the model's own bounds against hostile documents.
    "path: beyond 32767 code units": {"path-too-long"},
    "nested deeper than 128": {"manifest-nested-too-deep"},
}
"""Codes of the model by the name of the difference."""

DEEPEST = 128
READ_KEYS = {
    "manifestVersion", "specificationVersion", "hashAlg", "paths", "dirs", "files", "parentManifestHash", "totalSize",
}  # fmt: skip
ENTRY_KEYS = {"hash", "mtime", "path", "size"}
SURROGATE = re.compile("[\ud800-\udfff]")


def of_path(path: str) -> Iterator[str]:
    """Rules of decision D4 that a path breaks."""
    names = path.split("/")
    rules: list[tuple[str, Callable[[], bool]]] = [
        ("path: empty (D4)", lambda: path == ""),
        ("path: outer slash (D4)", lambda: path.startswith("/") or path.endswith("/")),
        ("path: empty name (D4)", lambda: "" in names and path != ""),
        ("path: dot name (D4)", lambda: "." in names or ".." in names),
        ("path: NUL (D4)", lambda: "\0" in path),
        ("path: drive (D4)", lambda: re.match("[A-Za-z]:", path) is not None),
        ("path: share (D4)", lambda: path.startswith("\\\\")),
        ("path: beyond 32767 code units", lambda: len(path.encode("utf-16-be", "surrogatepass")) // 2 > LONGEST_PATH),
    ]
    return (name for name, is_broken in rules if is_broken())


def of_paths(paths: Iterable[str]) -> Iterator[str]:
    """Rules that paths break, each alone or all together."""
    paths = list(paths)
    for path in paths:
        yield from of_path(path)
    if len(set(paths)) < len(paths):
        yield "path: told twice (D4)"


def of_files(files: list[File]) -> set[str]:
    """Reasons to write no manifest of these files."""
    found = set(of_paths(file.path for file in files))
    if sum(file.size for file in files) >= 2**64:
        found.add("sum of sizes beyond 64 bits (D2)")
    return found


class _Object(list):
    """An object's keys and values as they stand, also those told twice."""

    def all(self, key: str) -> list[Any]:
        return [value for name, value in self if name == key]


class _MinusZero:
    """An integer `-0`."""


def of_document(text: str) -> set[str]:
    """Reasons to refuse a document that the official client has taken."""
    found: set[str] = set()

    def constant(_: str) -> float:
        found.add("NaN or Infinity (2.2)")
        return 0.0

    whole = json.loads(
        text,
        object_pairs_hook=_Object,
        parse_constant=constant,
        parse_int=lambda digits: _MinusZero() if digits == "-0" else int(digits),
    )
    found.update(_of_keys(whole, READ_KEYS))
    found.update(_of_number(whole.all("totalSize"), 0, 2**64))
    for entry in (entry for entries in whole.all("paths") if isinstance(entries, list) for entry in entries):
        if not isinstance(entry, _Object):
            continue
        found.update(_of_keys(entry, ENTRY_KEYS))
        found.update(_of_number(entry.all("size"), 0, 2**64))
        found.update(_of_number(entry.all("mtime"), -(2**63), 2**63))
        if any(SURROGATE.search(path) for path in entry.all("path") if isinstance(path, str)):
            found.add("half of a surrogate pair (D3)")
    found.update(of_paths(entry["path"] for entry in json.loads(text)["paths"]))
    if _depth(text) > DEEPEST:
        found.add("nested deeper than 128")
    return found


def _of_keys(fields: _Object, known: set[str]) -> Iterator[str]:
    keys = [key for key, _ in fields]
    if any(SURROGATE.search(key) for key in keys):
        yield "half of a surrogate pair (D3)"
    if any(keys.count(key) > 1 for key in known):
        yield "a key told twice (2.2)"


def _of_number(values: list[Any], least: int, end: int) -> Iterator[str]:
    for value in values:
        if isinstance(value, bool):
            yield "boolean as a number (D2)"
        elif isinstance(value, _MinusZero):
            yield "minus zero (1.1)"
        elif isinstance(value, int) and not least <= value < end:
            yield "number beyond 64 bits, or a negative size (D2)"


def _depth(text: str) -> int:
    """Most brackets that are open at once."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest
