//! Every simulated provider, a line each.

use std::sync::Arc;

use super::counter::{Counter, Open};
use super::desk::Desk;
use super::devino::Devino;
use super::far_side::FarSide;
use super::omnichannel::Omnichannel;
use super::service::Service;
use super::sinch::Sinch;
use super::wati::Wati;

/// The list; adding a provider is its folder and a line here.
pub(super) static PROVIDERS: &[Registered] = &[
    Registered::of::<Devino>(),
    Registered::of::<Wati>(),
    Registered::of::<Sinch>(),
    Registered::of::<Omnichannel>(),
];

/// What is known of a provider without knowing its types.
pub(super) struct Registered {
    pub(super) service: Service,
    /// Words of its operations, for scenarios.
    pub(super) operations: &'static [&'static str],
    /// Its refusals' words, for scenarios.
    pub(super) refusals: &'static [&'static str],
    /// Whether it refuses so, of that field where one is given.
    pub(super) refuses: fn(&str, Option<&str>) -> bool,
    pub(super) message_id: fn(u64) -> String,
    pub(super) message_number: fn(&str) -> Option<u64>,
    /// Opens an empty account.
    pub(super) open: fn(&Arc<Desk>) -> Open,
}

impl Registered {
    const fn of<F: FarSide>() -> Self {
        Self {
            service: F::SERVICE,
            operations: F::OPERATIONS,
            refusals: F::REFUSALS,
            refuses: |word, field| F::refusal(word, field).is_some(),
            message_id: F::message_id,
            message_number: F::message_number,
            open: Counter::<F>::open,
        }
    }
}

/// The provider of that name.
pub(super) fn find(name: &str) -> Option<&'static Registered> {
    PROVIDERS.iter().find(|provider| provider.service.name() == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_told_apart_and_identifiers_come_back() {
        let names: BTreeSet<_> = PROVIDERS.iter().map(|provider| provider.service.name()).collect();
        assert_eq!(names.len(), PROVIDERS.len());
        for provider in PROVIDERS {
            for number in [1, 3_482_512_350_952_730_369, u64::MAX] {
                let id = (provider.message_id)(number);
                assert_eq!((provider.message_number)(&id), Some(number), "{:?} {id}", provider.service);
            }
            for word in provider.refusals {
                assert!((provider.refuses)(word, None), "{:?} {word}", provider.service);
            }
        }
    }
}
