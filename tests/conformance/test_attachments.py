"""(c) Manifest path, manifest hash and attachments JSON are what the specification says."""

from __future__ import annotations

import re
import uuid

from conftest import Upload
from deadline.job_attachments.asset_manifests import HashAlgorithm, hash_data


def xxh128(text: str) -> str:
    return hash_data(text.encode("utf-8"), HashAlgorithm.XXH128)


def test_attachments_json(upload: Upload) -> None:
    prefix = f"{upload.settings.rootPrefix}/Manifests/"
    assert upload.result["manifestKey"].startswith(prefix)
    assert upload.result["attachments"] == {
        "manifests": [
            {
                "rootPath": str(upload.asset_root),
                "rootPathFormat": "posix",
                "inputManifestPath": upload.result["manifestKey"].removeprefix(prefix),
                "inputManifestHash": upload.result["manifestHash"],
            }
        ],
        "fileSystem": "COPIED",
    }
    assert upload.attachments.to_dict() == upload.result["attachments"]


def test_input_manifest_path(upload: Upload, store: dict[str, str]) -> None:
    path = upload.result["attachments"]["manifests"][0]["inputManifestPath"]
    farm, queue, inputs, guid, name = path.split("/")
    assert (farm, queue, inputs) == (store["farmId"], store["queueId"], "Inputs")
    assert re.fullmatch("[0-9a-f]{32}", guid)
    assert uuid.UUID(guid).version == 4
    assert name == f"{xxh128(str(upload.asset_root))}_input"


def test_input_manifest_hash(upload: Upload) -> None:
    text = upload.object_text(upload.result["manifestKey"])
    assert upload.result["attachments"]["manifests"][0]["inputManifestHash"] == xxh128(text)


def test_manifest_object_tells_its_asset_root(upload: Upload) -> None:
    head = upload.s3.head_object(Bucket=upload.settings.s3BucketName, Key=upload.result["manifestKey"])
    assert head["ContentType"] == "application/x-deadline-manifest-2023-03-03"
    assert head["Metadata"] == {"asset-root": str(upload.asset_root)}
