//! The question before people are really messaged.

use std::io::{self, BufRead, IsTerminal};
use std::time::Duration;

use thiserror::Error;

use super::printer::Printer;
use super::words;

/// What a person must know to say yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The campaign's name.
    pub campaign: String,
    /// How many people would be messaged.
    pub recipients: u64,
    /// Each channel's name, and its sender where it has one.
    pub channels: Vec<(String, Option<String>)>,
    /// The rates that hold, as people write them; empty for no limit.
    pub rates: Vec<String>,
    /// How long it will take; `None` without a limit.
    pub duration: Option<Duration>,
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum Unanswered {
    /// Nobody sits at a terminal.
    #[error(
        "this would message {people} and nobody is at a terminal to confirm it; pass --yes to send without being asked"
    )]
    NoTerminal {
        /// `1,234 people`.
        people: String,
    },
    /// The terminal cannot be read.
    #[error("cannot read the answer from the terminal: {0}")]
    Unreadable(#[from] io::Error),
}

/// Asks on this process's terminal, unless `yes` already says so.
///
/// # Errors
/// Without a terminal, or when it cannot be read.
pub fn ask(printer: &Printer, question: &Question, yes: bool) -> Result<bool, Unanswered> {
    let stdin = io::stdin();
    let there = stdin.is_terminal() && printer.screen().live;
    answer(printer, question, yes, there.then(|| stdin.lock()))
}

fn answer(
    printer: &Printer,
    question: &Question,
    yes: bool,
    terminal: Option<impl BufRead>,
) -> Result<bool, Unanswered> {
    if yes {
        return Ok(true);
    }
    let people = words::counted(question.recipients, "person", "people");
    let mut terminal = terminal.ok_or_else(|| Unanswered::NoTerminal { people: people.clone() })?;
    printer.raw_aside(&format!("{}\n\nSend to {people}? [y/N] ", described(question)));
    let mut answer = String::new();
    terminal.read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

fn described(question: &Question) -> String {
    let channels = question.channels.iter().map(|(name, sender)| match sender {
        Some(sender) => format!("{name} (from {sender})"),
        None => name.clone(),
    });
    let pace = if question.rates.is_empty() { "no limit".to_owned() } else { question.rates.join(" and ") };
    let time =
        question.duration.map_or(String::new(), |time| format!(", done in about {}", words::duration(time)));
    [
        format!("Campaign    {}", question.campaign),
        format!("Recipients  {}", words::count(question.recipients)),
        format!("Through     {}", channels.collect::<Vec<_>>().join(", ")),
        format!("Pace        {pace}{time}"),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ui::printer::{Format, Screen, Verbosity};
    use crate::ui::sink::Captured;

    fn question() -> Question {
        Question {
            campaign: "Black Friday 2026".to_owned(),
            recipients: 1_234,
            channels: vec![
                ("devino-main".to_owned(), Some("MyCompany".to_owned())),
                ("wati-sp".to_owned(), None),
            ],
            rates: vec!["40/s".to_owned(), "10000/d".to_owned()],
            duration: Some(Duration::from_secs(31)),
        }
    }

    fn asked(typed: Option<&str>, yes: bool) -> (Result<bool, Unanswered>, String) {
        let captured = Arc::new(Captured::default());
        let screen = Screen { colour: false, width: 80, live: true };
        // The question is asked of the quiet too: it is no note.
        let printer = Printer::new(Format::Text, Verbosity::Quiet, screen, captured.clone());
        let given = answer(&printer, &question(), yes, typed.map(str::as_bytes));
        (given, captured.err())
    }

    #[test]
    fn only_a_clear_yes_sends() {
        for (typed, sends) in [
            ("y\n", true),
            (" YES \n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yess\n", false),
            ("1234\n", false),
        ] {
            assert_eq!(asked(Some(typed), false).0.expect("a terminal"), sends, "{typed:?}");
        }
        insta::assert_snapshot!(asked(Some("n\n"), false).1, @"
        Campaign    Black Friday 2026
        Recipients  1,234
        Through     devino-main (from MyCompany), wati-sp
        Pace        40/s and 10000/d, done in about 31s

        Send to 1,234 people? [y/N]
        ");
    }

    #[test]
    fn without_a_terminal_nothing_is_assumed() {
        let (given, told) = asked(None, false);
        insta::assert_snapshot!(given.expect_err("nobody is there"), @"this would message 1,234 people and nobody is at a terminal to confirm it; pass --yes to send without being asked");
        assert_eq!(told, "");
        assert!(asked(None, true).0.expect("--yes needs no terminal"));
    }
}
