//! Statements of IAM policies, for whoever has to grant what is missing.

use rusty_attachments_model::Region;

/// A statement that allows these actions on these resources, indented for people.
pub(crate) fn statement(actions: &[&str], resources: &[String]) -> String {
    let list = |items: Vec<serde_json::Value>| serde_json::Value::from(items);
    let statement = serde_json::json!({
        "Effect": "Allow",
        "Action": list(actions.iter().map(|&action| action.into()).collect()),
        "Resource": list(resources.iter().map(|name| name.as_str().into()).collect()),
    });
    format!("{statement:#}")
}

/// The partition in the names of this region's resources.
pub(crate) fn partition(region: &Region) -> &'static str {
    let name = region.as_str();
    if name.starts_with("cn-") {
        "aws-cn"
    } else if name.starts_with("us-gov-") {
        "aws-us-gov"
    } else if name.starts_with("eusc-") {
        "aws-eusc"
    } else {
        "aws"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_json_that_a_policy_takes() {
        let text = statement(
            &["s3:GetObject", "s3:PutObject"],
            &["arn:aws:s3:::b/D/*".into()],
        );
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["Effect"], "Allow");
        assert_eq!(read["Action"][1], "s3:PutObject");
        assert_eq!(read["Resource"][0], "arn:aws:s3:::b/D/*");
    }

    #[test]
    fn each_partition_names_its_resources() {
        let partition = |name: &str| partition(&name.parse().unwrap());
        assert_eq!(partition("us-west-2"), "aws");
        assert_eq!(partition("cn-north-1"), "aws-cn");
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition("eusc-de-east-1"), "aws-eusc");
    }
}
