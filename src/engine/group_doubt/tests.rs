//! What the groups that a provider has say about those in doubt.

use super::*;

const QUIET: Duration = Duration::from_secs(30);

fn wanted(recipient: u32, subject: &str, since: i64) -> Wanted {
    Wanted { recipient: RecipientNumber(recipient), subject: subject.to_owned(), since }
}

fn asked(groups: &[(&str, &str)], is_complete: bool) -> Asked {
    let group = |(id, subject): &(&str, &str)| Group {
        id: (*id).to_owned(),
        subject: Some((*subject).to_owned()),
        ..Group::default()
    };
    Asked { groups: groups.iter().map(group).collect(), is_complete }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).expect("a time")
}

fn numbers(found: &Matches) -> (Vec<(u32, String)>, Vec<u32>) {
    let made = found.made.iter().map(|(recipient, id)| (recipient.0, id.to_string())).collect();
    (made, found.missing.iter().map(|recipient| recipient.0).collect())
}

#[test]
fn each_group_is_one_recipients_and_the_oldest_doubts_first() {
    let wanted = [wanted(4, "A", 1_000), wanted(2, "A", 2_000), wanted(9, "B", 3_000)];
    let made = |id: &str, number| (number, id.to_owned());
    for (groups, complete, expected) in [
        (&[("x", "A")][..], true, (vec![made("x", 4)], vec![2, 9])),
        (
            &[("x", "A"), ("y", "A"), ("z", "B")],
            true,
            (vec![made("x", 4), made("y", 2), made("z", 9)], vec![]),
        ),
        (&[("x", "B "), ("y", "C")], true, (vec![made("x", 9)], vec![4, 2])),
        (&[("x", "a")], false, (vec![], vec![])),
        (&[], true, (vec![], vec![4, 2, 9])),
    ] {
        let found = matches(&wanted, &asked(groups, complete), at(100), QUIET);
        assert_eq!(numbers(&found), expected, "{groups:?}");
    }
}

#[test]
fn nothing_is_missing_while_something_may_come_of_the_call() {
    let wanted = [wanted(1, "A", 1_000), wanted(2, "B", 5_000)];
    let nothing = asked(&[], true);
    assert_eq!(numbers(&matches(&wanted, &nothing, at(30), QUIET)).1, Vec::<u32>::new());
    assert_eq!(numbers(&matches(&wanted, &nothing, at(31), QUIET)).1, [1]);
    assert_eq!(numbers(&matches(&wanted, &nothing, at(35), QUIET)).1, [1, 2]);
}

#[test]
fn a_provider_has_time_to_go_on_with_what_was_given_up() {
    for timeout in [0, 2, 30, 120].map(Duration::from_secs) {
        assert!(quiet_after(timeout) >= timeout * 2 + BEFORE_THE_CALL, "{timeout:?}");
    }
    assert!(quiet_after(Duration::from_secs(30)) >= Duration::from_secs(60 + 30));
}

#[test]
fn an_edited_setting_makes_no_group_unknown() {
    let channel = |provider: &str, ttl: &str, sandbox| FrozenChannel {
        name: "main".to_owned(),
        provider: provider.to_owned(),
        values: [("ttl".to_owned(), ttl.to_owned())].into(),
        base_address: "https://example.com".to_owned(),
        sandbox,
    };
    let ours = channel("sinch", "60", false);
    assert!(may_share_groups(&ours, &channel("sinch", "90", false)));
    assert!(!may_share_groups(&ours, &channel("wati", "60", false)));
    assert!(!may_share_groups(&ours, &channel("sinch", "60", true)));
}

#[test]
fn a_group_that_is_much_older_than_the_call_is_another_one() {
    let wanted = [wanted(1, "A", 10_000_000)];
    for (created, is_it) in [(10_000, true), (7_000, true), (6_000, false)] {
        let mut asked = asked(&[("x", "A")], true);
        asked.groups[0].created = Some(created);
        assert_eq!(matches(&wanted, &asked, at(10_100), QUIET).made.len(), usize::from(is_it), "{created}");
    }
}
