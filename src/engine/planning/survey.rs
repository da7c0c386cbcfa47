//! What a plan comes to: counts, samples and sizes, for `check`, the confirmation and the plan itself.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroU32;

use crate::domain::number_zones;
use crate::domain::{Address, Content, Phone, Recipient, RowCounts, Standing};
use crate::provider::Company;

use super::calls::Calls;
use super::judge::Fault;

/// Rejected rows that are shown.
const SAMPLES: usize = 10;

/// A row that cannot be sent, for showing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// Its number: the first after the header is 1.
    pub row: u64,
    /// Why.
    pub fault: Fault,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// What became of the rows.
    pub rows: RowCounts,
    /// Recipients whom earlier runs of the occurrence have.
    pub already: u64,
    /// Recipients on a suppression list.
    pub suppressed: u64,
    /// Recipients who had as many messages as the frequency cap allows.
    pub capped: u64,
    /// Recipients to be sent, by channel.
    pub to_send: Vec<u64>,
    /// The first rows that cannot be sent.
    pub samples: Vec<Sample>,
    /// How many rows cannot be sent, by sentence.
    pub faults: BTreeMap<String, u64>,
    /// Of the filtered: contacts that the account leaves alone, and so does every campaign.
    pub ignored: u64,
    /// Recipients whom the fallback could not take, and why it could not take the first of them.
    pub stranded: Option<(u64, Sample)>,
    /// Characters of the shortest and the longest text, where the message has one.
    pub text: Option<(usize, usize)>,
    /// By channel, the calls that they come to; empty where nobody counted.
    calls: Vec<Calls>,
    /// Recipients to be sent, by channel, by whether it is an action, and by how their numbers begin.
    beginnings: HashMap<(u16, bool, Option<u32>), People>,
}

/// Recipients whose numbers begin alike: they are in one country, and in one area of it where numbers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct People {
    /// How many.
    pub count: u64,
    /// Whether something is done for them, and nothing sent to them.
    pub is_action: bool,
    /// The number of one of them; none where they have no numbers, such as groups.
    pub number: Option<Phone>,
}

/// Sentences that are told apart; a fault that quotes its row must not fill the memory.
const SENTENCES: usize = 100;

impl Survey {
    /// A survey over so many channels.
    #[must_use]
    pub fn new(channels: usize) -> Self {
        Self { to_send: vec![0; channels], ..Self::default() }
    }

    /// A survey over channels whose calls carry so many recipients each, at most, and are counted.
    #[must_use]
    pub fn counting(chunks: &[NonZeroU32]) -> Self {
        Self { calls: chunks.iter().copied().map(Calls::new).collect(), ..Self::new(chunks.len()) }
    }

    /// Takes who may share a call with a recipient who is sent over this channel.
    pub fn company(&mut self, channel: usize, company: Company) {
        if let Some(calls) = self.calls.get_mut(channel) {
            calls.take(company);
        }
    }

    /// The calls over a channel; where nobody counted, as if everybody could share them.
    #[must_use]
    pub fn calls_over(&self, channel: usize) -> Calls {
        let uncounted = || Calls::of_anybody(self.to_send.get(channel).copied().unwrap_or(0));
        self.calls.get(channel).cloned().unwrap_or_else(uncounted)
    }

    /// Takes a row that the filter leaves out.
    pub fn filtered(&mut self) {
        self.rows.rows += 1;
        self.rows.filtered += 1;
    }

    /// Takes a contact that the account leaves alone.
    pub fn ignored(&mut self) {
        self.filtered();
        self.ignored += 1;
    }

    /// Takes a recipient whom the fallback could not take.
    pub fn stranded(&mut self, row: u64, fault: Fault) {
        let (count, _) = self.stranded.get_or_insert((0, Sample { row, fault }));
        *count += 1;
    }

    /// Takes a row whose person stood in an earlier one.
    pub fn duplicate(&mut self) {
        self.rows.rows += 1;
        self.rows.duplicate += 1;
    }

    /// Takes a row that cannot be sent.
    pub fn invalid(&mut self, row: u64, fault: Fault) {
        self.rows.rows += 1;
        self.rows.invalid += 1;
        if self.faults.len() < SENTENCES || self.faults.contains_key(&fault.sentence) {
            *self.faults.entry(fault.sentence.clone()).or_default() += 1;
        }
        if self.samples.len() < SAMPLES {
            self.samples.push(Sample { row, fault });
        }
    }

    /// Takes a recipient.
    pub fn recipient(&mut self, recipient: &Recipient) {
        self.rows.rows += 1;
        self.rows.recipients += 1;
        match recipient.standing {
            Standing::Already => self.already += 1,
            Standing::Suppressed => self.suppressed += 1,
            Standing::Capped => self.capped += 1,
            Standing::Send => {
                if let Some(count) = self.to_send.get_mut(usize::from(recipient.channel)) {
                    *count += 1;
                }
                let number = match recipient.address {
                    Address::Phone(phone) => Some(phone),
                    Address::Group(_) | Address::Named(_) => None,
                };
                let is_action = matches!(recipient.content, Content::Action(_));
                let key = (recipient.channel, is_action, number.map(number_zones::beginning_of));
                self.beginnings.entry(key).or_insert(People { count: 0, is_action, number }).count += 1;
            }
        }
        if let Content::Text { text } | Content::Media { text: Some(text), .. } = &recipient.content {
            let length = text.chars().count();
            let (shortest, longest) = self.text.unwrap_or((length, length));
            self.text = Some((shortest.min(length), longest.max(length)));
        }
    }

    /// Recipients to be sent over a channel, by how their numbers begin.
    pub fn people_over(&self, channel: usize) -> impl Iterator<Item = People> {
        let is_over = move |of: u16| usize::from(of) == channel;
        self.beginnings.iter().filter(move |((of, ..), _)| is_over(*of)).map(|(_, people)| *people)
    }

    /// Recipients to be sent.
    #[must_use]
    pub fn all_to_send(&self) -> u64 {
        self.to_send.iter().sum()
    }
}
