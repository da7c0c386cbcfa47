//! Which column holds the address: the one the definition names or, for telephone numbers, the one whose
//! name says so.

use crate::domain::Columns;
use crate::domain::naming::{folded, hint_of_known};

/// Names that mean a telephone number, folded. Compared with whole names and with words of names.
const CERTAIN: [&str; 20] = [
    "phone",
    "phones",
    "telephone",
    "cellphone",
    "mobile",
    "msisdn",
    "telefone",
    "telefones",
    "telefono",
    "celular",
    "celulares",
    "cel",
    "movel",
    "movil",
    "fone",
    "fones",
    "tel",
    "whatsapp",
    "wpp",
    "zap",
];
/// Whole names, folded and without punctuation, that mean one, too.
const CERTAIN_WHOLE: [&str; 6] =
    ["phonenumber", "mobilenumber", "numerotelefone", "numerocelular", "numerowhatsapp", "whats"];
/// Names that may mean something else (a house number, a person); taken when nothing better is there.
const LIKELY: [&str; 8] =
    ["numero", "numeros", "number", "num", "contato", "contatos", "contacto", "contact"];

/// Why no column was found.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NotFound {
    /// No name means a telephone number.
    None,
    /// These names mean one, equally well.
    Several(Vec<String>),
    /// The definition names a column that is not there; the hint says what to write.
    Unknown {
        /// Which columns there are.
        hint: String,
    },
}

/// Position of the column with the telephone number: `wanted` where the definition says so, compared
/// exactly and then without case and accents.
pub(super) fn phone(columns: &Columns, wanted: Option<&str>) -> Result<usize, NotFound> {
    match wanted {
        Some(wanted) => named(columns, wanted),
        None => by_meaning(columns),
    }
}

/// Whether a header cell by itself means a telephone number.
pub(super) fn is_certain(name: &str) -> bool {
    let name = folded(name);
    CERTAIN.contains(&name.as_str()) || CERTAIN_WHOLE.contains(&without_punctuation(&name).as_str())
}

/// Position of the column that the definition names, compared exactly and then without case and accents.
pub(super) fn named(columns: &Columns, wanted: &str) -> Result<usize, NotFound> {
    if let Some(position) = columns.position(wanted) {
        return Ok(position);
    }
    let wanted_folded = folded(wanted);
    let alike = positions(columns, |name| folded(name) == wanted_folded);
    match alike.as_slice() {
        [position] => Ok(*position),
        [] => {
            let names = columns.names().iter().map(String::as_str);
            Err(NotFound::Unknown { hint: hint_of_known(wanted, "columns", names) })
        }
        several => Err(NotFound::Several(names_at(columns, several))),
    }
}

fn by_meaning(columns: &Columns) -> Result<usize, NotFound> {
    let likely = |name: &str| LIKELY.contains(&without_punctuation(&folded(name)).as_str());
    let tiers: [&dyn Fn(&str) -> bool; 3] = [&is_certain, &has_certain_word, &likely];
    for means_a_phone in tiers {
        match positions(columns, means_a_phone).as_slice() {
            [] => {}
            [position] => return Ok(*position),
            several => return Err(NotFound::Several(names_at(columns, several))),
        }
    }
    Err(NotFound::None)
}

/// `Telefone (WhatsApp)`, `nº celular`, `phone_number`.
fn has_certain_word(name: &str) -> bool {
    folded(name).split(|letter: char| !letter.is_alphabetic()).any(|word| CERTAIN.contains(&word))
}

fn without_punctuation(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

fn positions(columns: &Columns, matches: impl Fn(&str) -> bool) -> Vec<usize> {
    let names = columns.names().iter().enumerate();
    names.filter(|(_, name)| matches(name)).map(|(position, _)| position).collect()
}

fn names_at(columns: &Columns, positions: &[usize]) -> Vec<String> {
    positions.iter().filter_map(|position| columns.names().get(*position).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(columns: &[&str], wanted: Option<&str>) -> Result<usize, NotFound> {
        phone(&Columns::new(columns.iter().map(|name| (*name).to_owned()).collect()), wanted)
    }

    #[test]
    fn names_that_mean_a_telephone_are_found() {
        for (columns, position) in [
            (&["nome", "Telefone"][..], 1),
            (&["CELULAR", "nome"], 0),
            (&["nome", "WhatsApp "], 1),
            (&["name", "phone_number"], 1),
            (&["nome", "Nº Celular"], 1),
            (&["nome", "Telefone (WhatsApp)"], 1),
            (&["nome", "Número"], 1),
            (&["nome", "contato"], 1),
            (&["rua", "Número", "fone"], 2),
            (&["phone", "whatsapp_opt_in"], 0),
            (&["telefone", "telefone_recado"], 0),
            (&["nome", "numero_whatsapp"], 1),
        ] {
            assert_eq!(found(columns, None), Ok(position), "{columns:?}");
        }
        assert_eq!(found(&["nome", "telefonema", "hotel"], None), Err(NotFound::None));
    }

    #[test]
    fn several_are_for_the_person_to_decide() {
        let several =
            |names: &[&str]| NotFound::Several(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(found(&["telefone", "nome", "celular"], None), Err(several(&["telefone", "celular"])));
        assert_eq!(found(&["Telefone 1", "Telefone 2"], None), Err(several(&["Telefone 1", "Telefone 2"])));
        assert_eq!(found(&["Fone", "fone"], Some("FONE")), Err(several(&["Fone", "fone"])));
    }

    #[test]
    fn the_definition_has_the_last_word() {
        assert_eq!(found(&["telefone", "zap"], Some("zap")), Ok(1));
        assert_eq!(found(&["telefone", "Número"], Some("numero")), Ok(1));
        let NotFound::Unknown { hint } =
            found(&["telefone", "nome"], Some("telefon")).expect_err("not there")
        else {
            panic!("unknown")
        };
        assert_eq!(hint, "did you mean \"telefone\"? The columns are: telefone, nome");
    }
}
