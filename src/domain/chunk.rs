//! The recipients of one provider call.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::RecipientNumber;

/// Recipient numbers of one chunk, strictly ascending, never empty.
///
/// Serialised as the first number and the distances to the next ones, so that a typical journal
/// record costs about one byte a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ChunkRecipients(Box<[RecipientNumber]>);

impl ChunkRecipients {
    /// The first `size` of them, and those who are left, if anybody is; `None` where the first would be nobody.
    #[must_use]
    pub fn split_at(&self, size: usize) -> Option<(Self, Option<Self>)> {
        let (first, left) = self.0.split_at_checked(size).unwrap_or((self.as_slice(), &[]));
        Some((Self::new(first.to_vec())?, Self::new(left.to_vec())))
    }

    /// Sorts the numbers and drops repetitions. `None` when there are none.
    #[must_use]
    pub fn new(mut numbers: Vec<RecipientNumber>) -> Option<Self> {
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() { None } else { Some(Self(numbers.into_boxed_slice())) }
    }

    /// The numbers in ascending order.
    #[must_use]
    pub fn as_slice(&self) -> &[RecipientNumber] {
        &self.0
    }

    /// The numbers in ascending order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RecipientNumber> + '_ {
        self.0.iter().copied()
    }

    /// How many recipients, at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "never empty by construction")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Both halves, the first not smaller than the second; `None` for a single recipient.
    #[must_use]
    pub fn halves(&self) -> Option<(Self, Self)> {
        if self.0.len() < 2 {
            return None;
        }
        let (first, second) = self.0.split_at(self.0.len().div_ceil(2));
        Some((Self(first.into()), Self(second.into())))
    }
}

impl Serialize for ChunkRecipients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut previous = 0;
        serializer.collect_seq(self.0.iter().map(|number| {
            let distance = number.0 - previous;
            previous = number.0;
            distance
        }))
    }
}

impl<'de> Deserialize<'de> for ChunkRecipients {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let mut numbers = Vec::<u32>::deserialize(deserializer)?;
        for index in 1..numbers.len() {
            if numbers[index] == 0 {
                return Err(D::Error::custom("recipient numbers of a chunk must ascend"));
            }
            numbers[index] = numbers[index - 1]
                .checked_add(numbers[index])
                .ok_or_else(|| D::Error::custom("recipient number out of range"))?;
        }
        let numbers: Vec<_> = numbers.into_iter().map(RecipientNumber).collect();
        Self::new(numbers).ok_or_else(|| D::Error::custom("a chunk has at least one recipient"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_disk_and_halves() {
        let chunk = ChunkRecipients::new([7, 3, 3, 900, 4].map(RecipientNumber).to_vec()).expect("not empty");
        let bytes = postcard::to_stdvec(&chunk).expect("serialises");
        assert_eq!(postcard::from_bytes::<ChunkRecipients>(&bytes).expect("reads"), chunk);
        let (first, second) = chunk.halves().expect("four");
        assert_eq!(first.as_slice(), [3, 4].map(RecipientNumber));
        assert_eq!(second.as_slice(), [7, 900].map(RecipientNumber));
        assert!(ChunkRecipients::new(Vec::new()).is_none());
    }
}
