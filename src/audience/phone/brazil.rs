//! Brazil's numbering plan in a few comparisons: most rows are proven here, without the metadata.

use crate::domain::{Country, Phone};

/// A number written with nothing but digits, a plus sign in front, spaces, brackets and hyphens, when
/// it is proven to be Brazilian. `None` says only that the slow way must decide.
pub(super) fn proven_at_once(text: &str, country: Country) -> Option<Phone> {
    let mut digits = [0; 13];
    let mut count = 0;
    let mut international = false;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = byte;
                count += 1;
            }
            b'+' if count == 0 && !international => international = true,
            b' ' | b'(' | b')' | b'-' => {}
            _ => return None,
        }
    }
    proven(&digits[..count], international, country)
}

/// The number of these ASCII digits, when it is proven to be Brazilian.
pub(super) fn proven(digits: &[u8], international: bool, country: Country) -> Option<Phone> {
    let national = match digits {
        [b'5', b'5', national @ ..] if international => national,
        _ if international || country != Country::BRAZIL => return None,
        [b'5', b'5', national @ ..] if digits.len() >= 12 => national,
        // The trunk prefix, dialled before an area code.
        [b'0', national @ ..] => national,
        national => national,
    };
    let (area, subscriber) = national.split_first_chunk::<2>()?;
    if !is_area_code(*area) || !is_subscriber(subscriber) {
        return None;
    }
    let mut whole = *b"55...........";
    whole[2..4].copy_from_slice(area);
    whole[4..4 + subscriber.len()].copy_from_slice(subscriber);
    Phone::from_digits(std::str::from_utf8(&whole[..4 + subscriber.len()]).ok()?)
}

/// Nine digits of a mobile, eight of a landline (2 to 5), or eight of a mobile without its ninth
/// digit (6 to 9).
fn is_subscriber(subscriber: &[u8]) -> bool {
    match subscriber.len() {
        9 => subscriber[0] == b'9',
        8 => (b'2'..=b'9').contains(&subscriber[0]),
        _ => false,
    }
}

/// The 67 area codes in use.
fn is_area_code(area: [u8; 2]) -> bool {
    match area[0] {
        b'1' | b'4' | b'6' | b'8' | b'9' => area[1] != b'0',
        b'2' => matches!(area[1], b'1' | b'2' | b'4' | b'7' | b'8'),
        b'3' => matches!(area[1], b'1'..=b'5' | b'7' | b'8'),
        b'5' => matches!(area[1], b'1' | b'3'..=b'5'),
        b'7' => matches!(area[1], b'1' | b'3'..=b'5' | b'7' | b'9'),
        _ => false,
    }
}
