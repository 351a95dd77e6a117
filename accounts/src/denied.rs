//! Why S3 refuses: which of nine causes it is, with a sentence and one button of its own.
//!
//! Most refusals say it. A bare `Access Denied`, and every refusal of a HEAD, which has no body, may mean the
//! wrong owner, the bucket or the object (spec `s3-layout.md` 5 and 10); then one or two harmless
//! questions tell them apart: a GET of a content that cannot exist, with the expected owner and without.

use rusty_attachments_model::s3_layout::S3Layout;
use rusty_attachments_model::{BucketName, ContentHash, Profile, Region};
use rusty_attachments_transfer::sign::UnsignedRequest;
use rusty_attachments_transfer::{Answer, ErrorBody, Method, problem_of};

use crate::permissions::{partition, statement};
use crate::problem::{Button, Problem};

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The access key is not known.
    Credentials,
    /// The credentials are good no more.
    Expired,
    /// There is no such bucket, or these credentials may not look into it.
    Bucket,
    /// The bucket belongs to another account than expected.
    Owner,
    /// The key that encrypts the bucket may not be used.
    Kms,
    /// Single objects may not be read or written.
    Object,
    /// This computer's clock is wrong.
    Skew,
    /// The secret does not belong to the access key.
    Signature,
    /// The bucket is in another region.
    Region,
}

impl Cause {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Expired => "expired",
            Self::Bucket => "bucket",
            Self::Owner => "owner",
            Self::Kms => "kms",
            Self::Object => "object",
            Self::Skew => "skew",
            Self::Signature => "signature",
            Self::Region => "region",
        }
    }
}

/// A refusal, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// What it is about; nothing if the question itself could not be answered (no network, a broken
    /// server).
    pub cause: Option<Cause>,
    /// For the person.
    pub problem: Problem,
}

/// Where the upload was going.
#[derive(Debug, Clone)]
pub struct About {
    bucket: BucketName,
    region: Region,
    layout: S3Layout,
    owner: Option<String>,
    /// Whether the session can get new queue credentials by itself.
    can_renew: bool,
}

impl About {
    /// Of this profile. `can_renew`: the session holds what new queue credentials are got with.
    #[must_use]
    pub fn new(profile: &Profile, can_renew: bool) -> Self {
        Self {
            bucket: profile.store.bucket.clone(),
            region: profile.store.region.clone(),
            layout: profile.store.layout.clone(),
            owner: profile.expected_bucket_owner.clone(),
            can_renew,
        }
    }
}

/// Finds out why an upload was refused.
#[derive(Debug)]
pub struct Diagnosis {
    about: About,
    state: State,
    /// The store has named another region in the answer that the upload ended with.
    is_about_region: bool,
}

#[derive(Debug)]
enum State {
    /// A question is to be asked.
    Ask {
        as_owner: bool,
    },
    Found(Box<Denial>),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Sign this with the profile's signer, send it, and tell the answer.
    Ask(UnsignedRequest),
    /// That is it.
    Found(Denial),
    /// What the upload ended with says it better.
    Nothing,
}

impl Diagnosis {
    /// Begins with the code of the problem that ended the upload, as the transfer engine gives it.
    /// Nothing if it is none of the refusals that are explained here.
    #[must_use]
    pub fn of_code(code: &str, about: About) -> Option<Self> {
        let state = match code {
            "access-denied" | "region-wrong" | "encryption-key-denied" => State::Ask {
                as_owner: about.owner.is_some(),
            },
            code => State::Found(Box::new(plain(code, &about, None)?)),
        };
        Some(Self {
            about,
            state,
            is_about_region: code == "region-wrong",
        })
    }

