"""Documents as other programs write them, as broken ones write them, and as enemies do."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Callable

from odd_manifests import File

VALUES = [
    "null", "true", "false", "-0", "0", "-1", "1", "01", "+1", "1.0", "1e0", "1E400", "-0.0", "0x1", "1_0", "NaN", "Infinity",
    "-Infinity", str(2**53 + 1), str(2**63 - 1), str(2**63), str(-(2**63)), str(-(2**63) - 1), str(2**64 - 1), str(2**64),
    '""', '"a"', '"1"', '"a-b"', '"é"', '"\\u0061"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\udc80x"', '"\\ude00\\ud83d"', '"\\x"',
    '"a\nb"', '"\x7f"', '"\\/"', '"\\u00E9"', '"٣"', "[]", "{}", "[1]", "[[]]", '{"a":{}}', '{"a":1,"a":2}', "[1,]", "'a'",
    "", "[" * 100 + "]" * 100, "[" * 200 + "]" * 200, "xxh128", '"xxh128"', '"XXH128"', '"2023-03-03"',
]  # fmt: skip
"""Texts of JSON values, and of what is none."""

VERSIONS = ["2023-03-03", "2025-12-04-beta", "v2023-03-03", "2023-03-04", "UNDEFINED", ""]
BETA = '{"dirs":[],"files":[{"hash":"a","mtime":1,"name":"a","size":1}],"hashAlg":"xxh128","manifestVersion":"2025-12-04-beta","totalSize":1}'
"""Of a format that the official client does not know."""

Fields = list[tuple[str, str]]
"""Keys and the texts of their values: unlike a dictionary, it can say a thing twice."""


def written(fields: Fields) -> str:
    """The text of an object."""
    return "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in fields) + "}"


def entry(file: File) -> Fields:
    """A file as an encoder writes it."""
    return [("hash", json.dumps(file.hash)), ("mtime", str(file.mtime)), ("path", json.dumps(file.path)), ("size", str(file.size))]


def document(entries: list[Fields], total_size: int) -> Fields:
    """A manifest as an encoder writes it."""
    paths = "[" + ",".join(written(fields) for fields in entries) + "]"
    return [("hashAlg", '"xxh128"'), ("manifestVersion", '"2023-03-03"'), ("paths", paths), ("totalSize", str(total_size))]


def with_odd_fields(random: Random, fields: Fields) -> Fields:
    """A value replaced; a key left out, told twice, renamed, added; another order."""
    fields = list(fields)
    at = random.randrange(len(fields))
    key, value = fields[at]
    what = random.randrange(7)
    if what <= 1:
        fields[at] = (key, random.choice(VALUES))
    elif what == 2:
        del fields[at]
    elif what == 3:
        fields.insert(random.randint(0, len(fields)), (key, random.choice([value, random.choice(VALUES)])))
    elif what == 4:
        fields[at] = (random.choice([key.upper(), key + " ", "\ud800"]), value)
    elif what == 5:
        fields.insert(random.randint(0, len(fields)), (random.choice(["note", "dirs", "", "é"]), random.choice(VALUES)))
    else:
        random.shuffle(fields)
    return fields


def with_odd_path(random: Random, file: File) -> File:
    """A path with half of a surrogate pair, as the official client writes for names that are no text."""
    half = random.choice(["\ud800", "\udbff", "\udc80", "\udfff"])
    at = random.randint(0, len(file.path))
    return file._replace(path=file.path[:at] + half + file.path[at:])


def structural(random: Random, files: list[File]) -> str:
    """One thing is odd in one place of an otherwise good document."""
    files = list(files) or [File("a", "0", 1, 1)]
    at = random.randrange(len(files))
    kind = random.random()
    if kind < 0.1:
        files[at] = with_odd_path(random, files[at])
    total_size = sum(file.size for file in files) if random.random() < 0.9 else random.getrandbits(64)
    entries = [entry(file) for file in files]
    if 0.1 <= kind < 0.55:
        entries[at] = with_odd_fields(random, entries[at])
    whole = document(entries, total_size)
    if kind >= 0.55:
        whole = with_odd_fields(random, whole)
    if random.random() < 0.05:
        whole = [(key, json.dumps(random.choice(VERSIONS)) if key == "manifestVersion" else value) for key, value in whole]
    return written(whole)


def respelled(random: Random, text: str) -> str:
    """The same document with white space, without escapes, or with other escapes."""
    value = json.loads(text)
    how = random.randrange(4)
    if how == 0:
        return json.dumps(value, indent=random.choice([1, "\t"]), separators=random.choice([None, (" , ", " : ")]))
    if how == 1:
        return json.dumps(value, ensure_ascii=False).replace("\x7f", random.choice(["\x7f", "\\u007f"]))
    if how == 2:
        # `\\` is one escape: what follows it is none.
        return re.sub(r"\\(?:\\|u[0-9a-f]{4})", lambda m: m[0][:2] + m[0][2:].upper(), text)
    return random.choice([" ", "\n", "\r\t"]) + text + random.choice(["", " ", "\n"])


def damaged(random: Random, text: str) -> str:
    """Some characters replaced, removed, doubled; or the end is missing; or something follows it."""
    for _ in range(random.randint(1, 3)):
        at = random.randrange(len(text)) if text else 0
        what = random.randrange(10)
        if what == 0:
            text = text[:at]
        elif what == 1:
            text += random.choice(["}", ",", "\0", "null", "\ufeff", "{}"])
        elif what == 2:
            text = random.choice(["\ufeff", "[", "\0", "\xa0"]) + text
        elif what <= 5:
            text = text[:at] + random.choice("{}[],:\"\\0-.eE /a\0\t\x7fé\U0001f600") + text[at + 1 :]
        elif what <= 7:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + text[at : at + random.randint(1, 40)] + text[at:]
    return text


def odd_documents(random: Random, files: list[File], text: str) -> list[str]:
    """Documents made from the files of a manifest and its canonical text: each kind once."""
    kinds: list[Callable[[], str]] = [
        lambda: structural(random, files),
        lambda: respelled(random, text),
        lambda: damaged(random, random.choice([text, structural(random, files)])),
    ]
    if random.random() < 0.01:
        kinds.append(lambda: random.choice([BETA, damaged(random, BETA), written(with_odd_fields(random, beta_fields()))]))
    return [kind() for kind in kinds]


def beta_fields() -> Fields:
    """The same document in parts."""
    return [(key, json.dumps(value)) for key, value in json.loads(BETA).items()]
