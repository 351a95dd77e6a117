"""(a) The official decoder reads the manifest, and it says what is on disk."""

from __future__ import annotations

import json

import pytest
from conftest import Upload
from deadline.job_attachments.asset_manifests import HashAlgorithm, hash_file
from deadline.job_attachments.asset_manifests.decode import decode_manifest
from folders import files_below, microseconds


@pytest.fixture(scope="module")
def text(upload: Upload) -> str:
    return upload.object_text(upload.result["manifestKey"])


def test_the_official_decoder_reads_every_file(upload: Upload, text: str) -> None:
    manifest = decode_manifest(text)
    listed = {entry.path: (entry.size, entry.mtime, entry.hash) for entry in manifest.paths}
    expected = {
        f"{upload.tree.name}/{name}": (
            path.stat().st_size,
            microseconds(path),
            hash_file(str(path), HashAlgorithm.XXH128),
        )
        for name, path in files_below(upload.tree).items()
    }
    assert listed == expected
    assert len(manifest.paths) == len(expected) == upload.result["files"]
    assert manifest.totalSize == sum(size for size, _, _ in expected.values()) == upload.result["bytes"]


def test_the_official_encoder_writes_the_same_text(text: str) -> None:
    assert decode_manifest(text).encode() == text


def test_a_damaged_manifest_is_refused(text: str) -> None:
    damaged = json.loads(text)
    damaged["paths"][-1]["hash"] += "-"
    with pytest.raises(Exception, match="not alphanumeric"):
        decode_manifest(json.dumps(damaged))
