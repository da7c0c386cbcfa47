//! Which limits of an hour and longer keep a run waiting, for `disparo status`.

use serde_json::{Value, json};

use crate::engine::{UsedUp, used_up};
use crate::roster::Roster;

use super::failure::Failure;
use super::owner::Owner;

/// See the module.
#[derive(Debug, Default)]
pub struct Limits {
    used_up: Vec<UsedUp>,
    /// Whether all of its people wait for one.
    all_wait: bool,
}

impl Limits {
    /// Those of a run, over its channels as they are set up now. Nothing is said where a channel is not there any
    /// more.
    ///
    /// # Errors
    /// When the journal or the roster cannot be read.
    pub fn of(owner: &Owner, roster: &Roster) -> Result<Self, Failure> {
        let plan = roster.plan();
        // Nobody sends it, so that nothing keeps it waiting.
        if !owner.underway.has(plan.run) {
            return Ok(Self::default());
        }
        let Ok(channels) = owner.channels_of(plan) else { return Ok(Self::default()) };
        let rates = owner.underway.rates(plan.run).unwrap_or_else(|| plan.rates.clone());
        let engine = &owner.engine;
        let (used_up, all_wait) = used_up(&engine.journal, roster, &channels, &rates, engine.clock.now())?;
        Ok(Self { used_up, all_wait })
    }

    /// A sentence for each.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let sentence = |UsedUp { channel, portfolio, full }: &UsedUp| {
            let whose = match (portfolio, channel) {
                (Some(portfolio), Some(channel)) => {
                    format!("portfolio {portfolio}, which channel {channel} belongs to")
                }
                (_, Some(channel)) => format!("channel {channel}"),
                (_, None) => "the campaign".to_owned(),
            };
            format!("{whose}: {full}")
        };
        self.used_up.iter().map(sentence).collect()
    }

    /// A run's JSON with these: `used_up` lists them, and `waiting` says so where all of its people wait.
    #[must_use]
    pub fn json(&self, mut run: Value) -> Value {
        let Value::Object(fields) = &mut run else { return run };
        let limit = |UsedUp { channel, portfolio, full }: &UsedUp| {
            json!({
                "channel": channel,
                "portfolio": portfolio,
                "limit": full.limit.to_string(),
                "until": full.until,
            })
        };
        fields.insert("used_up".to_owned(), self.used_up.iter().map(limit).collect());
        let until = self.used_up.iter().map(|used_up| used_up.full.until).min();
        if let Some(until) = until.filter(|_| self.all_wait) {
            fields.insert("waiting".to_owned(), json!({ "for": "limit", "until": until }));
        }
        run
    }
}
