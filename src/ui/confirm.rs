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
    /// How many would be sent something.
    pub recipients: u64,
    /// Each channel's name, and its sender where it has one.
    pub channels: Vec<(String, Option<String>)>,
    /// The rates that hold, as people write them; empty for no limit.
    pub rates: Vec<String>,
    /// How long it will take; `None` without a limit.
    pub duration: Option<Duration>,
    /// Who will not be sent to, and why, in a sentence; `None` where everybody will.
    pub left_out: Option<String>,
    /// What it costs, where there are prices: `BRL 12.50`.
    pub cost: Option<String>,
}

/// Nobody sits at a terminal.
#[derive(Debug, Error)]
#[error(
    "this would be sent to {recipients}, and nobody is at a terminal to confirm it; pass --yes to send without being asked"
)]
pub struct Unanswered {
    /// `1,234 recipients`.
    recipients: String,
}

/// Asks whether to send, unless `yes` already says so. `ask` puts the text before a person and gives the
/// answer; `None` where nobody can be asked.
///
/// # Errors
/// Where nobody can be asked.
pub async fn confirm(
    question: &Question,
    yes: bool,
    ask: impl AsyncFnOnce(String) -> Option<String>,
) -> Result<bool, Unanswered> {
    if yes {
        return Ok(true);
    }
    let recipients = words::counted(question.recipients, "recipient", "recipients");
    let text = format!("{}\n\nSend to {recipients}? [y/N] ", described(question));
    let answer = ask(text).await.ok_or(Unanswered { recipients })?;
    Ok(is_yes(&answer))
}

/// Whether an answer is a clear yes.
#[must_use]
pub fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Asks on this process's terminal; `None` where there is none, or where it cannot be read.
pub async fn ask_here(printer: &Printer, text: String) -> Option<String> {
    if !io::stdin().is_terminal() || !printer.screen().live {
        return None;
    }
    printer.raw_aside(&text);
    // Reading blocks, and nothing can end it but the person.
    let read = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer).ok().map(|_| answer)
    });
    read.await.ok().flatten()
}

fn described(question: &Question) -> String {
    let channels = question.channels.iter().map(|(name, sender)| match sender {
        Some(sender) => format!("{name} (from {sender})"),
        None => name.clone(),
    });
    let pace = if question.rates.is_empty() { "no limit".to_owned() } else { question.rates.join(" and ") };
    let time = question
        .duration
        .map_or(String::new(), |time| format!(", done in {} at the least", words::duration(time)));
    let mut lines = vec![
        format!("Campaign    {}", question.campaign),
        format!("Recipients  {}", words::count(question.recipients)),
        format!("Through     {}", channels.collect::<Vec<_>>().join(", ")),
        format!("Pace        {pace}{time}"),
    ];
    lines.extend(question.left_out.as_ref().map(|left_out| format!("Left out    {left_out}")));
    lines.extend(question.cost.as_ref().map(|cost| format!("Cost        {cost}")));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

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
            left_out: Some("7 recipients will not fit before Fri 27 Nov 2026 08:00".to_owned()),
            cost: Some("BRL 431.90".to_owned()),
        }
    }

    /// The answer to what is typed, and what was shown.
    async fn asked(typed: Option<&str>, yes: bool) -> (Result<bool, Unanswered>, Option<String>) {
        let mut shown = None;
        let answer = confirm(&question(), yes, async |text| {
            shown = Some(text);
            typed.map(str::to_owned)
        })
        .await;
        (answer, shown)
    }

    #[tokio::test]
    async fn only_a_clear_yes_sends() {
        for (typed, sends) in [
            ("y\n", true),
            (" YES \n", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yess\n", false),
            ("1234\n", false),
        ] {
            assert_eq!(asked(Some(typed), false).await.0.expect("a person"), sends, "{typed:?}");
        }
        insta::assert_snapshot!(asked(Some("n\n"), false).await.1.expect("a question"), @"
        Campaign    Black Friday 2026
        Recipients  1,234
        Through     devino-main (from MyCompany), wati-sp
        Pace        40/s and 10000/d, done in 31s at the least
        Left out    7 recipients will not fit before Fri 27 Nov 2026 08:00
        Cost        BRL 431.90

        Send to 1,234 recipients? [y/N]
        ");
    }

    #[tokio::test]
    async fn without_a_terminal_nothing_is_assumed() {
        insta::assert_snapshot!(asked(None, false).await.0.expect_err("nobody is there"), @"this would be sent to 1,234 recipients, and nobody is at a terminal to confirm it; pass --yes to send without being asked");
        let (answer, shown) = asked(None, true).await;
        assert!(answer.expect("--yes needs nobody"));
        assert_eq!(shown, None);
    }
}
