//! `stop_above`: the failed share of the newest outcomes.

use std::collections::VecDeque;

use crate::domain::Share;

/// Outcomes that are looked at.
const WINDOW: usize = 1_000;

/// Outcomes before anything is decided.
const LEAST: usize = 100;

/// Counts the newest outcomes of one launch; a resume counts anew.
#[derive(Debug)]
pub struct Brake {
    stop_above: Option<Share>,
    newest: VecDeque<bool>,
    failed: u64,
}

impl Brake {
    /// A brake that holds above this share; never where there is none.
    #[must_use]
    pub fn new(stop_above: Option<Share>) -> Self {
        Self { stop_above, newest: VecDeque::with_capacity(WINDOW), failed: 0 }
    }

    /// Takes outcomes of one call. Gives the failed and all newest outcomes once the share is passed.
    pub fn take(&mut self, accepted: u32, rejected: u32) -> Option<(u64, u64)> {
        let share = self.stop_above?;
        let outcomes =
            std::iter::repeat_n(true, rejected as usize).chain(std::iter::repeat_n(false, accepted as usize));
        for failed in outcomes {
            if self.newest.len() == WINDOW && self.newest.pop_front() == Some(true) {
                self.failed -= 1;
            }
            self.newest.push_back(failed);
            self.failed += u64::from(failed);
        }
        let all = self.newest.len() as u64;
        (self.newest.len() >= LEAST && share.is_passed_by(self.failed, all)).then_some((self.failed, all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_above_the_share_and_not_before_a_hundred_outcomes() {
        let mut brake = Brake::new(Some("10%".parse().expect("share")));
        assert_eq!(brake.take(0, 99), None);
        assert_eq!(brake.take(1, 0), Some((99, 100)));
    }

    #[test]
    fn old_outcomes_are_forgotten() {
        let mut brake = Brake::new(Some("10%".parse().expect("share")));
        assert_eq!(brake.take(900, 100), None);
        assert_eq!(brake.take(900, 0), None);
        // The hundred failures have left the window or are about to.
        assert_eq!(brake.take(50, 50), None);
        assert_eq!(brake.take(0, 60), Some((110, 1_000)));
        assert_eq!(Brake::new(None).take(0, 1_000), None);
    }
}
