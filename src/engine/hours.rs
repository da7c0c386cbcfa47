//! When whom of a run may be sent to: its window over its people, and the end of its validity.
//!
//! A window opens and closes for many people in the same moment: for everybody where it goes by the sender's
//! clock, and else for all whose numbers belong to the same zones. So people are grouped once, and each group
//! knows how long what is known of it holds.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use roaring::RoaringBitmap;

use crate::domain::number_zones::zones_of;
use crate::domain::{Address, RecipientNumber, Timing, Window, WindowClock, Zone};
use crate::roster::{Roster, RosterError};

/// A call that leaves is on its way for so long, at most, before its first byte arrives: none leaves that shortly
/// before its window closes, or its validity ends.
pub const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// No call begins so shortly before the end: it would only be withdrawn.
const TOO_SHORT: Duration = Duration::from_millis(1_500);

/// Openings in a row that are too short to send anything in, before nobody looks further.
const MOST_OPENINGS: u32 = 64;

/// See the module.
#[derive(Debug)]
pub struct Hours {
    window: Option<Window>,
    valid_until: Option<Timestamp>,
    groups: Vec<Group>,
}

/// People for whom the window opens and closes in the same moments.
#[derive(Debug)]
struct Group {
    /// On all of whose clocks it has to be open; never empty.
    zones: Vec<Zone>,
    /// Who; everybody where there is no set.
    people: Option<RoaringBitmap>,
    known: Mutex<Option<Spell>>,
}

/// A stretch of time through which a window stays open, or shut.
#[derive(Debug, Clone, Copy)]
struct Spell {
    from: Timestamp,
    until: Timestamp,
    is_open: bool,
}

/// Who may be sent to.
#[derive(Debug, Clone, Default)]
pub enum Awake {
    /// Everybody.
    #[default]
    Everybody,
    /// Nobody.
    Nobody,
    /// These alone.
    Some(Arc<RoaringBitmap>),
}

impl Awake {
    /// Whether somebody is among them.
    #[must_use]
    pub fn has(&self, recipient: RecipientNumber) -> bool {
        match self {
            Self::Everybody => true,
            Self::Nobody => false,
            Self::Some(people) => people.contains(recipient.0),
        }
    }

    /// These people, in those who are among them and those who are not.
    #[must_use]
    pub fn split(&self, people: RoaringBitmap) -> (RoaringBitmap, RoaringBitmap) {
        match self {
            Self::Everybody => (people, RoaringBitmap::new()),
            Self::Nobody => (RoaringBitmap::new(), people),
            Self::Some(awake) => (&people & awake.as_ref(), people - awake.as_ref()),
        }
    }
}

impl Group {
    fn is_of(&self, recipient: RecipientNumber) -> bool {
        self.people.as_ref().is_none_or(|people| people.contains(recipient.0))
    }

    fn spell(&self, window: &Window, at: Timestamp) -> Spell {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match *known {
            Some(spell) if spell.from <= at && at < spell.until => spell,
            _ => {
                let is_open = window.is_open(&self.zones, at);
                let end =
                    if is_open { window.closes(&self.zones, at) } else { window.next_open(&self.zones, at) };
                let spell = Spell { from: at, until: end.unwrap_or(Timestamp::MAX), is_open };
                *known = Some(spell);
                spell
            }
        }
    }

