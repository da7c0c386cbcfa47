//! Which of a campaign's channels a person gets: evenly spread, and the same in every campaign with
//! the same channels.

use crate::domain::PersonKey;

/// Index of the person's channel among `channels` (rendezvous hashing: a channel that joins or leaves
/// the list moves only the people who come to it or were on it).
#[must_use]
pub fn channel_of(person: PersonKey, channels: &[String]) -> u16 {
    let weight = |name: &String| {
        let mut hash = blake3::Hasher::new();
        hash.update(name.as_bytes());
        hash.update(&person.as_u64().to_le_bytes());
        *hash.finalize().as_bytes()
    };
    if channels.len() < 2 {
        return 0;
    }
    let heaviest = (0_u16..).zip(channels).max_by_key(|(_, name)| weight(name));
    heaviest.map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_spread_evenly_and_stick() {
        let two = ["sp".to_owned(), "rj".to_owned()];
        let three = ["sp".to_owned(), "mg".to_owned(), "rj".to_owned()];
        let mut counts = [0; 2];
        for key in 0..10_000 {
            let person = PersonKey::from_u64(5_511_900_000_000 + key);
            let channel = usize::from(channel_of(person, &two));
            counts[channel] += 1;
            let with_third = &three[usize::from(channel_of(person, &three))];
            assert!(with_third == "mg" || *with_third == two[channel], "only people of the new channel move");
        }
        assert!(counts.iter().all(|count| (4_700..5_300).contains(count)), "{counts:?}");
    }
}
