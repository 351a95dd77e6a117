//! Takes a body in whole, hashing it, before the server behind the gateway sees any of it: what does
//! not match its checksum never becomes visible.

use std::io::SeekFrom;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use hyper::body::Frame;
use rusty_attachments_model::ContentHash;
use rusty_attachments_model::hash::ContentHasher;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::answer::{Body, Failure, full};
use crate::reading::Reading;

/// More than this goes to a file.
const IN_MEMORY: usize = 4 * 1024 * 1024;
/// How much of a file is sent at once.
const PIECE: usize = 256 * 1024;

/// A body that is all here.
pub(crate) struct Spooled {
    pub(crate) hash: ContentHash,
    pub(crate) size: u64,
    kept: Kept,
}

enum Kept {
    Memory(Bytes),
    File(File),
}

impl Spooled {
    /// Reads `body` to its end.
    pub(crate) async fn of(mut body: Reading) -> Result<Self, Failure> {
        let mut hasher = ContentHasher::new();
        let mut size = 0;
        let mut memory = BytesMut::new();
        let mut file: Option<File> = None;
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            hasher.update(&data);
            size += data.len() as u64;
            match &mut file {
                Some(file) => file.write_all(&data).await?,
                None => memory.extend_from_slice(&data),
            }
            if memory.len() > IN_MEMORY {
                let mut fresh = File::from_std(tempfile::tempfile()?);
                fresh.write_all(&std::mem::take(&mut memory)).await?;
                file = Some(fresh);
            }
        }
        let kept = match file {
            Some(mut file) => {
                file.flush().await?;
                file.seek(SeekFrom::Start(0)).await?;
                Kept::File(file)
            }
            None => Kept::Memory(memory.freeze()),
        };
        Ok(Self {
            hash: hasher.finish(),
            size,
            kept,
        })
    }

    /// The same bytes again.
    pub(crate) fn into_body(self) -> Body {
        let mut file = match self.kept {
            Kept::Memory(bytes) => return full(bytes),
            Kept::File(file) => file,
        };
        let (mut sender, body) = Channel::<Bytes, Failure>::new(2);
        tokio::spawn(async move {
            loop {
                let mut piece = BytesMut::with_capacity(PIECE);
                match file.read_buf(&mut piece).await {
                    Ok(0) => return,
                    Ok(_) => {
                        if sender.send(Frame::data(piece.freeze())).await.is_err() {
                            return;
                        }
                    }
                    Err(error) => return sender.abort(error.into()),
                }
            }
        });
        body.boxed_unsync()
    }
}
