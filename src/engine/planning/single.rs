//! The plan of a change that a command asks for: not read from an audience, and of no occurrence.

use std::num::NonZeroU32;
use std::time::Duration;

use roaring::RoaringTreemap;

use crate::domain::{
    Address, Channel, Content, Occurrence, OnDoubt, Plan, Purpose, Recipient, RecipientNumber, RowCounts,
    RunName, Safety, Standing,
};
use crate::engine::link::freeze;
use crate::engine::send::Engine;
use crate::roster::RosterWriter;

use super::error::PlanError;
use super::freeze::Planned;
use super::standing::StandingRule;
use super::survey::Survey;

/// Recipients of such a run that may be in doubt at once.
const MAX_IN_DOUBT: u32 = 500;

/// After so long the policy decides about doubt: which is to wait for a person.
const DOUBT_TTL: Duration = Duration::from_secs(24 * 3_600);

impl Engine {
    /// Plans what `name` asks for over one channel: `contents`, each with the address that it concerns, all
    /// of them checked by the provider. An address that stands there twice is taken once. A suppressed person
    /// is left out where a message would go to them.
    ///
    /// # Errors
    /// When the plan cannot be written.
    pub async fn plan_single(
        &self,
        channel: &Channel,
        name: &str,
        contents: Vec<(Address, Content)>,
    ) -> Result<Planned, PlanError> {
        let run = self.journal.number_run().await?;
        let plan = Plan {
            run,
            run_name: RunName::new(name, run),
            campaign: name.to_owned(),
            occurrence: Occurrence(0),
            purpose: Purpose::Single,
            created: self.clock.now(),
            channels: vec![freeze(channel)],
            rows: RowCounts::default(),
            already: 0,
            suppressed: 0,
            safety: safety(),
            rates: Vec::new(),
            ramp: None,
        };
        let mut writer = RosterWriter::create(self.journal.path(), run)?;
        let mut survey = Survey::new(1);
        let mut standings = Vec::with_capacity(contents.len());
        let mut seen = RoaringTreemap::new();
        for (row, (address, content)) in (1..).zip(contents) {
            if !seen.insert(address.key(&content).as_u64()) {
                survey.duplicate();
                continue;
            }
            let recipient = Recipient {
                number: RecipientNumber(u32::try_from(standings.len()).unwrap_or(u32::MAX)),
                row,
                standing: self.standing_of(&address, &content),
                address,
                channel: 0,
                content,
            };
            survey.recipient(&recipient);
            standings.push(recipient.standing);
            writer.push(&recipient)?;
        }
        let plan = Plan { rows: survey.rows, suppressed: survey.suppressed, ..plan };
        let plan_hash = writer.finish(plan.clone())?;
        Ok(Planned::plain(plan, plan_hash, survey, standings))
    }

    /// Whether a message or a change may go to an address: a suppressed person is spared only what messages
    /// them. No frequency cap holds for what somebody asks for by name; it counts for those of campaigns.
    #[must_use]
    pub fn standing_of(&self, address: &Address, content: &Content) -> Standing {
        StandingRule::new(&self.journal).standing(address, content)
    }
}

/// Whoever asks for a change sees what came of it, and settles doubt as it arises.
fn safety() -> Safety {
    Safety {
        stop_above: None,
        on_doubt: OnDoubt::Hold,
        doubt_ttl: DOUBT_TTL,
        max_in_doubt: NonZeroU32::new(MAX_IN_DOUBT).unwrap_or(NonZeroU32::MIN),
    }
}
