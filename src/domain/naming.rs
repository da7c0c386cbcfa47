//! Names as people mistype them: compared without case and accents, and the closest known one.

/// A name in lower case, without accents, invisible marks and outer spaces, so that `Número ` and
/// `numero` are equal. For comparing, never for showing.
#[must_use]
pub fn folded(name: &str) -> String {
    name.trim().chars().flat_map(char::to_lowercase).filter_map(without_accent).collect()
}

/// The letter under an accent of a Latin language; `None` for combining marks and invisible ones.
fn without_accent(letter: char) -> Option<char> {
    Some(match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        '\u{a0}' | '\u{202f}' => ' ',
        '\u{300}'..='\u{36f}' | '\u{ad}' | '\u{feff}' => return None,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' => return None,
        other => other,
    })
}

/// The known name that `name` was probably meant to be: equal but for case and accents, or a few
/// letters away. `None` when nothing is near enough to be worth a question.
pub fn closest<'names>(name: &str, known: impl IntoIterator<Item = &'names str>) -> Option<&'names str> {
    let wanted = folded(name);
    let most = (wanted.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&wanted, &folded(candidate)), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A hint that lists what there is, after the question whether the closest one was meant:
/// `did you mean "cupom"? The columns are: nome, cupom`.
#[must_use]
pub fn hint_of_known<'names>(
    name: &str,
    what: &str,
    known: impl IntoIterator<Item = &'names str> + Clone,
) -> String {
    const MOST: usize = 40;
    let total = known.clone().into_iter().count();
    if total == 0 {
        return format!("there are no {what}");
    }
    let shown: Vec<&str> = known.clone().into_iter().take(MOST).collect();
    let rest = if total > MOST { format!(" and {} more", total - MOST) } else { String::new() };
    let list = format!("the {what} are: {}{rest}", shown.join(", "));
    match closest(name, known) {
        Some(closest) => format!("did you mean \"{closest}\"? {}", capitalised(&list)),
        None => list,
    }
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_forgets_what_people_forget() {
        for (name, plain) in [
            ("  Número ", "numero"),
            ("AÇÃO", "acao"),
            ("Nu\u{301}mero", "numero"),
            ("\u{feff}fone", "fone"),
            ("first\u{a0}name", "first name"),
            ("Straße", "straße"),
        ] {
            assert_eq!(folded(name), plain);
        }
    }

    #[test]
    fn only_near_names_are_suggested() {
        let known = ["nome", "cupom", "número"];
        assert_eq!(closest("cupon", known), Some("cupom"));
        assert_eq!(closest("Numero", known), Some("número"));
        assert_eq!(closest("noem", known), Some("nome"));
        assert_eq!(closest("cidade", known), None);
        assert_eq!(closest("x", ["y", "nome"]), Some("y"));
    }

    #[test]
    fn a_hint_asks_and_lists() {
        assert_eq!(
            hint_of_known("cupon", "columns", ["nome", "cupom"]),
            "did you mean \"cupom\"? The columns are: nome, cupom"
        );
        assert_eq!(hint_of_known("idade", "columns", ["nome"]), "the columns are: nome");
        assert_eq!(hint_of_known("x", "columns", []), "there are no columns");
    }
}
