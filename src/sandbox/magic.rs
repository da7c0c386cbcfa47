//! Magic numbers: people who are always refused, so that every error can be seen without a scenario.
//!
//! `+55 99 90000-NNNN` (5599900000001 to 5599900009999). `NNNN` chooses a row of the provider's own table
//! ([`super::far_side::FarSide::MAGIC`], in its folder); the README lists them. An ending without a row is an
//! ordinary number. Nobody has such a number: Brazil's mobile numbers go on with 6 to 9 after the ninth digit.

use crate::domain::Phone;

/// `+55 99 90000-0000`, which is nobody's, and an ordinary number.
const BASE: u64 = 5_599_900_000_000;

/// The last digits of a magic number: 1 to 9999.
pub(super) fn ending(phone: Phone) -> Option<u16> {
    let ending = u16::try_from(phone.as_u64().checked_sub(BASE)?).ok()?;
    (1..=9_999).contains(&ending).then_some(ending)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_lies_in_one_block_of_ten_thousand() {
        for (digits, expected) in [
            ("5599900000001", Some(1)),
            ("5599900009999", Some(9_999)),
            ("5599900000000", None),
            ("5599900010000", None),
            ("5599899999999", None),
            ("5511900000001", None),
            ("559990000001", None),
            ("5599987654321", None),
        ] {
            let phone = Phone::from_digits(digits).expect(digits);
            assert_eq!(ending(phone), expected, "{digits}");
        }
    }
}
