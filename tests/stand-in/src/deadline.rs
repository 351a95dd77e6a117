//! Deadline Cloud.

use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use hyper::http::request::Parts;
use serde_json::{Value, json};

use crate::answer::{Answer, Refusal};
use crate::operation::{Operation, Target};
use crate::settings::{Farm, Keys, Queue, StorageProfile};
use crate::state::State;
use crate::verify::verify;

/// When everything was made, and by whom.
const CREATED: &str = "2026-01-01T00:00:00Z";
const CREATOR: &str = "stand-in";

/// Who asks, if the signature is good and the credentials have not ended.
pub(crate) fn caller(state: &State, request: &Parts, body: &[u8]) -> Result<String, Refusal> {
    let settings = &state.settings;
    let of_roles = settings
        .identity_center
        .accounts
        .iter()
        .flat_map(|account| account.roles.iter().map(|role| &role.keys));
    let known = settings.keys.iter().chain(of_roles);
    let now = state.now();
    let keys = verify(request, body, known, &settings.region, now)?;
    if state
        .given
        .get(&keys.access_key_id)
        .is_some_and(|end| *end <= now)
    {
        return Err(Refusal::new(
            403,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ));
    }
    Ok(keys.access_key_id.clone())
}

pub(crate) fn answer(state: &mut State, target: &Target) -> Answer {
    match target.operation {
        Operation::ListFarms => list_farms(state, target),
        Operation::ListQueues => list_queues(state, target),
        Operation::GetQueue => get_queue(state, target),
        Operation::AssumeQueueRoleForUser => assume_queue_role(state, target),
        Operation::ListStorageProfilesForQueue => list_storage_profiles(state, target),
        Operation::GetStorageProfileForQueue => get_storage_profile(state, target),
        _ => Err(Refusal::new(404, "UnknownOperationException", "")),
    }
}

fn list_farms(state: &State, target: &Target) -> Answer {
    check_principal(state, target)?;
    let farms = state.settings.farms.iter().map(|farm| {
        json!({
            "farmId": farm.farm_id,
            "displayName": farm.display_name,
            "createdAt": CREATED,
            "createdBy": CREATOR,
        })
    });
    page("farms", farms.collect(), state, target)
}

fn list_queues(state: &State, target: &Target) -> Answer {
    check_principal(state, target)?;
    let farm = farm(state, target)?;
    let queues = farm.queues.iter().map(|queue| summary(farm, queue));
    page("queues", queues.collect(), state, target)
}

fn summary(farm: &Farm, queue: &Queue) -> Value {
    json!({
        "farmId": farm.farm_id,
        "queueId": queue.queue_id,
        "displayName": queue.display_name,
        "status": "IDLE",
        "defaultBudgetAction": "NONE",
        "createdAt": CREATED,
        "createdBy": CREATOR,
    })
}

fn get_queue(state: &State, target: &Target) -> Answer {
    let farm = farm(state, target)?;
    let queue = queue(farm, target)?;
    let mut answer = summary(farm, queue);
    if let Some(members) = answer.as_object_mut() {
        members.extend(queue.more.clone());
    }
    Ok(answer)
}

fn assume_queue_role(state: &mut State, target: &Target) -> Answer {
    let queue = queue(farm(state, target)?, target)?;
    if !queue.more.contains_key("roleArn") {
        return Err(Refusal::new(
            400,
            "ValidationException",
            "The queue has no role.",
        ));
    }
    let list = &state.settings.queue_credentials;
    let next = state.queue_credentials.min(list.len().saturating_sub(1));
    let Some(keys) = list.get(next).cloned() else {
        return Err(Refusal::new(
            403,
            "AccessDeniedException",
            "The stand-in has no queue credentials.",
        ));
    };
    state.queue_credentials += 1;
    let end = state.give(&keys, state.settings.queue_credentials_seconds);
    Ok(json!({ "credentials": credentials(&keys, iso(end).into()) }))
}

