//! The key `safety.canary` and the table `[after]`: how a campaign goes on beyond its message.

use std::time::Duration;

use super::action::chat_status;
use super::checks::Checks;
use super::jinja;
use super::raw_conduct::{RawAfter, RawCanary};
use super::safety::valid_share;
use crate::document::{Findings, Placed, Table, value};
use crate::domain::{AFTER_NAMES, Action, Canary, Problem, Share};

/// The default of `safety.canary.wait`.
const WAIT: Duration = Duration::from_secs(15 * 60);

/// A canary that is waited for longer than the providers keep a message for delivery tells nothing more.
const LONGEST_WAIT: Duration = Duration::from_secs(7 * 86_400);

/// The default of `safety.canary.stop_above`.
const STOP_ABOVE: &str = "5%";

/// Checks `safety.canary`. `is_message` is false for a campaign with an `[action]`, of which nothing is
/// delivered.
pub fn canary(raw: Placed<Table<RawCanary>>, is_message: bool, findings: &mut Findings) -> Option<Canary> {
    const KEY: &str = "safety.canary";
    let Placed { value: Table(raw), span } = raw;
    if !is_message {
        let sentence = "`safety.canary` waits for messages to be delivered, and an [action] sends none";
        findings.report(Problem::at(span.clone(), KEY, sentence).with_hint("leave it out"));
    }
    let size = findings.require(raw.size, || {
        Problem::at(span.clone(), "safety.canary.size", "`safety.canary.size` is missing")
            .with_hint("write how many are sent first: size = 500")
    });
    let size = size.and_then(|size| findings.keep(value::count(&size, "safety.canary.size")));
    let wait = raw.wait.map_or(Some(WAIT), |wait| {
        let bounds = Duration::from_secs(1)..=LONGEST_WAIT;
        findings.keep(value::duration(&wait.into_plain(), "safety.canary.wait", bounds))
    });
    let stop_above = match raw.stop_above {
        Some(share) => findings.keep(valid_share(&share.into_plain(), "safety.canary.stop_above")),
        None => STOP_ABOVE.parse::<Share>().ok(),
    };
    Some(Canary { size: size?, wait: wait?, stop_above: stop_above? })
}

/// Checks the table `[after]`: one action for each key, in the order chat status, attributes, tags.
/// `is_message` as for [`canary`].
pub fn after(raw: Placed<Table<RawAfter>>, is_message: bool, checks: &mut Checks<'_>) -> Vec<Action> {
    const KEY: &str = "after";
    let Placed { value: Table(RawAfter { chat_status: status, attributes, add_tags }), span } = raw;
    if !is_message {
        let sentence = "`after` follows the messages of a campaign, and an [action] sends none";
        let problem = Problem::at(span.clone(), KEY, sentence);
        checks.findings.report(problem.with_hint("make a campaign with an [action] of its own of it"));
    }
    let says_nothing = status.is_none() && attributes.is_none() && add_tags.is_none();
    if says_nothing && !checks.findings.has_spoken_below(KEY) {
        let problem = Problem::at(span, KEY, "`after` names nothing that is to be done");
        checks.findings.report(
            problem.with_hint("write chat_status = \"solved\", add_tags = [\"…\"], or leave [after] out"),
        );
    }
    let mut actions = Vec::new();
    actions.extend(status.map(|status| Action::SetChatStatus { status: chat_status(status.value) }));
    let attributes = attributes.and_then(|given| {
        let of_columns =
            given.value.0.iter().filter(|(_, text)| !names_known("after.attributes", text, checks));
        let is_known = of_columns.count() == 0;
        checks.table(given, "after.attributes").filter(|_| is_known)
    });
    actions.extend(attributes.map(|attributes| Action::SetAttributes { attributes }));
    let tags = add_tags.and_then(|given| {
        let of_columns = given.value.0.iter().filter(|text| !names_known("after.add_tags", text, checks));
        let is_known = of_columns.count() == 0;
        checks.list(given, "after.add_tags").filter(|_| is_known)
    });
    actions.extend(tags.map(|tags| Action::AddTags { contact: None, tags }));
    actions
}

/// Whether a text uses no other names than those that are known once a run is done; otherwise it is reported.
fn names_known(key: &str, text: &Placed<String>, checks: &mut Checks<'_>) -> bool {
    checks.findings.keep(jinja::check_names(text, key, &AFTER_NAMES, checks.source)).is_some()
}
