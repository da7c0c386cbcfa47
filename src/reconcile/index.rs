//! A run's people by number, and when each was called: for receipts and answers that name nothing but a
//! number.

use crate::domain::{ChunkRecipients, PersonKey, RecipientNumber, RunId};
use crate::journal::{Journal, JournalError};
use crate::roster::{Roster, RosterError};

/// Recipients that are read from the roster together.
const TOGETHER: u32 = 4_096;

/// See the module. Sixteen to twenty bytes a recipient.
#[derive(Debug)]
pub struct Index {
    run: RunId,
    /// When the plan was made, in milliseconds since the Unix epoch.
    created: i64,
    /// In order.
    people: Vec<(PersonKey, RecipientNumber)>,
    /// By recipient.
    calls: Vec<Calls>,
    /// The flush group of the run's log from which calls have not been read.
    next_group: u64,
    newest: i64,
}

/// The first and the newest call for a recipient, in seconds since the plan was made, from 1; 0 for none.
#[derive(Debug, Clone, Copy, Default)]
struct Calls {
    first: u32,
    newest: u32,
}

/// When a recipient was called, in milliseconds since the Unix epoch, whole seconds after the plan's making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Called {
    /// Whom.
    pub recipient: RecipientNumber,
    /// The first time.
    pub first: i64,
    /// The newest time; that of the only call there was is the same.
    pub newest: i64,
}

impl Index {
    /// The people of a roster, of whose calls nothing is known yet. Whoever was forgotten has no number.
    ///
    /// # Errors
    /// When the roster cannot be read.
    pub fn new(roster: &Roster) -> Result<Self, RosterError> {
        let len = roster.len();
        let mut people = Vec::with_capacity(len as usize);
        for first in (0..len).step_by(TOGETHER as usize) {
            let numbers = (first..len.min(first.saturating_add(TOGETHER))).map(RecipientNumber);
            add_people(roster, numbers.collect(), &mut people)?;
        }
        people.sort_unstable();
        Ok(Self {
            run: roster.plan().run,
            created: roster.plan().created.as_millisecond(),
            people,
            calls: vec![Calls::default(); len as usize],
            next_group: 0,
            newest: i64::MIN,
        })
    }

    /// Reads the calls that were made since this was last done.
    ///
    /// # Errors
    /// When the run's log cannot be read.
    pub fn read_calls(&mut self, journal: &Journal) -> Result<(), JournalError> {
        let Self { created, calls, newest, .. } = self;
        self.next_group = journal.read_calls(self.run, self.next_group, |at, recipients| {
            *newest = (*newest).max(at);
            let seconds = u32::try_from(at.saturating_sub(*created).max(0) / 1_000).unwrap_or(u32::MAX);
            let moment = seconds.saturating_add(1);
            for recipient in recipients.iter() {
                let Some(calls) = calls.get_mut(recipient.index()) else { continue };
                calls.newest = moment;
                if calls.first == 0 {
                    calls.first = moment;
                }
            }
        })?;
        Ok(())
    }

    /// When the run's newest call was made, in milliseconds since the Unix epoch.
    pub fn newest(&self) -> i64 {
        self.newest
    }

    /// The recipients that are this person and were called.
    pub fn called(&self, person: PersonKey) -> impl Iterator<Item = Called> {
        let from = self.people.partition_point(|(other, _)| *other < person);
        let of_person = self.people.iter().skip(from).take_while(move |(other, _)| *other == person);
        of_person.filter_map(|(_, recipient)| {
            let calls = self.calls.get(recipient.index()).filter(|calls| calls.first > 0)?;
            let at = |moment: u32| self.created.saturating_add((i64::from(moment) - 1) * 1_000);
            Some(Called { recipient: *recipient, first: at(calls.first), newest: at(calls.newest) })
        })
    }
}

fn add_people(
    roster: &Roster,
    numbers: Vec<RecipientNumber>,
    people: &mut Vec<(PersonKey, RecipientNumber)>,
) -> Result<(), RosterError> {
    let Some(chunk) = ChunkRecipients::new(numbers) else { return Ok(()) };
    let mut add = |recipients: Vec<crate::domain::Recipient>| {
        let with_phones = recipients.iter().filter(|recipient| recipient.address.phone().is_some());
        people.extend(with_phones.map(|recipient| (recipient.address.person(), recipient.number)));
    };
    match roster.recipients(&chunk) {
        Ok(recipients) => add(recipients),
        Err(RosterError::Forgotten { .. }) => {
            for number in chunk.iter() {
                match roster.recipient(number) {
                    Ok(recipient) => add(vec![recipient]),
                    Err(RosterError::Forgotten { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Err(error) => return Err(error),
    }
    Ok(())
}
