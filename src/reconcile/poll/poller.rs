//! The poller: asks again and again, for as long as a process stays up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Tick;
use crate::engine::Link;

use super::asker::{Asker, Manner, PollError, Told, Trouble};
use super::due::Patience;

/// Time between two looks at what is to be asked.
const LOOK: Duration = Duration::from_secs(30);

/// Waits after a channel that did not answer, each twice the one before.
const FIRST_WAIT: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Messages that are asked about between two looks, so that new doubt never waits for long.
const ROUND: usize = 120;

/// Hears, in a sentence, what a person should know: once for each trouble.
pub type OnTrouble = Box<dyn Fn(&str) + Send + Sync>;

/// See the module.
pub struct Poller {
    asker: Asker,
    links: Vec<Arc<Link>>,
    on_trouble: OnTrouble,
}

impl std::fmt::Debug for Poller {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Poller").field("links", &self.links.len()).finish_non_exhaustive()
    }
}

/// What is remembered of channels from one round to the next.
#[derive(Debug, Default)]
struct Memory {
    /// The provider refuses the account.
    refused: BTreeSet<String>,
    /// Failures in a row, and when the channel is asked again.
    waiting: BTreeMap<String, (u32, Tick)>,
    /// Whether the last round failed at the journal.
    is_broken: bool,
}

impl Poller {
    /// One that asks over these links, which can be asked (see [`can_be_asked`](super::can_be_asked)).
    #[must_use]
    pub fn new(asker: Asker, links: Vec<Arc<Link>>, on_trouble: OnTrouble) -> Self {
        Self { asker, links, on_trouble }
    }

    /// Asks until `ending` comes to its end. A question under way is given up then, without harm.
    ///
    /// A channel that does not answer is asked after growing waits; one whose account the provider refuses is
    /// not asked any more.
    pub async fn run(self, ending: impl Future<Output = ()>) {
        if self.links.is_empty() {
            return ending.await;
        }
        tokio::select! {
            () = ending => {}
            never = self.poll() => match never {},
        }
    }

    async fn poll(&self) -> std::convert::Infallible {
        let mut memory = Memory::default();
        let clock = Arc::clone(&self.asker.clock);
        loop {
            let links = memory.askable(&self.links, clock.tick());
            match self.round(&links).await {
                Ok(told) => {
                    memory.is_broken = false;
                    for sentence in memory.take(&links, told.troubles, clock.tick()) {
                        (self.on_trouble)(&sentence);
                    }
                }
                Err(error) => {
                    if !memory.is_broken {
                        (self.on_trouble)(&format!("cannot ask what became of messages: {error}"));
                    }
                    memory.is_broken = true;
                }
            }
            clock.sleep_until(clock.tick().after(LOOK)).await;
        }
    }

    async fn round(&self, links: &[Arc<Link>]) -> Result<Told, PollError> {
        let mut told = Told::default();
        if links.is_empty() {
            return Ok(told);
        }
        let manner = Manner {
            patience: Patience::Growing,
            only_doubts: false,
            is_even: true,
            remembers: true,
            most: Some(ROUND),
        };
        let views = self.asker.journal.views()?;
        self.asker.ask(views, links, manner, &mut told, &mut |_| {}).await?;
        Ok(told)
    }
}

impl Memory {
    fn askable(&self, links: &[Arc<Link>], now: Tick) -> Vec<Arc<Link>> {
        let is_askable = |name: &str| {
            !self.refused.contains(name) && self.waiting.get(name).is_none_or(|(_, until)| *until <= now)
        };
        links.iter().filter(|link| is_askable(&link.channel.name)).cloned().collect()
    }

    /// Takes note of a round over these links; gives what a person should know of it.
    fn take(&mut self, links: &[Arc<Link>], troubles: Vec<Trouble>, now: Tick) -> Vec<String> {
        for link in links {
            let name = &link.channel.name;
            if troubles.iter().all(|trouble| trouble.channel != *name) {
                self.waiting.remove(name);
            }
        }
        troubles.into_iter().filter_map(|trouble| self.suffer(trouble, now)).collect()
    }

    fn suffer(&mut self, trouble: Trouble, now: Tick) -> Option<String> {
        let Trouble { channel, cause, is_refused } = trouble;
        if is_refused {
            let sentence = format!(
                "channel `{channel}` is not asked what became of its messages any more: {cause}; mend its secret and start again"
            );
            self.refused.insert(channel);
            return Some(sentence);
        }
        let (failures, _) = self.waiting.get(&channel).copied().unwrap_or_default();
        let wait = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_WAIT);
        let sentence = (failures == 0).then(|| {
            format!("channel `{channel}` cannot be asked what became of its messages: {cause}; it is asked again later")
        });
        self.waiting.insert(channel, (failures.saturating_add(1), now.after(wait)));
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(is_refused: bool) -> Trouble {
        Trouble { channel: "wati".to_owned(), cause: "no answer".to_owned(), is_refused }
    }

    fn at(seconds: u64) -> Tick {
        Tick(Duration::from_secs(seconds))
    }

    #[test]
    fn a_channel_that_does_not_answer_waits_longer_each_time_and_is_told_of_once() {
        let mut memory = Memory::default();
        assert_eq!(memory.take(&[], vec![trouble(false)], at(0)).len(), 1);
        assert_eq!(memory.waiting["wati"], (1, at(60)));
        assert!(memory.take(&[], vec![trouble(false)], at(60)).is_empty());
        assert_eq!(memory.waiting["wati"], (2, at(180)));
        for _ in 0..50 {
            memory.take(&[], vec![trouble(false)], at(180));
        }
        assert_eq!(memory.waiting["wati"].1, at(180 + 3_600));
    }

    #[test]
    fn a_channel_that_is_refused_is_given_up_and_told_of_once() {
        let mut memory = Memory::default();
        let told = memory.take(&[], vec![trouble(true)], at(0));
        assert!(told[0].contains("`wati`") && told[0].contains("any more"), "{told:?}");
        assert!(memory.refused.contains("wati"));
    }
}
