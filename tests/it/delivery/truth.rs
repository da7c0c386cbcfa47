//! Five thousand messages in each form, while webhooks come doubled, shuffled and before the answers, and some
//! never: what is known in the end is what the provider itself says.

use std::collections::BTreeMap;

use super::far_side::{posted, rank, standing};
use super::form::{
    DEVINO, Form, OMNICHANNEL, SINCH, SINCH_PERSONAL, Stage, TEMPLATES, WATI, WATI_BULK, WATI_V3,
};
use super::known::{agrees_with, known, reconcile, results_are_those_of_the_report};
use crate::harness::{People, Workspace, report, until};

/// Everybody of a run.
const PEOPLE: usize = 5_000;

/// Webhooks go astray in every way at once.
const ASTRAY: &str =
    "[webhooks]\ntwice = \"100%\"\nlost = \"10%\"\nlate = \"0s..2s\"\nbefore_response = \"10%\"\n";

/// As [`ASTRAY`], in fewer posts: Wati tells each event twice by itself, in two forms and an event a post.
const FEWER: &str =
    "[webhooks]\ntwice = \"10%\"\nlost = \"10%\"\nlate = \"0s..2s\"\nbefore_response = \"10%\"\n";

/// What becomes of messages.
const STATUSES: &str = "[statuses]\ndelivered = \"90%\"\nread = \"50%\"\nafter = \"1ms..400ms\"\n";

/// A run of everybody that nothing is left to be posted of; each is accepted.
fn sent(form: Form, seed: u64, astray: &str) -> (Stage, String) {
    let workspace = Workspace::alone_with_scenario(&format!("seed = {seed}\n{STATUSES}{astray}{TEMPLATES}"));
    let stage = Stage::new(form, workspace, "in_flight = 16");
    let others = PEOPLE - usize::from(form.failing.is_some());
    stage.campaign(&People::seeded(seed, others), "");
    let run = stage.workspace.run("vip").expect(0);
    assert_eq!(run.tally().accepted, PEOPLE as u64, "{run}");
    let posts = stage.workspace.sandbox().until_quiet();
    assert!(posts["webhooks_answered"].as_u64() > Some(0), "{posts}");
    (stage, run.run())
}

/// What cannot be asked is known as far as it was posted, and never further than it got.
fn is_known_as_far_as_it_was_posted(form: Form, seed: u64) {
    let (stage, run) = sent(form, seed, ASTRAY);
    let workspace = &stage.workspace;
    let heard = reconcile(workspace, &run);
    assert_eq!(heard["by_webhooks_only"], serde_json::json!(["main"]), "{heard}");
    let known = known(workspace, &run);
    are_equal(&known, &posted(workspace, form.provider));
    let standing = standing(workspace, form.provider);
    assert!(known.iter().all(|(phone, word)| rank(word) <= rank(&standing[phone])));
    let behind = known.iter().filter(|(phone, word)| **word != standing[*phone]).count();
    assert!((PEOPLE / 20..PEOPLE / 5).contains(&behind), "{behind} are behind, of whom a tenth was lost");
    ends_well(stage, &run, form);
}

/// What can be asked is known as the provider says it.
fn is_known_as_the_provider_says(form: Form, seed: u64, astray: &str) {
    let (stage, run) = sent(form, seed, astray);
    let workspace = &stage.workspace;
    let standing = until("nothing to move any more", || {
        let before = standing(workspace, form.provider);
        reconcile(workspace, &run);
        (before == standing(workspace, form.provider)).then_some(before)
    });
    let known = known(workspace, &run);
    are_equal(&known, &standing);
    ends_well(stage, &run, form);
}

fn ends_well(stage: Stage, run: &str, form: Form) {
    let Stage { serve, workspace, .. } = stage;
    let known = known(&workspace, run);
    agrees_with(&workspace, run, &known);
    if let Some(failing) = form.failing {
        let line = &report(&workspace, run)[failing];
        assert!(line.delivery != "failed" || !(line.reason.is_empty() || line.code.is_empty()), "{line:?}");
    }
    serve.terminate().expect(0);
    results_are_those_of_the_report(&workspace, run);
}

/// Both say the same of everybody; of thousands, a few who differ are shown.
#[track_caller]
fn are_equal(known: &BTreeMap<String, String>, told: &BTreeMap<String, String>) {
    assert!(known.keys().eq(told.keys()), "{} known, {} told", known.len(), told.len());
    let differing = known.iter().filter(|(phone, word)| told[*phone] != **word);
    let differing: Vec<_> = differing.map(|(phone, word)| (phone, word, &told[phone])).collect();
    let some = &differing[..differing.len().min(5)];
    assert!(differing.is_empty(), "{} differ; known and told: {some:?}", differing.len());
}

#[test]
fn devino() {
    is_known_as_far_as_it_was_posted(DEVINO, 401);
}

#[test]
fn wati_one_person_a_call() {
    is_known_as_the_provider_says(WATI, 402, ASTRAY);
}

#[test]
fn wati_many_people_a_call() {
    is_known_as_the_provider_says(WATI_BULK, 403, FEWER);
}

#[test]
fn wati_of_the_third_version() {
    is_known_as_the_provider_says(WATI_V3, 404, FEWER);
}

#[test]
fn sinch_with_the_same_text_for_everybody() {
    is_known_as_far_as_it_was_posted(SINCH, 405);
}

#[test]
fn sinch_with_a_text_for_each() {
    is_known_as_far_as_it_was_posted(SINCH_PERSONAL, 406);
}

#[test]
fn omnichannel() {
    is_known_as_far_as_it_was_posted(OMNICHANNEL, 407);
}
