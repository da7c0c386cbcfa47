//! A definition as it is written: the serde shapes, whose documentation is that of the JSON Schema.
//!
//! Everything is optional here, because `document::fill` reads on after a mistake; `validate` knows
//! what a campaign needs. The schema says the same with `required`.

use schemars::JsonSchema;
use serde::Deserialize;

use super::raw_action::RawAction;
use super::raw_channels::RawChannels;
use super::raw_conduct::{RawAfter, RawCanary};
use super::raw_schedule::RawSchedule;
use super::raw_source::RawSource;
use crate::document::{
    OfFrequency, OfRate, OfShare, OfTime, Placed, Table, Text, TextList, TextOrTexts, TextTable, Texts,
};

/// A campaign of Disparo: who gets which message, from which number, how fast.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Disparo campaign", extend("oneOf" = [
    { "required": ["message"] },
    { "required": ["action"] },
]))]
pub struct RawDefinition {
    /// Version of this format. Always 1.
    #[schemars(required, extend("const" = 1))]
    pub version: Option<Placed<i64>>,
    /// The campaign's name, of which there is one in a workspace. It also names the folder of results.
    #[schemars(required, length(min = 1, max = 100))]
    pub name: Option<Placed<String>>,
    /// Which channel of channels.toml sends; of a list, recipients are spread over all of them and stick
    /// to theirs; a table gives each its weight, as in { wati-sp = 3, wati-rio = 1 }.
    #[schemars(required)]
    pub channel: Option<Placed<RawChannels>>,
    /// Who gets the message.
    #[schemars(required)]
    pub audience: Option<Placed<Table<RawAudience>>>,
    /// What they get: exactly one of text, template, media, location and contacts; media may have a text
    /// beside it.
    pub message: Option<Placed<Table<RawMessage>>>,
    /// What is done for them instead of sending a message: exactly one action.
    pub action: Option<Placed<Table<RawAction>>>,
    /// When. Without it the campaign is a draft until somebody runs it.
    pub schedule: Option<Placed<Table<RawSchedule>>>,
    /// How fast, never above the channel's own rate.
    pub pace: Option<Placed<Table<RawPace>>>,
    /// The brakes.
    pub safety: Option<Placed<Table<RawSafety>>>,
    /// Where those go whom the channels above rejected.
    pub fallback: Option<Placed<Table<RawFallback>>>,
    /// What is done for everybody who was accepted, once the run's own sending is done. Texts may use
    /// {{ campaign }} and {{ run }}.
    pub after: Option<Placed<Table<RawAfter>>>,
}

/// Where those go whom the campaign's own channels rejected.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawFallback {
    /// Another channel of channels.toml. Nobody in doubt is ever sent to over it.
    #[schemars(required, length(min = 1))]
    pub channel: Option<Placed<String>>,
}

/// Who gets the message.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("oneOf" = [{ "required": ["file"] }, { "required": ["source"] }]))]
pub struct RawAudience {
    /// A .csv, .tsv or .xlsx file, seen from the workspace's folder.
    #[schemars(length(min = 1))]
    pub file: Option<Placed<String>>,
    /// Instead of a file: whom a channel's account knows.
    pub source: Option<Placed<Table<RawSource>>>,
    /// The column with the phone numbers. Without it: the one with a usual name, such as
    /// telefone, celular or whatsapp.
    #[schemars(length(min = 1))]
    pub phone: Option<Placed<String>>,
    /// Instead of phone numbers: the column with the ids of WhatsApp groups.
    #[schemars(length(min = 1))]
    pub group: Option<Placed<String>>,
    /// The country whose national numbers are in the file, as two letters. Without it: BR.
    #[schemars(regex(pattern = "^[A-Za-z]{2}$"))]
    pub country: Option<Placed<String>>,
    /// A condition over the columns; rows that do not meet it are left out. Example: uf == 'SP'.
    #[serde(rename = "where")]
    #[schemars(length(min = 1))]
    pub filter: Option<Placed<String>>,
    /// What a row that cannot be sent to does: skip puts it into rejects.csv, abort sends nothing at all.
    pub on_bad_row: Option<Placed<RawOnBadRow>>,
    /// New names for columns: name in the message = "name in the file".
    pub columns: Option<Placed<TextTable>>,
}

/// What a row that cannot be sent to does.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawOnBadRow {
    /// It goes into rejects.csv, the others are sent.
    Skip,
    /// Nothing is sent.
    Abort,
}

/// What is sent.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline, extend("oneOf" = [
    { "required": ["text"], "not": { "required": ["media"] } },
    { "required": ["template"] },
    { "required": ["media"] },
    { "required": ["location"] },
    { "required": ["contacts"] },
]))]
pub struct RawMessage {
    /// The text; {{ column }} is filled from each row. Beside media: the text beside the file.
    #[schemars(length(min = 1))]
    pub text: Option<Placed<String>>,
    /// A template that the provider holds.
    pub template: Option<Placed<Table<RawTemplate>>>,
    /// A file that WhatsApp fetches from an address.
    pub media: Option<Placed<Table<RawMedia>>>,
    /// A place on the map.
    pub location: Option<Placed<Table<RawLocation>>>,
    /// People whose numbers are passed on.
    #[schemars(length(min = 1))]
    pub contacts: Option<Placed<Vec<Table<RawSharedContact>>>>,
}

