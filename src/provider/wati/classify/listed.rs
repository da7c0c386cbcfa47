//! Whom an answer names: by our identifier, or by the number, with or without a plus sign or Brazil's ninth
//! digit.

use std::collections::HashMap;

use super::failures::Failure;
use crate::domain::{DoubtCause, MessageId, PersonKey, Phone, Reply, Signal, Verdict, Verdicts};
use crate::provider::Outgoing;

/// What an answer says of the people of a call, one after the other.
#[derive(Debug)]
pub struct Listed {
    by_person: HashMap<PersonKey, usize>,
    by_correlation: HashMap<String, usize>,
    verdicts: Vec<Option<Verdict>>,
    refuses_strangers: bool,
    accepts_anybody: bool,
    signal: Option<Signal>,
}

impl Listed {
    /// Nobody is named yet.
    #[must_use]
    pub fn of(outgoing: &Outgoing) -> Self {
        let people = outgoing.recipients.iter().enumerate();
        Self {
            by_person: people.clone().map(|(at, one)| (one.address.person(), at)).collect(),
            by_correlation: people.map(|(at, one)| (outgoing.tag.correlation(one.number), at)).collect(),
            verdicts: vec![None; outgoing.recipients.len()],
            refuses_strangers: false,
            accepts_anybody: false,
            signal: None,
        }
    }

    /// Where in the call somebody is; our identifier counts before the number.
    #[must_use]
    pub fn find(&self, correlation: Option<&str>, number: Option<&str>) -> Option<usize> {
        let by_correlation = correlation.and_then(|written| self.by_correlation.get(written));
        by_correlation.copied().or_else(|| {
            let digits: String = number?.chars().filter(char::is_ascii_digit).collect();
            self.by_person.get(&Phone::from_digits(&digits)?.person()).copied()
        })
    }

    /// Somebody is named as taken; of a stranger it says only that somebody is.
    pub fn accept(&mut self, who: Option<usize>, id: Option<MessageId>) {
        self.accepts_anybody = true;
        if let Some(at) = who {
            self.settle(at, Verdict::Accepted { id });
        }
    }

    /// Somebody is shown as neither refused nor provably taken.
    pub fn doubt(&mut self, who: Option<usize>) {
        self.accepts_anybody = true;
        if let Some(at) = who {
            self.settle(at, Verdict::InDoubt { cause: DoubtCause::IncompleteReply });
        }
    }

    /// Something is said of somebody that cannot be read: anybody may be refused by it.
    pub fn overlook(&mut self) {
        self.refuses_strangers = true;
    }

    /// Somebody is named as refused. Where it is a stranger, somebody of the call is refused under another
    /// name, and nobody can say who.
    pub fn refuse(&mut self, who: Option<usize>, failure: &Failure<'_>) {
        match who {
            Some(at) => self.settle(at, failure.verdict()),
            None => self.refuses_strangers = true,
        }
        self.hold(failure.signal());
    }

    /// What the engine learns beside the verdicts; the first word holds.
    pub fn hold(&mut self, signal: Option<Signal>) {
        self.signal = self.signal.take().or(signal);
    }

    /// Whether somebody of the call is named.
    #[must_use]
    pub fn names_anybody(&self) -> bool {
        self.verdicts.iter().any(Option::is_some)
    }

    /// Whether anybody is refused or in doubt, of the call or not.
    #[must_use]
    pub fn refuses_anybody(&self) -> bool {
        let is_taken = |verdict: &Verdict| matches!(verdict, Verdict::Accepted { .. });
        self.refuses_strangers || self.verdicts.iter().flatten().any(|verdict| !is_taken(verdict))
    }

    /// Whether anybody may have been taken by what is said of them, of the call or not.
    #[must_use]
    pub fn accepts_anybody(&self) -> bool {
        self.accepts_anybody
    }

    /// Whether what is said of somebody concerns everybody.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.signal.is_some()
    }

    /// Whether somebody is refused whom the call did not name so.
    #[must_use]
    pub fn refuses_strangers(&self) -> bool {
        self.refuses_strangers
    }

    /// The reply to a call that Wati may have carried out in part: nobody can say of those who are not named.
    #[must_use]
    pub fn in_part(mut self, signal: Option<Signal>) -> Reply {
        self.hold(signal);
        self.others(|_| Verdict::InDoubt { cause: DoubtCause::IncompleteReply })
    }

    /// The reply, with what is true of everybody who is not named.
    #[must_use]
    pub fn others(self, verdict: impl Fn(usize) -> Verdict) -> Reply {
        const DOUBT: DoubtCause = DoubtCause::IncompleteReply;
        let mut has_doubt = false;
        let of_other = |at: usize| match verdict(at) {
            Verdict::Accepted { .. } if self.refuses_strangers => Verdict::InDoubt { cause: DOUBT },
            other => other,
        };
        let verdicts: Vec<Verdict> = self
            .verdicts
            .into_iter()
            .enumerate()
            .map(|(at, named)| named.unwrap_or_else(|| of_other(at)))
            .inspect(|verdict| has_doubt |= matches!(verdict, Verdict::InDoubt { .. }))
            .collect();
        let usual = if has_doubt { Signal::InDoubt { cause: DOUBT } } else { Signal::Answered };
        Reply { verdicts: Verdicts::Each(verdicts), signal: self.signal.unwrap_or(usual) }
    }

    /// Two contradicting words about one person are none.
    fn settle(&mut self, at: usize, verdict: Verdict) {
        let Some(place) = self.verdicts.get_mut(at) else { return };
        let is_contradicted = place
            .as_ref()
            .is_some_and(|earlier| std::mem::discriminant(earlier) != std::mem::discriminant(&verdict));
        *place = Some(if is_contradicted {
            Verdict::InDoubt { cause: DoubtCause::IncompleteReply }
        } else {
            verdict
        });
    }
}
