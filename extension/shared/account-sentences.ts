/**
 * What Rust says of accounts and of refusals (`accounts/`), as it writes it with `{}` for each value, by the name of the
 * message that takes the values. A test compares them with the source.
 */
export const ACCOUNT_SENTENCES: Readonly<Record<string, string>> = {
  problem_account_not_ready_next: "Choose the region of the farm, or have an administrator switch it on.",
  problem_account_not_ready_what: "This account has not switched on the service in region {}.",
  problem_answer_not_aws_next: "Open a web page to see whether the network wants a login, then try again.",
  problem_answer_not_aws_what:
    "Something answered {} in the name of {}, but not as AWS does: a login page of the network, or a proxy.",
  problem_answer_unexpected_next_account:
    "Try again; if it happens again, show this sentence to whoever runs the farm.",
  problem_answer_unexpected_what_account: "{} answered {}.",
  problem_bucket_denied_next:
    "Compare the bucket with the queue's job attachments settings, or ask for s3:ListBucket on it.",
  problem_bucket_denied_what:
    "These credentials may not look into bucket {}: it belongs to somebody else, or s3:ListBucket is missing.",
  problem_bucket_missing_next_account:
    "Choose the queue again, or compare the bucket with the queue's job attachments settings; then upload again.",
  problem_bucket_missing_what_account: "There is no bucket named {}.",
  problem_bucket_owner_wrong_next:
    "Make sure that it is the farm's bucket and not somebody else's of the same name; then correct the account in the profile and upload again.",
  problem_bucket_owner_wrong_what: "Bucket {} does not belong to account {}, which the profile expects.",
  problem_clock_wrong_what_account: "The request was refused because this computer's clock is wrong.",
  problem_credentials_expired_next_account: "Enter new ones.",
  problem_credentials_expired_next_queue: "Get new ones: what is already in the store is not sent twice.",
  problem_credentials_expired_what_queue: "The queue's credentials have expired.",
  problem_credentials_unknown_next_account:
    "Enter id, secret and session token again, all from the same place.",
  problem_credentials_unknown_what_account:
    "AWS does not know this access key id, or its session token does not belong to it.",
  problem_credentials_wrong_next_account: "Enter the credentials again, all from the same place.",
  problem_credentials_wrong_what_account:
    "The signature was refused: the secret access key does not belong to this access key id.",
  problem_deadline_denied_next: "Ask for {}, or sign in with another role.",
  problem_deadline_denied_next_monitor:
    "Ask for {}. If these are credentials of a Deadline Cloud monitor, fill in your user id: a monitor's users may list only their own.",
  problem_deadline_denied_what: "These credentials may not do {}.",
  problem_encryption_key_denied_next_account:
    "Ask for kms:GenerateDataKey, kms:Decrypt and kms:DescribeKey on that key.",
  problem_farm_missing_next: "Choose the farm again, or check the region of the profile.",
  problem_farm_missing_what: "There is no such farm in region {} of this account.",
  problem_locations_missing_next: "Choose another storage profile, or have whoever runs the farm add them.",
  problem_locations_missing_what:
    "Storage profile {} does not have the file system locations that the queue requires: {}.",
  problem_network_unreachable_next_account:
    "Check the network and that the browser may talk to this host, then try again.",
  problem_no_accounts_next: "Ask your administrator for a permission set in the farm's account.",
  problem_no_accounts_what: "You may not use any AWS account of this access portal.",
  problem_no_role_next: "Sign in again and choose another, or ask your administrator for a permission set.",
  problem_no_role_what_any: "You may not use any role in account {}.",
  problem_no_role_what_named: "You may not use role {} in account {}.",
  problem_object_denied_next: "Compare the root prefix with the queue's, or ask for {} on its objects.",
  problem_object_denied_what_read:
    "Bucket {} is the right one, but with these credentials nothing may be read below {}/.",
  problem_object_denied_what_write:
    "Bucket {} is the right one, but with these credentials nothing may be written below {}/.",
  problem_queue_missing_next: "Choose farm and queue again, or check the region of the profile.",
  problem_queue_missing_what: "There is no such farm or queue in region {} of this account.",
  problem_queue_unusable_next: "Show this sentence to whoever runs the farm, or choose another queue.",
  problem_queue_unusable_what_bucket:
    "Queue {} keeps its attachments in bucket {}, which is no name that buckets have.",
  problem_queue_unusable_what_prefix: "Queue {} has the root prefix {}, which cannot be used.",
  problem_queue_without_attachments_next:
    "Choose another queue, or have whoever runs the farm give this one a bucket and a root prefix.",
  problem_queue_without_attachments_what: "Queue {} has no job attachments bucket.",
  problem_queue_without_role_next:
    "Choose another queue, or have whoever runs the farm give this one a role.",
  problem_queue_without_role_what: "Queue {} has no role, so it cannot give credentials for its bucket.",
  problem_quota_exceeded_next: "Show this sentence to whoever runs the farm.",
  problem_quota_exceeded_what: "A quota of the account is used up{}.",
  problem_region_wrong_next_profile: "Set the region of the profile to the bucket's, then upload again.",
  problem_region_wrong_what_elsewhere: "Bucket {} is not in region {}.",
  problem_region_wrong_what_known: "Bucket {} is in region {}, not in {}.",
  problem_request_invalid_next: "Check region, farm and queue of the profile.",
  problem_request_invalid_what: "Deadline Cloud does not take this {}.",
  problem_resource_busy_next: "Wait a moment, then try again.",
  problem_resource_busy_what: "The farm or queue is being changed{}.",
  problem_service_busy_next: "Wait a moment, then try again.",
  problem_service_busy_what: "{} answered {} (busy or broken).",
  problem_session_expired_next: "Sign in again: uploads that wait go on by themselves.",
  problem_session_expired_what: "The session at the access portal has ended.",
  problem_sign_in_denied_next: "If that was a mistake, sign in again.",
  problem_sign_in_denied_what: "The sign-in was denied on the approval page.",
  problem_sign_in_failed_next:
    "Sign in again; if it happens again, show this sentence to whoever runs the farm.",
  problem_sign_in_failed_what: "{} refused the sign-in ({}).",
  problem_sign_in_region_wrong_next: "Sign in with region {}.",
  problem_sign_in_region_wrong_what: "This Identity Center is in region {}, not in {}.",
  problem_sign_in_timed_out_next: "Sign in again, and approve the code on the page that opens.",
  problem_sign_in_timed_out_what: "Nobody approved the sign-in in time.",
  problem_start_url_unknown_next:
    "Compare start URL and region with what your administrator gave you: the region is the Identity Center's, not the farm's.",
  problem_start_url_unknown_what: "There is no Identity Center with start URL {} in region {}.",
  problem_storage_profile_missing_next:
    "Choose the storage profile again, or check the region of the profile.",
  problem_storage_profile_missing_what: "There is no such storage profile in region {} of this account.",
  problem_storage_profile_needed_next: "Choose the storage profile of this computer.",
  problem_storage_profile_needed_what: "The queue requires the file system locations {}.",
  problem_storage_profile_not_allowed_next: "Choose one of the queue's storage profiles.",
  problem_storage_profile_not_allowed_what: "The queue does not allow storage profile {}.",
  problem_storage_profile_of_other_system_next:
    "Choose the storage profile of this computer, or correct the asset root.",
  problem_storage_profile_of_other_system_what:
    "Storage profile {} is for {}, and the asset root is not written as paths are there.",
  problem_storage_profile_unusable_next:
    "Show this sentence to whoever runs the farm, or choose another storage profile.",
  problem_storage_profile_unusable_what:
    "Location {} of storage profile {} has the path {}, which cannot be used.",
};
