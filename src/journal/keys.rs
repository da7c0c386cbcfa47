//! Keys of the store. One keyspace, so that a flush group is one atomic batch.
//!
//! | key | value |
//! |---|---|
//! | `m:format` | format version, `u32` |
//! | `m:store` | the store's random identifier, 8 bytes |
//! | `m:former` | its [`super::adoption::Former`] identifiers |
//! | `m:adopted` | when it was last taken over, as its disk tells the time: nanoseconds since the Unix epoch, `i64` |
//! | `m:home` | its [`super::home::Home`] |
//! | `m:epoch` | openings of the store, `u32` |
//! | `m:runs` | the newest run's number, `u32` |
//! | `m:batches` | batches written, `u64`; see [`super::mark`] |
//! | `r` run, part | [`super::record::RunFacts`] |
//! | `s` run | [`super::record::WrittenSummary`] |
//! | `f` run | the [`crate::domain::FrozenChannel`] over which its rejected are tried, where there is one |
//! | `l` run, sequence, part | a flush group: its [`super::record::Record`]s of that run |
//! | `x` person | [`super::record::Suppression`] |
//! | `g` run | the [`crate::domain::Conduct`] of it, where there is any |
//! | `t` run | its [`crate::domain::Timing`], where there is any |
//! | `o` run | its [`crate::domain::Launch`], where it was none by hand |
//! | `d` run, sequence, part | a flush group of its [`super::deliveries::DeliveryRecord`]s |
//! | `e` run | [`super::load::WrittenReceipts`] |
//! | `w` number, part | a [`super::letters::Letter`] that waits to be applied |
//! | `i` alias | run and recipient whose message a provider knows by that name |
//! | `n` alias, digest, part | a [`super::letters::Unmatched`] |
//! | `b` person, alias, part | a [`super::letters::KeptInbound`] |
//! | `h` channel | its webhook address's [`super::letters::HookSecret`]s |
//! | `c` campaign | the [`crate::domain::due::ScheduleMark`] of it, where it has or had a schedule |
//! | `v` campaign | the pattern that its schedule went by when it was last looked at |
//! | `k` digest of a path | a [`super::drops::Dropped`] |
//! | `u` minute, name | calls and recipients of intents in that minute, by [`super::state::UsageOf`] |
//!
//! Numbers are big endian, so that ranges read in order. Parts, from 0, are `store`'s way of keeping
//! long values small.

use crate::domain::{PersonKey, RunId};

/// See the module's table.
pub const FORMAT: &[u8] = b"m:format";
/// See the module's table.
pub const STORE: &[u8] = b"m:store";
/// See the module's table.
pub const FORMER: &[u8] = b"m:former";
/// See the module's table.
pub const ADOPTED: &[u8] = b"m:adopted";
/// See the module's table.
pub const HOME: &[u8] = b"m:home";
/// See the module's table.
pub const EPOCH: &[u8] = b"m:epoch";
/// See the module's table.
pub const RUNS: &[u8] = b"m:runs";
/// See the module's table.
pub const BATCHES: &[u8] = b"m:batches";
/// Prefix of all facts of runs.
pub const ALL_FACTS: &[u8] = b"r";
/// Prefix of all suppressions.
pub const ALL_SUPPRESSIONS: &[u8] = b"x";
/// Prefix of all usage.
pub const ALL_USAGE: &[u8] = b"u";
/// Prefix of all letters.
pub const ALL_LETTERS: &[u8] = b"w";
/// Prefix of all receipts that wait for a name to be known.
pub const ALL_UNMATCHED: &[u8] = b"n";
/// Prefix of all webhooks' secrets.
pub const ALL_HOOKS: &[u8] = b"h";

/// Prefix of all marks of schedules.
pub const ALL_MARKS: &[u8] = b"c";
/// Prefix of all patterns of schedules.
pub const ALL_PATTERNS: &[u8] = b"v";

fn of_run(prefix: u8, run: RunId) -> Vec<u8> {
    let mut key = vec![prefix];
    key.extend_from_slice(&run.0.to_be_bytes());
    key
}

/// Key of a run's facts.
pub fn facts(run: RunId) -> Vec<u8> {
    of_run(b'r', run)
}

/// Key of a run's summary.
pub fn summary(run: RunId) -> Vec<u8> {
    of_run(b's', run)
}

/// Key of a run's fallback channel.
pub fn fallback(run: RunId) -> Vec<u8> {
    of_run(b'f', run)
}

/// Key of a run's conduct.
pub fn conduct(run: RunId) -> Vec<u8> {
    of_run(b'g', run)
}

/// Key of a run's timing.
pub fn timing(run: RunId) -> Vec<u8> {
    of_run(b't', run)
}

