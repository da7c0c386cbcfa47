//! The account and channel for which calls are made, as `channels.toml` has them.

use std::sync::Arc;

use super::limits;
use super::routes::Routes;
use super::wire::WHATSAPP_WEB;
use crate::domain::{Channel, ProviderLimits};
use crate::provider::ContentProblem;
use crate::provider::registry::{OpenError, required};

/// What a channel says of its account.
#[derive(Debug)]
pub struct Account {
    /// `clientIdentifier`.
    pub client_identifier: String,
    /// `channelId`.
    pub channel_id: String,
    platform: Option<String>,
    /// `agentName` where an action names none.
    pub agent: Option<String>,
    /// One of [`super::wire::SERVICES`]; WhatsApp Web unless the channel says otherwise.
    pub service: String,
    /// Where the operations are.
    pub routes: Routes,
    /// What the omnichannel takes, and what its failures mean.
    pub limits: Arc<ProviderLimits>,
}

impl Account {
    /// Reads the channel's keys.
    ///
    /// # Errors
    /// When one that is needed is missing, or the routes are none.
    pub fn of(channel: &Channel) -> Result<Self, OpenError> {
        let optional = |key| channel.values.get(key).cloned();
        let lines = channel.values.get(limits::ROUTES).map(String::as_str).unwrap_or_default();
        let routes = Routes::with(lines).ok_or_else(|| OpenError::BadValue {
            channel: channel.name.clone(),
            key: limits::ROUTES,
            problem: "has a line that is no route",
        })?;
        Ok(Self {
            client_identifier: required(channel, limits::ACCOUNT)?.to_owned(),
            channel_id: required(channel, limits::CHANNEL)?.to_owned(),
            platform: optional(limits::PLATFORM),
            agent: optional(limits::AGENT),
            service: optional(limits::SERVICE).unwrap_or_else(|| WHATSAPP_WEB.to_owned()),
            routes,
            limits: Arc::clone(&channel.limits),
        })
    }

    /// The platform, without which there are no messages.
    ///
    /// # Errors
    /// When the channel has none.
    pub fn platform(&self) -> Result<&str, ContentProblem> {
        self.platform.as_deref().ok_or_else(|| {
            ContentProblem::new(
                "channel",
                "the omnichannel needs to know the platform of a message; write `platform` in channels.toml",
            )
        })
    }
}
