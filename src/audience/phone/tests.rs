//! Tables of what offices really export, and the proof that the quick way and the metadata agree.

use proptest::prelude::*;

use super::clean::{Dialled, dialled};
use super::read::by_metadata;
use super::{BadPhone, brazil, is_supported, read};
use crate::domain::Country;

fn country(code: &str) -> Country {
    Country::from_code(code).expect("two letters")
}

fn brazilian(text: &str) -> Result<String, BadPhone> {
    read(text, Country::BRAZIL).map(|phone| phone.digits())
}

#[test]
fn one_mobile_in_every_dress() {
    for text in [
        "5511987654321",
        "+5511987654321",
        "+55 11 98765-4321",
        "(11) 98765-4321",
        "11 98765 4321",
        "11987654321",
        "011987654321",
        "011 98765-4321",
        "(011) 98765-4321",
        "0055 11 98765-4321",
        "00 55 (11) 98765-4321",
        "(+55) 11 98765-4321",
        "+55 (011) 98765-4321",
        "11.98765.4321",
        "11/98765-4321",
        "11\u{a0}98765\u{2011}4321",
        "\u{202a}+55 11 98765\u{2013}4321\u{202c}",
        "\u{200e}+55 11 98765-4321",
        "\u{feff}5511987654321",
        "whatsapp:+5511987654321",
        "WhatsApp: +5511987654321",
        "tel:+55-11-98765-4321",
        "https://wa.me/5511987654321",
        "5511987654321@c.us",
        "5511987654321@s.whatsapp.net",
        "'+5511987654321",
        "\"5511987654321\"",
        "=\"5511987654321\"",
        "5511987654321.0",
        "11987654321,00",
        "5.511987654321E+12",
        "5,511987654321e12",
        "1,1987654321E+10",
        " 5511987654321\r\n",
        // With the carrier that a call from another area needs.
        "0 15 11 98765-4321",
    ] {
        assert_eq!(brazilian(text).as_deref(), Ok("5511987654321"), "{text:?}");
    }
}

#[test]
fn other_numbers_stay_as_they_are() {
    for (text, digits) in [
        // A landline, with and without trunk prefix and calling code.
        ("(11) 3265-4321", "551132654321"),
        ("011 3265-4321", "551132654321"),
        ("551132654321", "551132654321"),
        // A mobile without its ninth digit is sent as given.
        ("+55 11 8765-4321", "551187654321"),
        ("(92) 9876-5432", "559298765432"),
        ("551187654321", "551187654321"),
        // Area code 55 is not the calling code.
        ("55 98765-4321", "5555987654321"),
        ("55 3221-4321", "555532214321"),
        ("5555987654321", "5555987654321"),
        // Other countries, by plus sign or 00.
        ("+351 912 345 678", "351912345678"),
        ("00351912345678", "351912345678"),
        ("+1 (202) 555-0173", "12025550173"),
        ("+54 9 11 2345-6789", "5491123456789"),
        ("+39 06 6982", "39066982"),
    ] {
        assert_eq!(brazilian(text).as_deref(), Ok(digits), "{text:?}");
    }
}

#[test]
fn what_is_no_number_says_why() {
    use BadPhone::*;
    for (text, expected) in [
        ("", Empty),
        ("  \u{a0}\u{200e} ", Empty),
        ("-", Empty),
        ("'", Empty),
        ("5,51199E+12", ScientificNotation),
        ("5.51199E+12", ScientificNotation),
        ("5,51E+12", ScientificNotation),
        ("5E+12", ScientificNotation),
        ("5511987654321E-3", ScientificNotation),
        // The last digit may be a zero or lost: nobody knows.
        ("5,51198765432E+12", ScientificNotation),
        ("não tem", UnexpectedCharacter('n')),
        ("11 9876-XXXX", UnexpectedCharacter('x')),
        ("11 98765-4321 (Maria)", UnexpectedCharacter('m')),
        ("#N/D", UnexpectedCharacter('#')),
        ("maria@example.com", UnexpectedCharacter('m')),
        ("11 98765-4321 / 11 91234-5678", SeveralNumbers),
        ("11987654321;11912345678", SeveralNumbers),
        ("11987654321 e 11912345678", SeveralNumbers),
        ("11987654321\n11912345678", SeveralNumbers),
        ("+5511987654321+5511912345678", SeveralNumbers),
        ("11 3265-4321 ramal 12", Extension),
        ("+1 202 555 0173 ext. 9", Extension),
        ("1132654321x12", Extension),
        ("1132654321#12", Extension),
        ("98765-4321", AreaCodeMissing),
        ("8765-4321", AreaCodeMissing),
        ("4004-1234", AreaCodeMissing),
        ("12345", TooShort { digits: 5 }),
        ("+55 11", TooShort { digits: 4 }),
        ("11987654321 11912345678", TooLong { digits: 22 }),
        ("(10) 98765-4321", NotNational { country: Country::BRAZIL }),
        ("1198765432112345", TooLong { digits: 16 }),
        ("(11) 18765-4321", NotNational { country: Country::BRAZIL }),
        ("00000000000", NotInternational),
        ("+55 10 98765-4321", NotInternational),
        ("+999 1234 5678", NotInternational),
        // A digit too many could be a valid number of Iran: never guessed.
        ("98 98765-43210", NotNational { country: Country::BRAZIL }),
        ("351912345678", NotNational { country: Country::BRAZIL }),
    ] {
        assert_eq!(brazilian(text), Err(expected), "{text:?}");
    }
}

