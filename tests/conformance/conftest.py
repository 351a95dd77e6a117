"""An upload by the extension, and the official Deadline Cloud client to judge it with.

`cargo xtask test conformance` makes the upload and tells of it by three environment variables:
TEST_STORE (how to reach the bucket, as JSON), TEST_TREE (the folder that was dropped) and
TEST_RESULT (a file with the JSON object that the demo prints).
"""

from __future__ import annotations

import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STORE: dict[str, str] = json.loads(os.environ["TEST_STORE"])
HOME = tempfile.TemporaryDirectory(prefix="conformance-home-")


def keep_off_the_network() -> None:
    """Lets the official client find nothing of this machine's user and reach nothing but our server."""
    os.environ["HOME"] = HOME.name
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["DEADLINE_CLOUD_TELEMETRY_OPT_OUT"] = "true"
    os.environ["AWS_ENDPOINT_URL"] = STORE["endpoint"]
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    for name in [name for name in os.environ if name.startswith("AWS_ENDPOINT_URL_")]:
        del os.environ[name]

    connect = socket.socket.connect

    def connect_to_loopback(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            raise AssertionError(f"the official client tried to reach {address}")
        connect(self, address)

    socket.socket.connect = connect_to_loopback  # type: ignore[method-assign]


# Before the official client is imported: it reads the environment while it loads.
keep_off_the_network()

import boto3
import pytest
from deadline.job_attachments.models import Attachments, JobAttachmentS3Settings, ManifestProperties


@dataclass(frozen=True)
class Upload:
    """What the extension uploaded, and where."""

    tree: Path
    """The folder that was dropped."""
    result: dict[str, Any]
    """What the demo printed."""
    settings: JobAttachmentS3Settings
    session: boto3.Session

    @property
    def asset_root(self) -> Path:
        """The folder that the manifest's paths are relative to."""
        return self.tree.parent

    @property
    def attachments(self) -> Attachments:
        """The attachments JSON, as the official client understands it."""
        manifests = [ManifestProperties.from_dict(entry) for entry in self.result["attachments"]["manifests"]]
        return Attachments(manifests=manifests, fileSystem=self.result["attachments"]["fileSystem"])

    @property
    def s3(self) -> Any:
        """A plain boto3 client."""
        return self.session.client("s3")

    def object_text(self, key: str) -> str:
        """An object's bytes as ASCII text."""
        reply = self.s3.get_object(Bucket=self.settings.s3BucketName, Key=key)
        return reply["Body"].read().decode("ascii")

    def content_objects(self) -> dict[str, tuple[int, Any]]:
        """Size and time of storage of every content object, by key."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.settings.s3BucketName, Prefix=f"{self.settings.full_cas_prefix()}/"
        )
        rows = [row for page in pages for row in page.get("Contents", [])]
        return {row["Key"]: (row["Size"], row["LastModified"]) for row in rows}


@pytest.fixture(scope="session")
def upload() -> Upload:
    return Upload(
        tree=Path(os.environ["TEST_TREE"]),
        result=json.loads(Path(os.environ["TEST_RESULT"]).read_text(encoding="utf-8")),
        settings=JobAttachmentS3Settings(STORE["bucket"], STORE["rootPrefix"]),
        session=boto3.Session(
            aws_access_key_id=STORE["accessKey"],
            aws_secret_access_key=STORE["secretKey"],
            # Known, so that the official client does not ask AWS for it.
            aws_account_id="123456789012",
            region_name=STORE["region"],
        ),
    )


@pytest.fixture(scope="session")
def store() -> dict[str, str]:
    return STORE
