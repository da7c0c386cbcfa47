//! The roster's bytes: names, sizes, and how a recipient and its index entry are laid out.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::domain::{Address, Content, Recipient, RecipientNumber, RunId, Standing};

/// Version of everything in this file and of the plan file, as it is written. 2 has more kinds of content, of
/// addresses and of purposes than 1, and 3 more standings and purposes than 2.
pub(super) const FORMAT: u32 = 3;
/// The oldest that is read. What it says, later ones say alike.
pub(super) const OLDEST_FORMAT: u32 = 1;

pub(super) const PLAN: &str = "plan.json";
pub(super) const RECIPIENTS: &str = "recipients";
pub(super) const INDEX: &str = "index";
pub(super) const DIGESTS: &str = "digests";

/// The folder of all rosters inside the store.
pub(super) const ROSTERS: &str = "rosters";
/// What the name of a roster's folder ends with until it is complete.
pub(super) const PARTIAL: &str = ".partial";

/// Bytes of one entry of `index`.
pub(super) const ENTRY: usize = 8;
/// Bytes of one element of `digests`.
pub(super) const DIGEST: usize = 32;
/// Length and state in front of each recipient.
pub(super) const HEADER: usize = 4;
/// Random bytes between header and payload.
pub(super) const SALT: usize = 16;
/// Bytes of a recipient without its payload.
pub(super) const OVERHEAD: usize = HEADER + SALT;
/// No provider takes a message near this size; a length beyond it is damage.
pub(super) const LARGEST_PAYLOAD: usize = 1 << 20;
/// Offsets have 48 bits.
pub(super) const LARGEST_OFFSET: u64 = (1 << 48) - 1;

/// Where a run's roster is.
pub(super) fn folder(store: &Path, run: RunId) -> PathBuf {
    store.join(ROSTERS).join(run.to_string())
}

/// What precedes each recipient in `recipients`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    /// Bytes of the payload.
    pub(super) length: usize,
    /// Salt and payload are zeros.
    pub(super) forgotten: bool,
}

impl Header {
    const KEPT: u8 = 1;
    const FORGOTTEN: u8 = 2;

    /// The length must not pass [`LARGEST_PAYLOAD`].
    pub(super) fn encode(self) -> [u8; HEADER] {
        let [low, middle, high, ..] = self.length.to_le_bytes();
        [low, middle, high, if self.forgotten { Self::FORGOTTEN } else { Self::KEPT }]
    }

    pub(super) fn decode([low, middle, high, state]: [u8; HEADER]) -> Option<Self> {
        let length = u32::from_le_bytes([low, middle, high, 0]) as usize;
        let forgotten = match state {
            Self::KEPT => false,
            Self::FORGOTTEN => true,
            _ => return None,
        };
        (length <= LARGEST_PAYLOAD).then_some(Self { length, forgotten })
    }
}

/// An element of `index`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    /// Where the recipient begins in `recipients`.
    pub(super) offset: u64,
    /// Its channel.
    pub(super) channel: u8,
    /// What the plan decided.
    pub(super) standing: Standing,
}

impl Entry {
    /// The offset must not pass [`LARGEST_OFFSET`].
    pub(super) fn encode(self) -> [u8; ENTRY] {
        let [first, second, third, fourth, fifth, sixth, ..] = self.offset.to_le_bytes();
        let standing = match self.standing {
            Standing::Send => 0,
            Standing::Already => 1,
            Standing::Suppressed => 2,
            Standing::Capped => 3,
        };
        [first, second, third, fourth, fifth, sixth, self.channel, standing]
    }

    pub(super) fn decode(bytes: [u8; ENTRY]) -> Option<Self> {
        let [first, second, third, fourth, fifth, sixth, channel, standing] = bytes;
        let standing = match standing {
            0 => Standing::Send,
            1 => Standing::Already,
            2 => Standing::Suppressed,
            3 => Standing::Capped,
            _ => return None,
        };
        let offset = u64::from_le_bytes([first, second, third, fourth, fifth, sixth, 0, 0]);
        Some(Self { offset, channel, standing })
    }
}

/// A recipient's payload: everything but its number, which is its place.
#[derive(Debug, Serialize, Deserialize)]
struct Payload<A, C> {
    row: u64,
    address: A,
    channel: u16,
    standing: Standing,
    content: C,
}

/// Puts header, salt and payload into `record`, in place of what was there. Salt and payload, of which
/// the digest is made, begin at [`HEADER`]. `None` for a payload that is too large.
pub(super) fn encode(recipient: &Recipient, salt: [u8; SALT], record: &mut Vec<u8>) -> Option<()> {
    let Recipient { number: _, row, address, channel, standing, content } = recipient;
    let payload = Payload { row: *row, address, channel: *channel, standing: *standing, content };
    record.clear();
    record.extend([0; HEADER]);
    record.extend(salt);
    postcard::to_io(&payload, &mut *record).ok()?;
    let length = record.len() - OVERHEAD;
    if length > LARGEST_PAYLOAD {
        return None;
    }
    let header = Header { length, forgotten: false };
    record.get_mut(..HEADER)?.copy_from_slice(&header.encode());
    Some(())
}

/// What a payload says. `None` for one that cannot be read.
pub(super) fn decode(number: RecipientNumber, payload: &[u8]) -> Option<Recipient> {
    let (payload, rest) = postcard::take_from_bytes::<Payload<Address, Content>>(payload).ok()?;
    let Payload { row, address, channel, standing, content } = payload;
    rest.is_empty().then_some(Recipient { number, row, address, channel, standing, content })
}

/// The address in a payload, which stands in front of everything that is long. `None` for one that cannot be
/// read.
pub(super) fn decode_address(payload: &[u8]) -> Option<Address> {
    let ((_row, address), _) = postcard::take_from_bytes::<(u64, Address)>(payload).ok()?;
    Some(address)
}

/// Whether `length` bytes, with header and salt, can be a recipient.
pub(super) fn is_record_length(length: u64) -> bool {
    (OVERHEAD as u64..=(OVERHEAD + LARGEST_PAYLOAD) as u64).contains(&length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Phone;

    /// Rosters of last week must be readable next week: whoever breaks this raises [`FORMAT`].
    #[test]
    fn what_format_one_has_stays_as_it_is() {
        let phone = Phone::from_digits("5511987654321").expect("phone");
        let recipient = Recipient {
            number: RecipientNumber(0),
            row: 300,
            address: Address::Phone(phone),
            channel: 2,
            standing: Standing::Already,
            content: Content::Text { text: "Oi".to_owned() },
        };
        let mut record = Vec::new();
        encode(&recipient, [0xAB; SALT], &mut record).expect("small");
        let (head, payload) = record.split_at(OVERHEAD);
        assert_eq!(head[..HEADER], [16, 0, 0, 1]);
        assert_eq!(head[HEADER..], [0xAB; SALT]);
        let row = [0xAC, 0x02];
        let address = [0, 0xB1, 0xDD, 0xC3, 0xE0, 0xB5, 0xA0, 0x01];
        let channel_standing_and_text = [2, 1, 0, 2, b'O', b'i'];
        assert_eq!(payload, [&row[..], &address, &channel_standing_and_text].concat());
        assert_eq!(decode(RecipientNumber(0), payload), Some(recipient));

        let entry = Entry { offset: 0x0605_0403_0201, channel: 7, standing: Standing::Suppressed };
        assert_eq!(entry.encode(), [1, 2, 3, 4, 5, 6, 7, 2]);
        assert_eq!(Entry::decode(entry.encode()), Some(entry));
    }
}
