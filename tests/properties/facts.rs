//! Facts of the domain that hold for every value.

use disparo::domain::{
    ChunkRecipients, HoldKind, HoldReason, Phone, RowCounts, RunEvent, RunState, Tally, Waiting,
};
use jiff::Timestamp;
use proptest::prelude::*;

use super::plans::people;

fn event() -> impl Strategy<Value = RunEvent> {
    let reason = HoldReason { kind: HoldKind::Disk, sentence: "the disk is full".to_owned() };
    prop_oneof![
        Just(RunEvent::Started),
        Just(RunEvent::Interrupted),
        Just(RunEvent::Paused),
        Just(RunEvent::Held(reason)),
        (0_u64..2).prop_map(|in_doubt| RunEvent::Finished { in_doubt }),
        Just(RunEvent::Reopened),
        Just(RunEvent::Cancelled),
        Just(RunEvent::Waits(Waiting::Window { until: Timestamp::UNIX_EPOCH })),
        Just(RunEvent::Expired),
    ]
}

fn phone(number: u64) -> Phone {
    Phone::from_digits(&number.to_string()).expect("a number")
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_run_that_is_over_stays_over(events in prop::collection::vec(event(), 1..40)) {
        let mut state = RunState::Planned;
        let mut over: Option<RunState> = None;
        for event in &events {
            let before = state.clone();
            match state.next(event) {
                Ok(next) => state = next,
                Err(error) => prop_assert_eq!(error.state, before.word()),
            }
            if let Some(over) = &over {
                prop_assert_eq!(&state, over);
            }
            if matches!(state, RunState::Completed | RunState::Cancelled | RunState::Expired) {
                prop_assert!(!state.is_unfinished());
                over = Some(state.clone());
            }
        }
    }

    #[test]
    fn only_a_start_makes_a_run_send(events in prop::collection::vec(event(), 1..40)) {
        let mut state = RunState::Planned;
        for event in &events {
            let Ok(next) = state.next(event) else { continue };
            let begins = next == RunState::Sending && state != RunState::Sending;
            prop_assert!(!begins || *event == RunEvent::Started, "{} by {}", next, event.word());
            state = next;
        }
    }

    #[test]
    fn a_tally_adds_up_until_one_is_moved_and_not_counted(
        rows in prop::array::uniform3(0_u64..1_000),
        places in prop::array::uniform9(0_u64..1_000),
        wrong in 0_usize..9,
    ) {
        let recipients: u64 = places.iter().sum();
        let [filtered, duplicate, invalid] = rows;
        let counts =
            RowCounts { rows: rows.iter().sum::<u64>() + recipients, filtered, duplicate, invalid, recipients };
        prop_assert!(counts.adds_up());
        let tally_of = |places: [u64; 9]| {
            let [already, suppressed, capped, expired, cancelled, pending, accepted, rejected, in_doubt] = places;
            Tally {
                already, suppressed, capped, expired, cancelled, pending, accepted, rejected, in_doubt,
                ..Tally::of_rows(counts)
            }
        };
        prop_assert!(tally_of(places).adds_up());
        let mut lost = places;
        lost[wrong] += 1;
        prop_assert!(!tally_of(lost).adds_up());
    }

    #[test]
    fn a_person_is_one_person(number in 1_000_000_u64..1_000_000_000_000_000) {
        let person = phone(number).person();
        prop_assert_eq!(phone(person.as_u64()).person(), person, "taking the key twice changes nothing");
    }

    #[test]
    fn the_ninth_digit_makes_no_other_person_and_any_other_digit_does(
        area in 11_u64..100,
        subscriber in 60_000_000_u64..100_000_000,
        other in 60_000_000_u64..100_000_000,
    ) {
        let short = (55 * 100 + area) * 100_000_000 + subscriber;
        let long = (55 * 100 + area) * 1_000_000_000 + 900_000_000 + subscriber;
        prop_assert_eq!(phone(short).person(), phone(long).person());
        let stranger = (55 * 100 + area) * 1_000_000_000 + 900_000_000 + other;
        prop_assert_eq!(phone(stranger).person() == phone(long).person(), other == subscriber);
    }

    #[test]
    fn a_chunk_survives_the_disk_and_its_halves_are_the_whole(
        numbers in prop::collection::vec(any::<u32>(), 1..300),
    ) {
        let chunk = people(numbers.iter().copied()).expect("somebody");
        let bytes = postcard::to_stdvec(&chunk).expect("written");
        prop_assert_eq!(&postcard::from_bytes::<ChunkRecipients>(&bytes).expect("read"), &chunk);
        prop_assert!(chunk.as_slice().windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(numbers.iter().all(|number| chunk.iter().any(|recipient| recipient.0 == *number)));
        if let Some((first, second)) = chunk.halves() {
            prop_assert!(first.len() - second.len() < 2);
            let both: Vec<_> = first.iter().chain(second.iter()).collect();
            prop_assert_eq!(both.as_slice(), chunk.as_slice());
        } else {
            prop_assert_eq!(chunk.len(), 1);
        }
    }

    #[test]
    fn bytes_that_are_no_chunk_are_refused_or_read_as_one(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(chunk) = postcard::from_bytes::<ChunkRecipients>(&bytes) {
            prop_assert!(chunk.as_slice().windows(2).all(|pair| pair[0] < pair[1]));
        }
    }
}
