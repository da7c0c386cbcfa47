//! Sinch Messaging's JSON, shared by client and sandbox: exact when written, lenient when read (seed 001;
//! providers.md §2.3 and §2.6).
//!
//! Messages of participants come to the account's webhook with `message.waGroupId` where they were said in
//! a group. The seed warns: who leaves that field out of account takes them for direct messages, answers
//! them directly, and pays for a template each time. Whoever reads them must look at it first: a message
//! with `waGroupId` is neither a direct reply nor an opt-out.

pub mod webhook;

use std::borrow::Cow;

use http::header::HeaderName;
use serde::{Deserialize, Serialize};

use crate::provider::lenient;

/// Where messages are posted.
pub const SEND_PATH: &str = "/v1/whatsapp/send";

/// Where groups are made and listed; one group's paths begin with it.
pub const GROUPS_PATH: &str = "/v1/whatsapp/groups";

/// Header with the account's name. The seed spells it `userName` and `username`, Sinch's own pages
/// `UserName`: names of headers have no case (RFC 9110 §5.1), and HTTP libraries write them in lower case.
pub const USER_NAME: HeaderName = HeaderName::from_static("username");

/// Header with the account's token; the seed spells it `authenticationToken`.
pub const AUTHENTICATION_TOKEN: HeaderName = HeaderName::from_static("authenticationtoken");

/// `recipientType` of a person.
pub const INDIVIDUAL: &str = "individual";

/// `recipientType` of a group.
pub const GROUP: &str = "group";

/// Body of `POST /v1/whatsapp/send`: one message for all destinations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SendRequest<'a> {
    /// For whom.
    pub destinations: Vec<Destination<'a>>,
    /// What.
    pub message: Message<'a>,
}

/// One recipient of a message.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination<'a> {
    /// Ours; comes back in the answer and with every status.
    pub correlation_id: String,
    /// Digits of a number, or a group's id.
    pub destination: String,
    /// [`INDIVIDUAL`] or [`GROUP`].
    pub recipient_type: &'a str,
}

/// A message: the time for which it may be delivered, and exactly one content.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message<'a> {
    /// Days, 1 to 30; 7 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_text: Option<Cow<'a, str>>,
    /// A picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<File<'a>>,
    /// A document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<File<'a>>,
    /// A sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<File<'a>>,
    /// A film.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<File<'a>>,
    /// A place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location<'a>>,
    /// People.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Vec<Contact<'a>>>,
    /// A template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsm: Option<Template<'a>>,
}

/// A file that Sinch fetches.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct File<'a> {
    /// `JPG`, `PDF`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// http or https address.
    pub url: &'a str,
    /// Text beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub caption: Option<&'a str>,
}

/// A place on the map.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location<'a> {
    /// `latitude,longitude`.
    pub geo_point: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<&'a str>,
}

/// A person, in the shape of WhatsApp's own contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contact<'a> {
    /// Who.
    pub name: ContactName<'a>,
    /// How to be reached.
    pub phones: Vec<ContactPhone<'a>>,
    /// Where the person works.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<Organization<'a>>,
}

/// A person's name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactName<'a> {
    /// As shown.
    pub formatted_name: &'a str,
    /// The given name.
    pub first_name: &'a str,
}

/// A person's number.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactPhone<'a> {
    /// As shown, with a plus sign.
    pub phone: String,
    /// Digits, by which WhatsApp knows the person.
    pub wa_id: &'a str,
}

/// Where a person works.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Organization<'a> {
    /// The company.
    pub company: &'a str,
}

/// A template that WhatsApp has approved.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Template<'a> {
    /// Of the account's templates.
    pub namespace: &'a str,
    /// The template's name.
    pub element_name: &'a str,
    /// `pt_BR`.
    pub language_code: &'a str,
    /// `DETERMINISTIC` or `FALLBACK`.
    pub language_policy: &'static str,
    /// Values by position. The one key that is known for them (providers.md §2.3).
    pub parameters: &'a [String],
}

/// Body of `POST …/groups` and `PUT …/groups/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Subject<'a> {
    /// What its members see, at most 25 characters.
    pub subject: &'a str,
}

/// Body of the calls about participants and administrators.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WaIds {
    /// Digits.
    pub wa_ids: Vec<String>,
}

/// Answer to `POST /v1/whatsapp/send`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct SendAnswer<'a> {
    /// Of the call. Sinch's page writes `Id`, older ones `id`.
    #[serde(rename = "Id", alias = "id", borrow, default, deserialize_with = "lenient::text")]
    pub id: Option<Cow<'a, str>>,
    /// One for each destination. Sinch's page writes `destination`, older ones `destinations`.
    #[serde(
        rename = "destination",
        alias = "destinations",
        borrow,
        default,
        deserialize_with = "lenient::objects"
    )]
    pub destinations: Option<Vec<Option<Taken<'a>>>>,
}

/// One destination that was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Taken<'a> {
    /// The message's.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub id: Option<Cow<'a, str>>,
    /// Ours.
    #[serde(rename = "correlationId", borrow, default, deserialize_with = "lenient::text")]
    pub correlation_id: Option<Cow<'a, str>>,
    /// As asked for; the page's sample has a stray full stop behind it.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub destination: Option<Cow<'a, str>>,
}

/// Answer to the questions about groups, and to `POST …/groups`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct GroupsAnswer<'a> {
    /// One for questions about one group.
    #[serde(borrow, default, deserialize_with = "lenient::objects")]
    pub groups: Option<Vec<Option<Group<'a>>>>,
}

/// What is told of a group; each answer tells a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Group<'a> {
    /// Its id.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub id: Option<Cow<'a, str>>,
    /// Seconds since 1970.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub creation_time: Option<Cow<'a, str>>,
    /// Digits.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub creator: Option<Cow<'a, str>>,
    /// What its members see.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub subject: Option<Cow<'a, str>>,
    /// Digits.
    #[serde(borrow, default, deserialize_with = "lenient::texts")]
    pub admins: Vec<Cow<'a, str>>,
    /// Digits.
    #[serde(borrow, default, deserialize_with = "lenient::texts")]
    pub participants: Vec<Cow<'a, str>>,
    /// Its invite link.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub link: Option<Cow<'a, str>>,
}

/// Answer to `GET …/groups/{id}/icon`. `extraData`, which says the same in other words, is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IconAnswer<'a> {
    /// MIME type.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub mime_type: Option<Cow<'a, str>>,
    /// The file's name.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub file_name: Option<Cow<'a, str>>,
    /// Where it is.
    #[serde(borrow, default, deserialize_with = "lenient::text")]
    pub data: Option<Cow<'a, str>>,
}

/// Body of a refusal (providers.md §2.2).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Refusal<'a> {
    /// 401, or one of the codes of statuses.
    #[serde(rename = "errorCode", alias = "code", borrow, default, deserialize_with = "lenient::text")]
    pub code: Option<Cow<'a, str>>,
    /// In Sinch's words.
    #[serde(rename = "errorMessage", alias = "message", borrow, default, deserialize_with = "lenient::text")]
    pub message: Option<Cow<'a, str>>,
}
