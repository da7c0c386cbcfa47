//! One cell, one number: the quick proof first, then the cleaned digits, then Google's metadata.

use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, Region, ValidationError,
};

use super::BadPhone;
use super::brazil;
use super::clean::{Dialled, dialled};
use crate::domain::{Country, Phone};

/// Reads a cell as one telephone number; see the module for how ambiguity is settled.
///
/// # Errors
/// Why the text is not one.
pub fn read(text: &str, country: Country) -> Result<Phone, BadPhone> {
    if let Some(phone) = brazil::proven_at_once(text, country) {
        return Ok(phone);
    }
    let dialled = dialled(text)?;
    match brazil::proven(dialled.digits.as_bytes(), dialled.international, country) {
        Some(phone) => Ok(phone),
        None => by_metadata(&dialled, country),
    }
}

/// Whether national numbers of this country can be read.
#[must_use]
pub fn is_supported(country: Country) -> bool {
    region(country).is_some()
}

/// The country of a number; none where it belongs to none, or is not one.
#[must_use]
pub fn country_of(phone: Phone) -> Option<Country> {
    let number = PHONE_NUMBER_UTIL.parse(format!("+{}", phone.digits()), None).ok()?;
    Country::from_code(&number.get_region_code()?.to_string())
}

fn region(country: Country) -> Option<Region> {
    let region = Region::from_code(country.code()).ok()?;
    PHONE_NUMBER_UTIL.get_country_code_for_region(region).map(|_| region)
}

/// What Google's metadata make of the digits.
pub(super) fn by_metadata(dialled: &Dialled, country: Country) -> Result<Phone, BadPhone> {
    let region = region(country).ok_or(BadPhone::UnknownCountry { country })?;
    let digits = dialled.digits.as_str();
    if dialled.international {
        return valid(&format!("+{digits}"), region).ok_or_else(|| international_fault(digits));
    }
    if is_brazilian_without_area(digits, country) {
        return Err(BadPhone::AreaCodeMissing);
    }
    let own_code = PHONE_NUMBER_UTIL.get_country_code_for_region(region).unwrap_or_default().to_string();
    valid(digits, region)
        .or_else(|| digits.starts_with(&own_code).then(|| valid(&format!("+{digits}"), region)).flatten())
        .ok_or_else(|| national_fault(digits, region, country))
}

fn valid(text: &str, region: Region) -> Option<Phone> {
    let number = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok()?;
    if !PHONE_NUMBER_UTIL.is_valid_number(&number) { None } else { e164(&number) }
}

fn e164(number: &PhoneNumber) -> Option<Phone> {
    Phone::from_digits(number.format_as(PhoneNumberFormat::E164).trim_start_matches('+'))
}

/// Eight digits, or nine of a mobile. The metadata would take some of them for shared-cost numbers.
fn is_brazilian_without_area(digits: &str, country: Country) -> bool {
    let is_local = match digits.len() {
        8 => !digits.starts_with('0'),
        9 => digits.starts_with('9'),
        _ => false,
    };
    country == Country::BRAZIL && is_local
}

fn international_fault(digits: &str) -> BadPhone {
    length_fault(digits).unwrap_or(BadPhone::NotInternational)
}

/// Outside 7 to 15 digits no country has numbers.
fn length_fault(digits: &str) -> Option<BadPhone> {
    match digits.len() {
        digits @ ..7 => Some(BadPhone::TooShort { digits }),
        digits @ 16.. => Some(BadPhone::TooLong { digits }),
        _ => None,
    }
}

fn national_fault(digits: &str, region: Region, country: Country) -> BadPhone {
    if let Some(fault) = length_fault(digits) {
        return fault;
    }
    let Ok(number) = PHONE_NUMBER_UTIL.parse(digits, Some(region)) else {
        return BadPhone::NotNational { country };
    };
    match PHONE_NUMBER_UTIL.is_possible_number_with_reason(&number) {
        Ok(NumberLengthType::IsPossibleLocalOnly) => BadPhone::AreaCodeMissing,
        Err(ValidationError::TooShort) => BadPhone::TooShort { digits: digits.len() },
        _ => BadPhone::NotNational { country },
    }
}
