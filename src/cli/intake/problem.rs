//! `<file>.problem.txt`: why a file was not taken, for whoever dropped it.

use crate::cli::failure::Failure;
use crate::domain::Language;
use crate::ui::Exit;

/// Why a file was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, each with its place where it has one, and what to do.
    list: Vec<(String, Option<String>)>,
    /// Whether it may be well later without anybody changing a file.
    pub may_pass: bool,
}

impl Problem {
    /// One thing that stays wrong until somebody mends it.
    pub fn new(sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { list: vec![(sentence.into(), Some(hint.into()))], may_pass: false }
    }

    /// The same; it may be well later without anybody changing a file.
    pub fn that_may_pass(self) -> Self {
        Self { may_pass: true, ..self }
    }

    /// What a command says; `shown` puts the names of people's files in the place of ours.
    pub fn of(failure: &Failure, shown: impl Fn(&str) -> String) -> Self {
        match failure {
            Failure::Sentence { sentence, hint, exit } => Self {
                list: vec![(shown(sentence), hint.as_deref().map(&shown))],
                may_pass: !matches!(exit, Exit::Invalid),
            },
            Failure::Problems(problems) => {
                let file = problems.file().display().to_string();
                let list = problems.list().iter().map(|problem| {
                    let place = problems.place(problem).map(|place| format!(":{place}")).unwrap_or_default();
                    let sentence = shown(&format!("{file}{place}: {}", problem.sentence));
                    (sentence, problem.hint.as_deref().map(&shown))
                });
                Self { list: list.collect(), may_pass: false }
            }
        }
    }

    /// The note's text.
    pub fn text(&self, file: &str, language: Language) -> String {
        let (refused, hint_is, then) = match language {
            Language::English => (
                "was not taken, and nothing of it was sent.",
                "what to do",
                "Save the mended file under the same name; this note goes away by itself then.",
            ),
            Language::Portuguese => (
                "não foi aceito, e nada dele foi enviado.",
                "o que fazer",
                "Salve o arquivo corrigido com o mesmo nome; este aviso desaparece sozinho.",
            ),
            Language::Spanish => (
                "no fue aceptado, y no se envió nada de él.",
                "qué hacer",
                "Guarde el archivo corregido con el mismo nombre; este aviso desaparece solo.",
            ),
        };
        let mut text = format!("{file} {refused}\n");
        for (sentence, hint) in &self.list {
            text.push_str(&format!("\n{sentence}\n"));
            if let Some(hint) = hint {
                text.push_str(&format!("    {hint_is}: {hint}\n"));
            }
        }
        text.push_str(&format!("\n{then}\n"));
        printable(&text)
    }
}

/// Without what a terminal would obey: a note quotes files of anybody.
fn printable(text: &str) -> String {
    let replaced =
        |character: char| if character.is_control() && character != '\n' { '?' } else { character };
    text.chars().map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_what_and_what_to_do_in_the_teams_language() {
        let failure = Failure::invalid("/store/7/x.toml: bad \u{1b}[31mthing").with_hint("mend it");
        let problem = Problem::of(&failure, |text| text.replace("/store/7/", ""));
        let texts = Language::ALL.map(|language| problem.text("x.toml", language));
        insta::assert_snapshot!(texts.join("---\n"));
    }
}
