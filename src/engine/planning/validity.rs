//! Nothing is planned that is not worth sending any more, and no run stands in the way that is not.

use jiff::Timestamp;

use crate::domain::{Timing, Zone};
use crate::engine::EngineError;
use crate::engine::send::Engine;

use super::error::PlanError;

/// Refuses what is not worth sending any more. `zone` is the one in which people think of its times.
pub(super) fn refuse_expired(
    campaign: &str,
    timing: &Timing,
    zone: &Zone,
    now: Timestamp,
) -> Result<(), PlanError> {
    match timing.valid_until {
        Some(until) if timing.is_expired(now) => {
            Err(PlanError::Expired { campaign: campaign.to_owned(), until: Box::new(zone.at(until)) })
        }
        _ => Ok(()),
    }
}

impl Engine {
    /// Ends the campaign's runs whose validity has ended, so that they stand in nobody's way.
    pub(super) async fn expire_of(&self, campaign: &str) -> Result<(), PlanError> {
        let views = self.journal.views_where(|plan| plan.campaign == campaign).map_err(EngineError::from)?;
        for view in views {
            match self.expire(view.facts.plan.run).await {
                // Without its roster nothing can be said of it; it is refused as unfinished.
                Err(EngineError::Roster(_) | EngineError::ForeignRoster { .. }) => {}
                expired => drop(expired?),
            }
        }
        Ok(())
    }
}
