//! Documents of any kind: none panics, and what is taken is written and read again as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rusty_attachments_model::manifest::Manifest;

fuzz_target!(|text: &str| {
    let manifest = Manifest::decode(text);
    // White space at the end keeps the short cut for canonical text away: both readers must agree.
    assert_eq!(
        Manifest::decode(&format!("{text}\n")).ok(),
        manifest.clone().ok()
    );
    match manifest {
        Ok(manifest) => {
            let _ = manifest.validate();
            let written = manifest.encode();
            assert!(written.is_ascii());
            assert_eq!(Manifest::decode(&written), Ok(manifest));
        }
        // A message for a person, never a copy of the document.
        Err(error) => assert!(error.to_string().len() < 200_000),
    }
});
