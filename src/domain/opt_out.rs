//! Words with which people ask to be left alone.

use super::Inbound;
use super::naming::folded;

/// The words unless a workspace names others: what people in Brazil, and those who speak English or Spanish,
/// are told to write.
const USUAL: [&str; 9] =
    ["SAIR", "PARAR", "PARE", "CANCELAR", "DESCADASTRAR", "REMOVER", "STOP", "UNSUBSCRIBE", "BAJA"];

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOutWords(Vec<String>);

impl Default for OptOutWords {
    fn default() -> Self {
        Self::new(USUAL)
    }
}

impl OptOutWords {
    /// These words, or sentences, whatever their case and accents.
    pub fn new<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Self {
        Self(words.into_iter().map(|word| bare(word.as_ref())).filter(|word| !word.is_empty()).collect())
    }

    /// What a person wrote that is one of the words: the whole message, or the button that was pressed. Nothing
    /// that is written in a group is (seed 001, `waGroupId`).
    #[must_use]
    pub fn found_in<'i>(&self, inbound: &'i Inbound) -> Option<&'i str> {
        let written = || [&inbound.text, &inbound.payload].into_iter().flatten();
        let is_direct = inbound.group.is_none();
        written().map(|written| &**written).find(|written| is_direct && self.0.contains(&bare(written)))
    }
}

/// Without case, accents, and what people put around a word: `Sair.`, `"PARE!"`.
fn bare(text: &str) -> String {
    let folded = folded(text);
    let inner = folded.trim_matches(|letter: char| !letter.is_alphanumeric());
    inner.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{MessageId, Phone};

    fn written(text: &str) -> Inbound {
        Inbound {
            id: MessageId::Number(1),
            from: Phone::from_digits("5511987654321").expect("a number"),
            to: None,
            group: None,
            kind: "text".into(),
            text: Some(text.into()),
            payload: None,
            in_reply_to: None,
            profile: None,
            details: None,
            at: None,
        }
    }

    #[test]
    fn the_whole_message_is_the_word_whatever_its_case_and_accents() {
        let words = OptOutWords::default();
        for text in ["SAIR", " sair ", "Sáir.", "\"Pare!\"", "descadastrar\n", "STOP", "🛑 stop 🛑", "baja"]
        {
            assert_eq!(words.found_in(&written(text)), Some(text), "{text}");
        }
        for text in ["não quero sair", "stop it", "", "!", "sairá", "SAIR DA LISTA"] {
            assert_eq!(words.found_in(&written(text)), None, "{text}");
        }
        let own = OptOutWords::new(["não  quero mais", ""]);
        assert!(own.found_in(&written("Nao quero MAIS!")).is_some());
        assert!(own.found_in(&written("sair")).is_none());
    }

    #[test]
    fn a_button_counts_and_a_group_does_not() {
        let words = OptOutWords::default();
        let button =
            Inbound { text: Some("Não receber mais".into()), payload: Some("STOP".into()), ..written("") };
        assert_eq!(words.found_in(&button), Some("STOP"));
        let group = Inbound { group: Some("5519900000000-1553784379".into()), ..written("SAIR") };
        assert_eq!(words.found_in(&group), None);
    }
}
