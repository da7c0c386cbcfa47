//! Where a telephone number's person may be, by the number: time zones of countries and of area codes.
//!
//! A number gets *every* zone of its country in which 100,000 people or more live, because who has it may be in any of
//! them: a window by recipients' clocks is open for it only while it is open in all of these. Fewer zones
//! come of an area code where those say where somebody lives:
//!
//! - Brazil by DDD: each state its own zone, 97 both of Amazonas (Manaus, and Eirunepé an hour earlier). Fernando de
//!   Noronha shares 81 with Pernambuco, has 3,000 people and is an hour later: it is left out.
//! - North America (`+1`) by area code; one that is not known yet has the zones of the United States and Canada.
//! - Mexico by area code where those lie in one zone; Kazakhstan beside Russia; Mayotte beside Réunion; Norfolk Island.
//! - Mobile numbers elsewhere say nothing of the place, so that every number of the country has all of its zones:
//!   Portugal the Azores too, Spain the Canaries, Russia eleven zones from Kaliningrad to Kamchatka.
//!
//! People take their numbers along when they move; nobody can tell that by the number.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Phone, Zone};

/// The zones in which the person of a number may be; none where the number belongs to no place.
#[must_use]
pub fn zones_of(phone: &Phone) -> &'static [Zone] {
    let mut start = u64::from(beginning_of(*phone));
    while start > 0 {
        if let Some(zones) = TABLE.zones.get(&start).and_then(|index| TABLE.sets.get(*index)) {
            return zones;
        }
        start /= 10;
    }
    &[]
}

/// The first six digits of a number, without the 1 of Mexican mobile numbers: whose numbers begin alike, have the
/// same zones.
#[must_use]
pub fn beginning_of(phone: Phone) -> u32 {
    let mut start = without_mexican_mobile_mark(phone.as_u64());
    while start >= FIRST_TOO_LONG {
        start /= 10;
    }
    u32::try_from(start).unwrap_or(0)
}

/// No beginning in the table has more than six digits.
const FIRST_TOO_LONG: u64 = 1_000_000;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("number_zones.txt")));

struct Table {
    sets: Vec<Vec<Zone>>,
    /// Beginnings of numbers, and which of the sets is theirs.
    zones: HashMap<u64, usize>,
}

impl Table {
    fn read(text: &str) -> Self {
        let mut table = Self { sets: Vec::new(), zones: HashMap::new() };
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        for (names, starts) in lines.filter_map(|line| line.split_once('=')) {
            let index = table.sets.len();
            table.sets.push(names.split_whitespace().filter_map(|name| name.parse().ok()).collect());
            let starts = starts.split_whitespace().filter_map(|start| start.parse::<u64>().ok());
            table.zones.extend(starts.map(|start| (start, index)));
        }
        table
    }
}

/// Until 2020 Mexican mobile numbers had a 1 behind the calling code; WhatsApp still shows it.
fn without_mexican_mobile_mark(number: u64) -> u64 {
    const TEN_DIGITS: u64 = 10_000_000_000;
    if number / TEN_DIGITS == 521 { 52 * TEN_DIGITS + number % TEN_DIGITS } else { number }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};

    use super::*;

    fn names(digits: &str) -> Vec<&'static str> {
        let phone = Phone::from_digits(digits).expect("test number");
        zones_of(&phone).iter().map(Zone::name).collect()
    }

    #[test]
    fn numbers_say_where_somebody_may_be() {
        for (digits, zones) in [
            ("5511987654321", &["America/Sao_Paulo"][..]),
            ("5592987654321", &["America/Manaus"]),
            ("5597987654321", &["America/Manaus", "America/Eirunepe"]),
            ("5568987654321", &["America/Rio_Branco"]),
            ("556799876543", &["America/Campo_Grande"]),
            ("5565987654321", &["America/Cuiaba"]),
            ("5569987654321", &["America/Porto_Velho"]),
            ("5595987654321", &["America/Boa_Vista"]),
            ("5581987654321", &["America/Recife"]),
            ("351912345678", &["Europe/Lisbon", "Atlantic/Azores"]),
            ("34612345678", &["Europe/Madrid", "Atlantic/Canary"]),
            ("4915112345678", &["Europe/Berlin"]),
            ("12125550100", &["America/New_York"]),
            ("18095550100", &["America/Santo_Domingo"]),
            ("77011234567", &["Asia/Almaty"]),
            ("525512345678", &["America/Mexico_City"]),
            ("5215512345678", &["America/Mexico_City"]),
            ("5216641234567", &["America/Tijuana"]),
            ("262639123456", &["Indian/Mayotte"]),
            ("88310123456", &[]),
        ] {
            assert_eq!(names(digits), zones, "{digits}");
        }
        assert_eq!(names("79161234567").len(), 11);
        assert!(names("18005550100").contains(&"Pacific/Honolulu"));
    }

    #[test]
    fn every_line_is_read_whole() {
        let mut seen = HashSet::new();
        for line in include_str!("number_zones.txt").lines().filter(|line| !line.starts_with('#')) {
            let (names, starts) = line.split_once('=').expect("zones and beginnings");
            for name in names.split_whitespace() {
                assert!(name.contains('/') && name.parse::<Zone>().is_ok(), "{name}");
            }
            for start in starts.split_whitespace() {
                assert!(start.parse::<u64>().is_ok_and(|start| start < FIRST_TOO_LONG), "{start}");
                assert!(seen.insert(start), "{start} is there twice");
            }
        }
        assert!(seen.len() > 600, "{}", seen.len());
    }

    #[test]
    fn every_country_with_telephones_has_a_zone() {
        for region in PHONE_NUMBER_UTIL.get_supported_regions() {
            let number = PHONE_NUMBER_UTIL.get_example_number(region).expect("an example");
            let digits = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
            let zones = names(digits.trim_start_matches('+'));
            assert!(!zones.is_empty(), "{region:?} {digits}");
        }
    }
}
