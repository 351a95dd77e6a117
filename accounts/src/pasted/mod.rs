//! Credentials that a person pastes: whatever the tools and pages of AWS print is recognised.
//!
//! | Form | From |
//! |---|---|
//! | process | `aws configure export-credentials`, its default form |
//! | service | the JSON of `aws sts assume-role`, `aws deadline assume-queue-role-for-user`, `aws sso get-role-credentials` |
//! | env, env-no-export | `… --format env`, `env-no-export`; the access portal, "macOS and Linux" |
//! | powershell | `… --format powershell`; the access portal, "PowerShell" |
//! | windows-cmd | `… --format windows-cmd`; the access portal, "Windows" |
//! | profile | one section of `~/.aws/credentials`; the access portal, "Option 2" |

mod assignments;
mod error;
mod found;
mod json;
mod profile;

pub use error::{Field, PastedError};

use crate::keys::Keys;
use found::Found;

/// How the text was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON for `credential_process`.
    Process,
    /// JSON as a service answers it.
    Service,
    /// `export AWS_…=`.
    Env,
    /// `AWS_…=`.
    EnvNoExport,
    /// `$Env:AWS_…="…"`.
    Powershell,
    /// `set AWS_…=`.
    WindowsCmd,
    /// `aws_access_key_id = …` below `[name]`.
    Profile,
}

impl Form {
    /// Its name in `aws configure export-credentials --format`, where it has one.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Service => "service",
            Self::Env => "env",
            Self::EnvNoExport => "env-no-export",
            Self::Powershell => "powershell",
            Self::WindowsCmd => "windows-cmd",
            Self::Profile => "profile",
        }
    }
}

/// What was found in a text.
#[derive(Debug, Clone)]
pub struct Pasted {
    /// How it was written.
    pub form: Form,
    /// Good, as far as the text tells.
    pub keys: Keys,
}

/// Longest text that is looked at, in bytes; a session token has at most a few kilobytes.
pub const LONGEST_TEXT: usize = 64 * 1024;

/// Reads pasted credentials; `now` in milliseconds since 1970.
///
/// # Errors
/// [`PastedError`], which never holds anything of the text.
pub fn read(text: &str, now: u64) -> Result<Pasted, PastedError> {
    // Windows tools put a byte order mark in front.
    let text = text.trim_start_matches('\u{FEFF}').trim();
    if text.is_empty() {
        return Err(PastedError::Empty);
    }
    if text.len() > LONGEST_TEXT {
        return Err(PastedError::Unrecognised);
    }
    let (form, found) = recognise(text)?;
    let keys = found.judge()?;
    if keys.have_expired(now) {
        return Err(PastedError::Expired);
    }
    Ok(Pasted { form, keys })
}

