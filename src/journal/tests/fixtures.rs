//! Plans, chunks and clocks that the proofs share.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::{Clock, ManualClock};
use crate::domain::{
    Attempt, ChunkRecipients, FrozenChannel, Occurrence, OnDoubt, Plan, PlanHash, Purpose, RecipientNumber,
    RowCounts, RunEvent, RunId, RunName, Safety, Standing, Verdict, Verdicts,
};
use crate::journal::{Journal, Permit};

pub const RUN: RunId = RunId(1);
pub const HASH: PlanHash = PlanHash([7; 32]);

pub fn clock() -> Arc<dyn Clock> {
    Arc::new(ManualClock::new(Timestamp::from_second(1_795_000_000).expect("a time")))
}

pub fn plan(recipients: u32, most: u32) -> Plan {
    let rows = u64::from(recipients);
    Plan {
        run: RUN,
        run_name: RunName::new("proof", RUN),
        campaign: "proof".to_owned(),
        occurrence: Occurrence(1),
        purpose: Purpose::Campaign,
        created: Timestamp::from_second(1_795_000_000).expect("a time"),
        channels: vec![FrozenChannel {
            name: "main".to_owned(),
            provider: "devino".to_owned(),
            values: BTreeMap::new(),
            base_address: "sandbox".to_owned(),
            sandbox: true,
        }],
        rows: RowCounts { rows, recipients: rows, ..RowCounts::default() },
        already: 0,
        suppressed: 0,
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

pub fn all_send(recipients: u32) -> Vec<Standing> {
    vec![Standing::Send; recipients as usize]
}

pub fn open(path: &Path) -> Journal {
    Journal::open(path, clock()).expect("the store opens")
}

/// A run of `recipients` people that is being sent.
pub async fn start(journal: &Journal, recipients: u32, most: u32) {
    journal
        .create_run(plan(recipients, most), HASH, all_send(recipients), Vec::new())
        .await
        .expect("the run is made");
    journal.happen(RUN, RunEvent::Started).await.expect("it starts");
}

pub fn people(numbers: impl IntoIterator<Item = u32>) -> ChunkRecipients {
    ChunkRecipients::new(numbers.into_iter().map(RecipientNumber).collect()).expect("somebody")
}

pub async fn intend(journal: &Journal, numbers: impl IntoIterator<Item = u32>) -> Permit {
    journal.intend(RUN, 0, Attempt::FIRST, people(numbers)).await.expect("the intent is written")
}

pub fn accepted() -> Verdicts {
    Verdicts::All(Verdict::Accepted { id: None })
}
