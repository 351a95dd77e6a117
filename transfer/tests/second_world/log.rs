//! What went into an engine and what came out of it: printed for a person who follows one seed, and fed
//! to a fresh engine that must do the same.

use rusty_attachments_model::ContentHash;
use rusty_attachments_transfer::{Action, Engine, Event, Settings};

/// Something that is told to the engine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Input {
    File {
        path: String,
        size: u64,
        modified: i64,
        known: Vec<ContentHash>,
    },
    Event(u64, Event),
}

impl Input {
    /// Whether the engine took it.
    pub(crate) fn give_to(self, engine: &mut Engine) -> bool {
        match self {
            Self::File {
                path,
                size,
                modified,
                known,
            } => engine.add_file(&path, size, modified, &known).is_some(),
            Self::Event(now, event) => {
                engine.handle(now, event);
                true
            }
        }
    }
}

/// The log of one engine.
#[derive(Debug)]
pub(crate) struct Log {
    settings: Settings,
    steps: Vec<(Input, Vec<Action>)>,
    keeps: bool,
    pub(crate) prints: bool,
}

impl Log {
    /// `keeps` what is needed for a replay; `prints` all of it.
    pub(crate) fn new(settings: Settings, keeps: bool, prints: bool) -> Self {
        Self {
            settings,
            steps: Vec::new(),
            keeps,
            prints,
        }
    }

    pub(crate) fn input(&mut self, now: u64, input: &Input) {
        if self.prints {
            println!("{now:>9} -> {}", short(&format!("{input:?}")));
        }
        if self.keeps {
            self.steps.push((input.clone(), Vec::new()));
        }
    }

    pub(crate) fn action(&mut self, now: u64, action: &Action) {
        if self.prints {
            println!("{now:>9} <- {}", short(&format!("{action:?}")));
        }
        if let Some((_, actions)) = self.steps.last_mut() {
            actions.push(action.clone());
        }
    }

    pub(crate) fn note(&self, now: u64, text: impl FnOnce() -> String) {
        if self.prints {
            println!("{now:>9} -- {}", text());
        }
    }

    /// Feeds all of it to a fresh engine; tells the first difference.
    pub(crate) fn replay(self) -> Result<(), String> {
        let mut engine = Engine::new(self.settings);
        for (input, actions) in self.steps {
            let what = short(&format!("{input:?}"));
            input.give_to(&mut engine);
            let again: Vec<Action> = std::iter::from_fn(|| engine.poll_action()).collect();
            if again != actions {
                let (again, actions) = (format!("{again:?}"), format!("{actions:?}"));
                return Err(format!(
                    "after {what}: {} instead of {}",
                    short(&again),
                    short(&actions)
                ));
            }
        }
        Ok(())
    }
}

/// Long texts are of no use on a screen.
fn short(text: &str) -> String {
    const MOST: usize = 600;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
