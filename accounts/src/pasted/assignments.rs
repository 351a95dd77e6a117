//! Variables of a shell: of POSIX, of PowerShell, of the Windows command line.

use super::Form;
use super::found::Found;

/// Nothing where no line sets one of the variables of AWS.
pub(super) fn read(text: &str) -> Option<(Form, Found)> {
    let mut found = Found::default();
    let mut form = None;
    for line in text.lines() {
        let line = line.trim().trim_end_matches(';');
        let (line_form, rest) = form_of(line);
        let Some((name, value)) = rest.split_once('=') else {
            continue;
        };
        if found.take(name.trim(), unquoted(value.trim())) {
            form.get_or_insert(line_form);
        }
    }
    found.has_any().then_some((form?, found))
}

/// The form of a line, and what comes after its command.
fn form_of(line: &str) -> (Form, &str) {
    for (before, form) in [
        ("export ", Form::Env),
        ("set ", Form::WindowsCmd),
        ("$env:", Form::Powershell),
    ] {
        if let Some(start) = line.get(..before.len())
            && start.eq_ignore_ascii_case(before)
        {
            return (form, &line[before.len()..]);
        }
    }
    (Form::EnvNoExport, line)
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        let inner = value.strip_prefix(quote);
        if let Some(inner) = inner.and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}
