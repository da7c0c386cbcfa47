//! The promise of the roster: what was frozen is read back, and nothing else is ever taken for it.

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::domain::{
    Address, ChunkRecipients, Content, FrozenChannel, Occurrence, OnDoubt, Params, Phone, Plan, PlanHash,
    Purpose, Ramp, Recipient, RecipientNumber, RowCounts, RunId, RunName, Safety, Standing,
};

const RUN: RunId = RunId(12);

fn plan(people: &[Recipient]) -> Plan {
    let recipients = people.len() as u64;
    let standing = |standing| people.iter().filter(|known| known.standing == standing).count() as u64;
    let channel = |name: &str| FrozenChannel {
        name: name.to_owned(),
        provider: "devino".to_owned(),
        values: [("from".to_owned(), "MyCompany".to_owned())].into(),
        base_address: "https://api.devino.online".to_owned(),
        sandbox: false,
    };
    Plan {
        run: RUN,
        run_name: RunName::new("Promoção", RUN),
        campaign: "Promoção".to_owned(),
        occurrence: Occurrence(1),
        purpose: Purpose::Campaign,
        created: "2026-11-27T08:00:00.123456789Z".parse::<Timestamp>().expect("time"),
        channels: (0..256).map(|number| channel(&format!("devino-{number}"))).collect(),
        rows: RowCounts { rows: recipients + 3, filtered: 1, duplicate: 1, invalid: 1, recipients },
        already: standing(Standing::Already),
        suppressed: standing(Standing::Suppressed),
        safety: Safety {
            stop_above: Some("2.5%".parse().expect("share")),
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: NonZeroU32::MIN,
        },
        rates: vec!["40/s".parse().expect("rate")],
        ramp: Some(Ramp { from: "5/s".parse().expect("rate"), over: Duration::from_secs(60) }),
    }
}

/// Recipients of ascending numbers, whose texts say which one each is.
pub(super) fn recipients(count: u32) -> Vec<Recipient> {
    let recipient = |number: u32| Recipient {
        number: RecipientNumber(number),
        row: u64::from(number) + 1,
        address: Address::Phone(Phone::from_digits(&format!("55119{number:08}")).expect("phone")),
        channel: 0,
        standing: Standing::Send,
        content: Content::Text { text: format!("Oi, {number}!") },
    };
    (0..count).map(recipient).collect()
}

fn freeze(store: &Path, recipients: &[Recipient]) -> PlanHash {
    let mut writer = RosterWriter::create(store, RUN).expect("creates");
    for recipient in recipients {
        writer.push(recipient).expect("pushes");
    }
    writer.finish(plan(recipients)).expect("finishes")
}

pub(super) fn frozen(recipients: &[Recipient]) -> (TempDir, Roster) {
    let store = TempDir::new().expect("folder");
    let hash = freeze(store.path(), recipients);
    let roster = Roster::open(store.path(), RUN).expect("opens");
    assert_eq!(roster.plan_hash(), hash);
    (store, roster)
}

fn part(store: &TempDir, name: &str) -> PathBuf {
    store.path().join("rosters").join("12").join(name)
}

fn chunk(numbers: impl IntoIterator<Item = u32>) -> ChunkRecipients {
    ChunkRecipients::new(numbers.into_iter().map(RecipientNumber).collect()).expect("not empty")
}

/// Opens and audits the roster as it now is on disk.
fn audit(store: &TempDir) -> Result<(), RosterError> {
    Roster::open(store.path(), RUN)?.verify()
}

fn any_recipient() -> impl Strategy<Value = Recipient> {
    let standing = prop_oneof![
        Just(Standing::Send),
        Just(Standing::Already),
        Just(Standing::Suppressed),
        Just(Standing::Capped)
    ];
    let content = prop_oneof![
        ".{0,200}".prop_map(|text| Content::Text { text }),
        ("[a-z_]{1,20}", proptest::collection::vec(".{0,30}", 0..5)).prop_map(|(id, values)| {
            let params = Params::Positional(values);
            Content::Template { id, language: Some("pt_BR".to_owned()), params, validity: Some(3) }
        }),
        ("https://[a-z]{1,20}", proptest::option::of(".{0,30}")).prop_map(|(url, text)| {
            Content::Media { url, content_type: Some("image/png".to_owned()), name: None, text }
        }),
    ];
    (any::<u64>(), 1_000_000_u64..1_000_000_000_000_000, 0_u16..256, standing, content).prop_map(
        |(row, digits, channel, standing, content)| {
            let phone = Phone::from_digits(&digits.to_string()).expect("7 to 15 digits");
            let number = RecipientNumber(0);
            Recipient { number, row, address: Address::Phone(phone), channel, standing, content }
        },
    )
}