/// Key of a run's launch.
pub fn launch(run: RunId) -> Vec<u8> {
    of_run(b'o', run)
}

/// Key of what was taken from the inbox under this path.
pub fn dropped(path: &str) -> Vec<u8> {
    let digest = blake3::derive_key("disparo path of a drop", path.as_bytes());
    [b"k".as_slice(), &digest].concat()
}

/// Prefix of a run's receipts.
pub fn receipts(run: RunId) -> Vec<u8> {
    of_run(b'd', run)
}

/// Key of one flush group of a run's receipts.
pub fn receipts_group(run: RunId, sequence: u64) -> Vec<u8> {
    let mut key = receipts(run);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// Key of what a run's receipts come to.
pub fn receipts_summary(run: RunId) -> Vec<u8> {
    of_run(b'e', run)
}

/// Key of a letter.
pub fn letter(number: u64) -> Vec<u8> {
    numbered(ALL_LETTERS, number)
}

/// The number in the key of a letter or of a part of one.
pub fn number_of_letter(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(1..9)?.try_into().ok()?))
}

/// Key of a message's alias.
pub fn alias(alias: u64) -> Vec<u8> {
    numbered(b"i", alias)
}

/// Prefix of the receipts that wait for this alias to be known.
pub fn unmatched_of(alias: u64) -> Vec<u8> {
    numbered(ALL_UNMATCHED, alias)
}

/// Key of a receipt that waits for an alias to be known.
pub fn unmatched(alias: u64, digest: u64) -> Vec<u8> {
    numbered(&unmatched_of(alias), digest)
}

/// Prefix of what a person wrote.
pub fn inbound_of(person: PersonKey) -> Vec<u8> {
    numbered(b"b", person.as_u64())
}

/// Key of a message of a person's.
pub fn inbound(person: PersonKey, alias: u64) -> Vec<u8> {
    numbered(&inbound_of(person), alias)
}

/// Key of the secrets of a channel's webhook address.
pub fn hook(channel: &str) -> Vec<u8> {
    [ALL_HOOKS, channel.as_bytes()].concat()
}

/// The channel in the key of webhooks' secrets.
pub fn channel_of_hook(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(1..)?).ok()
}

/// Key of the mark of a campaign's schedule.
pub fn mark(campaign: &str) -> Vec<u8> {
    [ALL_MARKS, campaign.as_bytes()].concat()
}

/// Key of the pattern of a campaign's schedule.
pub fn pattern(campaign: &str) -> Vec<u8> {
    [ALL_PATTERNS, campaign.as_bytes()].concat()
}

/// The campaign in the key of a schedule's mark or pattern.
pub fn campaign_of(key: &[u8]) -> Option<&str> {
    std::str::from_utf8(key.get(1..)?).ok()
}

fn numbered(prefix: &[u8], number: u64) -> Vec<u8> {
    [prefix, &number.to_be_bytes()].concat()
}

/// Prefix of a run's log.
pub fn log(run: RunId) -> Vec<u8> {
    of_run(b'l', run)
}

/// Key of one flush group in a run's log.
pub fn group(run: RunId, sequence: u64) -> Vec<u8> {
    let mut key = log(run);
    key.extend_from_slice(&sequence.to_be_bytes());
    key
}

/// The sequence in the key of a flush group or of a part of one.
pub fn sequence_of(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(5..13)?.try_into().ok()?))
}

/// Key of a suppression.
pub fn suppression(person: PersonKey) -> Vec<u8> {
    let mut key = ALL_SUPPRESSIONS.to_vec();
    key.extend_from_slice(&person.as_u64().to_be_bytes());
    key
}

/// The person in the key of a suppression.
pub fn person_of(key: &[u8]) -> Option<PersonKey> {
    Some(PersonKey::from_u64(u64::from_be_bytes(key.get(1..)?.try_into().ok()?)))
}

/// Key of a channel's usage in a minute since the Unix epoch.
pub fn usage(minute: u64, channel: &str) -> Vec<u8> {
    let mut key = usage_from(minute);
    key.extend_from_slice(channel.as_bytes());
    key
}

/// The first key of usage in a minute.
pub fn usage_from(minute: u64) -> Vec<u8> {
    let mut key = ALL_USAGE.to_vec();
    key.extend_from_slice(&minute.to_be_bytes());
    key
}

/// Minute and channel in a key of usage.
pub fn usage_of(key: &[u8]) -> Option<(u64, &str)> {
    let minute = u64::from_be_bytes(key.get(1..9)?.try_into().ok()?);
    Some((minute, std::str::from_utf8(key.get(9..)?).ok()?))
}