#[test]
fn other_countries_read_their_own_numbers() {
    for (code, text, digits) in [
        ("PT", "912 345 678", "351912345678"),
        ("PT", "351912345678", "351912345678"),
        ("US", "(202) 555-0173", "12025550173"),
        ("US", "12025550173", "12025550173"),
        ("US", "011 55 11 98765-4321", "5511987654321"),
        ("AR", "11 2345-6789", "541123456789"),
        ("GB", "07400 123456", "447400123456"),
        ("MX", "55 1234 5678", "525512345678"),
        ("DE", "01512 3456789", "4915123456789"),
        ("PT", "+5511987654321", "5511987654321"),
    ] {
        let phone = read(text, country(code)).map(|phone| phone.digits());
        assert_eq!(phone.as_deref(), Ok(digits), "{code} {text}");
    }
    assert_eq!(read("912345678", country("XX")), Err(BadPhone::UnknownCountry { country: country("XX") }));
    assert!(is_supported(Country::BRAZIL) && !is_supported(country("XX")));
}

#[test]
fn sentences_are_for_people() {
    let sentences: Vec<String> = [
        BadPhone::Empty,
        BadPhone::ScientificNotation,
        BadPhone::UnexpectedCharacter('x'),
        BadPhone::SeveralNumbers,
        BadPhone::Extension,
        BadPhone::AreaCodeMissing,
        BadPhone::TooShort { digits: 5 },
        BadPhone::TooLong { digits: 22 },
        BadPhone::NotNational { country: Country::BRAZIL },
        BadPhone::NotInternational,
        BadPhone::UnknownCountry { country: country("XX") },
    ]
    .map(|bad| bad.to_string())
    .to_vec();
    insta::assert_snapshot!(sentences.join("\n"), @r"
    there is no number
    Excel changed the number to scientific notation and its last digits are lost; format the column as text and export it again
    'x' is no part of a telephone number
    the cell holds more than one number; leave one
    a number with an extension cannot receive messages
    the area code is missing
    5 digits are too few for a telephone number
    22 digits are too many for one telephone number
    not a valid number in BR; a number of another country begins with + and its calling code
    not a valid number in any country
    XX is not a country with telephone numbers
    ");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
        let _ = read(&text, Country::BRAZIL);
        let _ = read(&text, country("US"));
    }

    #[test]
    fn numberlike_text_is_read_or_refused(text in "[0-9+(). ,eE'x/-]{0,24}") {
        if let Ok(phone) = read(&text, Country::BRAZIL) {
            let again = read(&format!("+{}", phone.digits()), Country::BRAZIL);
            prop_assert_eq!(again, Ok(phone), "a number that was read reads as itself");
        }
    }

    /// Whatever the quick way proves, the metadata read the same; a mobile without its ninth digit is
    /// the one addition, and with the digit it is valid.
    #[test]
    fn the_quick_way_and_the_metadata_agree(
        head in prop::sample::select(vec!["", "0", "55", "+55", "550", "9", "1"]),
        tail in "[1-9]{2}[0-9]{7,10}",
    ) {
        let Dialled { digits, international } = dialled(&format!("{head}{tail}")).expect("digits");
        if let Some(quick) = brazil::proven(digits.as_bytes(), international, Country::BRAZIL) {
            let slow = by_metadata(&Dialled { digits, international }, Country::BRAZIL);
            let whole = quick.digits();
            let is_old_mobile = whole.len() == 12 && matches!(whole.as_bytes()[4], b'6'..=b'9');
            if slow == Ok(quick) {
                return Ok(());
            }
            prop_assert!(is_old_mobile, "{} read as {:?}", whole, slow);
            let renewed = Dialled { digits: format!("{}9{}", &whole[..4], &whole[4..]), international: true };
            prop_assert_eq!(by_metadata(&renewed, Country::BRAZIL).map(|phone| phone.person()), Ok(quick.person()));
        }
    }

    /// What the metadata hold valid for Brazil as a mobile or landline is proven quickly.
    #[test]
    fn the_quick_way_misses_no_mobile(area in "[1-9]{2}", subscriber in "9[0-9]{8}|[2-5][0-9]{7}") {
        let dialled = Dialled { digits: format!("55{area}{subscriber}"), international: true };
        let quick = brazil::proven(dialled.digits.as_bytes(), true, Country::BRAZIL);
        prop_assert_eq!(quick, by_metadata(&dialled, Country::BRAZIL).ok());
    }
}
