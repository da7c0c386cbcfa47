//! A person's history in words.

use std::fmt::Write as _;

use crate::domain::Content;
use crate::journal::{SettledBy, Settlement};
use crate::report::{PastDoubt, Told, moment};

use super::content_words;
use super::explain::{Message, Person, written_at};

/// Characters of a message that are shown.
const FIRST_WORDS: usize = 72;

/// See the module.
pub fn text(person: &Person) -> String {
    let mut text = format!("+{}\n", person.phone.digits());
    // Writing into a String cannot fail.
    let _ = match &person.suppression {
        Some(suppression) => writeln!(
            text,
            "on the suppression list since {}: {}",
            moment(suppression.since),
            suppression.source
        ),
        None => writeln!(text, "not on the suppression list"),
    };
    if person.messages.is_empty() {
        let _ = writeln!(text, "no run has had this person as a recipient");
    }
    for message in &person.messages {
        text.push('\n');
        text.push_str(&message_text(message));
    }
    if !person.written.is_empty() {
        let _ = writeln!(text, "\nwhat the person wrote");
    }
    for kept in &person.written {
        let at = written_at(kept).map(moment).unwrap_or_default();
        let inbound = &kept.inbound;
        let words = inbound.text.as_deref().or(inbound.payload.as_deref());
        let words = words.map_or_else(|| format!("({})", inbound.kind), first_words);
        let _ = write!(text, "  {at}  over {}: {words}", kept.channel);
        if inbound.group.is_some() {
            let _ = write!(text, ", in a group");
        }
        if let Some(run) = person.answered_by(kept) {
            let _ = write!(text, ", in answer to {run}");
        }
        text.push('\n');
    }
    if !person.rejected.is_empty() {
        let _ = writeln!(text, "\nrows that could not be sent");
    }
    for row in &person.rejected {
        let _ = writeln!(
            text,
            "  {}, row {}: {} ({})",
            row.run,
            row.mention.row,
            row.mention.reason,
            row.file.display()
        );
    }
    if !person.unknown.is_empty() {
        let _ = writeln!(text, "\nwhat cannot be told");
    }
    for (run, why) in &person.unknown {
        let _ = writeln!(text, "  {run}: {why}");
    }
    text
}

fn message_text(message: &Message) -> String {
    let Told { recipient, line, doubt, failure, asked } = &message.told;
    let plan = &message.view.facts.plan;
    let mut text = format!(
        "{} ({}), {}, over {}, row {}\n",
        plan.run_name,
        plan.campaign,
        message.view.summary.state.word(),
        line.channel,
        line.row
    );
    let mut fact = |name: &str, fact: &str| {
        if !fact.is_empty() {
            let _ = writeln!(text, "  {name:<11}{fact}");
        }
    };
    fact(recipient.content.word(), &shown(message, &recipient.content));
    if let Some(origin) = &message.origin {
        fact("takes up", &format!("{origin} ({})", plan.purpose.word()));
    }
    fact("planned", &moment(plan.created));
    fact(&line.status.replace('_', " "), &time(&line.updated));
    if line.calls > 1 {
        fact("calls", &line.calls.to_string());
    }
    if let Some(doubt) = doubt {
        fact("doubt", &doubt_text(doubt));
    }
    for (name, at) in [
        ("sent", &line.sent),
        ("delivered", &line.delivered),
        ("read", &line.read),
        ("replied", &line.replied),
        ("clicked", &line.clicked),
    ] {
        fact(name, &time(at));
    }
    if let Some(failure) = failure {
        fact("failed", &format!("{}: {} ({})", time(&line.failed), failure.reason, failure.code));
    }
    if let Some(asked) = asked {
        fact("asked", &format!("{}, without news", moment(*asked)));
    }
    let is_told = failure.as_ref().is_some_and(|failure| failure.code == line.code);
    if !line.reason.is_empty() && !is_told {
        fact("why", &format!("{} ({})", line.reason, line.code));
    }
    text
}

fn shown(message: &Message, content: &Content) -> String {
    first_words(&content_words::text(&message.told.recipient.address, content))
}

/// A text on one line, cut.
fn first_words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(FIRST_WORDS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// A moment of the tables as people read it.
fn time(moment_in_table: &str) -> String {
    moment_in_table.parse().map(moment).unwrap_or_else(|_| moment_in_table.to_owned())
}

fn doubt_text(doubt: &PastDoubt) -> String {
    let PastDoubt { cause, settled, by } = doubt;
    let Some(settled) = settled else { return cause.clone() };
    let settled = match settled {
        Settlement::ConfirmedSent => "confirmed as sent",
        Settlement::ConfirmedNotSent => "confirmed as not sent",
        Settlement::AssumedSent => "assumed to be sent",
        Settlement::Resend => "sent again",
    };
    let by = match by {
        Some(SettledBy::Person) => " by a person",
        Some(SettledBy::Policy) => " as the campaign says",
        Some(SettledBy::Evidence) => " when the provider was asked",
        Some(SettledBy::Receipt) => " by a delivery notice",
        None => "",
    };
    format!("{cause}; {settled}{by}")
}
