"""The stand-in, asked by the official SDK: what botocore signs is taken, what it reads is there.

`cargo xtask test stand-in` builds the program and names it in STAND_IN.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

FARM = "farm-0123456789abcdef0123456789abcdef"
QUEUE = "queue-fedcba9876543210fedcba9876543210"
PROFILE = "sp-0123456789abcdef0123456789abcdef"
ACCOUNT = "123456789012"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
SETTINGS = {
    "keys": [{"accessKeyId": "ASIACALLER", "secretAccessKey": "secret/+=", "sessionToken": "token/+="}],
    "farms": [
        {
            "farmId": FARM,
            "displayName": "Feature film",
            "queues": [
                {
                    "queueId": QUEUE,
                    "displayName": "Lighting",
                    "jobAttachmentSettings": {"s3BucketName": "studio", "rootPrefix": "DeadlineCloud"},
                    "roleArn": f"arn:aws:iam::{ACCOUNT}:role/Lighting",
                }
            ],
            "storageProfiles": [
                {
                    "storageProfileId": PROFILE,
                    "displayName": "Workstations",
                    "osFamily": "LINUX",
                    "fileSystemLocations": [{"name": "Assets", "path": "/mnt/assets", "type": "LOCAL"}],
                }
            ],
        },
        {"farmId": "farm-11111111111111111111111111111111", "displayName": "Series"},
    ],
    "queueCredentials": [{"accessKeyId": "ASIAQUEUE", "secretAccessKey": "q", "sessionToken": "t"}],
    "pageSize": 1,
    "identityCenter": {
        "accounts": [
            {
                "accountId": ACCOUNT,
                "accountName": "Studio",
                "roles": [
                    {
                        "roleName": "Artist",
                        "keys": {"accessKeyId": "ASIAROLE", "secretAccessKey": "r", "sessionToken": "t"},
                    }
                ],
            }
        ]
    },
}


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(SETTINGS))
    program = subprocess.Popen(
        [os.environ["STAND_IN"], "--settings", settings, "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert program.stdin is not None and program.stdout is not None
    try:
        yield json.loads(program.stdout.readline())
    finally:
        program.stdin.close()
        program.wait(10)


def client(addresses: dict[str, str], service: str, region: str = "us-west-2", secret: str = "secret/+=") -> Any:
    return boto3.client(
        service,
        region_name=region,
        endpoint_url=addresses["endpoint"],
        aws_access_key_id="ASIACALLER",
        aws_secret_access_key=secret,
        aws_session_token="token/+=",
        # The stand-in has no names to put in front of.
        config=Config(inject_host_prefix=False, retries={"max_attempts": 1}),
    )


def test_deadline_cloud_is_asked_and_read(addresses: dict[str, str]) -> None:
    deadline = client(addresses, "deadline")
    pages = deadline.get_paginator("list_farms").paginate()
    assert [farm["displayName"] for page in pages for farm in page["farms"]] == ["Feature film", "Series"]
    assert deadline.list_queues(farmId=FARM)["queues"][0]["queueId"] == QUEUE
    queue = deadline.get_queue(farmId=FARM, queueId=QUEUE)
    assert queue["jobAttachmentSettings"] == {"s3BucketName": "studio", "rootPrefix": "DeadlineCloud"}
    credentials = deadline.assume_queue_role_for_user(farmId=FARM, queueId=QUEUE)["credentials"]
    assert credentials["accessKeyId"] == "ASIAQUEUE" and credentials["expiration"].tzinfo is not None
    assert deadline.list_storage_profiles_for_queue(farmId=FARM, queueId=QUEUE)["storageProfiles"][0]["osFamily"] == "LINUX"
    profile = deadline.get_storage_profile_for_queue(farmId=FARM, queueId=QUEUE, storageProfileId=PROFILE)
    assert profile["fileSystemLocations"] == [{"name": "Assets", "path": "/mnt/assets", "type": "LOCAL"}]
    with pytest.raises(deadline.exceptions.ResourceNotFoundException):
        deadline.get_queue(farmId=FARM, queueId=QUEUE.replace("f", "0"))


@pytest.mark.parametrize("wrong", [{"secret": "other"}, {"region": "eu-west-1"}])
def test_a_wrong_signature_is_refused(addresses: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(ClientError) as refused:
        client(addresses, "deadline", **wrong).list_farms()
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"


def test_somebody_signs_in_and_out(addresses: dict[str, str]) -> None:
    oidc, portal = client(addresses, "sso-oidc"), client(addresses, "sso")
    registered = oidc.register_client(clientName="Test", clientType="public", scopes=["sso:account:access"])
    who = {name: registered[name] for name in ("clientId", "clientSecret")}
    device = oidc.start_device_authorization(**who, startUrl="https://studio.awsapps.com/start")
    poll = {**who, "grantType": DEVICE_CODE, "deviceCode": device["deviceCode"]}
    with pytest.raises(oidc.exceptions.AuthorizationPendingException):
        oidc.create_token(**poll)
    with pytest.raises(oidc.exceptions.SlowDownException):
        oidc.create_token(**poll)
    urllib.request.urlopen(urllib.request.Request(f"{addresses['control']}/approve", method="POST"), timeout=10)
    token = oidc.create_token(**poll)
    again = oidc.create_token(**who, grantType="refresh_token", refreshToken=token["refreshToken"])
    access = again["accessToken"]
    assert portal.list_accounts(accessToken=access)["accountList"][0]["accountId"] == ACCOUNT
    assert portal.list_account_roles(accessToken=access, accountId=ACCOUNT)["roleList"][0]["roleName"] == "Artist"
    keys = portal.get_role_credentials(accessToken=access, accountId=ACCOUNT, roleName="Artist")["roleCredentials"]
    assert keys["accessKeyId"] == "ASIAROLE" and keys["expiration"] > 1_700_000_000_000
    portal.logout(accessToken=access)
    with pytest.raises(portal.exceptions.UnauthorizedException):
        portal.list_accounts(accessToken=access)
