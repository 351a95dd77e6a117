//! Requests and replies of accounts.

use rusty_attachments_accounts as accounts;
use serde::{Deserialize, Serialize};
use tsify::Tsify;
use wasm_bindgen::prelude::*;

use crate::headers::Headers;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r"
/** The headers of a reply that are looked at, in lower case. */
export type AccountReplyHeader = 'content-type' | 'date' | 'retry-after' | 'x-amzn-errortype';
";

/// A request to be sent as it is: without cookies, without following redirects, past every cache. It carries
/// secrets.
#[derive(Serialize, Tsify)]
#[tsify(hashmap_as_object)]
pub struct AccountRequest {
    /// What to do.
    #[tsify(type = "'GET' | 'POST'")]
    method: &'static str,
    /// Where it goes, percent-encoded.
    url: String,
    /// All headers but `Host`.
    #[tsify(type = "Record<string, string>")]
    headers: Headers,
    /// Empty for `GET`, which then has none.
    body: String,
}

/// What came back. It may carry secrets.
#[derive(Deserialize, Tsify)]
pub struct AccountReply {
    /// HTTP status; 0 if no answer came.
    status: u16,
    /// Lower-case names, and values; at least each `AccountReplyHeader` that there is.
    #[tsify(type = "{ readonly [name in AccountReplyHeader]?: string }")]
    headers: Headers,
    /// All of it, as text.
    body: String,
}

impl From<accounts::Request> for AccountRequest {
    fn from(request: accounts::Request) -> Self {
        Self {
            method: request.method,
            url: request.url,
            headers: Headers(request.headers),
            body: request.body,
        }
    }
}

impl From<AccountReply> for accounts::Reply {
    fn from(reply: AccountReply) -> Self {
        Self {
            status: reply.status,
            headers: reply.headers.0,
            body: reply.body,
        }
    }
}