fn any_recipients() -> impl Strategy<Value = Vec<Recipient>> {
    proptest::collection::vec(any_recipient(), 0..80).prop_map(|mut recipients| {
        for (number, recipient) in (0..).zip(&mut recipients) {
            recipient.number = RecipientNumber(number);
        }
        recipients
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_recipients_survive(
        recipients in any_recipients(),
        wanted in proptest::collection::vec(0_u32..80, 1..40),
    ) {
        let (_store, roster) = frozen(&recipients);
        prop_assert_eq!(roster.plan(), &plan(&recipients));
        prop_assert_eq!(roster.len() as usize, recipients.len());
        roster.verify().expect("whole");
        let standings: Vec<_> = roster.standings().map(|standing| standing.expect("whole")).collect();
        let expected: Vec<_> =
            recipients.iter().map(|known| (known.number, known.channel, known.standing)).collect();
        prop_assert_eq!(standings, expected);
        for known in &recipients {
            prop_assert_eq!(&roster.recipient(known.number).expect("reads"), known);
        }
        let chunk = chunk(wanted);
        let expected: Option<Vec<_>> =
            chunk.iter().map(|number| recipients.get(number.index()).cloned()).collect();
        match roster.recipients(&chunk) {
            Ok(found) => prop_assert_eq!(Some(found), expected),
            Err(error) => {
                prop_assert!(matches!(error, RosterError::Unknown { .. }), "{}", error);
                prop_assert_eq!(expected, None);
            }
        }
    }

    #[test]
    fn any_changed_byte_is_found(
        recipients in any_recipients().prop_filter("someone", |recipients| !recipients.is_empty()),
        forgotten in proptest::option::of(any::<prop::sample::Index>()),
        flips in proptest::collection::vec((0_usize..4, any::<prop::sample::Index>(), 1_u8..), 1..40),
    ) {
        let (store, roster) = frozen(&recipients);
        if let Some(index) = forgotten {
            roster.forget(index.get(&recipients).number).expect("forgets");
        }
        audit(&store).expect("whole");
        for (file, place, flip) in flips {
            let path = part(&store, ["plan.json", "recipients", "index", "digests"][file]);
            let whole = fs::read(&path).expect("reads");
            let mut changed = whole.clone();
            let place = place.index(whole.len());
            changed[place] ^= flip;
            fs::write(&path, &changed).expect("writes");
            prop_assert!(audit(&store).is_err(), "byte {} of {}", place, path.display());
            // Whoever opened the roster before the change reads the frozen recipients or an error.
            for known in &recipients {
                if let Ok(found) = roster.recipient(known.number) {
                    prop_assert_eq!(&found, known);
                }
            }
            fs::write(&path, &whole).expect("writes");
        }
        audit(&store).expect("whole again");
    }
}

#[test]
fn a_forgotten_person_is_gone_and_the_hash_still_verifies() {
    let (store, roster) = frozen(&recipients(50));
    let hash = roster.plan_hash();
    let bytes = || fs::read(part(&store, "recipients")).expect("reads");
    let holds = |text: &str| bytes().windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("Oi, 7!"));
    let before = bytes().len();

    roster.forget(RecipientNumber(7)).expect("forgets");
    roster.forget(RecipientNumber(7)).expect("forgets again");

    assert!(!holds("Oi, 7!"));
    assert_eq!(bytes().len(), before);
    let roster = Roster::open(store.path(), RUN).expect("opens");
    assert_eq!(roster.plan_hash(), hash);
    roster.verify().expect("verifies");
    let error = roster.recipient(RecipientNumber(7)).expect_err("forgotten");
    assert_eq!(error.to_string(), "recipient 7 of run 12 was forgotten and cannot be read any more");
    assert!(roster.recipients(&chunk([6, 7, 8])).is_err());
    assert_eq!(roster.recipients(&chunk([6, 8])).expect("reads").len(), 2);
    assert_eq!(roster.standings().count(), 50, "the tally still needs its place");
}

#[test]
fn what_a_crash_left_of_a_forgotten_person_is_found() {
    let (store, roster) = frozen(&recipients(3));
    let path = part(&store, "recipients");
    let mut bytes = fs::read(&path).expect("reads");
    bytes[3] = 2;
    fs::write(&path, bytes).expect("writes");
    let error = roster.verify().expect_err("something is left").to_string();
    assert!(error.contains("it was forgotten, but something is left"), "{error}");
    roster.forget(RecipientNumber(0)).expect("forgets");
    roster.verify().expect("verifies");
}

#[test]
fn each_damage_is_named_with_its_place() {
    let (store, roster) = frozen(&recipients(3));
    let path = part(&store, "recipients");
    let whole = fs::read(&path).expect("reads");
    let mut changed = whole.clone();
    *changed.last_mut().expect("not empty") ^= 1;
    fs::write(&path, &changed).expect("writes");
    let folder = path.parent().expect("folder").display();
    assert_eq!(
        roster.recipient(RecipientNumber(2)).expect_err("damaged").to_string(),
        format!(
            "recipient 2 of run 12 is damaged: in {folder} it does not match its digest; restore the folder from a backup"
        )
    );
    roster.recipient(RecipientNumber(1)).expect("not damaged");

    fs::write(&path, &whole[1..]).expect("writes");
    let error = Roster::open(store.path(), RUN).expect_err("short").to_string();
    assert!(error.contains("recipients has not the length that was frozen"), "{error}");
    fs::remove_file(&path).expect("removes");
    let error = Roster::open(store.path(), RUN).expect_err("gone").to_string();
    assert!(error.contains("recipients is missing"), "{error}");
    let error = Roster::open(store.path(), RunId(13)).expect_err("never was");
    assert!(matches!(error, RosterError::Missing { .. }));
}

#[test]
fn a_standing_changed_on_disk_is_told_at_the_end_of_the_standings() {
    let (store, roster) = frozen(&recipients(3));
    let path = part(&store, "index");
    let mut index = fs::read(&path).expect("reads");
    index[7] = 1;
    fs::write(&path, index).expect("writes");
    let standings: Vec<_> = roster.standings().collect();
    assert_eq!(standings.len(), 4);
    assert!(matches!(standings.last(), Some(Err(RosterError::Damaged { .. }))));
    let error = roster.recipient(RecipientNumber(0)).expect_err("says two things").to_string();
    assert!(error.contains("its index entry says something else"), "{error}");
}

#[test]
fn a_plan_edited_by_hand_is_refused_and_a_later_format_is_named() {
    let (store, _roster) = frozen(&recipients(3));
    let path = part(&store, "plan.json");
    let whole = fs::read_to_string(&path).expect("reads");
    for (from, to, expected) in [
        ("\"40/s\"", "\"90/s\"", "plan.json does not match its hash"),
        ("\"format\": 3", "\"format\": 4", "plan.json has format 4, and this Disparo reads formats up to 3"),
        ("\"format\": 3", "\"format\": 0", "plan.json has format 0"),
        ("{", "", "plan.json cannot be read as a plan"),
    ] {
        fs::write(&path, whole.replacen(from, to, 1)).expect("writes");
        let error = Roster::open(store.path(), RUN).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    }
    fs::write(&path, format!("{whole} ")).expect("writes");
    let error = audit(&store).expect_err("one space more").to_string();
    assert!(error.contains("plan.json is not as it was written"), "{error}");
}

#[test]
fn a_plan_of_an_older_format_is_read_and_proves_true() {
    for format in [1, 2] {
        let (store, roster) = frozen(&recipients(3));
        let path = part(&store, "plan.json");
        let whole = fs::read_to_string(&path).expect("reads");
        let older = whole.replacen("\"format\": 3", &format!("\"format\": {format}"), 1);
        assert_ne!(older, whole);
        fs::write(&path, older).expect("writes");
        let older = Roster::open(store.path(), RUN).expect("opens");
        assert_eq!((older.plan_hash(), older.plan()), (roster.plan_hash(), roster.plan()));
        audit(&store).expect("as it was written");
    }
}

/// Hashes that the journal remembers must be found again: whoever breaks this raises the format.
#[test]
fn the_hash_of_a_plan_stays_as_it_is() {
    let (digests, index) = ("d".to_owned(), "i".to_owned());
    let frozen = freeze::Frozen { recipients: 3, bytes: 300, digests, index, plan: plan(&recipients(3)) };
    let hash = "e80ac02aa8ae7487f36c64633b8debaf22953cecd8338c8a37a0624f7454609a";
    assert_eq!(frozen.hash().expect("plain values").to_string(), hash);
}

#[test]
fn only_what_fits_the_format_is_taken() {
    let store = TempDir::new().expect("folder");
    let refused = |spoil: &dyn Fn(&mut Recipient), expected: &str| {
        let mut writer = RosterWriter::create(store.path(), RUN).expect("creates");
        let mut recipients = recipients(2);
        spoil(&mut recipients[1]);
        writer.push(&recipients[0]).expect("pushes");
        let error = writer.push(&recipients[1]).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    };
    refused(&|recipient| recipient.number.0 = 0, "recipient 0 was given where 1 is next");
    refused(&|recipient| recipient.number.0 = 2, "recipient 2 was given where 1 is next");
    refused(&|recipient| recipient.channel = 256, "recipient 1 is on channel 256, of 256");
    let huge = Content::Text { text: "x".repeat(1 << 20) };
    refused(&|recipient| recipient.content = huge.clone(), "larger than 1048576 bytes");

    let finish = |plan: Plan| {
        let mut writer = RosterWriter::create(store.path(), RUN).expect("creates");
        writer.push(&recipients(1)[0]).expect("pushes");
        writer.finish(plan).expect_err("unfit").to_string()
    };
    assert!(finish(plan(&recipients(2))).contains("1 recipients were given and 2 planned"));
    assert!(finish(Plan { run: RunId(1), ..plan(&recipients(1)) }).contains("the plan is that of run 1"));
    assert!(
        finish(Plan { suppressed: 1, ..plan(&recipients(1)) }).contains("0 suppressed recipients were given")
    );
    assert!(
        finish(Plan { channels: Vec::new(), ..plan(&recipients(1)) }).contains("channel 0 is used, of 0")
    );
    assert_eq!(fs::read_dir(store.path().join("rosters")).expect("reads").count(), 0);
}

#[test]
fn nothing_is_in_place_before_it_is_finished_nor_written_twice() {
    let store = TempDir::new().expect("folder");
    let mut writer = RosterWriter::create(store.path(), RUN).expect("creates");
    writer.push(&recipients(1)[0]).expect("pushes");
    assert!(matches!(Roster::open(store.path(), RUN), Err(RosterError::Missing { .. })));
    drop(writer);
    assert_eq!(fs::read_dir(store.path().join("rosters")).expect("reads").count(), 0);
    freeze(store.path(), &[]);
    let roster = Roster::open(store.path(), RUN).expect("opens");
    assert!(roster.is_empty() && roster.verify().is_ok() && roster.standings().next().is_none());
    assert!(matches!(RosterWriter::create(store.path(), RUN), Err(RosterError::Frozen { .. })));
}

#[test]
fn the_same_people_have_another_hash_in_another_roster() {
    let [(_first, first), (_second, second)] = [frozen(&recipients(3)), frozen(&recipients(3))];
    assert_ne!(first.plan_hash(), second.plan_hash(), "salts differ");
}

#[test]
fn a_sweep_takes_what_no_run_needs_and_nothing_else() {
    let store = TempDir::new().expect("folder");
    assert!(sweep(store.path(), &BTreeSet::new()).expect("no rosters yet").is_empty());
    let rosters = store.path().join("rosters");
    for name in ["1", "2", "2.partial", "3.partial", "notes", "04", "x.partial"] {
        fs::create_dir_all(rosters.join(name)).expect("creates");
        fs::write(rosters.join(name).join("index"), "x").expect("writes");
    }
    let removed = sweep(store.path(), &BTreeSet::from([RunId(2), RunId(9)])).expect("sweeps");
    assert_eq!(removed, ["1", "2.partial", "3.partial"].map(|name| rosters.join(name)));
    let mut left: Vec<_> =
        fs::read_dir(&rosters).expect("reads").map(|entry| entry.expect("entry").file_name()).collect();
    left.sort();
    assert_eq!(left, ["04", "2", "notes", "x.partial"]);
}

#[test]
fn only_the_owner_reads_a_roster() {
    use std::os::unix::fs::PermissionsExt;
    let (store, _roster) = frozen(&recipients(1));
    let mode = |path: PathBuf| fs::metadata(path).expect("exists").permissions().mode() & 0o077;
    assert_eq!(mode(store.path().join("rosters").join("12")), 0);
    assert_eq!(mode(part(&store, "recipients")), 0);
}
