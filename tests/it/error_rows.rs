//! Every row of every table of failures (`limits.toml` of each provider, `status.toml`) through the real
//! client: an answer that a far side serves, and what it comes to.
//!
//! The rows are read from the program: a row without a case fails its provider's test, and so does a case
//! without a row. So that two rows of one sentence are told apart, a channel gets its provider's table with
//! the row's number for a sentence.

mod bench;
mod devino;
mod omnichannel;
mod sinch;
mod wati;

use std::collections::BTreeSet;

use disparo::domain::ErrorClass;
use disparo::provider::all_facts;

use bench::{Bench, Case, case};

/// Rows that no answer of a provider comes to, and why.
type Never = (&'static str, &'static str);

/// Answers whose status tells enough, with what they come to.
const BY_STATUS: [(&str, u16, ErrorClass); 8] = [
    ("http.400", 400, ErrorClass::Either),
    ("http.401", 401, ErrorClass::Channel),
    ("http.403", 403, ErrorClass::Channel),
    ("http.404", 404, ErrorClass::Campaign),
    ("http.413", 413, ErrorClass::Either),
    ("http.420", 420, ErrorClass::Throttled),
    ("http.422", 422, ErrorClass::Either),
    ("http.429", 429, ErrorClass::Throttled),
];

/// The rows that are the same for all providers, but for those that one never comes to.
fn by_status(client: &'static str, done: bench::Done, never: &[Never]) -> Vec<Case> {
    let comes_to = |code: &str| never.iter().all(|(known, _)| *known != code);
    let rows = BY_STATUS.into_iter().filter(|(code, ..)| comes_to(code));
    rows.map(|(code, status, class)| case((code, "", ""), client, done(), [(status, "")], class)).collect()
}

/// Every row of a provider has a case, every case has a row, and each comes to what it says.
fn each_comes_to_what_it_says(provider: &str, cases: Vec<Case>, never: &[Never]) {
    let facts = all_facts().into_iter().find(|facts| facts.name == provider).expect("a provider");
    let limits = facts.limits.as_ref().expect("readable limits");
    let rows: BTreeSet<_> = limits.errors.iter().map(bench::key).collect();
    let mut told: BTreeSet<_> = cases.iter().map(|case| case.row.clone()).collect();
    for (code, why) in never {
        let is_new = told.insert(((*code).to_owned(), String::new(), String::new()));
        assert!(is_new, "{code} has a case, although {why}");
    }
    let untested: Vec<_> = rows.difference(&told).collect();
    assert!(untested.is_empty(), "{provider} has rows without a case: {untested:?}");
    let unknown: Vec<_> = told.difference(&rows).collect();
    assert!(unknown.is_empty(), "{provider} has cases without a row: {unknown:?}");

    let mut bench = Bench::new(cases.len());
    let wrong: Vec<_> = cases.iter().filter_map(|case| bench.judge(case).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_provider_has_its_cases_here() {
    let names: Vec<_> = all_facts().into_iter().map(|facts| facts.name).collect();
    assert_eq!(names, ["devino", "wati", "sinch", "omnichannel"], "a folder beside this file for each");
}

#[test]
fn no_row_is_the_same_for_all_but_these() {
    let file = include_str!("../../src/provider/status.toml");
    let codes = file.lines().filter_map(|line| line.strip_prefix("code = \"")?.strip_suffix('"'));
    let known = BY_STATUS.iter().map(|(code, ..)| *code).chain(["rejected", "rejected.silently"]);
    assert_eq!(codes.collect::<BTreeSet<_>>(), known.collect());
}