    /// Begins with the answer itself. Nothing if it is no refusal that is explained here.
    #[must_use]
    pub fn of_answer(answer: &Answer, about: About) -> Option<Self> {
        let state = match told(answer, &about) {
            Some(denial) => State::Found(Box::new(denial)),
            None if matches!(answer.status, 400..=403) => State::Ask {
                as_owner: about.owner.is_some(),
            },
            None => return None,
        };
        Some(Self {
            about,
            state,
            is_about_region: false,
        })
    }

    /// What to do next. A store that has named its region is not explained away by what it answers here all the
    /// same.
    ///
    /// # Panics
    /// Never.
    #[must_use]
    pub fn next(&self) -> Step {
        match &self.state {
            State::Ask { as_owner } => Step::Ask(self.question(*as_owner)),
            State::Found(denial) if self.is_about_region && denial.cause != Some(Cause::Region) => {
                Step::Nothing
            }
            State::Found(denial) => Step::Found((**denial).clone()),
        }
    }

    /// Takes the answer to the question; status 0 if none came.
    pub fn answered(&mut self, answer: &Answer) {
        let State::Ask { as_owner } = self.state else {
            return;
        };
        let is_served = matches!(answer.status, 200..=299 | 416) || is_missing_object(answer);
        self.state = match (is_served, as_owner) {
            (true, true) => State::Found(Box::new(object_denied(&self.about, true))),
            (true, false) if self.about.owner.is_some() => {
                State::Found(Box::new(owner_wrong(&self.about)))
            }
            (true, false) => State::Found(Box::new(object_denied(&self.about, true))),
            (false, _) => match told(answer, &self.about) {
                // The same question without the owner tells whether that was it.
                None if as_owner && answer.status == 403 => State::Ask { as_owner: false },
                None => State::Found(Box::new(undecided(answer, &self.about))),
                Some(denial) => State::Found(Box::new(denial)),
            },
        };
    }

    /// A content with this hash does not exist: it is the hash of nothing that anybody has.
    fn question(&self, as_owner: bool) -> UnsignedRequest {
        let nothing = ContentHash::from_hex(&[b'0'; 32]).expect("zeros are hex digits");
        let mut headers = vec![("range".to_owned(), "bytes=0-0".to_owned())];
        if as_owner && let Some(owner) = &self.about.owner {
            headers.push(("x-amz-expected-bucket-owner".to_owned(), owner.clone()));
        }
        UnsignedRequest {
            method: Method::Get,
            key: self.about.layout.location.content_key(nothing),
            query: Vec::new(),
            headers,
            host: 0,
        }
    }
}

fn is_missing_object(answer: &Answer) -> bool {
    let code = ErrorBody::read(&answer.body).code;
    answer.status == 404 && matches!(code.as_deref(), Some("NoSuchKey") | None)
}

/// What an answer tells by itself.
fn told(answer: &Answer, about: &About) -> Option<Denial> {
    let body = ErrorBody::read(&answer.body);
    let region = answer
        .header("x-amz-bucket-region")
        .or(body.region.as_deref())
        .filter(|region| {
            region
                .parse::<Region>()
                .is_ok_and(|region| region != about.region)
        });
    if let Some(region) = region {
        return plain("region-wrong", about, Some(region));
    }
    let problem = problem_of(answer, about.bucket.as_str());
    if problem.code != "access-denied" {
        return plain(&problem.code, about, None);
    }
    // S3 names the action to callers of the bucket's own account (S3 user guide, "access denied errors").
    let message = body.message.unwrap_or_default();
    let action = message.split("not authorized to perform: ").nth(1)?;
    let action = action.split_whitespace().next()?;
    if action.starts_with("s3:ListBucket") {
        Some(bucket_denied(about))
    } else if action.starts_with("s3:") {
        Some(object_denied(about, action == "s3:PutObject"))
    } else {
        None
    }
}

