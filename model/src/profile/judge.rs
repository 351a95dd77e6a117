//! Collects what is wrong with a form, so that a person sees all of it at once.

/// A field that cannot stay as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Name of the field, as in [`ProfileFields`](super::ProfileFields), in camel case.
    pub field: &'static str,
    /// Stable name of the reason.
    pub code: &'static str,
    /// The reason, for people.
    pub message: String,
}

#[derive(Default)]
pub(super) struct Judge {
    errors: Vec<FieldError>,
}

impl Judge {
    pub(super) fn refuse(
        &mut self,
        field: &'static str,
        code: &'static str,
        message: impl ToString,
    ) {
        self.errors.push(FieldError {
            field,
            code,
            message: message.to_string(),
        });
    }

    pub(super) fn take<T: std::str::FromStr<Err: ToString>>(
        &mut self,
        field: &'static str,
        code: &'static str,
        text: &str,
    ) -> Option<T> {
        text.trim()
            .parse()
            .map_err(|error: T::Err| self.refuse(field, code, error))
            .ok()
    }

    /// As [`take`](Self::take), for a field that may be empty. Nothing only for one that is wrong.
    pub(super) fn take_if_any<T: std::str::FromStr<Err: ToString>>(
        &mut self,
        field: &'static str,
        code: &'static str,
        text: &str,
    ) -> Option<Option<T>> {
        if text.trim().is_empty() {
            return Some(None);
        }
        self.take(field, code, text).map(Some)
    }

    /// What was made of the fields, if none of them was refused.
    pub(super) fn verdict<T>(self, made: Option<T>) -> Result<T, Vec<FieldError>> {
        match made {
            Some(made) if self.errors.is_empty() => Ok(made),
            _ => Err(self.errors),
        }
    }
}