    /// When calls for them may begin: `at` itself where they may then; none where they never may again.
    fn opens(&self, window: &Window, mut at: Timestamp) -> Option<Timestamp> {
        for _ in 0..MOST_OPENINGS {
            let spell = self.spell(window, at);
            if spell.is_open && spell.until > later(at, TOO_SHORT) {
                return Some(at);
            }
            if spell.until == Timestamp::MAX {
                return None;
            }
            at = spell.until;
        }
        Some(at)
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

impl Hours {
    /// Those of a run. Reads the address of everybody where the window goes by the recipients' clocks.
    ///
    /// # Errors
    /// When the roster cannot be read.
    pub fn of(timing: &Timing, roster: &Roster) -> Result<Self, RosterError> {
        let groups = match &timing.window {
            None => Vec::new(),
            Some(window) => match window.clock {
                WindowClock::Sender => vec![Group::of(window.zone.clone())],
                WindowClock::Recipient => by_number(window, roster)?,
            },
        };
        Ok(Self { window: timing.window.clone(), valid_until: timing.valid_until, groups })
    }

    /// Whether there is any time at which somebody may not be sent to.
    #[must_use]
    pub fn are_bounded(&self) -> bool {
        self.window.is_some() || self.valid_until.is_some()
    }

    /// The zone in which people think of the window.
    #[must_use]
    pub fn zone(&self) -> Option<&Zone> {
        self.window.as_ref().map(|window| &window.zone)
    }

    /// Whether no call may leave any more: its validity has ended, or does before it could arrive.
    #[must_use]
    pub fn are_over(&self, at: Timestamp) -> bool {
        self.valid_until.is_some_and(|until| later(at, ON_ITS_WAY) >= until)
    }

    /// Whether a call for these people may leave at that moment.
    #[must_use]
    pub fn may_leave(&self, people: impl Iterator<Item = RecipientNumber> + Clone, at: Timestamp) -> bool {
        let Some(window) = &self.window else { return !self.are_over(at) };
        let is_shut = |group: &&Group| {
            let spell = group.spell(window, at);
            !spell.is_open || spell.until <= later(at, ON_ITS_WAY)
        };
        !self.are_over(at)
            && !self.groups.iter().filter(is_shut).any(|group| people.clone().any(|one| group.is_of(one)))
    }

    /// For whom calls may begin at that moment, and until when that stays so.
    #[must_use]
    pub fn awake(&self, at: Timestamp) -> (Awake, Timestamp) {
        let Some(window) = &self.window else { return (Awake::Everybody, Timestamp::MAX) };
        let mut until = Timestamp::MAX;
        let (mut awake, mut are_asleep) = (Vec::new(), false);
        for group in &self.groups {
            let spell = group.spell(window, at);
            let last = spell.until.checked_sub(TOO_SHORT).unwrap_or(spell.until);
            let is_awake = spell.is_open && (at < last || spell.until == Timestamp::MAX);
            until = until.min(if is_awake { last } else { spell.until });
            if is_awake { awake.push(group) } else { are_asleep = true }
        }
        let who = match (awake.as_slice(), are_asleep) {
            (_, false) => Awake::Everybody,
            ([], true) => Awake::Nobody,
            (groups, true) => {
                let mut people = RoaringBitmap::new();
                groups.iter().filter_map(|group| group.people.as_ref()).for_each(|group| people |= group);
                Awake::Some(Arc::new(people))
            }
        };
        (who, until)
    }

    /// When calls for the first of these people may begin: `at` itself where they may then. None where they
    /// never may again.
    #[must_use]
    pub fn opens(&self, people: &RoaringBitmap, at: Timestamp) -> Option<Timestamp> {
        let Some(window) = &self.window else { return Some(at) };
        let has_any = |group: &&Group| group.people.as_ref().is_none_or(|group| !group.is_disjoint(people));
        self.groups.iter().filter(has_any).filter_map(|group| group.opens(window, at)).min()
    }
}

impl Group {
    /// Everybody, in one zone.
    fn of(zone: Zone) -> Self {
        Self { zones: vec![zone], people: None, known: Mutex::default() }
    }
}

/// People by the zones of their numbers; by the window's own where nobody can tell.
fn by_number(window: &Window, roster: &Roster) -> Result<Vec<Group>, RosterError> {
    let mut others = RoaringBitmap::new();
    let mut groups: HashMap<Range<*const Zone>, (&'static [Zone], RoaringBitmap)> = HashMap::new();
    roster.addresses(&mut |number, address| {
        let zones =
            address.as_ref().and_then(Address::phone).map(|phone| zones_of(&phone)).unwrap_or_default();
        if zones.is_empty() {
            others.insert(number.0);
        } else {
            // Neighbours in the roster, who come in order, are the cheapest to add.
            let group = groups.entry(zones.as_ptr_range()).or_insert_with(|| (zones, RoaringBitmap::new()));
            group.1.insert(number.0);
        }
    })?;
    let grouped = groups.into_values().map(|(zones, people)| (zones.to_vec(), people));
    let all = grouped.chain([(vec![window.zone.clone()], others)]).filter(|(_, people)| !people.is_empty());
    let group = |(zones, people)| Group { zones, people: Some(people), known: Mutex::default() };
    Ok(all.map(group).collect())
}
