//! The table `[safety]`: the brakes.

use std::num::{NonZeroU32, NonZeroU64};
use std::time::Duration;

use super::conduct;
use super::raw::{RawOnDoubt, RawSafety};
use crate::document::{Findings, Placed, value};
use crate::domain::campaign::MAX_IN_DOUBT;
use crate::domain::{Canary, FrequencyCap, OnDoubt, Phone, Problem, Safety, Share};

/// The default of `safety.doubt_ttl`.
const DOUBT_TTL: Duration = Duration::from_secs(86_400);

/// A year of 365.25 days: nobody waits longer for an answer, and the bound keeps dates from overflowing.
const LONGEST_DOUBT: Duration = Duration::from_secs(31_557_600);

/// What the table says: the brakes that are frozen with the plan, and those for making it.
pub struct ValidSafety {
    /// Frozen with the plan.
    pub brakes: Safety,
    /// Refuse a plan with more recipients.
    pub max_recipients: Option<NonZeroU64>,
    /// Who gets the message of `disparo run --test`.
    pub test_to: Vec<Phone>,
    /// First a few.
    pub canary: Option<Canary>,
    /// How many messages a person gets, at most.
    pub frequency_cap: Option<FrequencyCap>,
    /// Send again what failed for a reason that passes.
    pub retry_failed: bool,
    /// Wait for a person before each plan is sent.
    pub approval: bool,
}

/// Checks the table. What is wrong in it is reported, and stands at its default in the answer. What is
/// repeatable is done again when in doubt, and at once, unless the table says otherwise. `is_message` is false
/// for a campaign with an `[action]`.
pub fn validate(
    raw: RawSafety,
    is_repeatable: bool,
    is_message: bool,
    findings: &mut Findings,
) -> ValidSafety {
    let max_recipients =
        raw.max_recipients.and_then(|most| findings.keep(value::large_count(&most, "safety.max_recipients")));
    let test_to = raw.test_to.map_or_else(Vec::new, |phones| valid_test_to(phones.value.0, findings));
    let stop_above =
        raw.stop_above.and_then(|share| findings.keep(valid_share(&share.into_plain(), "safety.stop_above")));
    let repeats = is_repeatable && raw.on_doubt.is_none();
    let on_doubt = match raw.on_doubt.map(|on_doubt| on_doubt.value) {
        None if is_repeatable => OnDoubt::Resend,
        None => OnDoubt::default(),
        Some(RawOnDoubt::Hold) => OnDoubt::Hold,
        Some(RawOnDoubt::AssumeSent) => OnDoubt::AssumeSent,
        Some(RawOnDoubt::Resend) => OnDoubt::Resend,
    };
    let doubt_ttl = raw.doubt_ttl.and_then(|ttl| {
        findings.keep(value::duration(&ttl.into_plain(), "safety.doubt_ttl", Duration::ZERO..=LONGEST_DOUBT))
    });
    let max_in_doubt: Option<NonZeroU32> =
        raw.max_in_doubt.and_then(|most| findings.keep(value::count(&most, "safety.max_in_doubt")));
    let brakes = Safety {
        stop_above,
        on_doubt,
        doubt_ttl: doubt_ttl.unwrap_or(if repeats { Duration::ZERO } else { DOUBT_TTL }),
        max_in_doubt: max_in_doubt.unwrap_or(MAX_IN_DOUBT),
    };
    let frequency_cap = raw
        .frequency_cap
        .and_then(|cap| findings.keep(value::frequency_cap(&cap.into_plain(), "safety.frequency_cap")));
    let retry_failed = raw.retry_failed.is_some_and(|retries| retries.value);
    let approval = raw.approval.is_some_and(|approval| approval.value);
    let canary = raw.canary.and_then(|canary| conduct::canary(canary, is_message, findings));
    ValidSafety { brakes, max_recipients, test_to, canary, frequency_cap, retry_failed, approval }
}

/// The share that stands at `key`.
///
/// # Errors
/// When it is no percentage.
pub fn valid_share(share: &Placed<String>, key: &str) -> Result<Share, Problem> {
    share.value.parse().map_err(|_| {
        let sentence = format!("`{key}` is not a share: \"{}\"", share.value);
        Problem::at(share.span.clone(), key, sentence)
            .with_hint("write a percentage from \"0%\" to \"100%\", such as \"10%\" or \"2.5%\"")
    })
}

fn valid_test_to(phones: Vec<Placed<String>>, findings: &mut Findings) -> Vec<Phone> {
    const KEY: &str = "safety.test_to";
    let mut valid: Vec<Phone> = Vec::new();
    for given in phones {
        let Some(phone) = findings.keep(value::phone(&given, KEY)) else { continue };
        if valid.iter().any(|known| known.person() == phone.person()) {
            let problem = Problem::at(given.span, KEY, "`safety.test_to` names this person twice");
            findings.report(problem.with_hint("with and without the ninth digit it is the same person"));
        } else {
            valid.push(phone);
        }
    }
    valid
}
