//! Channel, plan and recipients of the benchmarks that work inside their own process.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use disparo::clock::Clock;
use disparo::domain::{
    Address, Channel, Content, Occurrence, OnDoubt, Phone, Plan, Purpose, Recipient, RecipientNumber,
    RetryPolicy, RowCounts, RunName, Safety, Standing,
};
use disparo::engine::freeze;
use disparo::journal::Journal;
use disparo::provider::all_facts;

/// The plan of the journal's next run: so many people over this channel.
pub async fn plan(journal: &Journal, clock: &dyn Clock, channel: &Channel, people: u32) -> Plan {
    let run = journal.number_run().await.expect("a number");
    let recipients = u64::from(people);
    Plan {
        run,
        run_name: RunName::new("bench", run),
        campaign: "bench".to_owned(),
        occurrence: Occurrence(run.0),
        purpose: Purpose::Campaign,
        created: clock.now(),
        channels: vec![freeze(channel)],
        rows: RowCounts { rows: recipients, recipients, ..RowCounts::default() },
        already: 0,
        suppressed: 0,
        safety: Safety {
            stop_above: None,
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: number(4_000),
        },
        rates: Vec::new(),
        ramp: None,
    }
}

/// Devino at an address, with calls for so many.
pub fn channel(base_url: &str, chunk: u32) -> Channel {
    let facts = all_facts().into_iter().find(|facts| facts.name == "devino").expect("a provider");
    Channel {
        name: "main".to_owned(),
        provider: "devino",
        values: BTreeMap::from([("from", "Loja".to_owned())]),
        secret: None,
        rates: Vec::new(),
        monthly_calls: None,
        portfolio: None,
        chunk: number(chunk),
        most_recipients: number(32_000),
        in_flight: number(32),
        timeout: Duration::from_secs(60),
        retry: RetryPolicy::default(),
        base_url: base_url.to_owned(),
        callback_url: None,
        webhook: None,
        sandbox: true,
        limits: facts.limits.clone().expect("readable limits"),
    }
}

/// A person and their text.
pub fn recipient(number: u32) -> Recipient {
    let phone = Phone::from_digits(&format!("55119{:08}", 80_000_000 + number)).expect("a phone");
    Recipient {
        number: RecipientNumber(number),
        row: u64::from(number) + 1,
        address: Address::Phone(phone),
        channel: 0,
        standing: Standing::Send,
        content: Content::Text { text: format!("Oi, o pedido {number} saiu para São Paulo.") },
    }
}

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("not zero")
}
