//! JSON: of `credential_process`, and as services answer it.

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::error::Category;

use super::Form;
use super::error::PastedError;
use super::found::{End, Found};

#[derive(Deserialize)]
struct Document {
    #[serde(flatten)]
    own: Values,
    #[serde(
        alias = "Credentials",
        alias = "credentials",
        alias = "roleCredentials"
    )]
    inner: Option<Values>,
}

#[derive(Deserialize)]
struct Values {
    #[serde(alias = "AccessKeyId", alias = "accessKeyId")]
    access_key_id: Option<String>,
    #[serde(alias = "SecretAccessKey", alias = "secretAccessKey")]
    secret_access_key: Option<SecretString>,
    #[serde(alias = "SessionToken", alias = "sessionToken")]
    session_token: Option<SecretString>,
    #[serde(alias = "Expiration", alias = "expiration")]
    expiration: Option<Expiration>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expiration {
    /// Of the Identity Center portal.
    Milliseconds(u64),
    Iso(String),
}

impl From<Values> for Found {
    fn from(values: Values) -> Self {
        Self {
            access_key_id: values.access_key_id,
            secret_access_key: values.secret_access_key,
            session_token: values.session_token,
            expiration: values.expiration.map(|end| match end {
                Expiration::Milliseconds(end) => End::Milliseconds(end),
                Expiration::Iso(text) => End::Iso(text),
            }),
        }
    }
}

pub(super) fn read(text: &str) -> Result<(Form, Found), PastedError> {
    // What serde says of an error may quote a value.
    let document: Document =
        serde_json::from_str(text).map_err(|error| match error.classify() {
            Category::Data => PastedError::Unrecognised,
            _ => PastedError::Cut,
        })?;
    let (form, values) = match document.inner {
        Some(inner) => (Form::Service, inner),
        None => (Form::Process, document.own),
    };
    let found = Found::from(values);
    if found.has_any() {
        Ok((form, found))
    } else {
        Err(PastedError::Unrecognised)
    }
}
