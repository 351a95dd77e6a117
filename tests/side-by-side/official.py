"""The official uploader in steps, so that something can happen between them.

Each line on standard input is a JSON command, each line on standard output the answer to it:

* `{"do": "hash", "folder": "...", "caches": "..."}` hashes the files below the folder and makes the manifest;
* `{"do": "upload"}` uploads. Answers `{"error": null or "...", "manifestKey": null or "...", "uploaded": files}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "conformance"))

# First of all: it keeps the official client off the network and this machine's user.
from conftest import STORE

import boto3
from deadline.job_attachments.models import JobAttachmentS3Settings
from deadline.job_attachments.upload import S3AssetManager

SETTINGS = JobAttachmentS3Settings(STORE["bucket"], STORE["rootPrefix"])
MANAGER = S3AssetManager(
    farm_id=STORE["farmId"],
    queue_id=STORE["queueId"],
    job_attachment_settings=SETTINGS,
    session=boto3.Session(
        aws_access_key_id=STORE["accessKey"],
        aws_secret_access_key=STORE["secretKey"],
        aws_account_id="123456789012",
        region_name=STORE["region"],
    ),
)


def hash_files(folder: str, caches: str) -> list[Any]:
    paths = [str(path) for path in Path(folder).rglob("*") if path.is_file()]
    group = MANAGER.prepare_paths_for_upload(input_paths=paths, output_paths=[], referenced_paths=[])
    _, manifests = MANAGER.hash_assets_and_create_manifest(
        group.asset_groups, group.total_input_files, group.total_input_bytes, hash_cache_dir=caches
    )
    return manifests


def upload(manifests: list[Any], caches: str) -> dict[str, Any]:
    try:
        statistics, attachments = MANAGER.upload_assets(manifests, s3_check_cache_dir=caches)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}", "manifestKey": None, "uploaded": 0}
    path = attachments.manifests[0].inputManifestPath
    key = SETTINGS.add_root_and_manifest_folder_prefix(path)
    return {"error": None, "manifestKey": key, "uploaded": statistics.processed_files}


def main() -> None:
    manifests: list[Any] = []
    caches = ""
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "hash":
            caches = command["caches"]
            manifests = hash_files(command["folder"], caches)
            answer: dict[str, Any] = {}
        else:
            answer = upload(manifests, caches)
        print(json.dumps(answer), flush=True)


main()
