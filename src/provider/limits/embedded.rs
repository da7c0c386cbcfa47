//! The limits that Disparo has of a provider, out of the files in its program.

use std::path::Path;
use std::sync::Arc;

use super::read::{read, replace};
use crate::domain::{ChannelKey, Problems, ProviderFacts, ProviderLimits};

/// The failures that an HTTP status tells alone, the same for every provider, and what Disparo says where
/// a provider says nothing.
const COMMON: &str = include_str!("../status.toml");

/// WhatsApp's own codes of failed deliveries, which providers pass on, and Disparo's words for those of which
/// a provider tells no code.
const DELIVERY: &str = include_str!("../delivery.toml");

/// A provider's facts, its limits read from `source`, its embedded `limits.toml`. Its own rows come before
/// the common ones.
#[must_use]
pub fn facts(name: &'static str, keys: &'static [ChannelKey], source: &str) -> ProviderFacts {
    let limits = embedded(name, source).map(Arc::new);
    ProviderFacts { name, keys, limits, replace_limits: replace }
}

fn embedded(name: &str, source: &str) -> Result<ProviderLimits, Problems> {
    let common = read(Path::new("status.toml"), COMMON, None)?;
    let own = read(Path::new(name).join("limits.toml").as_path(), source, None)?;
    let delivery = read(Path::new("delivery.toml"), DELIVERY, None)?;
    let errors = own.errors.into_iter().chain(common.errors).collect();
    let failures = own.failures.into_iter().chain(delivery.failures).collect();
    Ok(ProviderLimits { errors, failures, ..own })
}

#[cfg(test)]
mod tests {
    use crate::domain::Language;
    use crate::provider::all_facts;

    #[test]
    fn every_embedded_file_can_be_read() {
        for facts in all_facts() {
            let limits = facts.limits.as_ref().unwrap_or_else(|problems| panic!("{problems}"));
            for row in &limits.errors {
                for language in Language::ALL {
                    let sentence = row.sentence(language);
                    assert!(!sentence.ends_with('.'), "{}: {sentence}", facts.name);
                    let english = row.sentence(Language::English);
                    let told = limits.translate(&row.reason_code(), &english, language);
                    assert_eq!(told.as_ref(), Some(&sentence), "{}: {row:?}", facts.name);
                }
                // A code, field and words that two rows share would make one of them dead.
                let twins = limits.errors.iter().filter(|other| {
                    (&other.code, &other.field, &other.words) == (&row.code, &row.field, &row.words)
                });
                assert_eq!(twins.count(), 1, "{}: {row:?}", facts.name);
            }
            for row in &limits.failures {
                for language in Language::ALL {
                    let sentence = row.sentence(language);
                    assert!(!sentence.ends_with('.'), "{}: {sentence}", facts.name);
                    let told = limits.translate(&row.code, &row.sentence(Language::English), language);
                    assert_eq!(told.as_ref(), Some(&sentence), "{}: {row:?}", facts.name);
                }
                let twins = limits.failures.iter().filter(|other| other.code == row.code);
                assert_eq!(twins.count(), 1, "{}: {row:?}", facts.name);
            }
        }
    }
}
