//! What the omnichannel needs to be told, and the limits that Disparo sets itself for it.

use std::sync::LazyLock;

use super::routes;
use super::wire::SERVICES;
use crate::domain::{ChannelKey, KeyKind, ProviderFacts, ProviderLimits};
use crate::provider::{ContentProblem, limits};

/// What everyone may know of the omnichannel.
pub static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("omnichannel", KEYS, include_str!("limits.toml")));

const KEYS: &[ChannelKey] = &[
    ChannelKey {
        name: ACCOUNT,
        kind: KeyKind::Text,
        required: true,
        help: "the account's identifier, which the library calls clientIdentifier",
    },
    ChannelKey {
        name: CHANNEL,
        kind: KeyKind::Text,
        required: true,
        help: "the channel's identifier, which the library calls channelId",
    },
    ChannelKey {
        name: PLATFORM,
        kind: KeyKind::Text,
        required: false,
        help: "the platform's slug, without which there are contacts and tags but no messages",
    },
    ChannelKey {
        name: "token",
        kind: KeyKind::Secret,
        required: true,
        help: "the token that stands in the Authorization header behind Bearer",
    },
    ChannelKey {
        name: AGENT,
        kind: KeyKind::Text,
        required: false,
        help: "the agent's name under messages into a conversation that name none",
    },
    ChannelKey {
        name: SERVICE,
        kind: KeyKind::OneOf(SERVICES),
        required: false,
        help: "through which service conversations are started; whatsappweb when absent",
    },
    ChannelKey {
        name: ROUTES,
        kind: KeyKind::Routes(routes::ROUTES),
        required: false,
        help: "other routes than Disparo's for some of the library's methods",
    },
];

/// Key of `clientIdentifier`.
pub(super) const ACCOUNT: &str = "account";

/// Key of `channelId`.
pub(super) const CHANNEL: &str = "channel";

/// Key of `platform` and `channelSlug`.
pub(super) const PLATFORM: &str = "platform";

/// Key of `agentName`.
pub(super) const AGENT: &str = "agent";

/// Key of the service of `startConversation`.
pub(super) const SERVICE: &str = "service";

/// Key of the routes.
pub(super) const ROUTES: &str = "routes";

/// Checks a text's length.
///
/// # Errors
/// When it is blank or too long.
pub fn check_text(limits: &ProviderLimits, text: &str) -> Result<(), ContentProblem> {
    let characters = text.chars().count();
    let bounds = limits.length("text");
    let sentence = match characters {
        _ if text.trim().is_empty() => "the text is blank".to_owned(),
        _ if !bounds.contains(&characters) => {
            let (least, most) = (bounds.start(), bounds.end());
            format!("the text has {characters} characters; WhatsApp takes {least} to {most}")
        }
        _ => return Ok(()),
    };
    Err(ContentProblem::new("message.text", sentence))
}
