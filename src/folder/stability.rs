//! When a file is whole: over what is seen of it from look to look, and the clock's ticks.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::listing::Facts;
use crate::clock::Tick;

/// What the system told of a file between two looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// It got its name in one step: it was renamed, or moved here.
    Arrived,
    /// Somebody makes it or writes into it.
    Written,
    /// Whoever wrote into it has let go of it.
    Closed,
}

/// Whoever has a file open for writing is waited for so many times longer than a file that only rests; not for
/// ever, since a hint may be lost.
const PATIENCE: u32 = 10;

#[derive(Debug, Default)]
struct Seen {
    facts: Option<Facts>,
    since: Tick,
    has_arrived: bool,
    is_open: bool,
}

/// What was seen of files so far. A file is whole once it has looked the same for long enough, or when it got its
/// name in one step.
#[derive(Debug)]
pub struct Stability {
    stable_for: Duration,
    seen: BTreeMap<PathBuf, Seen>,
}

impl Stability {
    /// Nothing was seen yet.
    #[must_use]
    pub fn new(stable_for: Duration) -> Self {
        Self { stable_for, seen: BTreeMap::new() }
    }

    /// The system told something of a file.
    pub fn hear(&mut self, path: PathBuf, hint: Hint) {
        let seen = self.seen.entry(path).or_default();
        match hint {
            Hint::Arrived => *seen = Seen { has_arrived: true, ..Seen::default() },
            Hint::Written => (seen.has_arrived, seen.is_open) = (false, true),
            Hint::Closed => seen.is_open = false,
        }
    }

    /// The file looks like this now. Gives when it will be whole if it stays so; `None` when it is.
    pub fn look(&mut self, path: &Path, facts: &Facts, now: Tick) -> Option<Tick> {
        if !self.seen.contains_key(path) {
            self.seen.insert(path.to_owned(), Seen::default());
        }
        let seen = self.seen.get_mut(path)?;
        match &seen.facts {
            Some(before) if before.is_same_content(facts) => {}
            before => {
                // What changed after it arrived is being written into, whether that was told or not.
                seen.has_arrived &= before.is_none();
                seen.since = now;
            }
        }
        seen.facts = Some(*facts);
        if seen.has_arrived {
            return None;
        }
        let wait = if seen.is_open { self.stable_for * PATIENCE } else { self.stable_for };
        let whole = seen.since.after(wait);
        (now < whole).then_some(whole)
    }

    /// Forgets the files that are not there any more.
    pub fn keep(&mut self, is_there: impl Fn(&Path) -> bool) {
        self.seen.retain(|path, _| is_there(path));
    }
}

/// Whether nothing was changed of a file for `stable_for`, for whoever looks once. A file of the future is not
/// whole: nobody knows for how long it rests.
#[must_use]
pub fn has_settled(facts: &Facts, now: Timestamp, stable_for: Duration) -> bool {
    let Ok(changed) = Timestamp::from_nanosecond(i128::from(facts.changed.max(facts.modified))) else {
        return false;
    };
    let wanted = SignedDuration::try_from(stable_for).unwrap_or(SignedDuration::MAX);
    now.duration_since(changed) >= wanted
}

#[cfg(test)]
mod tests {
    use super::super::listing::Kind;
    use super::*;

    const STABLE_FOR: Duration = Duration::from_secs(3);

    fn facts(length: u64) -> Facts {
        Facts { kind: Kind::File, length, modified: 7, changed: 7, inode: 1 }
    }

    fn at(tenths: u64) -> Tick {
        Tick(Duration::from_millis(tenths * 100))
    }

    fn file() -> PathBuf {
        PathBuf::from("x.csv")
    }

    #[test]
    fn a_file_that_grows_is_not_whole_before_it_rests() {
        let mut stability = Stability::new(STABLE_FOR);
        for step in 0..50 {
            let whole = stability.look(&file(), &facts(step), at(step * 29));
            assert_eq!(whole, Some(at(step * 29 + 30)), "a byte each 2.9 s");
        }
        assert_eq!(stability.look(&file(), &facts(49), at(49 * 29 + 29)), Some(at(49 * 29 + 30)));
        assert_eq!(stability.look(&file(), &facts(49), at(49 * 29 + 30)), None);
        assert_eq!(stability.look(&file(), &facts(50), at(5_000)), Some(at(5_030)), "written into once more");
    }

    #[test]
    fn another_time_or_another_file_begins_anew() {
        let mut stability = Stability::new(STABLE_FOR);
        stability.look(&file(), &facts(1), at(0));
        assert_eq!(stability.look(&file(), &Facts { modified: 8, ..facts(1) }, at(20)), Some(at(50)));
        let other = Facts { modified: 8, inode: 2, ..facts(1) };
        assert_eq!(stability.look(&file(), &other, at(40)), Some(at(70)));
        let renamed = Facts { changed: 99, ..other };
        assert_eq!(stability.look(&file(), &renamed, at(70)), None, "permissions are not content");
    }

    #[test]
    fn what_arrives_in_one_step_is_whole_at_once() {
        let mut stability = Stability::new(STABLE_FOR);
        stability.hear(file(), Hint::Arrived);
        assert_eq!(stability.look(&file(), &facts(5), at(0)), None);
        assert_eq!(
            stability.look(&file(), &facts(6), at(1)),
            Some(at(31)),
            "it is written into all the same"
        );
        stability.hear(file(), Hint::Arrived);
        assert_eq!(stability.look(&file(), &facts(7), at(2)), None, "another took its place");
        stability.hear(file(), Hint::Written);
        assert_ne!(stability.look(&file(), &facts(7), at(3)), None);
    }

    #[test]
    fn whoever_has_it_open_is_waited_for_but_not_for_ever() {
        let mut stability = Stability::new(STABLE_FOR);
        stability.hear(file(), Hint::Written);
        assert_eq!(stability.look(&file(), &facts(1), at(0)), Some(at(300)));
        assert_eq!(stability.look(&file(), &facts(1), at(300)), None);
        stability.hear(file(), Hint::Written);
        assert_eq!(stability.look(&file(), &facts(2), at(301)), Some(at(601)));
        stability.hear(file(), Hint::Closed);
        assert_eq!(stability.look(&file(), &facts(2), at(331)), None);
    }

    #[test]
    fn one_look_goes_by_the_times_of_the_file() {
        let second = 1_000_000_000;
        let now = Timestamp::from_second(1_000).expect("a time");
        let settled = |modified: i64, changed: i64| {
            has_settled(
                &Facts { modified: modified * second, changed: changed * second, ..facts(1) },
                now,
                STABLE_FOR,
            )
        };
        assert!(settled(900, 997));
        assert!(!settled(900, 998), "copied a moment ago with an old time");
        assert!(!settled(998, 900));
        assert!(!settled(5_000, 900));
    }
}
