//! Finds a person in a roster: front to back, decoding no more of each recipient than its address.

use std::fs::File;
use std::io::{BufReader, Read};

use super::format::{self, HEADER, Header, SALT};
use super::reader::missing_or_refused;
use super::{Roster, RosterError};
use crate::domain::{Address, PersonKey, RecipientNumber};

/// Bytes read at once.
const SPAN: usize = 1 << 20;

/// Recipients between two words about how far the search is.
const STEP: u32 = 1 << 16;

/// What a search came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Recipients with an address of the person, in order.
    pub recipients: Vec<RecipientNumber>,
    /// Recipients who were forgotten: the person may be one of them.
    pub forgotten: u64,
}

impl Roster {
    /// Finds a person. Nothing that it reads is proved: read whom it finds with [`Roster::recipient`].
    /// `reached` hears now and then how many recipients have been looked at.
    ///
    /// # Errors
    /// When a recipient cannot be read, or the disk refuses.
    pub fn find(&self, person: PersonKey, reached: &mut dyn FnMut(u32)) -> Result<Found, RosterError> {
        let mut found = Found::default();
        self.addresses(&mut |number, address| {
            match address {
                None => found.forgotten += 1,
                Some(address) if address.person() == person => found.recipients.push(number),
                Some(_) => {}
            }
            if number.0 % STEP == STEP - 1 {
                reached(number.0 + 1);
            }
        })?;
        Ok(found)
    }

    /// Everybody's address in order, none of those who were forgotten. Nothing that it reads is proved. Ten million
    /// recipients take a few seconds.
    ///
    /// # Errors
    /// When a recipient cannot be read, or the disk refuses.
    pub fn addresses(
        &self,
        take: &mut dyn FnMut(RecipientNumber, Option<Address>),
    ) -> Result<(), RosterError> {
        let path = &self.recipients.path;
        let refused = |cause| missing_or_refused(self.run, path, cause);
        let mut source = BufReader::with_capacity(SPAN, File::open(path).map_err(refused)?);
        let mut record = Vec::new();
        for number in (0..self.len()).map(RecipientNumber) {
            let mut header = [0; HEADER];
            source.read_exact(&mut header).map_err(refused)?;
            let header =
                Header::decode(header).ok_or_else(|| self.damaged(number, "its header cannot be read"))?;
            record.resize(SALT + header.length, 0);
            source.read_exact(&mut record).map_err(refused)?;
            if header.forgotten {
                take(number, None);
                continue;
            }
            let address = record.get(SALT..).and_then(format::decode_address);
            take(number, Some(address.ok_or_else(|| self.damaged(number, "its payload cannot be read"))?));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{frozen, recipients};
    use super::*;
    use crate::domain::Phone;

    #[test]
    fn everybody_is_found_by_any_spelling_of_their_number_and_nobody_else() {
        let phone = |digits: &str| Phone::from_digits(digits).expect("a phone");
        let mut people = recipients(300);
        people[7].address = Address::Phone(phone("551187654321"));
        people[251].address = Address::Phone(phone("5511987654321"));
        people[252].address = Address::Group("551187654321-1".into());
        let (_store, roster) = frozen(&people);
        let found = |digits: &str| roster.find(phone(digits).person(), &mut |_| {}).expect("read").recipients;
        let both = [RecipientNumber(7), RecipientNumber(251)];
        assert_eq!(found("5511987654321"), both);
        assert_eq!(found("551187654321"), both);
        assert_eq!(found("5511999999999"), []);
    }

    #[test]
    fn whoever_was_forgotten_is_counted_and_damage_is_told() {
        let people = recipients(3);
        let (_store, roster) = frozen(&people);
        let person = people[1].address.person();
        roster.forget(RecipientNumber(1)).expect("forgotten");
        let found = roster.find(person, &mut |_| {}).expect("read");
        assert_eq!(found, Found { recipients: Vec::new(), forgotten: 1 });
        std::fs::OpenOptions::new()
            .write(true)
            .open(&roster.recipients.path)
            .and_then(|file| file.set_len(10))
            .expect("cut");
        let error = roster.find(person, &mut |_| {}).expect_err("cut short");
        assert!(matches!(error, RosterError::Damaged { .. }), "{error}");
    }
}
