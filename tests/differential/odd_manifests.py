"""Files with odd paths, numbers and hashes: what a manifest can be asked to hold."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

LONGEST_PATH = 32_767
"""UTF-16 code units; the model refuses more."""

CONTROLS = [chr(code) for code in [*range(0x01, 0x20), *range(0x7F, 0xA0)]]
ESCAPED_OR_NOT = list("\"\\'<>&$:~ /") + ["\u2028", "\u2029", "\ufeff", "\ufffd", "\ufffe", "\uffff"]
ORDER_TRAPS = ["\ud7ff", "\ue000", "\uff21", "\uffff", "\U00010000", "\U0001f600", "\U0010ffff"]
"""UTF-16 puts the last three before the three that precede them; UTF-8 does not."""

AROUND_THE_SLASH = ["a b", "a!b", "a-b", "a.b", "a/b", "a0b", "a/b/c", "aa", "A", "a\u0301", "á"]
"""In the order of the whole text, where a tree walk would put the folder first."""

REFUSED = ["", "/", "/a", "a/", "a//b", ".", "..", "./a", "a/./b", "a/..", "../a", "C:", "c:/x", "Z:x",
           "\\\\server/share", "a\0b", "\0"]
ALMOST_REFUSED = ["..x", "...", "a/...", ".a", "a.", "CC:/x", "4:3", "é:/x", "\\a", "a\\\\b", "-", "$0/x", " ", "~"]


class File(NamedTuple):
    """One entry."""

    path: str
    hash: str
    size: int
    """Bytes."""
    mtime: int
    """Microseconds since 1970."""


def any_character(random: Random) -> str:
    """Of any of Unicode's 17 planes, each as likely as the others; no surrogate, not NUL."""
    while True:
        code = random.randrange(17) << 16 | random.randrange(0x10000)
        if code and not 0xD800 <= code < 0xE000:
            return chr(code)


def name(random: Random) -> str:
    """One name of a path."""
    kind = random.random()
    if kind < 0.4:
        return f"{random.choice('abAB')}{random.randrange(30)}"
    if kind < 0.5:
        return random.choice("abc") + random.choice(ORDER_TRAPS) + random.choice(["", "a", "\U0001f600"])
    pool = random.choice([CONTROLS, [c for c in ESCAPED_OR_NOT if c != "/"], None])
    length = random.randint(1, 8)
    return "a" * (random.random() < 0.5) + "".join(
        random.choice(pool) if pool else any_character(random) for _ in range(length)
    )


def path(random: Random, is_refused: bool) -> str:
    """A path; one that breaks a rule if `is_refused`."""
    if is_refused:
        if random.random() < 0.1:
            return "é" * (LONGEST_PATH + 1 + random.randrange(2))
        return random.choice(REFUSED)
    kind = random.random()
    if kind < 0.1:
        return random.choice(AROUND_THE_SLASH)
    if kind < 0.2:
        return random.choice(ALMOST_REFUSED)
    if kind < 0.203:
        return (any_character(random) * LONGEST_PATH)[: LONGEST_PATH // 2]
    return "/".join(name(random) for _ in range(random.randint(1, 5)))


def hash_text(random: Random) -> str:
    """Mostly XXH3-128, else any letters and digits."""
    if random.random() < 0.9:
        return f"{random.getrandbits(128):032x}"
    return random.choice(["0", "Z", "ABC", f"{random.getrandbits(128):032X}", f"{random.getrandbits(256):064x}"])


def size(random: Random) -> int:
    """Bytes, up to 64 bits."""
    return random.choice([0, 1, random.randrange(10**9), 2**53 + 1, 2**63, random.getrandbits(64) >> random.randrange(64)])


def mtime(random: Random) -> int:
    """Microseconds, 63 bits and a sign; negative ones are rare."""
    if random.random() < 0.02:
        return random.choice([-1, -(2**63), -random.getrandbits(60)])
    return random.choice([0, 2**63 - 1, 1_700_000_000_000_000 + random.randrange(10**12), random.getrandbits(60)])


def files(random: Random) -> list[File]:
    """The files of one manifest; about one manifest in four breaks a rule."""
    count = 300 if random.random() < 0.002 else random.randint(0, 9)
    listed = [File(path(random, False), hash_text(random), size(random), mtime(random)) for _ in range(count)]
    if random.random() < 0.15:
        # Paths that can meet again, or begin like each other.
        listed += [f._replace(path=f.path + random.choice(["", "a", "/a", "\U0001f600", "\ue000"])) for f in listed[:3]]
    if random.random() < 0.1:
        broken = File(path(random, True), hash_text(random), size(random), mtime(random))
        listed.insert(random.randint(0, len(listed)), broken)
    if random.random() < 0.9:
        # Else the sum of the sizes may go beyond 64 bits.
        listed = [f._replace(size=f.size >> 12) for f in listed]
    random.shuffle(listed)
    return listed
