//! The funnel: how far the messages of a run got, of all that were planned; per channel, with the time that
//! it took until they were on somebody's telephone.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::{Milestone, Plan, Standing};
use crate::journal::DeliveryCounts;

use super::error::ReportError;
use super::reasons::{ReasonCount, Reasons};
use super::times::{Percentiles, Times};
use super::traces::Trace;
use super::words::Words;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Funnel {
    /// Over all channels.
    pub all: Stages,
    /// Each of the plan's channels by its name, in the plan's order.
    pub channels: Vec<(String, Stages)>,
    /// Why accepted messages reached nobody, the most frequent reason first.
    pub failed: Vec<ReasonCount>,
}

/// How many messages got how far. Each stage has no more than the one before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stages {
    /// To be sent by the plan.
    pub planned: u64,
    /// Of those, taken by the provider, or assumed to be.
    pub accepted: u64,
    /// Of the accepted: what was heard of them.
    pub heard: DeliveryCounts,
    /// Of the accepted: nothing was heard of them.
    pub silent: u64,
    /// Since when nothing was heard of the one about whom that is longest.
    pub silent_since: Option<Timestamp>,
    /// From the provider's answer to the person's telephone, of those for whom both moments are known.
    pub times: Option<Percentiles>,
}

impl Stages {
    /// The stages in their order, each by its word: those that follow from each other first, then what else
    /// can become of an accepted message.
    #[must_use]
    pub fn in_order(&self) -> [(&'static str, u64); 9] {
        let DeliveryCounts { sent, delivered, read, replied, failed, clicked } = self.heard;
        [
            ("planned", self.planned),
            ("accepted", self.accepted),
            ("sent", sent),
            ("delivered", delivered),
            ("read", read),
            ("replied", replied),
            ("clicked", clicked),
            ("failed", failed),
            ("no_news", self.silent),
        ]
    }

    /// So many as a share of the accepted, in thousandths, rounded; `None` where nobody was accepted.
    #[must_use]
    pub fn thousandths(&self, count: u64) -> Option<u64> {
        let (count, accepted) = (u128::from(count), u128::from(self.accepted));
        let rounded = (count * 2_000 + accepted).checked_div(accepted * 2)?;
        u64::try_from(rounded).ok()
    }

    fn json(&self) -> Value {
        let stage = |(word, recipients): (&str, u64)| {
            // Of the planned not all were accepted: a share of those says nothing.
            let thousandths = self.thousandths(recipients).filter(|_| word != "planned");
            let share = thousandths.and_then(|share| u32::try_from(share).ok());
            let share = share.map(|share| f64::from(share) / 1_000.0);
            (word.to_owned(), json!({ "recipients": recipients, "share": share }))
        };
        let mut stages: serde_json::Map<String, Value> = self.in_order().into_iter().map(stage).collect();
        stages.insert("no_news_since".to_owned(), json!(self.silent_since));
        let times = self.times.map(|times| {
            let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).ok();
            json!({
                "messages": times.messages,
                "p50_ms": milliseconds(times.p50),
                "p95_ms": milliseconds(times.p95),
            })
        });
        stages.insert("time_to_deliver".to_owned(), json!(times));
        Value::Object(stages)
    }
}

impl Funnel {
    /// Whether anything was heard of any message.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.all.silent < self.all.accepted
    }

    /// The documented JSON: each stage with `recipients` and their `share` of the accepted, from 0 to 1.
    #[must_use]
    pub fn json(&self) -> Value {
        let channel = |(name, stages): &(String, Stages)| json!({ "channel": name, "stages": stages.json() });
        json!({
            "stages": self.all.json(),
            "channels": self.channels.iter().map(channel).collect::<Vec<_>>(),
            "failed_because": self.failed,
        })
    }
}

/// A funnel being filled, in one pass over a run.
#[derive(Debug)]
pub struct Filling<'w> {
    begun: i64,
    words: &'w Words,
    channels: Vec<(String, Stages, Times)>,
    failed: Reasons,
}

impl<'w> Filling<'w> {
    /// Nobody yet, of this plan.
    ///
    /// # Errors
    /// When times cannot be counted.
    pub fn new(plan: &Plan, words: &'w Words) -> Result<Self, ReportError> {
        let channel = |name: &String| Ok((name.clone(), Stages::default(), Times::new()?));
        let channels = plan.channels.iter().map(|frozen| channel(&frozen.name));
        let channels = channels.collect::<Result<_, ReportError>>()?;
        Ok(Self { begun: plan.created.as_millisecond(), words, channels, failed: Reasons::default() })
    }

    /// One more recipient of this channel, which is an index of the plan's.
    ///
    /// # Errors
    /// When a time cannot be counted.
    pub fn take(&mut self, channel: u16, standing: Standing, trace: &Trace) -> Result<(), ReportError> {
        let Some((_, stages, times)) = self.channels.get_mut(usize::from(channel)) else { return Ok(()) };
        stages.planned += u64::from(standing == Standing::Send);
        if !trace.is_accepted() {
            return Ok(());
        }
        stages.accepted += 1;
        stages.heard.enter(&trace.delivery);
        if trace.delivery.newest().is_none() {
            stages.silent += 1;
            let since = trace.history.at.and_then(|at| Timestamp::from_millisecond(at).ok());
            stages.silent_since = stages.silent_since.into_iter().chain(since).min();
        }
        if let Some(failure) = trace.final_failure() {
            self.failed.take(&failure.reason, self.words);
        }
        let delivered = trace.delivery.reached(Milestone::Delivered);
        if let (Some(accepted), Some(delivered)) = (trace.history.accepted, delivered) {
            // A receipt may come before the answer.
            let took = (self.begun + delivered.after()).saturating_sub(accepted).max(0);
            times.take(took.unsigned_abs())?;
        }
        Ok(())
    }

    /// All there is.
    ///
    /// # Errors
    /// When times cannot be counted.
    pub fn finish(self) -> Result<Funnel, ReportError> {
        let mut all = Stages::default();
        let mut all_times = Times::new()?;
        let mut channels = Vec::with_capacity(self.channels.len());
        for (name, mut stages, times) in self.channels {
            all_times.join(&times)?;
            stages.times = times.percentiles();
            all.planned += stages.planned;
            all.accepted += stages.accepted;
            all.heard = all.heard.and(stages.heard);
            all.silent += stages.silent;
            all.silent_since = all.silent_since.into_iter().chain(stages.silent_since).min();
            channels.push((name, stages));
        }
        all.times = all_times.percentiles();
        Ok(Funnel { all, channels, failed: self.failed.counted() })
    }
}
