//! A campaign: a definition that has been validated, before any audience is read.

use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

use super::plan::Ramp;
use super::{Action, Conduct, Country, Phone, Rate, Safety, Schedule};

/// A valid definition. Templates and expressions are checked for syntax only: which columns exist is
/// known when the audience is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// The definition's file.
    pub file: PathBuf,
    /// Its name; one definition of a workspace has it.
    pub name: String,
    /// Over which recipients are spread; at least one, none twice.
    pub channels: Vec<WeightedChannel>,
    /// Who.
    pub audience: AudienceSpec,
    /// What they get, or what is done for them.
    pub content: ContentSpec,
    /// How fast.
    pub pace: Pace,
    /// The brakes, frozen with the plan.
    pub safety: Safety,
    /// How a run goes on beyond that. Texts of [`Conduct::after`] are sources here, which may use
    /// [`AFTER_NAMES`](super::AFTER_NAMES), and its tags are names or ids.
    pub conduct: Conduct,
    /// Refuse a plan with more recipients.
    pub max_recipients: Option<NonZeroU64>,
    /// Who gets row 1 of `disparo run --test`.
    pub test_to: Vec<Phone>,
    /// Name of the channel that is tried for those whom the campaign's own channels rejected.
    pub fallback: Option<String>,
    /// When it is sent.
    pub schedule: Schedule,
}

/// One of the channels over which recipients are spread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeightedChannel {
    /// Its name in `channels.toml`.
    pub name: String,
    /// Its share, beside the weights of the others.
    pub weight: NonZeroU32,
}

impl WeightedChannel {
    /// A channel of the usual weight.
    #[must_use]
    pub fn even(name: impl Into<String>) -> Self {
        Self { name: name.into(), weight: NonZeroU32::MIN }
    }
}

/// Who is addressed, and how the rows are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceSpec {
    /// Where the rows come from.
    pub source: AudienceSource,
    /// Which column is the address.
    pub address: AddressSource,
    /// How national numbers are read.
    pub country: Country,
    /// A minijinja expression over the columns: rows for which it is false are filtered.
    pub filter: Option<String>,
    /// What a bad row does to the plan.
    pub on_bad_row: OnBadRow,
    /// Template name → column name as in the file.
    pub columns: Vec<(String, String)>,
}

/// Where the rows of an audience come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudienceSource {
    /// A file, already resolved against the workspace.
    File(PathBuf),
    /// What an account holds, asked for when the plan is made.
    Account {
        /// Name in `channels.toml` of whom to ask; the campaign's first channel when absent.
        channel: Option<String>,
        /// What to ask for.
        list: AccountList,
    },
}

/// People or groups that an account knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountList {
    /// Everybody who has a tag: its name or id.
    Tag(String),
    /// The contacts that fit.
    Contacts(ContactsWanted),
    /// All groups in which the account is.
    Groups,
}

/// Which contacts; everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContactsWanted {
    /// Part of the name.
    pub name: Option<String>,
    /// Names or ids of tags.
    pub tags: Vec<String>,
    /// Groups only, or people only.
    pub is_group: Option<bool>,
    /// An attribute's name, and its value.
    pub attribute: Option<(String, String)>,
    /// Made on this day, as the provider writes it.
    pub created: Option<String>,
}

/// Which column holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressSource {
    /// The column with the phone number; found by its name when absent.
    Phone(Option<String>),
    /// The column with a group's id.
    Group(String),
    /// None: the action itself names what it concerns.
    Action,
}

/// What a bad row does to the plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnBadRow {
    /// It goes into `rejects.csv`; the others are sent.
    #[default]
    Skip,
    /// Nobody is sent anything.
    Abort,
}

/// Jinja sources of what a recipient gets or what is done for it; exactly one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContentSpec {
    /// `message.text`.
    Text(String),
    /// `message.template`.
    Template {
        /// Name or identifier at the provider; no placeholders.
        id: String,
        /// Language code; no placeholders.
        language: Option<String>,
        /// Sources of the values.
        params: ParamsSpec,
        /// Days for which the provider may still deliver (Devino).
        validity: Option<u32>,
    },
    /// `message.media`, with `message.text` beside it where given.
    Media {
        /// Source of the address.
        url: String,
        /// MIME type source.
        content_type: Option<String>,
        /// File name source.
        name: Option<String>,
        /// Source of the text beside it.
        text: Option<String>,
    },
    /// `message.location`.
    Location {
        /// Source of the degrees north.
        latitude: String,
        /// Source of the degrees east.
        longitude: String,
        /// Source of what the place is called.
        name: Option<String>,
        /// Source of where it is.
        address: Option<String>,
    },
    /// `message.contacts`; at least one.
    Contacts(Vec<ContactSpec>),
    /// The table `[action]`, in whose place there is no `[message]`.
    Action(ActionSpec),
}

/// Jinja sources of a person whose number is passed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactSpec {
    /// The name.
    pub name: String,
    /// The number, as people write it.
    pub phone: String,
    /// Where the person works.
    pub company: Option<String>,
}

/// Jinja sources of an action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSpec {
    /// What is done. Every text in it is a source, and tags are names or ids; what is no text is as it
    /// will be. The picture of [`Action::SetGroupIcon`] is empty: it comes from [`Self::file`].
    pub action: Action,
    /// Source of what the action concerns, where the action itself names that
    /// ([`AddressSource::Action`]): a session, a message, the subject of a group that is to be made.
    pub address: Option<String>,
    /// The file that is read when the plan is made.
    pub file: Option<FileSpec>,
}

/// A file that each row names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSpec {
    /// Source of its path, as seen from `folder`.
    pub path: String,
    /// The workspace's folder.
    pub folder: PathBuf,
}

/// Jinja sources of a template's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamsSpec {
    /// `params = ["…"]`.
    Positional(Vec<String>),
    /// `params = { name = "…" }`, in the order of the definition.
    Named(Vec<(String, String)>),
}

/// How fast a campaign sends; never above the channel's own rate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pace {
    /// All hold together; empty for the channel's own.
    pub rates: Vec<Rate>,
    /// Begin slower.
    pub ramp: Option<Ramp>,
}

/// The default of `safety.max_in_doubt`, in recipients.
pub const MAX_IN_DOUBT: NonZeroU32 = NonZeroU32::new(500).expect("not zero");