fn recognise(text: &str) -> Result<(Form, Found), PastedError> {
    if text.starts_with('{') {
        return json::read(text);
    }
    if let Some(found) = profile::read(text)? {
        return Ok((Form::Profile, found));
    }
    assignments::read(text).ok_or(PastedError::Unrecognised)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "ASIAIOSFODNN7EXAMPLE";
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVz+=";
    const END: &str = "2026-11-24T18:15:00+00:00";
    const END_MS: u64 = 1_795_544_100_000;

    fn read_now(text: &str) -> Result<Pasted, PastedError> {
        read(text, END_MS - 1)
    }

    fn assert_read(text: &str, form: Form, expires: Option<u64>) {
        let pasted = read_now(text).unwrap_or_else(|error| panic!("{form:?}: {error}"));
        assert_eq!(pasted.form, form);
        assert_eq!(pasted.keys.expires, expires, "{form:?}");
        let credentials = &pasted.keys.credentials;
        assert_eq!(
            (
                credentials.access_key_id(),
                credentials.secret_access_key(),
                credentials.session_token()
            ),
            (ID, SECRET, Some(TOKEN)),
            "{form:?}"
        );
    }

    /// The texts of the formatters in aws-cli 2, `awscli/customizations/configure/exportcreds.py`.
    #[test]
    fn every_form_of_export_credentials_is_recognised() {
        let end = Some(END_MS);
        assert_read(
            &format!(
                "{{\n  \"Version\": 1,\n  \"AccessKeyId\": \"{ID}\",\n  \"SecretAccessKey\": \"{SECRET}\",\n  \"SessionToken\": \"{TOKEN}\",\n  \"Expiration\": \"{END}\"\n}}\n"
            ),
            Form::Process,
            end,
        );
        let lines = |before: &str, quote: &str| {
            [
                ("AWS_ACCESS_KEY_ID", ID),
                ("AWS_SECRET_ACCESS_KEY", SECRET),
                ("AWS_SESSION_TOKEN", TOKEN),
                ("AWS_CREDENTIAL_EXPIRATION", END),
            ]
            .map(|(name, value)| format!("{before}{name}={quote}{value}{quote}"))
            .join("\n")
        };
        assert_read(&lines("export ", ""), Form::Env, end);
        assert_read(&lines("", ""), Form::EnvNoExport, end);
        assert_read(&lines("$Env:", "\""), Form::Powershell, end);
        assert_read(
            &lines("set ", "").replace('\n', "\r\n"),
            Form::WindowsCmd,
            end,
        );
        // As the access portal and people write them.
        assert_read(&lines("export ", "\""), Form::Env, end);
        assert_read(&lines("SET ", ""), Form::WindowsCmd, end);
        assert_read(&lines("  $env:", "'"), Form::Powershell, end);
        assert_read(
            &format!("\u{FEFF}{}\n", lines("", "\"")),
            Form::EnvNoExport,
            end,
        );
    }

    #[test]
    fn a_profile_of_the_credentials_file_is_recognised() {
        let body = format!(
            "aws_access_key_id = {ID}\naws_secret_access_key={SECRET}\naws_session_token = {TOKEN}"
        );
        assert_read(&format!("[default]\n{body}"), Form::Profile, None);
        assert_read(
            &format!("# mine\n[123456789012_Artist]\n{body}\nregion = us-west-2\n"),
            Form::Profile,
            None,
        );
        // Without its heading, as people copy it.
        assert_read(&body, Form::Profile, None);
        assert_eq!(
            read_now(&format!("[a]\n{body}\n[b]\n{body}")).unwrap_err(),
            PastedError::Several
        );
        assert_read(
            &format!("[a]\n{body}\n[profile b]\nregion = us-west-2"),
            Form::Profile,
            None,
        );
    }

    #[test]
    fn the_answers_of_the_services_are_recognised() {
        assert_read(
            &format!(
                r#"{{"Credentials":{{"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}","Expiration":"{END}"}},"AssumedRoleUser":{{"Arn":"a"}}}}"#
            ),
            Form::Service,
            Some(END_MS),
        );
        assert_read(
            &format!(
                r#"{{"credentials":{{"accessKeyId":"{ID}","secretAccessKey":"{SECRET}","sessionToken":"{TOKEN}","expiration":"{END}"}}}}"#
            ),
            Form::Service,
            Some(END_MS),
        );
        assert_read(
            &format!(
                r#"{{"roleCredentials":{{"accessKeyId":"{ID}","secretAccessKey":"{SECRET}","sessionToken":"{TOKEN}","expiration":{END_MS}}}}}"#
            ),
            Form::Service,
            Some(END_MS),
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        let missing = |text: &str| read_now(text).unwrap_err();
        assert_eq!(
            missing(&format!("AWS_ACCESS_KEY_ID={ID}")),
            PastedError::Missing(vec![Field::SecretAccessKey, Field::SessionToken])
        );
        assert_eq!(
            missing(&format!("export AWS_SECRET_ACCESS_KEY={SECRET}")),
            PastedError::Missing(vec![Field::AccessKeyId])
        );
        assert_eq!(
            missing(&format!(
                r#"{{"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}"}}"#
            )),
            PastedError::Missing(vec![Field::SessionToken])
        );
        assert_eq!(
            missing("[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key =\n"),
            PastedError::Missing(vec![Field::SecretAccessKey])
        );
        let text = missing("set AWS_SESSION_TOKEN=x").to_string();
        assert!(
            text.contains("access key id and secret access key"),
            "{text}"
        );
    }

    #[test]
    fn a_text_that_is_no_credentials_says_so() {
        for text in [
            "hello",
            "[default]\nregion = us-west-2",
            "AWS_REGION=us-west-2",
            "a=b",
            "{\"a\":1}",
            "{}",
        ] {
            assert_eq!(
                read_now(text).unwrap_err(),
                PastedError::Unrecognised,
                "{text}"
            );
        }
        assert_eq!(read_now(" \n ").unwrap_err(), PastedError::Empty);
        let cut = format!("{{\"AccessKeyId\":\"{ID}\",\"SecretAcc");
        assert_eq!(read_now(&cut).unwrap_err(), PastedError::Cut);
        let long = format!("AWS_ACCESS_KEY_ID={}", "A".repeat(LONGEST_TEXT));
        assert_eq!(read_now(&long).unwrap_err(), PastedError::Unrecognised);
    }

    #[test]
    fn what_no_header_and_no_scope_can_carry_is_refused_by_its_name() {
        let with = |id: &str, secret: &str, token: &str, end: &str| {
            read_now(&format!(
                "AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\nAWS_SESSION_TOKEN={token}\nAWS_CREDENTIAL_EXPIRATION={end}"
            ))
        };
        for (result, field) in [
            (with("ASIA/x", SECRET, TOKEN, END), Field::AccessKeyId),
            (with("ASIA,x", SECRET, TOKEN, END), Field::AccessKeyId),
            (with(ID, "a b", TOKEN, END), Field::SecretAccessKey),
            (with(ID, SECRET, "t\u{e9}", END), Field::SessionToken),
            (with(ID, SECRET, TOKEN, "soon"), Field::Expiration),
        ] {
            assert_eq!(result.unwrap_err(), PastedError::Malformed(field));
        }
    }

    #[test]
    fn expired_credentials_are_refused() {
        let text = format!(
            "AWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET}\nAWS_SESSION_TOKEN={TOKEN}\nAWS_CREDENTIAL_EXPIRATION={END}"
        );
        assert!(read(&text, END_MS - 1).is_ok());
        assert_eq!(read(&text, END_MS).unwrap_err(), PastedError::Expired);
    }

    #[test]
    fn a_long_lived_key_is_taken_and_told() {
        let pasted =
            read_now("AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=s").unwrap();
        assert!(pasted.keys.are_long_lived());
        assert_eq!(pasted.keys.expires, None);
    }

    /// Every prefix of every form, and every form with a byte changed: whatever comes of it, nothing of the
    /// secrets is in what is printed.
    #[test]
    fn no_error_and_no_print_holds_anything_secret() {
        let texts = [
            format!(
                "export AWS_ACCESS_KEY_ID={ID}\nexport AWS_SECRET_ACCESS_KEY={SECRET}\nexport AWS_SESSION_TOKEN={TOKEN}"
            ),
            format!(
                "[default]\naws_access_key_id={ID}\naws_secret_access_key={SECRET}\naws_session_token={TOKEN}"
            ),
            format!(
                r#"{{"AccessKeyId":"{ID}","SecretAccessKey":"{SECRET}","SessionToken":"{TOKEN}"}}"#
            ),
            format!(
                r#"{{"AccessKeyId":["{SECRET}"],"SecretAccessKey":{{"a":"{SECRET}"}},"Expiration":"{SECRET}"}}"#
            ),
            format!("{{{SECRET}"),
            format!("AWS_ACCESS_KEY_ID={ID}\nAWS_SECRET_ACCESS_KEY={SECRET} {TOKEN}"),
        ];
        for text in texts {
            for end in 0..=text.len() {
                let printed = match read_now(&text[..end]) {
                    Ok(pasted) => format!("{pasted:?}"),
                    Err(error) => format!("{error:?} {error} {}", error.code()),
                };
                assert!(
                    !printed.contains("wJal") && !printed.contains("IQoJ"),
                    "{printed}"
                );
            }
        }
    }
}
