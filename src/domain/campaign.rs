//! A campaign: a definition that has been validated, before any audience is read.

use std::num::{NonZeroU32, NonZeroU64};
use std::path::PathBuf;

use super::plan::Ramp;
use super::{Country, Phone, Rate, Safety};

/// A valid definition. Templates and expressions are checked for syntax only: which columns exist is
/// known when the audience is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// The definition's file.
    pub file: PathBuf,
    /// Its name; one definition of a workspace has it.
    pub name: String,
    /// Names in `channels.toml` over which recipients are spread; at least one, no name twice.
    pub channels: Vec<String>,
    /// Who.
    pub audience: AudienceSpec,
    /// What.
    pub message: MessageSpec,
    /// How fast.
    pub pace: Pace,
    /// The brakes, frozen with the plan.
    pub safety: Safety,
    /// Refuse a plan with more recipients.
    pub max_recipients: Option<NonZeroU64>,
    /// Who gets row 1 of `disparo run --test`.
    pub test_to: Vec<Phone>,
    /// Name of the channel that is tried for those whom the campaign's own channels rejected.
    pub fallback: Option<String>,
}

/// Who is addressed, and how the file is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AudienceSpec {
    /// The audience's file, already resolved against the workspace.
    pub file: PathBuf,
    /// The column with the phone number; found by its name when absent.
    pub phone: Option<String>,
    /// How national numbers are read.
    pub country: Country,
    /// A minijinja expression over the columns: rows for which it is false are filtered.
    pub filter: Option<String>,
    /// What a bad row does to the plan.
    pub on_bad_row: OnBadRow,
    /// Template name → column name as in the file.
    pub columns: Vec<(String, String)>,
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

/// Jinja sources of the message; exactly one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageSpec {
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
