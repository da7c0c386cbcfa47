//! Judges the three ways of sending a template: v1 for one (seed 003 §1), v1 for many (the seed's table,
//! providers.md §3.3), v3 (§3.4).

use super::super::WatiRefusal;
use super::super::echo::{Echo, Recipient, Way};
use super::super::fields::{Fields, first_text, foreign, objects, parameters, text};
use super::reading::{Unfit, body};
use super::template_rules::{channel_refusal, parameters_refusal, template_refusal};
use crate::domain::Address;
use crate::provider::wati::wire::WHATSAPP_NUMBER;
use crate::sandbox::accepting::Message;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::scenario::WatiRules;
use crate::sandbox::{digest, plausible};

/// The seed's name first, then those of Wati's own pages and of v3 (providers.md §6).
const CHANNEL_NUMBER: [&str; 3] = ["channelNumber", "channel_number", "channel"];
/// Wati's page on errors.
const MOST_RECEIVERS: usize = 1_000;
/// The OpenAPI of v3.
const MOST_RECIPIENTS: usize = 10_000;

type Sent = (Vec<Message<WatiRefusal>>, Echo);

/// What is the same for everybody in a call.
struct Campaign<'a> {
    template: &'a str,
    broadcast: &'a str,
    channel: Option<&'a str>,
    refusals: Vec<WatiRefusal>,
}

/// `POST /{tenant}/api/v1/sendTemplateMessage?whatsappNumber=N`.
pub(in crate::sandbox::wati) fn single(
    incoming: &Incoming,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<Sent, Unfit> {
    let fields = body(incoming)?;
    let number = whatsapp_number(incoming).ok_or("whatsappNumber is required")?;
    known(fields, &["template_name", "broadcast_name", "parameters"], unknown);
    let campaign = campaign(fields, rules)?;
    let parameters = parameters(fields, "parameters")?;
    let recipient = Recipient { number: bare(&number), parameters, local_id: None };
    let content = fields.get("parameters").cloned().unwrap_or_default();
    let message = campaign.message(&recipient, content, rules);
    Ok((vec![message], campaign.echo(Way::Single, vec![recipient])))
}

/// `POST /{tenant}/api/v1/sendTemplateMessages`.
pub(in crate::sandbox::wati) fn bulk(
    incoming: &Incoming,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<Sent, Unfit> {
    let fields = body(incoming)?;
    known(fields, &["template_name", "broadcast_name", "receivers"], unknown);
    let campaign = campaign(fields, rules)?;
    let receivers = objects(fields, "receivers")?;
    if receivers.is_empty() || receivers.len() > MOST_RECEIVERS {
        return Err(format!("receivers must be 1 to {MOST_RECEIVERS}, not {}", receivers.len()).into());
    }
    let names = ["whatsappNumber", "customParams"];
    let read = |receiver: &Fields| {
        foreign(receiver, &names, "receivers[].", unknown);
        let number = bare(text(receiver, "whatsappNumber")?.unwrap_or_default());
        Ok::<_, Unfit>(Recipient {
            number,
            parameters: parameters(receiver, "customParams")?,
            local_id: None,
        })
    };
    let recipients = receivers.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(campaign.sent(Way::Bulk, recipients, rules))
}

/// `POST /api/ext/v3/messageTemplates/send`.
pub(in crate::sandbox::wati) fn third_send(
    incoming: &Incoming,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<Sent, Unfit> {
    let fields = body(incoming)?;
    foreign(fields, &["template_name", "broadcast_name", "recipients", "channel"], "", unknown);
    let mut campaign = campaign(fields, rules)?;
    // Null stands for the account's own choice.
    if text(fields, "channel")?.is_none() {
        campaign.refusals.retain(|refusal| *refusal != WatiRefusal::UnknownChannelNumber);
    }
    let recipients = objects(fields, "recipients")?;
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        return Err(format!("recipients must be 1 to {MOST_RECIPIENTS}, not {}", recipients.len()).into());
    }
    let names = ["phone_number", "local_message_id", "custom_params"];
    let read = |recipient: &Fields| {
        foreign(recipient, &names, "recipients[].", unknown);
        let number = bare(text(recipient, "phone_number")?.unwrap_or_default());
        let local_id = text(recipient, "local_message_id")?.map(ToOwned::to_owned);
        Ok::<_, Unfit>(Recipient { number, parameters: parameters(recipient, "custom_params")?, local_id })
    };
    let recipients = recipients.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(campaign.sent(Way::Broadcast, recipients, rules))
}

/// Tells of fields beside these and the three names of the channel.
fn known(fields: &Fields, names: &[&str], unknown: &mut Vec<String>) {
    let all: Vec<_> = names.iter().copied().chain(CHANNEL_NUMBER).collect();
    foreign(fields, &all, "", unknown);
}

fn campaign<'a>(fields: &'a Fields, rules: &WatiRules) -> Result<Campaign<'a>, Unfit> {
    let template = text(fields, "template_name")?.unwrap_or_default();
    let broadcast = text(fields, "broadcast_name")?.unwrap_or_default();
    let channel = first_text(fields, &CHANNEL_NUMBER)?;
    let refusals = [
        channel_refusal(channel, rules),
        template_refusal(template, rules),
        broadcast.trim().is_empty().then_some(WatiRefusal::MissingBroadcastName),
    ];
    Ok(Campaign { template, broadcast, channel, refusals: refusals.into_iter().flatten().collect() })
}

impl Campaign<'_> {
    fn sent(&self, way: Way, recipients: Vec<Recipient>, rules: &WatiRules) -> Sent {
        let content = |recipient: &Recipient| {
            recipient
                .parameters
                .iter()
                .map(|one| serde_json::json!({ "name": one.name, "value": one.value }))
                .collect()
        };
        let messages = recipients.iter().map(|one| self.message(one, content(one), rules)).collect();
        (messages, self.echo(way, recipients))
    }

    fn message(
        &self,
        recipient: &Recipient,
        content: serde_json::Value,
        rules: &WatiRules,
    ) -> Message<WatiRefusal> {
        let phone = plausible::phone(&recipient.number);
        let number = phone.is_none().then_some(WatiRefusal::ImplausibleNumber);
        let parameters = parameters_refusal(self.template, &recipient.parameters, rules);
        let campaign = self.refusals.iter().copied();
        Message {
            sender: self.channel.unwrap_or_default().to_owned(),
            to: phone.map(Address::Phone),
            callback_data: recipient.local_id.clone().unwrap_or_else(|| self.broadcast.to_owned()),
            digest: digest::of([self.template.into(), self.broadcast.into(), content]),
            refusals: number.into_iter().chain(campaign).chain(parameters).collect(),
        }
    }

    fn echo(&self, way: Way, recipients: Vec<Recipient>) -> Echo {
        Echo {
            template: self.template.to_owned(),
            broadcast: self.broadcast.to_owned(),
            ..Echo::new(way, self.channel.and_then(plausible::phone), recipients)
        }
    }
}

/// The query's one number; `None` when there is none or more than one.
fn whatsapp_number(incoming: &Incoming) -> Option<String> {
    let parameters = incoming.query().into_iter();
    let mut numbers = parameters.filter(|(name, _)| name == WHATSAPP_NUMBER);
    match (numbers.next(), numbers.next()) {
        (Some((_, number)), None) if !number.is_empty() => Some(number),
        _ => None,
    }
}

fn bare(number: &str) -> String {
    number.strip_prefix('+').unwrap_or(number).to_owned()
}
