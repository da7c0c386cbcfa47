//! When the provider is asked about a message: rules over moments alone.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::DeliveryStatus;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// How long after the last news of a message it is asked for the first time.
const FIRST: Duration = MINUTE.saturating_mul(2);

/// The waits that follow: the first of them that is longer than the message had been quiet when it was last
/// asked for.
const WAITS: [Duration; 4] =
    [MINUTE.saturating_mul(10), HOUR, HOUR.saturating_mul(6), HOUR.saturating_mul(24)];

/// A message that was delivered and about which nothing came for so long is not waited for any more: most
/// people hide that they have read.
const DELIVERED_IS_FINAL: Duration = HOUR.saturating_mul(24);

/// How long after its acceptance, or its intent where that is all that is known, a message is asked for.
pub const LONGEST: Duration = HOUR.saturating_mul(24 * 7);

/// What is known of a message. Moments are milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Where it stands; the provider has it, or nobody knows.
    pub status: DeliveryStatus,
    /// Whether nobody knows whether it exists.
    pub is_in_doubt: bool,
    /// When it was accepted, or intended where it is in doubt.
    pub since: i64,
    /// The newest moment at which something became of it.
    pub newest: Option<i64>,
    /// When the provider was last asked and had nothing new.
    pub asked: Option<i64>,
}

/// Which waits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Each message has its own growing waits.
    Growing,
    /// None: everything that is not final is asked for (`disparo reconcile --all`).
    None,
}

impl Known {
    /// Whether the provider is to be asked about it now.
    #[must_use]
    pub fn is_due(&self, patience: Patience, now: Timestamp) -> bool {
        if self.is_final(now) {
            return false;
        }
        patience == Patience::None || self.wait(now).is_zero()
    }

    /// Whether nothing is waited for any more.
    #[must_use]
    pub fn is_final(&self, now: Timestamp) -> bool {
        let now = now.as_millisecond();
        if since(self.since, now) > LONGEST {
            return true;
        }
        match self.status {
            _ if self.is_in_doubt => false,
            DeliveryStatus::Read | DeliveryStatus::Replied | DeliveryStatus::Failed => true,
            DeliveryStatus::Delivered => since(self.quiet_from(), now) > DELIVERED_IS_FINAL,
            DeliveryStatus::Accepted | DeliveryStatus::Sent => false,
        }
    }

    /// How long it is until the message is asked for.
    fn wait(&self, now: Timestamp) -> Duration {
        let quiet_from = self.quiet_from();
        let (from, wait) = match self.asked.filter(|asked| *asked >= quiet_from) {
            // Doubt holds people up: the provider is asked about it at once.
            None if self.is_in_doubt => return Duration::ZERO,
            None => (quiet_from, FIRST),
            Some(asked) => {
                let quiet = since(quiet_from, asked);
                let [.., longest] = WAITS;
                (asked, WAITS.into_iter().find(|wait| *wait > quiet).unwrap_or(longest))
            }
        };
        wait.saturating_sub(since(from, now.as_millisecond()))
    }

    fn quiet_from(&self) -> i64 {
        self.newest.unwrap_or(self.since).max(self.since)
    }
}

/// From one moment to another; none where the clock went back.
fn since(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, ManualClock};

    const ACCEPTED: Known =
        Known { status: DeliveryStatus::Accepted, is_in_doubt: false, since: 0, newest: None, asked: None };

    fn minutes(minutes: u64) -> Duration {
        MINUTE * u32::try_from(minutes).expect("few")
    }

    /// Looks every minute for eight days, and asks whenever that is due; gives the minutes at which it was.
    fn asked_at(mut known: Known) -> Vec<u64> {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        let mut asked = Vec::new();
        for minute in 0..8 * 24 * 60 {
            if known.is_due(Patience::Growing, clock.now()) {
                known.asked = Some(clock.now().as_millisecond());
                asked.push(minute);
            }
            clock.advance(MINUTE);
        }
        asked
    }

    #[test]
    fn waits_grow_and_after_seven_days_nothing_is_asked() {
        let [first, second, third, fourth, fifth, rest @ ..] = &asked_at(ACCEPTED)[..] else {
            panic!("asked more often")
        };
        assert_eq!([*first, *second, *third, *fourth, *fifth], [2, 12, 72, 432, 1_872]);
        let days: Vec<_> = rest.iter().map(|minute| minute - 1_872).collect();
        assert_eq!(days, (1..=5).map(|day| day * 24 * 60).collect::<Vec<_>>());
        assert!(rest.iter().all(|minute| *minute <= 7 * 24 * 60));
    }

    #[test]
    fn news_begin_the_waits_anew() {
        let now = |minute| Timestamp::UNIX_EPOCH + minutes(minute);
        let hour = 3_600_000;
        let known = Known {
            status: DeliveryStatus::Sent,
            newest: Some(10 * hour),
            asked: Some(9 * hour),
            ..ACCEPTED
        };
        assert!(!known.is_due(Patience::Growing, now(601)));
        assert!(known.is_due(Patience::Growing, now(602)));
        assert!(known.is_due(Patience::None, now(601)));
    }

    #[test]
    fn what_has_a_final_word_is_never_asked_for() {
        let later = Timestamp::UNIX_EPOCH + minutes(5);
        for status in [DeliveryStatus::Read, DeliveryStatus::Replied, DeliveryStatus::Failed] {
            assert!(!Known { status, ..ACCEPTED }.is_due(Patience::None, later), "{status:?}");
        }
        let delivered = Known { status: DeliveryStatus::Delivered, newest: Some(60_000), ..ACCEPTED };
        assert!(delivered.is_due(Patience::Growing, later));
        let day = Timestamp::UNIX_EPOCH + minutes(24 * 60 + 2);
        assert!(!delivered.is_due(Patience::None, day), "quiet for a day");
    }

    #[test]
    fn doubt_is_asked_about_at_once_and_then_waits_like_the_others() {
        let doubt = Known { is_in_doubt: true, ..ACCEPTED };
        let asked = asked_at(doubt);
        assert_eq!(asked[..3], [0, 10, 70]);
        assert!(asked.iter().all(|minute| *minute <= 7 * 24 * 60));
    }

    #[test]
    fn a_clock_that_went_back_asks_nothing_and_fails_nothing() {
        let known = Known { since: 3_600_000, asked: Some(7_200_000), ..ACCEPTED };
        assert!(!known.is_due(Patience::Growing, Timestamp::UNIX_EPOCH));
    }
}
