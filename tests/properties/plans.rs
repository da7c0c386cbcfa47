//! Plans, people and stores that the properties share.

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::ManualClock;
use disparo::domain::{
    ChunkRecipients, FrozenChannel, Occurrence, OnDoubt, Plan, PlanHash, Purpose, RecipientNumber, RowCounts,
    RunId, RunName, Safety, Standing,
};
use disparo::journal::Journal;
use jiff::Timestamp;

pub const HASH: PlanHash = PlanHash([1; 32]);

pub fn open(path: &Path) -> Journal {
    let now = Timestamp::from_second(1_795_000_000).expect("a time");
    Journal::open(path, Arc::new(ManualClock::new(now))).expect("the store opens")
}

pub fn plan(run: RunId, standings: &[Standing], most: u32) -> Plan {
    let count = |wanted| standings.iter().filter(|standing| **standing == wanted).count() as u64;
    let recipients = standings.len() as u64;
    Plan {
        run,
        run_name: RunName::new("properties", run),
        campaign: "properties".to_owned(),
        occurrence: Occurrence(run.0),
        purpose: Purpose::Campaign,
        created: Timestamp::from_second(1_795_000_000).expect("a time"),
        channels: vec![FrozenChannel {
            name: "main".to_owned(),
            provider: "devino".to_owned(),
            values: BTreeMap::new(),
            base_address: "sandbox".to_owned(),
            sandbox: true,
        }],
        rows: RowCounts { rows: recipients, recipients, ..RowCounts::default() },
        already: count(Standing::Already),
        suppressed: count(Standing::Suppressed),
        safety: Safety {
            stop_above: None,
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: NonZeroU32::new(most).expect("not zero"),
        },
        rates: Vec::new(),
        ramp: None,
    }
}

pub fn people(numbers: impl IntoIterator<Item = u32>) -> Option<ChunkRecipients> {
    ChunkRecipients::new(numbers.into_iter().map(RecipientNumber).collect())
}

/// The files of a store as they are, without its locks: what a killed process leaves. In the order of
/// their names, so that the mark of what was acknowledged is never newer than the rest.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    let entries: Result<Vec<_>, _> = fs::read_dir(from).expect("a folder").collect();
    let mut entries = entries.expect("entries");
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// Waits for a journal's answer, outside of any runtime.
pub fn wait<T>(answer: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(answer)
}
