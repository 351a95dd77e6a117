"""The model beside the official client and the crate openjd-snapshots, on manifests nobody would write by hand.

`python judge.py ANSWERS` asks the program ANSWERS (built from src/main.rs in this folder). For each manifest:

* the official client and the model write the same bytes for its files;
* of its text, and of odd and damaged documents made from it, they take the same and write the same for it;
* where the model refuses what the official client takes, the difference is one that `differences.py` names,
  and the model's code is that difference's;
* what the model takes, openjd-snapshots takes and writes too, but for what specification 6 names.

Every case comes from the seed and its number alone: `--seed S --case N` repeats one.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections import Counter
from math import isinf
from random import Random
from typing import Any

from deadline.job_attachments.asset_manifests import HashAlgorithm
from deadline.job_attachments.asset_manifests.decode import decode_manifest
from deadline.job_attachments.asset_manifests.v2023_03_03 import AssetManifest, ManifestPath
from differences import CODES, SURROGATE, of_document, of_files
from odd_documents import odd_documents
from odd_manifests import File, files

CASES = 10_000
SEED = 20230303
LEAST = 10
"""A difference that is seen less often than this in a whole run is not tested by it."""
SHOWN = 5
"""Failures that are printed in full."""

BETA_VERSION = "a format that the official client does not know (0)"
NEGATIVE_MTIME = "openjd-snapshots refuses times before 1970 (6, D15)"
RAW_DEL = "openjd-snapshots writes DEL as it is (6)"
# These two are not in the specification.
UNREAD_VALUES = "openjd-snapshots also refuses what no text and no number is in keys that mean nothing"
OWN_TOTAL = "openjd-snapshots writes the sum of the sizes, whatever total the document states"


def official_text(listed: list[File]) -> str:
    """What the official client writes."""
    paths = [ManifestPath(path=f.path, hash=f.hash, size=f.size, mtime=f.mtime) for f in listed]
    total_size = sum(f.size for f in listed)
    return AssetManifest(hash_alg=HashAlgorithm.XXH128, paths=paths, total_size=total_size).encode()


def official_reading(document: str) -> str | None:
    """What the official client writes for a document it takes; None for one that it refuses."""
    try:
        manifest = decode_manifest(document)
    # Its decoder was not made to fail in one way only: KeyError, TypeError and RecursionError occur.
    except Exception:
        return None
    return manifest.encode()


def has_no_value(value: Any) -> bool:
    """Whether half of a surrogate pair, or a number beyond a double, is anywhere in it."""
    if isinstance(value, dict):
        return any(has_no_value(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return any(has_no_value(item) for item in value)
    if isinstance(value, str):
        return SURROGATE.search(value) is not None
    return isinstance(value, float) and isinf(value)


class Judge:
    """Counts what was compared and what was found."""

    def __init__(self) -> None:
        self.compared: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        self.failures: list[str] = []

    def encoding(self, case: int, listed: list[File], official: str, answer: dict[str, Any]) -> None:
        """The bytes for a list of files."""
        self.compared["encodings"] += 1
        self.verdict(case, json.dumps(listed), official, of_files(listed), answer["ours"])

    def decoding(self, case: int, document: str, answer: dict[str, Any]) -> None:
        """What is made of a document."""
        self.compared["documents"] += 1
        official = official_reading(document)
        ours = answer["ours"]
        if official is None:
            self.compared["documents that the official client refuses"] += 1
            if "text" not in ours:
                return
            if json.loads(document)["manifestVersion"] == "2025-12-04-beta":
                self.seen[BETA_VERSION] += 1
            else:
                self.fail(case, "taken, but not by the official client", document, answer)
            return
        self.verdict(case, document, official, of_document(document), ours)
        if "openjd" in answer:
            self.second_opinion(case, document, ours["text"], answer["openjd"])

    def verdict(self, case: int, what: str, official: str, differences: set[str], ours: dict[str, str]) -> None:
        """The official client has taken it."""
        if not differences:
            self.compared["equal texts"] += 1
            if ours.get("text") != official:
                self.fail(case, f"not as the official client, which writes {official}", what, ours)
            return
        self.seen.update(differences)
        if ours.get("refused") not in set().union(*(CODES[name] for name in differences)):
            self.fail(case, f"not refused because of {sorted(differences)}", what, ours)

    def second_opinion(self, case: int, document: str, text: str, openjd: dict[str, str]) -> None:
        """The model has taken it, and writes that text."""
        self.compared["second opinions"] += 1
        manifest = json.loads(text)
        if any(entry["mtime"] < 0 for entry in manifest["paths"]):
            self.seen[NEGATIVE_MTIME] += 1
            if "refused" not in openjd:
                self.fail(case, "openjd-snapshots takes a time before 1970", document, openjd)
            return
        # `\\` is one escape: what follows it is none.
        expected = re.sub(r"\\(?:\\|u007f)", lambda m: "\x7f" if m[0] == "\\u007f" else m[0], text)
        self.seen[RAW_DEL] += expected != text
        total = sum(entry["size"] for entry in manifest["paths"])
        self.seen[OWN_TOTAL] += total != manifest["totalSize"]
        expected = re.sub(r"\d+}$", f"{total}}}", expected)
        if has_no_value(json.loads(document)):
            self.seen[UNREAD_VALUES] += 1
            if "refused" not in openjd:
                self.fail(case, "openjd-snapshots takes a value that is none", document, openjd)
        elif openjd.get("text") != expected:
            self.fail(case, f"not as openjd-snapshots; expected {expected}", document, openjd)

    def fail(self, case: int, why: str, what: str, answer: dict[str, Any]) -> None:
        self.failures.append(f"case {case}: {why}\n  for {what!r:.2000}\n  got {answer!r:.2000}")


def main() -> int:
    arguments = argparse.ArgumentParser(description="See the top of this file.")
    arguments.add_argument("answers", help="the program that answers")
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--case", type=int, help="only this one")
    given = arguments.parse_args()
    numbers = range(CASES) if given.case is None else [given.case]

    started = time.monotonic()
    questions: list[dict[str, Any]] = []
    cases = []
    for number in numbers:
        random = Random(f"{given.seed}/{number}")
        listed = files(random)
        text = official_text(listed)
        documents = [text, *odd_documents(random, listed, text)]
        cases.append((number, listed, text, documents))
        questions.append({"encode": listed})
        questions += [{"decode": document} for document in documents]

    asked = "".join(json.dumps(question) + "\n" for question in questions)
    replies = subprocess.run([given.answers], input=asked, stdout=subprocess.PIPE, text=True, check=True).stdout
    answers = (json.loads(line) for line in replies.splitlines())

    judge = Judge()
    for number, listed, text, documents in cases:
        judge.encoding(number, listed, text, next(answers))
        for document in documents:
            judge.decoding(number, document, next(answers))
    if next(answers, None) is not None:
        judge.failures.append("there are more answers than questions")
    if given.case is None:
        for name in [*CODES, BETA_VERSION, NEGATIVE_MTIME, RAW_DEL, UNREAD_VALUES, OWN_TOTAL]:
            if judge.seen[name] < LEAST:
                judge.failures.append(f"this run does not test: {name} (seen {judge.seen[name]} times)")

    for count, what in [*((n, w) for w, n in judge.compared.items()), *((n, w) for w, n in judge.seen.most_common())]:
        print(f"{count:>7} {what}")
    print("\n".join(judge.failures[:SHOWN]))
    print(f"seed {given.seed}, {len(cases)} manifests, {time.monotonic() - started:.1f} s, {len(judge.failures)} failures")
    return 1 if judge.failures else 0


if __name__ == "__main__":
    sys.exit(main())
