//! What a receipt says of this upload; how it is written is in [`crate::receipt`].

use super::listing::Entry;
use super::{Engine, FileId};
use crate::content::{ContentId, Piece};
use crate::file_list::FileStatus;
use crate::files::FileState;
use crate::outcome::Outcome;
use crate::receipt::{
    Chunk, Further, Head, Line, Object, ReceiptFacts, ReceiptFormat, Totals, moment, piece,
    verified,
};

/// Files in one piece: about half a megabyte of JSON.
const FILES: usize = 1_500;

impl Engine {
    /// The piece of the receipt with this number, from 0; none after the last one, and none before the
    /// upload has ended. All pieces together are the receipt.
    #[must_use]
    pub fn receipt_piece(
        &self,
        format: ReceiptFormat,
        facts: &ReceiptFacts,
        number: usize,
    ) -> Option<String> {
        let outcome = self.outcome.as_ref()?;
        let count = self.files.len() + self.failures.others().len();
        let last = count.saturating_sub(1) / FILES;
        if number > last {
            return None;
        }
        let head = (number == 0).then(|| self.receipt_head(facts, outcome));
        let entries = self.entries().skip(number * FILES).take(FILES);
        let lines = entries.map(|entry| match entry {
            Entry::File(file) => self.receipt_line(file),
            Entry::Other(other) => Line {
                path: other.path.to_string(),
                size: other.size,
                status: other.status().name(),
                object: None,
                chunks: Vec::new(),
                problem: Some(self.failures.of_other(other).code.clone()),
            },
        });
        Some(piece(format, head.as_ref(), lines, number == last))
    }

    fn receipt_head(&self, facts: &ReceiptFacts, outcome: &Outcome) -> Head {
        let layout = &self.settings.layout;
        let counts = self.file_counts();
        let tally = &self.tally;
        let (name, manifest) = match outcome {
            Outcome::Complete(summary) => ("complete", summary.manifest.as_ref()),
            Outcome::Failed(_) => ("failed", None),
            Outcome::Cancelled => ("cancelled", None),
        };
        Head {
            profile: facts.profile.clone(),
            outcome: name,
            started_at: moment(facts.started),
            ended_at: moment(facts.ended),
            server: self.settings.server.clone(),
            bucket: self.settings.bucket.clone(),
            root_prefix: layout.location.root_prefix.to_string(),
            farm_id: layout.farm_id.to_string(),
            queue_id: layout.queue_id.to_string(),
            asset_root: self.settings.asset_root.to_string(),
            manifest_key: manifest.map(|manifest| manifest.key.clone()),
            manifest_hash: manifest.map(|manifest| manifest.hash.to_string()),
            further_manifests: manifest
                .into_iter()
                .flat_map(|manifest| &manifest.further)
                .map(|stored| Further {
                    key: stored.key.clone(),
                    hash: stored.hash.to_string(),
                })
                .collect(),
            totals: Totals {
                files: self.files.len() as u64,
                bytes: self.found_bytes,
                failed_files: counts.failed as u64,
                skipped_files: counts.skipped as u64,
                not_sent_files: counts.not_sent as u64,
                objects_sent: tally.written.count,
                bytes_sent: tally.written.bytes,
                objects_in_store: tally.skipped.count,
                bytes_in_store: tally.skipped.bytes,
                verified_by_server: tally.by_server,
                verified_by_size: tally.by_size,
                not_verified: tally.not_verified,
            },
        }
    }

    fn receipt_line(&self, id: FileId) -> Line {
        let file = self.files.get(id);
        let object = match file.state {
            FileState::Hashed(content) => Some(self.receipt_object(content)),
            _ => None,
        };
        let chunks = match file.state {
            FileState::Chunked(_) => self.files.contents(id),
            _ => Vec::new(),
        };
        Line {
            path: file.path.to_string(),
            size: file.size,
            status: self.file_status(id).name(),
            object,
            chunks: chunks
                .into_iter()
                .map(|(content, piece)| self.receipt_chunk(content, piece))
                .collect(),
            problem: self.failures.of(id).map(|problem| problem.code.clone()),
        }
    }

    fn receipt_chunk(&self, content: ContentId, piece: Piece) -> Chunk {
        let status = match self.content_status(content) {
            done @ (FileStatus::Sent | FileStatus::InStore) => done,
            // The upload has ended.
            _ => FileStatus::NotSent,
        };
        Chunk {
            size: self.files.range(piece).1,
            status: status.name(),
            object: self.receipt_object(content),
        }
    }

    fn receipt_object(&self, id: ContentId) -> Object {
        let content = self.contents.get(id);
        Object {
            hash: content.hash.to_string(),
            key: self.content_key(id),
            verified: content.stage.result().map(|(_, sure)| verified(sure)),
        }
    }
}