/// A template that the provider holds.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawTemplate {
    /// Its name or number at the provider.
    #[schemars(required, length(min = 1))]
    pub id: Option<Placed<String>>,
    /// Its language, such as pt_BR. Without it: the provider's default.
    #[schemars(length(min = 1))]
    pub language: Option<Placed<String>>,
    /// The values for its placeholders: a list by position, or a table by name.
    pub params: Option<Placed<Texts>>,
    /// Days for which the provider may still deliver it.
    #[schemars(range(min = 1))]
    pub validity: Option<Placed<i64>>,
}

/// A file that WhatsApp fetches.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawMedia {
    /// Its address, http or https; {{ column }} is filled from each row.
    #[schemars(required, length(min = 1))]
    pub url: Option<Placed<String>>,
    /// Its MIME type, such as image/png.
    #[serde(rename = "type")]
    #[schemars(length(min = 1))]
    pub content_type: Option<Placed<String>>,
    /// The file name that the person sees.
    #[schemars(length(min = 1))]
    pub name: Option<Placed<String>>,
}

/// A place on the map.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawLocation {
    /// Degrees north, from -90 to 90; {{ column }} is filled from each row, here as below.
    #[schemars(required, length(min = 1))]
    pub latitude: Option<Placed<String>>,
    /// Degrees east, from -180 to 180.
    #[schemars(required, length(min = 1))]
    pub longitude: Option<Placed<String>>,
    /// What the place is called.
    #[schemars(length(min = 1))]
    pub name: Option<Placed<String>>,
    /// Where it is.
    #[schemars(length(min = 1))]
    pub address: Option<Placed<String>>,
}

/// A person whose number is passed on.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawSharedContact {
    /// The name; {{ column }} is filled from each row, here as below.
    #[schemars(required, length(min = 1))]
    pub name: Option<Placed<String>>,
    /// The number, written like those of the audience.
    #[schemars(required, length(min = 1))]
    pub phone: Option<Placed<String>>,
    /// Where the person works.
    #[schemars(length(min = 1))]
    pub company: Option<Placed<String>>,
}

/// How fast.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawPace {
    /// How many per time, such as 40/s, 60/10s, 10000/d or 30 calls/10s; of a list, all hold together.
    pub rate: Option<Placed<TextOrTexts<OfRate>>>,
    /// Begin slower and reach the rate after a while.
    pub ramp: Option<Placed<Table<RawRamp>>>,
}

/// Begin slower.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawRamp {
    /// The rate at the start.
    #[schemars(required)]
    pub from: Option<Placed<Text<OfRate>>>,
    /// How long until the full rate, such as 30m.
    #[schemars(required)]
    pub over: Option<Placed<Text<OfTime>>>,
}

/// The brakes.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
pub struct RawSafety {
    /// Refuse to send when there are more recipients than this.
    #[schemars(range(min = 1))]
    pub max_recipients: Option<Placed<i64>>,
    /// Numbers that get the message of `disparo run --test`, such as +5511987654321.
    pub test_to: Option<Placed<TextList>>,
    /// First a few, then the others if all is well with them.
    pub canary: Option<Placed<Table<RawCanary>>>,
    /// Hold the run when a larger share than this, such as 10%, of the last 1,000 messages failed.
    pub stop_above: Option<Placed<Text<OfShare>>>,
    /// What becomes of a send whose outcome is unknown once doubt_ttl has passed: hold waits for a
    /// person, assume_sent counts it as sent, resend may message somebody twice. Without it: hold.
    pub on_doubt: Option<Placed<RawOnDoubt>>,
    /// How long an outcome may stay unknown before on_doubt applies. Without it: 24h.
    pub doubt_ttl: Option<Placed<Text<OfTime>>>,
    /// Recipients in calls without an answer, at most. Without it: 500.
    #[schemars(range(min = 1, max = 4_294_967_295_u32))]
    pub max_in_doubt: Option<Placed<i64>>,
    /// How many messages a person gets, at most, over all campaigns of the workspace, such as 1 per 7d or
    /// 3 per 24h; whoever has had them is left out of the plan. Without it: that of workspace.toml.
    pub frequency_cap: Option<Placed<Text<OfFrequency>>>,
    /// Whether each plan waits for a person, who approves it with `disparo approve`. Without it: false.
    pub approval: Option<Placed<bool>>,
    /// Whether messages that the provider accepted and could not deliver, for a reason that passes, are sent
    /// again, twice at most. Without it: false.
    pub retry_failed: Option<Placed<bool>>,
}

/// What becomes of a send whose outcome is unknown.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum RawOnDoubt {
    /// It waits for a person.
    Hold,
    /// It counts as sent.
    AssumeSent,
    /// It is sent again, possibly twice.
    Resend,
}
