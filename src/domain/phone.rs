//! Telephone numbers: the E.164 number as it is sent, and the form in which two numbers are one person.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An E.164 number: 7 to 15 digits, no plus sign. `Display` masks it; only [`Phone::digits`] shows all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Phone(u64);

impl Phone {
    /// Takes the digits of an E.164 number that somebody has already proved to be one.
    ///
    /// Returns `None` outside 7 to 15 digits (ITU-T E.164 allows 15 at most) or with a leading zero.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        if !(7..=15).contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        digits.parse().ok().map(Self)
    }

    /// All digits, for the wire and for reports that need them. Never for logs or errors.
    #[must_use]
    pub fn digits(self) -> String {
        self.0.to_string()
    }

    /// The number as an integer.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// The person behind the number.
    ///
    /// Brazil's mobile numbers exist with and without the ninth digit (`55 DD 9XXXXXXXX` and
    /// `55 DD XXXXXXXX` with a subscriber number that starts with 6 to 9); both are one person.
    #[must_use]
    pub fn person(self) -> PersonKey {
        const NINE_DIGITS: u64 = 1_000_000_000;
        const EIGHT_DIGITS: u64 = 100_000_000;
        let is_brazilian_thirteen = (5_510_000_000_000..5_600_000_000_000).contains(&self.0);
        if is_brazilian_thirteen {
            let area = self.0 / NINE_DIGITS;
            let subscriber = self.0 % NINE_DIGITS;
            let starts_with_nine = subscriber / EIGHT_DIGITS == 9;
            let was_mobile = (6..=9).contains(&(subscriber % EIGHT_DIGITS / 10_000_000));
            if starts_with_nine && was_mobile {
                return PersonKey(area * EIGHT_DIGITS + subscriber % EIGHT_DIGITS);
            }
        }
        PersonKey(self.0)
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.digits();
        let (head, tail) = digits.split_at(digits.len() - 4);
        let shown = (head.len() / 2).min(4);
        write!(formatter, "+{}{}{tail}", &head[..shown], "*".repeat(head.len() - shown))
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Phone({self})")
    }
}

/// The key under which numbers of one person are equal; for dedupe, suppression, stickiness and joins,
/// never for sending.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonKey(u64);

impl PersonKey {
    /// The key as an integer.
    #[must_use]
    pub fn as_u64(self) -> u64 {
        self.0
    }

    /// Takes back what [`PersonKey::as_u64`] gave.
    #[must_use]
    pub fn from_u64(key: u64) -> Self {
        Self(key)
    }
}

impl PersonKey {
    /// The key of something that has no number. No number comes near it: the highest bit is set.
    #[must_use]
    pub fn of_name(kind: &str, name: &str) -> Self {
        let hash = blake3::Hasher::new_derive_key("disparo address")
            .update(kind.as_bytes())
            .update(&[0])
            .update(name.as_bytes())
            .finalize();
        let [a, b, c, d, e, f, g, h, ..] = *hash.as_bytes();
        Self(u64::from_le_bytes([a, b, c, d, e, f, g, h]) | 1 << 63)
    }
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PersonKey({})", Phone(self.0))
    }
}

/// An ISO 3166-1 alpha-2 country, in capitals; how national numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Country([u8; 2]);

impl Country {
    /// Brazil, where most users are.
    pub const BRAZIL: Self = Self(*b"BR");

    /// Two ASCII letters in either case. Whether the country exists is for the phone library to say.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The code, `BR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(digits: &str) -> Phone {
        Phone::from_digits(digits).expect("test number")
    }

    #[test]
    fn the_ninth_digit_does_not_make_two_people() {
        assert_eq!(phone("5511987654321").person(), phone("551187654321").person());
        assert_eq!(phone("5592998765432").person(), phone("559298765432").person());
        // A landline has no ninth digit, and no mobile subscriber once began with 5 or less.
        assert_ne!(phone("5511932654321").person(), phone("551132654321").person());
        assert_ne!(phone("351912345678").person(), phone("35112345678").person());
    }

    #[test]
    fn only_plausible_digits_are_taken() {
        for wrong in ["", "123456", "1234567890123456", "0551198765432", "55119a7654321", "+5511987654321"] {
            assert!(Phone::from_digits(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn display_hides_the_middle() {
        assert_eq!(phone("5511987654321").to_string(), "+5511*****4321");
        assert_eq!(format!("{:?}", phone("1234567")), "Phone(+1**4567)");
    }
}
