//! Why the text of a cell is not a telephone number, in sentences for `rejects.csv`.

use thiserror::Error;

use crate::domain::Country;

/// Why a text is not one telephone number. No variant repeats the digits: the rejected row shows them.
#[derive(Debug, Clone, Copy, Error, PartialEq, Eq)]
pub enum BadPhone {
    /// Nothing there, or only punctuation.
    #[error("there is no number")]
    Empty,
    /// `5,51199E+12`: Excel kept six digits and threw the others away.
    #[error(
        "Excel changed the number to scientific notation and its last digits are lost; \
         format the column as text and export it again"
    )]
    ScientificNotation,
    /// A letter or sign that no number has.
    #[error("{0:?} is no part of a telephone number")]
    UnexpectedCharacter(char),
    /// Two or more numbers in one cell.
    #[error("the cell holds more than one number; leave one")]
    SeveralNumbers,
    /// `ramal 12`, `ext. 12`, `#12`.
    #[error("a number with an extension cannot receive messages")]
    Extension,
    /// A local number.
    #[error("the area code is missing")]
    AreaCodeMissing,
    /// Fewer digits than any number has.
    #[error("{digits} digits are too few for a telephone number")]
    TooShort {
        /// How many there are.
        digits: usize,
    },
    /// More digits than any number has.
    #[error("{digits} digits are too many for one telephone number")]
    TooLong {
        /// How many there are.
        digits: usize,
    },
    /// Neither a number of the campaign's country nor marked as one of another.
    #[error("not a valid number in {}; a number of another country begins with + and its calling code", .country.code())]
    NotNational {
        /// `audience.country`.
        country: Country,
    },
    /// Marked as international, but no country has such a number.
    #[error("not a valid number in any country")]
    NotInternational,
    /// `audience.country` is not a country with telephone numbers.
    #[error("{} is not a country with telephone numbers", .country.code())]
    UnknownCountry {
        /// `audience.country`.
        country: Country,
    },
}