fn list_storage_profiles(state: &State, target: &Target) -> Answer {
    let farm = farm(state, target)?;
    let queue = queue(farm, target)?;
    let profiles = allowed(farm, queue).map(|profile| {
        json!({
            "storageProfileId": profile.storage_profile_id,
            "displayName": profile.display_name,
            "osFamily": profile.os_family,
        })
    });
    page("storageProfiles", profiles.collect(), state, target)
}

fn get_storage_profile(state: &State, target: &Target) -> Answer {
    let farm = farm(state, target)?;
    let queue = queue(farm, target)?;
    let wanted = target.ids.get(2);
    let profile = allowed(farm, queue)
        .find(|profile| Some(&profile.storage_profile_id) == wanted)
        .ok_or_else(|| Refusal::missing("storage profile"))?;
    Ok(json!(profile))
}

/// The storage profiles that the queue allows.
fn allowed<'a>(farm: &'a Farm, queue: &'a Queue) -> impl Iterator<Item = &'a StorageProfile> {
    let ids = queue
        .more
        .get("allowedStorageProfileIds")
        .and_then(Value::as_array);
    farm.storage_profiles.iter().filter(move |profile| {
        let id = Value::from(profile.storage_profile_id.as_str());
        ids.is_none_or(|ids| ids.contains(&id))
    })
}

fn farm<'a>(state: &'a State, target: &Target) -> Result<&'a Farm, Refusal> {
    let mut farms = state.settings.farms.iter();
    farms
        .find(|farm| Some(&farm.farm_id) == target.ids.first())
        .ok_or_else(|| Refusal::missing("farm"))
}

fn queue<'a>(farm: &'a Farm, target: &Target) -> Result<&'a Queue, Refusal> {
    let mut queues = farm.queues.iter();
    queues
        .find(|queue| Some(&queue.queue_id) == target.ids.get(1))
        .ok_or_else(|| Refusal::missing("queue"))
}

/// Users of a monitor may list only what is theirs.
fn check_principal(state: &State, target: &Target) -> Result<(), Refusal> {
    match &state.settings.principal_id {
        Some(own) if target.query("principalId") != Some(own) => Err(Refusal::new(
            403,
            "AccessDeniedException",
            "User is not authorized to list for everybody.",
        )),
        _ => Ok(()),
    }
}

/// A page of a list; the token is the place of its first item.
pub(crate) fn page(name: &str, items: Vec<Value>, state: &State, target: &Target) -> Answer {
    let wrong = |message: &str| Refusal::new(400, "ValidationException", message);
    let asked = match target.query("maxResults").or(target.query("max_result")) {
        None => 100,
        Some(text) => match text.parse() {
            Ok(count @ 1..=100) => count,
            _ => return Err(wrong("maxResults is 1 to 100.")),
        },
    };
    let start = match target.query("nextToken").or(target.query("next_token")) {
        None => 0,
        Some(token) => token
            .strip_prefix("page/")
            .and_then(|start| start.parse::<usize>().ok())
            .ok_or_else(|| wrong("The token is not known."))?,
    };
    let count = asked.min(state.settings.page_size.max(1));
    let total = items.len();
    let items: Vec<Value> = items.into_iter().skip(start).take(count).collect();
    let mut answer = json!({ name: items });
    if start + count < total {
        answer["nextToken"] = format!("page/{}", start + count).into();
    }
    Ok(answer)
}

/// Keys as both services write them.
pub(crate) fn credentials(keys: &Keys, expiration: Value) -> Value {
    json!({
        "accessKeyId": keys.access_key_id,
        "secretAccessKey": keys.secret_access_key,
        "sessionToken": keys.session_token,
        "expiration": expiration,
    })
}

fn iso(time: SystemTime) -> String {
    DateTime::from_secs(DateTime::from(time).secs())
        .fmt(Format::DateTime)
        .unwrap_or_default()
}
