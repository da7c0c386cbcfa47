//! Reads the faults of `[[faults]]`.

use std::ops::Range;

use super::raw::{RawFault, Then};
use super::{Fault, FaultKind, When, values};
use crate::document::{Findings, Placed, Table};
use crate::domain::{Phone, Problem, naming};
use crate::sandbox::Service;
use crate::sandbox::registry::PROVIDERS;

/// Reads one fault, which is called `place`.
pub(super) fn fault(raw: Placed<Table<RawFault>>, place: &str, findings: &mut Findings) -> Option<Fault> {
    let Placed { value: Table(mut raw), span } = raw;
    let when = when(&mut raw, place, findings);
    let accepted = raw.accepted.take();
    let kind = kind(raw, place, span, findings)?;
    let is_always_accepted = matches!(kind, FaultKind::Truncate | FaultKind::Missing | FaultKind::Extra);
    if let Some(Placed { span, .. }) = accepted.as_ref().filter(|_| is_always_accepted) {
        let key = format!("{place}.accepted");
        let sentence = format!("`{key}` has no say here: such a call is always accepted");
        findings.report(Problem::at(span.clone(), key, sentence));
    }
    let accepted = is_always_accepted || accepted.is_some_and(|accepted| accepted.value);
    Some(Fault { when, kind, accepted })
}

fn when(raw: &mut RawFault, place: &str, findings: &mut Findings) -> When {
    let key = |name: &str| format!("{place}.{name}");
    let share = raw.share.take().and_then(|given| findings.keep(values::share(&given, &key("share"))));
    let calls = raw.calls.take().and_then(|given| findings.keep(values::calls(&given, &key("calls"))));
    let containing = values::phones(raw.containing.take(), &key("containing"), findings);
    let containing = containing.into_iter().map(Phone::person).collect();
    let provider = raw.provider;
    let operation = raw.operation.take();
    let operation = operation.and_then(|word| findings.keep(operation_of(word, provider, &key("operation"))));
    When { share, calls, containing, provider, operation }
}

/// A word that the provider, or any of them, has for one of its calls.
fn operation_of(word: Placed<String>, provider: Option<Service>, key: &str) -> Result<Box<str>, Problem> {
    let providers = PROVIDERS.iter().filter(|one| provider.is_none_or(|only| only == one.service));
    let mut known: Vec<_> = providers.flat_map(|one| one.operations).copied().collect();
    if known.contains(&word.value.as_str()) {
        return Ok(word.value.into());
    }
    known.sort_unstable();
    known.dedup();
    let hint = naming::hint_of_known(&word.value, "operations", known);
    let sentence = format!("`{key}` cannot be \"{}\"", word.value);
    Err(Problem::at(word.span, key, sentence).with_hint(hint))
}

fn kind(raw: RawFault, place: &str, span: Range<usize>, findings: &mut Findings) -> Option<FaultKind> {
    let key = |name: &str| format!("{place}.{name}");
    let then = findings.require(raw.then, || {
        Problem::at(span.clone(), key("then"), format!("`{place}` does not say what happens")).with_hint(
            "write then = \"status\", \"drop\", \"hang\", \"garbage\", \"truncate\", \"missing\" or \"extra\"",
        )
    })?;
    if then == Then::Status {
        return status(raw, place, span, findings);
    }
    let strays = [
        ("status", raw.status.map(|given| given.span)),
        ("retry_after", raw.retry_after.map(|given| given.span)),
        ("body", raw.body.map(|given| given.span)),
    ];
    for (name, span) in strays {
        if let Some(span) = span {
            let sentence = format!("`{}` goes with then = \"status\" alone", key(name));
            findings.report(Problem::at(span, key(name), sentence));
        }
    }
    match then {
        Then::Status => None,
        Then::Drop => Some(FaultKind::Drop),
        Then::Hang => Some(FaultKind::Hang),
        Then::Garbage => Some(FaultKind::Garbage),
        Then::Truncate => Some(FaultKind::Truncate),
        Then::Missing => Some(FaultKind::Missing),
        Then::Extra => Some(FaultKind::Extra),
    }
}

fn status(raw: RawFault, place: &str, span: Range<usize>, findings: &mut Findings) -> Option<FaultKind> {
    let key = |name: &str| format!("{place}.{name}");
    let status = findings.require(raw.status, || {
        Problem::at(span, key("status"), format!("`{place}` does not say which status"))
            .with_hint("write status = 500, or any other from 200 to 599")
    });
    let is_final = |status| (200..600).contains(&status);
    let status = status.and_then(|given| {
        findings.keep(values::status(&given, &key("status"), is_final, "a status from 200 to 599"))
    });
    let retry_after =
        raw.retry_after.and_then(|given| findings.keep(values::duration(&given, &key("retry_after"))));
    Some(FaultKind::Status { status: status?, retry_after, body: raw.body.map(|body| body.value) })
}
