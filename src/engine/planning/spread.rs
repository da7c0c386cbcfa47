//! Which of a campaign's channels a person gets: by the channels' weights, and the same in every campaign
//! with the same channels.

use crate::domain::{PersonKey, WeightedChannel};

/// Index of the person's channel among `channels` (weighted rendezvous hashing: a channel that joins or
/// leaves the list moves only the people who come to it or were on it).
#[must_use]
pub fn channel_of(person: PersonKey, channels: &[WeightedChannel]) -> u16 {
    if channels.len() < 2 {
        return 0;
    }
    let scored = (0_u16..).zip(channels).map(|(index, channel)| (index, score(person, channel)));
    // Scores of the same person tie as good as never; then the first of the list wins.
    let best = scored.reduce(|best, other| if other.1 > best.1 { other } else { best });
    best.map_or(0, |(index, _)| index)
}

/// `weight / -ln(u)`, with `u` drawn evenly between 0 and 1 by the channel's name and the person: each
/// channel wins in proportion to its weight, and no channel's score depends on another's.
fn score(person: PersonKey, channel: &WeightedChannel) -> f64 {
    /// Digits of a number of which `f64` holds every value exactly.
    const BITS: u32 = 53;
    let mut hash = blake3::Hasher::new();
    hash.update(channel.name.as_bytes());
    hash.update(&person.as_u64().to_le_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize().as_bytes()[..8]);
    let drawn = u64::from_be_bytes(first) >> (u64::BITS - BITS);
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exactly what an f64 holds")]
    let evenly = (drawn as f64 + 0.5) / (1_u64 << BITS) as f64;
    f64::from(channel.weight.get()) / -evenly.ln()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    fn weighted(name: &str, weight: u32) -> WeightedChannel {
        WeightedChannel { name: name.to_owned(), weight: NonZeroU32::new(weight).expect("not zero") }
    }

    fn person(number: u64) -> PersonKey {
        PersonKey::from_u64(5_511_900_000_000 + number)
    }

    #[test]
    fn people_are_spread_by_weight() {
        let channels = [weighted("sp", 3), weighted("rio", 1), weighted("mg", 6)];
        let mut counts = [0_u32; 3];
        for number in 0..20_000 {
            counts[usize::from(channel_of(person(number), &channels))] += 1;
        }
        for (count, expected) in counts.into_iter().zip([6_000, 2_000, 12_000]) {
            assert!(count.abs_diff(expected) < 300, "{counts:?}");
        }
    }

    #[test]
    fn without_weights_all_carry_the_same() {
        let channels = ["sp", "rj"].map(WeightedChannel::even);
        let first = (0..10_000).filter(|number| channel_of(person(*number), &channels) == 0).count();
        assert!((4_700..5_300).contains(&first), "{first}");
    }

    proptest! {
        /// Read the other way round, the same says that a channel which joins takes people only to itself.
        #[test]
        fn a_channel_that_leaves_moves_only_its_own_people(
            weights in proptest::collection::vec(1_u32..50, 2..6),
            leaving in any::<prop::sample::Index>(),
            numbers in proptest::collection::vec(any::<u64>(), 1..50),
        ) {
            let names = (0_u32..).zip(&weights);
            let all: Vec<_> = names.map(|(index, weight)| weighted(&format!("c{index}"), *weight)).collect();
            let leaving = leaving.index(all.len());
            let mut rest = all.clone();
            rest.remove(leaving);
            for number in numbers {
                let person = PersonKey::from_u64(number);
                let before = &all[usize::from(channel_of(person, &all))];
                let after = &rest[usize::from(channel_of(person, &rest))];
                prop_assert!(before.name == all[leaving].name || before.name == after.name);
            }
        }

        #[test]
        fn more_weight_moves_people_only_towards_it(number in any::<u64>(), more in 2_u32..20) {
            let person = PersonKey::from_u64(number);
            let before = [weighted("sp", 1), weighted("rio", 1)];
            let after = [weighted("sp", more), weighted("rio", 1)];
            let (before, after) = (channel_of(person, &before), channel_of(person, &after));
            prop_assert!(before == after || after == 0);
        }
    }
}
