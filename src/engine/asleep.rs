//! Who sleeps: people whose window is shut are kept aside in their lanes, and come back when it opens.

use crate::domain::{HoldKind, HoldReason};

use super::dispatch::{Dispatcher, Stop};
use super::lane::Lane;

impl Dispatcher {
    /// Lets the lanes know who may be sent to now, where that has changed, and stops at the end of the validity.
    pub(super) fn heed_hours(&mut self) {
        let hours = &self.context.hours;
        let now = self.context.clock.now();
        if self.stop.is_none() && hours.are_over(now) {
            self.stop = Some(Stop::Expired);
        }
        if !self.known.contains(&now) {
            let (awake, until) = hours.awake(now);
            self.lanes.iter_mut().for_each(|lane| lane.set_awake(awake.clone()));
            self.known = now..until;
        }
    }

    /// Until when everybody in the lanes sleeps; none where nobody is there. Nobody is suspected any more then:
    /// whoever was goes again with the others.
    pub(super) fn asleep_until(&mut self) -> Option<Stop> {
        let asleep = self.lanes.iter().map(Lane::asleep).reduce(|all, people| all | people)?;
        if asleep.is_empty() {
            return None;
        }
        let now = self.context.clock.now();
        self.lanes.iter_mut().for_each(Lane::clear);
        Some(match self.context.hours.opens(&asleep, now) {
            Some(until) => Stop::Asleep(until),
            None => Stop::Hold(HoldReason {
                kind: HoldKind::CampaignRefused,
                sentence: format!(
                    "the window of the campaign never opens for {} recipients who are left; cancel the run, mend `schedule.window` and run the campaign again",
                    asleep.len()
                ),
            }),
        })
    }
}
