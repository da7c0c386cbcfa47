//! What passes for a telephone number on the providers' wires.

use crate::domain::Phone;

/// 7 to 15 digits, not beginning with 0, with or without a plus sign (providers.md §6: the seed says
/// "sem +", the older page E.164).
pub(super) fn phone(text: &str) -> Option<Phone> {
    Phone::from_digits(text.strip_prefix('+').unwrap_or(text))
}
