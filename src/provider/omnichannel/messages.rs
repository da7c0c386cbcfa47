//! Messages as calls (seed 000, 3): what can be sent to whom, and what the provider has no way for.

use url::Url;

use super::account::Account;
use super::calls::Call;
use super::limits;
use super::wire::{
    DeleteMessage, QuotedMessage, SendMessage, SendPlatformMessage, StartConversation, WHATSAPP_WEB,
};
use crate::domain::{Action, Address, Content};
use crate::provider::ContentProblem;

/// What a message says.
#[derive(Debug, Clone, Copy, Default)]
struct Words<'a> {
    text: Option<&'a str>,
    media: Option<&'a str>,
    quoted: Option<&'a str>,
}

/// The call that sends a text or a file to a person or a group.
pub fn plain<'a>(
    account: &'a Account,
    address: &'a Address,
    content: &'a Content,
) -> Result<Call<'a>, ContentProblem> {
    match content {
        Content::Text { text } => {
            platform_message(account, address, Words { text: Some(text), ..Words::default() })
        }
        Content::Media { url, content_type, name, text } => {
            if content_type.is_some() {
                let sentence = "the omnichannel finds a file's type by itself; leave `type` out";
                return Err(ContentProblem::new("message.media.type", sentence));
            }
            if name.is_some() {
                let sentence = "the omnichannel has no name for a file; leave `name` out";
                return Err(ContentProblem::new("message.media.name", sentence));
            }
            let words = Words { text: text.as_deref(), media: Some(url), quoted: None };
            platform_message(account, address, words)
        }
        Content::Template { .. } => Err(ContentProblem::new(
            "message.template",
            "the omnichannel has no templates: it sends over WhatsApp Web; write message.text or message.media",
        )),
        Content::Location { .. } | Content::Contacts { .. } => Err(ContentProblem::new(
            "message",
            format!(
                "the omnichannel sends texts and files only; {} would need its interactive messages, which the \
                 provider has not implemented",
                content.word()
            ),
        )),
        Content::Action(action) => Err(not_offered(action)),
    }
}

/// The call for an action that is about a message.
pub fn action<'a>(
    account: &'a Account,
    address: &'a Address,
    action: &'a Action,
) -> Result<Call<'a>, ContentProblem> {
    match action {
        Action::StartConversation { platform_config, user_name, company_name, platform, priority } => {
            let Address::Phone(phone) = address else {
                return Err(ContentProblem::new("action", "a conversation is started with a phone number"));
            };
            filled(platform_config, "action.platform_config")?;
            filled(user_name, "action.user_name")?;
            let company_name = company_name.as_deref().filter(|name| !name.trim().is_empty());
            if company_name.is_none() && account.service == WHATSAPP_WEB {
                return Err(ContentProblem::new(
                    "action.company_name",
                    "a conversation over WhatsApp Web needs the company's name; write company_name",
                ));
            }
            Ok(Call::StartConversation(StartConversation {
                platform_config_id: platform_config,
                channel_id: &account.channel_id,
                client_provider_id: phone.digits().into(),
                user_name,
                company_name,
                platform: platform.as_deref(),
                session_with_priority: *priority,
                service: &account.service,
            }))
        }
        Action::SendToSession { agent, text, media, quoted } => {
            let words = Words { text: text.as_deref(), media: media.as_deref(), quoted: quoted.as_deref() };
            check(account, words)?;
            Ok(Call::SendMessage(SendMessage {
                agent_name: agent_name(account, agent)?,
                session_id: named(address, "an open conversation, by its session's id")?,
                text: words.text,
                media_uri: words.media,
                quoted_message: words.quoted.map(|message_id| QuotedMessage { message_id }),
            }))
        }
        Action::SendQuoting { quoted, text, media } => {
            filled(quoted, "action.quoted")?;
            let words = Words { text: text.as_deref(), media: media.as_deref(), quoted: Some(quoted) };
            platform_message(account, address, words)
        }
        Action::DeleteMessage { sender } => {
            filled(sender, "action.sender")?;
            Ok(Call::DeleteMessage(DeleteMessage {
                message_id: named(address, "a message, by its id")?,
                sender_id: sender,
                channel_slug: account.platform()?,
            }))
        }
        other => Err(not_offered(other)),
    }
}

/// What the omnichannel cannot do at all.
fn not_offered(action: &Action) -> ContentProblem {
    let sentence = format!("the omnichannel has contacts, tags and messages; it has no {}", action.word());
    ContentProblem::new("action", sentence)
}

fn platform_message<'a>(
    account: &'a Account,
    address: &'a Address,
    words: Words<'a>,
) -> Result<Call<'a>, ContentProblem> {
    check(account, words)?;
    let message = SendPlatformMessage {
        channel_id: &account.channel_id,
        recipient_number: address.in_full().into(),
        platform: account.platform()?,
        text: words.text,
        media_uri: words.media,
        quoted_message: words.quoted.map(|message_id| QuotedMessage { message_id }),
    };
    match address {
        Address::Phone(_) => Ok(Call::SendProactiveMessage(message)),
        // Seed 000, 3.6 has no quotedMessage.
        Address::Group(_) if words.quoted.is_some() => {
            Err(ContentProblem::new("action.quoted", "a message to a group cannot quote another"))
        }
        Address::Group(_) => Ok(Call::SendGroupMessage(message)),
        Address::Named(_) => {
            Err(ContentProblem::new("message", "a message goes to a phone number or to a group"))
        }
    }
}

fn agent_name<'a>(account: &'a Account, given: &'a str) -> Result<&'a str, ContentProblem> {
    let name = Some(given).filter(|name| !name.trim().is_empty()).or(account.agent.as_deref());
    name.ok_or_else(|| {
        ContentProblem::new(
            "action.agent",
            "a message into a conversation bears an agent's name; write `agent` here or in channels.toml",
        )
    })
}

fn named<'a>(address: &'a Address, what: &str) -> Result<&'a str, ContentProblem> {
    match address {
        Address::Named(name) if !name.trim().is_empty() => Ok(name),
        Address::Named(_) | Address::Phone(_) | Address::Group(_) => {
            Err(ContentProblem::new("action", format!("it is done to {what}")))
        }
    }
}

fn filled(text: &str, field: &'static str) -> Result<(), ContentProblem> {
    if text.trim().is_empty() { Err(ContentProblem::new(field, "it is blank")) } else { Ok(()) }
}

/// Seed 000, 3.2 to 3.6: text and file are optional each; a message of neither says nothing.
fn check(account: &Account, words: Words<'_>) -> Result<(), ContentProblem> {
    if words.text.is_none() && words.media.is_none() {
        return Err(ContentProblem::new("message", "the message has neither a text nor a file"));
    }
    words.text.map_or(Ok(()), |text| limits::check_text(&account.limits, text))?;
    words.media.map_or(Ok(()), check_address)
}

fn check_address(address: &str) -> Result<(), ContentProblem> {
    let is_whole = !address.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    match Url::parse(address) {
        Ok(url) if is_whole && matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        Ok(_) | Err(_) => Err(ContentProblem::new(
            "message.media.url",
            format!(
                "`{address}` is no http or https address; write one such as `https://example.com/promo.png`"
            ),
        )),
    }
}