/// The refusals that need no more than their code, which is the transfer engine's.
fn plain(code: &str, about: &About, region: Option<&str>) -> Option<Denial> {
    let bucket = &about.bucket;
    let (cause, problem) = match code {
        "credentials-unknown" => (Cause::Credentials, Problem::unknown_access_key()),
        "credentials-wrong" => (Cause::Signature, Problem::wrong_secret()),
        "credentials-expired" => (
            Cause::Expired,
            if about.can_renew {
                Problem::new(
                    "credentials-expired",
                    "The queue's credentials have expired.",
                    "Get new ones: what is already in the store is not sent twice.",
                    Button::RenewCredentials,
                )
            } else {
                Problem::expired()
            },
        ),
        "clock-wrong" => (Cause::Skew, Problem::clock_skewed()),
        "region-wrong" => (
            Cause::Region,
            Problem::new(
                "region-wrong",
                match region {
                    Some(region) => format!(
                        "Bucket {bucket} is in region {region}, not in {}.",
                        about.region
                    ),
                    None => format!("Bucket {bucket} is not in region {}.", about.region),
                },
                "Set the region of the profile to the bucket's, then upload again.",
                match region {
                    Some(region) => Button::UseRegion(region.to_owned()),
                    None => Button::OpenProfile("region"),
                },
            ),
        ),
        "bucket-missing" => (
            Cause::Bucket,
            Problem::new(
                "bucket-missing",
                format!("There is no bucket named {bucket}."),
                "Choose the queue again, or compare the bucket with the queue's job attachments settings; then upload again.",
                Button::OpenProfile("bucket"),
            ),
        ),
        "encryption-key-denied" => (
            Cause::Kms,
            Problem::new(
                "encryption-key-denied",
                format!(
                    "Bucket {bucket} is encrypted with a KMS key that these credentials may not use."
                ),
                "Ask for kms:GenerateDataKey, kms:Decrypt and kms:DescribeKey on that key.",
                Button::CopyPermissions(statement(
                    &["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
                    &[format!(
                        "arn:{}:kms:{}:*:key/*",
                        partition(&about.region),
                        about.region
                    )],
                )),
            ),
        ),
        _ => return None,
    };
    Some(Denial {
        cause: Some(cause),
        problem,
    })
}

fn owner_wrong(about: &About) -> Denial {
    let owner = about.owner.as_deref().unwrap_or_default();
    Denial {
        cause: Some(Cause::Owner),
        problem: Problem::new(
            "bucket-owner-wrong",
            format!(
                "Bucket {} does not belong to account {owner}, which the profile expects.",
                about.bucket
            ),
            "Make sure that it is the farm's bucket and not somebody else's of the same name; then correct the account in the profile and upload again.",
            Button::OpenProfile("expectedBucketOwner"),
        ),
    }
}

fn bucket_denied(about: &About) -> Denial {
    let arn = format!("arn:{}:s3:::{}", partition(&about.region), about.bucket);
    Denial {
        cause: Some(Cause::Bucket),
        problem: Problem::new(
            "bucket-denied",
            format!(
                "These credentials may not look into bucket {}: it belongs to somebody else, or s3:ListBucket is missing.",
                about.bucket
            ),
            "Compare the bucket with the queue's job attachments settings, or ask for s3:ListBucket on it.",
            Button::CopyPermissions(statement(&["s3:ListBucket"], &[arn])),
        ),
    }
}

fn object_denied(about: &About, is_write: bool) -> Denial {
    let bucket = &about.bucket;
    let prefix = &about.layout.location.root_prefix;
    let (what, action) = if is_write {
        (
            format!(
                "Bucket {bucket} is the right one, but with these credentials nothing may be written below {prefix}/."
            ),
            "s3:PutObject",
        )
    } else {
        (
            format!(
                "Bucket {bucket} is the right one, but with these credentials nothing may be read below {prefix}/."
            ),
            "s3:GetObject",
        )
    };
    let objects = format!("arn:{}:s3:::{bucket}/{prefix}/*", partition(&about.region));
    Denial {
        cause: Some(Cause::Object),
        problem: Problem::new(
            "object-denied",
            what,
            format!(
                "Compare the root prefix with the queue's, or ask for {action} on its objects."
            ),
            Button::CopyPermissions(statement(&["s3:GetObject", "s3:PutObject"], &[objects])),
        ),
    }
}

/// The answer to a question that tells nothing more.
fn undecided(answer: &Answer, about: &About) -> Denial {
    let bucket = about.bucket.as_str();
    match answer.status {
        401 | 403 => bucket_denied(about),
        0 => Denial {
            cause: None,
            problem: Problem::unreachable(bucket),
        },
        status @ (408 | 429 | 500..=504) => Denial {
            cause: None,
            problem: Problem::busy("S3", status, None),
        },
        status => Denial {
            cause: None,
            problem: Problem::unexpected("S3", status, ""),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusty_attachments_model::profile::ProfileFields;

    fn about(owner: &str) -> About {
        let profile = Profile::parse(&ProfileFields {
            name: "Film".into(),
            region: "us-west-2".into(),
            farm_id: "farm-0123456789abcdef0123456789abcdef".into(),
            queue_id: "queue-fedcba9876543210fedcba9876543210".into(),
            bucket: "studio".into(),
            root_prefix: "DeadlineCloud".into(),
            asset_root: "/projects".into(),
            asset_root_format: "posix".into(),
            expected_bucket_owner: owner.into(),
            ..ProfileFields::default()
        })
        .unwrap();
        About::new(&profile, false)
    }

    const OWNER: &str = "123456789012";

    fn answer(status: u16, code: &str, message: &str) -> Answer {
        Answer {
            status,
            body: if code.is_empty() {
                String::new()
            } else {
                format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>")
            },
            ..Answer::default()
        }
    }

    fn denied() -> Answer {
        answer(403, "AccessDenied", "Access Denied")
    }

    /// Plays a diagnosis against these answers; gives how many questions were asked, and the result.
    fn found(mut diagnosis: Diagnosis, answers: &[Answer]) -> (usize, Denial) {
        for (asked, answer) in answers.iter().enumerate() {
            match diagnosis.next() {
                Step::Ask(_) => diagnosis.answered(answer),
                Step::Found(denial) => return (asked, denial),
                Step::Nothing => panic!("nothing was found"),
            }
        }
        match diagnosis.next() {
            Step::Found(denial) => (answers.len(), denial),
            Step::Ask(_) | Step::Nothing => panic!("one more question than expected"),
        }
    }

    fn of_answer(first: &Answer, answers: &[Answer]) -> (usize, Denial) {
        found(Diagnosis::of_answer(first, about(OWNER)).unwrap(), answers)
    }

    #[test]
    fn each_cause_has_its_sentence_and_its_button() {
        let missing = answer(404, "NoSuchKey", "");
        let kms = "User: arn is not authorized to perform: kms:GenerateDataKey on resource: k";
        let list = "User: a is not authorized to perform: s3:ListBucket on resource: \"arn:aws:s3:::studio\" because no identity-based policy allows it";
        let put = "User: a is not authorized to perform: s3:PutObject on resource: \"arn:aws:s3:::studio/k\" with an explicit deny";
        let cases: [(Answer, &[Answer], Cause, &str, &str); 11] = [
            (
                answer(403, "InvalidAccessKeyId", ""),
                &[],
                Cause::Credentials,
                "credentials-unknown",
                "enter-credentials",
            ),
            (
                answer(400, "ExpiredToken", ""),
                &[],
                Cause::Expired,
                "credentials-expired",
                "enter-credentials",
            ),
            (
                answer(403, "SignatureDoesNotMatch", ""),
                &[],
                Cause::Signature,
                "credentials-wrong",
                "enter-credentials",
            ),
            (
                answer(403, "RequestTimeTooSkewed", ""),
                &[],
                Cause::Skew,
                "clock-wrong",
                "try-again",
            ),
            (
                answer(404, "NoSuchBucket", ""),
                &[],
                Cause::Bucket,
                "bucket-missing",
                "open-profile",
            ),
            (
                answer(403, "AccessDenied", kms),
                &[],
                Cause::Kms,
                "encryption-key-denied",
                "copy-permissions",
            ),
            (
                answer(403, "AccessDenied", list),
                &[],
                Cause::Bucket,
                "bucket-denied",
                "copy-permissions",
            ),
            (
                answer(403, "AccessDenied", put),
                &[],
                Cause::Object,
                "object-denied",
                "copy-permissions",
            ),
            (
                denied(),
                std::slice::from_ref(&missing),
                Cause::Object,
                "object-denied",
                "copy-permissions",
            ),
            (
                denied(),
                &[denied(), missing.clone()],
                Cause::Owner,
                "bucket-owner-wrong",
                "open-profile",
            ),
            (
                denied(),
                &[denied(), denied()],
                Cause::Bucket,
                "bucket-denied",
                "copy-permissions",
            ),
        ];
        for (first, answers, cause, code, button) in cases {
            let (asked, denial) = of_answer(&first, answers);
            assert_eq!(asked, answers.len(), "{code}");
            assert_eq!((denial.cause, denial.problem.code), (Some(cause), code));
            assert_eq!(denial.problem.button.action(), button, "{code}");
        }
    }

    #[test]
    fn a_region_that_the_store_has_named_is_not_explained_away() {
        let elsewhere = Answer {
            headers: vec![("x-amz-bucket-region".into(), "eu-west-1".into())],
            ..answer(301, "PermanentRedirect", "")
        };
        let begin = || Diagnosis::of_code("region-wrong", about("")).unwrap();
        for (told, is_explained) in [
            (elsewhere, true),
            // It answers here all the same, or says no more than that.
            (answer(404, "NoSuchKey", ""), false),
            (denied(), false),
            (Answer::default(), false),
        ] {
            let mut diagnosis = begin();
            diagnosis.answered(&told);
            match diagnosis.next() {
                Step::Found(denial) => assert_eq!(denial.cause, Some(Cause::Region)),
                step => assert_eq!((step, is_explained), (Step::Nothing, false), "{told:?}"),
            }
        }
    }

    #[test]
    fn the_right_region_is_offered_wherever_the_answer_tells_it() {
        let told = [
            answer(
                400,
                "AuthorizationHeaderMalformed",
                "</Message><Region>eu-west-1</Region><Message>",
            ),
            Answer {
                status: 403,
                headers: vec![("x-amz-bucket-region".into(), "eu-west-1".into())],
                ..Answer::default()
            },
            Answer {
                headers: vec![("x-amz-bucket-region".into(), "eu-west-1".into())],
                ..answer(301, "PermanentRedirect", "")
            },
        ];
        for answer in told {
            let (_, denial) = of_answer(&answer, &[]);
            assert_eq!(denial.cause, Some(Cause::Region));
            assert_eq!(denial.problem.button, Button::UseRegion("eu-west-1".into()));
        }
        let (_, denial) = of_answer(&answer(301, "PermanentRedirect", ""), &[]);
        assert_eq!(denial.problem.button, Button::OpenProfile("region"));
        // The profile's own region, which S3 tells with every answer, is no reason.
        let own = Answer {
            headers: vec![("x-amz-bucket-region".into(), "us-west-2".into())],
            ..denied()
        };
        let (_, denial) = of_answer(&own, &[own.clone(), own.clone()]);
        assert_eq!(denial.cause, Some(Cause::Bucket));
    }

    /// A HEAD is refused without a word; the question has them.
    #[test]
    fn a_refusal_without_a_body_is_asked_about() {
        for (second, cause) in [
            (answer(403, "InvalidAccessKeyId", ""), Cause::Credentials),
            (answer(400, "ExpiredToken", ""), Cause::Expired),
            (answer(403, "SignatureDoesNotMatch", ""), Cause::Signature),
        ] {
            for status in [400, 403] {
                let (_, denial) = of_answer(&answer(status, "", ""), std::slice::from_ref(&second));
                assert_eq!(denial.cause, Some(cause));
            }
        }
    }

    #[test]
    fn the_questions_are_about_an_object_that_cannot_exist_and_differ_in_the_owner_only() {
        let mut diagnosis = Diagnosis::of_code("access-denied", about(OWNER)).unwrap();
        let Step::Ask(first) = diagnosis.next() else {
            panic!("a question");
        };
        assert_eq!(
            first.key,
            format!("DeadlineCloud/Data/{}.xxh128", "0".repeat(32))
        );
        assert!(
            first
                .headers
                .contains(&("x-amz-expected-bucket-owner".into(), OWNER.into()))
        );
        diagnosis.answered(&denied());
        let Step::Ask(second) = diagnosis.next() else {
            panic!("a question");
        };
        assert_eq!(
            second.headers,
            [("range".to_owned(), "bytes=0-0".to_owned())]
        );
        assert_eq!(second.key, first.key);
    }

    #[test]
    fn the_signer_of_uploads_signs_the_questions() {
        let about = about(OWNER);
        let signer = rusty_attachments_transfer::sign::Signer {
            endpoints: vec![rusty_attachments_model::Endpoint::aws(
                &about.region,
                &about.bucket,
                false,
            )],
            region: about.region.clone(),
            layout: about.layout.clone(),
            credentials: rusty_attachments_transfer::sign::Credentials::new("AKIA", "s", ""),
        };
        let Step::Ask(question) = Diagnosis::of_code("access-denied", about).unwrap().next() else {
            panic!("a question");
        };
        signer.sign(&question, 0).unwrap();
    }

    #[test]
    fn without_an_expected_owner_there_is_one_question() {
        let of = |answer: Answer| {
            let diagnosis = Diagnosis::of_code("access-denied", about("")).unwrap();
            found(diagnosis, &[answer]).1.cause
        };
        assert_eq!(of(denied()), Some(Cause::Bucket));
        assert_eq!(of(answer(404, "NoSuchKey", "")), Some(Cause::Object));
    }

    #[test]
    fn the_code_of_an_upload_that_ended_is_enough_to_begin_with() {
        for (code, cause) in [
            ("credentials-unknown", Cause::Credentials),
            ("credentials-expired", Cause::Expired),
            ("credentials-wrong", Cause::Signature),
            ("clock-wrong", Cause::Skew),
            ("bucket-missing", Cause::Bucket),
        ] {
            let diagnosis = Diagnosis::of_code(code, about(OWNER)).unwrap();
            assert_eq!(found(diagnosis, &[]).1.cause, Some(cause), "{code}");
        }
        assert!(Diagnosis::of_code("file-changed", about(OWNER)).is_none());
        assert!(Diagnosis::of_answer(&answer(503, "SlowDown", ""), about(OWNER)).is_none());
    }

    #[test]
    fn expired_queue_credentials_are_renewed_where_the_session_can() {
        let renewable = About {
            can_renew: true,
            ..about(OWNER)
        };
        let diagnosis = Diagnosis::of_code("credentials-expired", renewable).unwrap();
        let (_, denial) = found(diagnosis, &[]);
        assert_eq!(denial.problem.button, Button::RenewCredentials);
    }

    #[test]
    fn a_question_without_an_answer_names_no_cause() {
        for (status, code) in [
            (0, "network-unreachable"),
            (503, "service-busy"),
            (418, "answer-unexpected"),
        ] {
            let diagnosis = Diagnosis::of_code("access-denied", about(OWNER)).unwrap();
            let (_, denial) = found(diagnosis, &[answer(status, "", "")]);
            assert_eq!((denial.cause, denial.problem.code), (None, code));
        }
    }
}
