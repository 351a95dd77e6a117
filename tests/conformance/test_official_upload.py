"""(d) The official uploader, given the same tree, finds nothing to send and writes the same manifest."""

from __future__ import annotations

from pathlib import Path

from conftest import Upload
from deadline.job_attachments.upload import S3AssetManager
from folders import files_below


def test_the_official_uploader_has_nothing_to_send(
    upload: Upload, store: dict[str, str], tmp_path: Path
) -> None:
    before = upload.content_objects()
    manager = S3AssetManager(
        farm_id=store["farmId"],
        queue_id=store["queueId"],
        job_attachment_settings=upload.settings,
        session=upload.session,
    )
    group = manager.prepare_paths_for_upload(
        input_paths=[str(path) for path in files_below(upload.tree).values()],
        output_paths=[],
        # The official root is the deepest common folder of inputs and references. One reference
        # beside the tree makes it the tree's parent, which is the extension's root.
        referenced_paths=[str(upload.asset_root / "reference")],
    )
    assert [root.root_path for root in group.asset_groups] == [str(upload.asset_root)]
    _, manifests = manager.hash_assets_and_create_manifest(
        group.asset_groups,
        group.total_input_files,
        group.total_input_bytes,
        hash_cache_dir=str(tmp_path),
    )
    statistics, attachments = manager.upload_assets(manifests, s3_check_cache_dir=str(tmp_path))

    assert statistics.processed_files == 0
    assert statistics.skipped_files == upload.result["files"]
    assert upload.content_objects() == before

    official = attachments.manifests[0]
    key = upload.settings.add_root_and_manifest_folder_prefix(official.inputManifestPath)
    assert upload.object_text(key) == upload.object_text(upload.result["manifestKey"])
    assert official.inputManifestHash == upload.result["manifestHash"]
    assert Path(key).name == Path(upload.result["manifestKey"]).name
