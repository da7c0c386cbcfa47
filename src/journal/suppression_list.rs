//! The suppression list: who must not be messaged, by any campaign.

use std::sync::PoisonError;

use crate::domain::PersonKey;

use super::error::JournalError;
use super::gate::Journal;
use super::keys;
use super::record::Suppression;

impl Journal {
    /// Puts people on the suppression list; those on it stay as they are. Returns how many are new.
    /// `source` is kept up to 500 bytes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn suppress(
        &self,
        people: Vec<(PersonKey, u64)>,
        source: String,
    ) -> Result<usize, JournalError> {
        let since = self.now();
        let suppression = |(person, number)| (person, Suppression { number, source: source.clone(), since });
        let people = people.into_iter().map(suppression).collect();
        self.write(move |stage| stage.suppress(people)).await
    }

    /// Takes a person off the suppression list. Returns whether they were on it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn unsuppress(&self, person: PersonKey) -> Result<bool, JournalError> {
        self.write(move |stage| {
            stage.batch.remove(keys::suppression(person));
            let mut suppressions = stage.state.suppressions.write().unwrap_or_else(PoisonError::into_inner);
            Ok(suppressions.remove(&person).is_some())
        })
        .await
    }

    /// Which of these people must not be messaged, by position.
    #[must_use]
    pub fn suppressed_among(&self, people: impl Iterator<Item = PersonKey>) -> Vec<usize> {
        let suppressions = self.suppression_list().read().unwrap_or_else(PoisonError::into_inner);
        let positions = people.enumerate().filter(|(_, person)| suppressions.contains_key(person));
        positions.map(|(position, _)| position).collect()
    }

    /// Everyone who must not be messaged, by number.
    #[must_use]
    pub fn suppressions(&self) -> Vec<(PersonKey, Suppression)> {
        let suppressions = self.suppression_list().read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> =
            suppressions.iter().map(|(person, suppression)| (*person, suppression.clone())).collect();
        all.sort_unstable_by_key(|(_, suppression)| suppression.number);
        all
    }
}
