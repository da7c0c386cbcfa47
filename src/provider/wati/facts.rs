//! What everyone may know of Wati: the keys of a channel; sizes, rates and failures are in `limits.toml`.

use std::sync::LazyLock;

use super::mode::Mode;
use crate::domain::{ChannelKey, KeyKind, ProviderFacts};
use crate::provider::limits;

/// What everyone may know of Wati.
pub static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("wati", KEYS, include_str!("limits.toml")));

/// Key of the account's identifier.
pub(super) const TENANT: &str = "tenant";

/// Key of the number that sends.
pub(super) const NUMBER: &str = "number";

/// Key of the way in which templates are sent.
pub(super) const MODE: &str = "mode";

/// Keys of a channel.
const KEYS: &[ChannelKey] = &[
    ChannelKey {
        name: TENANT,
        kind: KeyKind::Text,
        required: true,
        help: "the tenant's identifier, as in the address that Wati's page \"API Docs\" shows",
    },
    ChannelKey {
        name: "token",
        kind: KeyKind::Secret,
        required: true,
        help: "the access token of Wati's page \"API Docs\"",
    },
    ChannelKey {
        name: NUMBER,
        kind: KeyKind::PhoneNumber,
        required: true,
        help: "the WhatsApp number of the account that sends",
    },
    ChannelKey {
        name: MODE,
        kind: KeyKind::OneOf(&[Mode::Single.word(), Mode::Bulk.word(), Mode::V3.word()]),
        required: false,
        help: "how templates are sent: \"single\" (one person a call, as long as nothing is written), \"bulk\" (many a call, without an identifier for anybody) or \"v3\" (many a call, each with our identifier)",
    },
];
