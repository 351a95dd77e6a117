"""(b) The official client downloads the whole tree, and every byte is the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Upload
from deadline.job_attachments.asset_sync import AssetSync
from deadline.job_attachments.download import InputDownloader
from deadline.job_attachments.exceptions import JobAttachmentsS3ClientError
from folders import differences


def download(upload: Upload, destination: Path) -> None:
    """What a person's official client does to fetch a job's inputs."""
    downloader = InputDownloader(upload.settings, upload.attachments, upload.session)
    downloader.set_root_path(str(upload.asset_root), str(destination))
    downloader.download()


def test_a_client_downloads_the_same_bytes_and_times(upload: Upload, tmp_path: Path) -> None:
    download(upload, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [upload.tree.name]
    assert differences(upload.tree, tmp_path / upload.tree.name) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_worker_syncs_the_same_bytes_and_times(
    upload: Upload, store: dict[str, str], tmp_path: Path
) -> None:
    worker = AssetSync(farm_id=store["farmId"], boto3_session=upload.session)
    statistics, mappings = worker.sync_inputs(
        upload.settings, upload.attachments, store["queueId"], "job-" + "0" * 32, tmp_path
    )
    assert statistics.processed_files == upload.result["files"]
    assert [mapping["source_path"] for mapping in mappings] == [str(upload.asset_root)]
    destination = Path(mappings[0]["destination_path"])
    assert differences(upload.tree, destination / upload.tree.name) == []


def test_a_missing_object_fails_the_download(upload: Upload, tmp_path: Path) -> None:
    bucket = upload.settings.s3BucketName
    key = next(key for key, (size, _) in upload.content_objects().items() if 0 < size < 4096)
    body = upload.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    upload.s3.delete_object(Bucket=bucket, Key=key)
    try:
        with pytest.raises(JobAttachmentsS3ClientError):
            download(upload, tmp_path)
    finally:
        upload.s3.put_object(Bucket=bucket, Key=key, Body=body)
