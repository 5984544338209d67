//! How the state survives a kill: a file of JSON lines, one line for each request that changed
//! something, written and synced by a thread of its own in batches. An answer leaves only after its
//! line is on the disk.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::state::{Change, State};

/// The changes of one request: all of them or none.
#[derive(Serialize, Deserialize)]
struct Line {
    /// How many numbers were drawn by then.
    drawn: u64,
    changes: Vec<Change>,
}

struct Entry {
    line: Option<Vec<u8>>,
    done: oneshot::Sender<()>,
}

/// Says when what was written before it is on the disk.
#[derive(Debug)]
pub(crate) struct Ticket(Option<oneshot::Receiver<()>>);

impl Ticket {
    pub(crate) fn nothing_to_wait_for() -> Self {
        Ticket(None)
    }

    /// `false` if it could not be written.
    pub(crate) async fn written(self) -> bool {
        match self.0 {
            Some(done) => done.await.is_ok(),
            None => true,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Journal {
    entries: Sender<Entry>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Replays the file into `state` and opens it for more. A last line that was cut off by a kill
    /// was never answered, and is taken off.
    pub(crate) fn open(path: &Path, state: &mut State) -> io::Result<Self> {
        let mut whole: u64 = 0;
        if path.exists() {
            let mut reader = BufReader::new(File::open(path)?);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line)? > 0 {
                if line.last() != Some(&b'\n') {
                    break;
                }
                let Line { drawn, changes } = serde_json::from_slice(&line).map_err(|error| {
                    io::Error::new(
                        io::ErrorKind::InvalidData,
                        format!("at byte {whole}: {error}"),
                    )
                })?;
                state.draw.count = drawn;
                for change in changes {
                    state.apply(change);
                }
                whole += line.len() as u64;
                line.clear();
            }
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(whole)?;
        let (entries, received) = channel();
        let thread = std::thread::Builder::new()
            .name("sandbox-journal".to_owned())
            .spawn(move || write_entries(file, &received))?;
        Ok(Journal {
            entries,
            thread: Some(thread),
        })
    }

    /// Queues the changes of one request; with none, asks for what was queued before.
    pub(crate) fn write(&self, drawn: u64, changes: Vec<Change>) -> Ticket {
        let line = (!changes.is_empty()).then(|| {
            let mut line = serde_json::to_vec(&Line { drawn, changes })
                .expect("texts, numbers and maps with text keys are JSON");
            line.push(b'\n');
            line
        });
        let (done, written) = oneshot::channel();
        // If the thread is gone, the ticket says so.
        let _ = self.entries.send(Entry { line, done });
        Ticket(Some(written))
    }

    /// Writes what is queued and closes the file.
    pub(crate) fn close(self) {
        let Journal { entries, thread } = self;
        drop(entries);
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn write_entries(mut file: File, entries: &Receiver<Entry>) {
    let mut batch = Vec::new();
    let mut waiting = Vec::new();
    while let Ok(first) = entries.recv() {
        for entry in std::iter::once(first).chain(entries.try_iter()) {
            if let Some(line) = entry.line {
                batch.extend_from_slice(&line);
            }
            waiting.push(entry.done);
        }
        if !batch.is_empty() {
            if let Err(error) = file.write_all(&batch).and_then(|()| file.sync_data()) {
                tracing::error!(%error, "the sandbox cannot write its journal; it answers no more");
                return;
            }
            batch.clear();
        }
        for done in waiting.drain(..) {
            // Whoever asked may have gone away.
            let _ = done.send(());
        }
    }
}
