//! What has happened since the scenario was set: limits, and rules that strike once.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::Service;
use super::accepting::Message;
use super::far_side::FarSide;
use super::limiter::Limiter;
use super::magic;
use super::scenario::Scenario;
use crate::clock::Tick;
use crate::domain::{Address, PersonKey};

#[derive(Debug, Default)]
pub(super) struct Progress {
    pub(super) calls: u64,
    recipients: u64,
    limiters: HashMap<(Service, u64), Limiter>,
    /// Rules that have struck somebody once, by their index.
    struck_once: HashSet<(usize, PersonKey)>,
}

impl Progress {
    /// Lets a call in, or says how long it is until there is room for it.
    pub(super) fn admit(
        &mut self,
        account: (Service, u64),
        scenario: &Scenario,
        at: Tick,
        recipients: usize,
    ) -> Result<(), Duration> {
        let limiter =
            self.limiters.entry(account).or_insert_with(|| Limiter::new(&scenario.rate_limit.rates));
        limiter.admit(at, recipients as u64)
    }

    /// What stands against a message: what the provider itself says, or a magic number, or the first rule
    /// that fits.
    pub(super) fn refusals<F: FarSide>(
        &mut self,
        scenario: &Scenario,
        message: &Message<F::Refusal>,
    ) -> Vec<F::Refusal> {
        if !message.refusals.is_empty() {
            self.recipients += 1;
            return message.refusals.clone();
        }
        message.to.as_ref().and_then(|to| self.refusal::<F>(scenario, to)).into_iter().collect()
    }

    /// What a magic number, or the first rule that fits, says of somebody.
    pub(super) fn refusal<F: FarSide>(&mut self, scenario: &Scenario, to: &Address) -> Option<F::Refusal> {
        self.recipients += 1;
        if let Some(ending) = to.phone().and_then(magic::ending)
            && let Some((_, refusal)) = F::MAGIC.iter().find(|(row, _)| *row == ending)
        {
            return Some(refusal.clone());
        }
        for (index, rule) in scenario.recipients.iter().enumerate() {
            if rule.provider.is_some_and(|only| only != F::SERVICE) {
                continue;
            }
            let Some(refusal) = F::refusal(&rule.refuse.word, rule.refuse.field.as_deref()) else { continue };
            let fits = self.recipients >= rule.from && rule.who.includes(to);
            if fits && (!rule.once || self.struck_once.insert((index, to.person()))) {
                return Some(refusal);
            }
        }
        None
    }
}
