//! What a provider documents about itself, as data: sizes, lengths, media, rates and the table of its
//! failures. Each provider's folder holds it as `limits.toml`; a channel may replace parts of it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::Deserialize;

use super::{FailureClass, Language, Rate, Sentences};

/// The plan whose rates hold where a channel names none.
pub const DEFAULT_PLAN: &str = "default";

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderLimits {
    /// Where the provider lives, without a trailing slash.
    pub base_url: String,
    /// Sizes of a call.
    pub call: CallLimits,
    /// Sizes of a call where the channel's `mode` is this; whole, not only what differs.
    pub modes: BTreeMap<String, CallLimits>,
    /// Rates of each plan of the provider's; [`DEFAULT_PLAN`] is always there.
    pub rates: BTreeMap<String, Vec<Rate>>,
    /// Requests in a calendar month, of the plans that bound them.
    pub monthly_calls: BTreeMap<String, NonZeroU32>,
    /// How often the account may be asked something, whatever the plan; empty where the
    /// provider documents nothing of its own for questions.
    pub question_rates: Vec<Rate>,
    /// Characters of each field, least and most.
    pub lengths: BTreeMap<String, RangeInclusive<usize>>,
    /// Files of each kind: `audio`, `document`, `image`, `video`, `voice`.
    pub media: BTreeMap<String, MediaLimits>,
    /// What its failures mean, the first that fits first.
    pub errors: Vec<ErrorRow>,
    /// Why messages that it had taken reach nobody after all, the first of a code first.
    pub failures: Vec<FailureRow>,
}

/// Sizes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// Recipients that the provider takes.
    pub most: u32,
    /// Recipients unless the channel's `chunk` says otherwise; at most `most`.
    pub chunk: u32,
    /// Calls at once unless the channel's `in_flight` says otherwise.
    pub in_flight: u32,
}

/// Files of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaLimits {
    /// MIME types in lower case; `*/*` for those that no other kind has.
    pub types: Vec<String>,
    /// Ends of file names in lower case, with their dot.
    pub extensions: Vec<String>,
    /// Bytes.
    pub most: u64,
}

/// What a failure means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// This recipient is refused for good.
    Recipient,
    /// This recipient is refused for a reason that may pass: worth one more attempt.
    Transient,
    /// The same for every recipient of the campaign: nobody was messaged, the run is held.
    Campaign,
    /// The account is refused: every run of the channel is held.
    Channel,
    /// The provider wants fewer calls.
    Throttled,
    /// The provider takes fewer recipients in a call.
    TooMany,
    /// Refused, and whether because of a recipient or of the campaign is not said: bisected.
    Either,
    /// Proves nothing about what was done.
    Doubt,
}

/// A row of a provider's failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorRow {
    /// Stable: a key, number or status of the provider's, or a word of ours where it has none.
    pub code: String,
    /// The field that the provider names with it; `None` where it names none, or any.
    pub field: Option<String>,
    /// Words in lower case that all occur in the provider's sentence; empty where the code tells enough.
    pub words: Vec<String>,
    /// What it means for the call.
    pub class: ErrorClass,
    /// When it may be tried again: told in reports; for [`ErrorClass::Throttled`] how long the channel
    /// waits where the answer has no `Retry-After`.
    pub retry: Option<Duration>,
    /// Whether the rejected person goes on the suppression list. Only for [`ErrorClass::Recipient`].
    pub suppress: bool,
    /// Whether the run is held. Always for [`ErrorClass::Campaign`] and [`ErrorClass::Channel`]; for
    /// [`ErrorClass::Recipient`] beside the rejection.
    pub halt: bool,
    /// In words.
    pub sentences: Sentences,
}

/// A row of a provider's failed deliveries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureRow {
    /// The code by which the provider tells it, or a word of ours where it has none.
    pub code: String,
    /// What follows from it.
    pub class: FailureClass,
    /// When the message may be sent again. Only for [`FailureClass::Transient`] and
    /// [`FailureClass::Throttled`].
    pub retry: Option<Duration>,
    /// In words.
    pub sentences: Sentences,
}

impl ProviderLimits {
    /// Sizes of a call in the channel's `mode`, if it has one.
    #[must_use]
    pub fn call_in(&self, mode: Option<&str>) -> CallLimits {
        mode.and_then(|mode| self.modes.get(mode)).copied().unwrap_or(self.call)
    }

    /// Characters that a field takes; one without documented bounds takes any number.
    #[must_use]
    pub fn length(&self, field: &str) -> RangeInclusive<usize> {
        self.lengths.get(field).cloned().unwrap_or(0..=usize::MAX)
    }

    /// The row of a failure that the provider tells by a code, and perhaps by the field at fault: the one
    /// of that very field, else one that is about no field in particular. Rows known by words are not asked.
    #[must_use]
    pub fn row(&self, code: &str, field: Option<&str>) -> Option<&ErrorRow> {
        let coded = || self.errors.iter().filter(|row| row.code == code && row.words.is_empty());
        let of_field = coded().find(|row| row.field.as_deref() == field);
        of_field.or_else(|| coded().find(|row| row.field.is_none()))
    }

    /// The first row known by words, all of which occur in what the provider says; of those with `code`
    /// where the provider gives one.
    #[must_use]
    pub fn row_by_words(&self, code: Option<&str>, said: &str) -> Option<&ErrorRow> {
        let said = said.to_lowercase();
        let fits = |row: &&ErrorRow| {
            !row.words.is_empty()
                && code.is_none_or(|code| row.code == code)
                && row.words.iter().all(|word| said.contains(word))
        };
        self.errors.iter().find(fits)
    }

    /// The row of a failed delivery that the provider tells by a code; letters in either case.
    #[must_use]
    pub fn failure_row(&self, code: &str) -> Option<&FailureRow> {
        self.failures.iter().find(|row| row.code.eq_ignore_ascii_case(code))
    }

    /// A reason of the journal's in another language, of a refusal or of a failed delivery. `sentence` is in
    /// English, without the provider's own words; `None` where no row has it.
    #[must_use]
    pub fn translate(&self, code: &str, sentence: &str, language: Language) -> Option<String> {
        let rows = || {
            let errors = self.errors.iter().map(|row| (row.reason_code(), &row.sentences, row.retry));
            let failures = self.failures.iter().map(|row| (row.code.clone(), &row.sentences, row.retry));
            errors.chain(failures)
        };
        let of_code = || rows().filter(|(of_row, ..)| of_row == code);
        let is_said = |(_, sentences, retry): &(String, &Sentences, Option<Duration>)| {
            whole(sentences, *retry, Language::English) == sentence
        };
        let row = of_code().find(is_said).or_else(|| rows().find(is_said)).or_else(|| {
            // The table may have been mended since.
            let mut rows = of_code();
            rows.next().filter(|_| rows.next().is_none())
        });
        row.map(|(_, sentences, retry)| whole(sentences, retry, language))
    }
}

impl FailureRow {
    /// The whole sentence in a language: what happened, and when it may be tried again.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        whole(&self.sentences, self.retry, language)
    }
}

impl ErrorRow {
    /// The code of a reason: `invalid:to` where the row is about a field.
    #[must_use]
    pub fn reason_code(&self) -> String {
        match &self.field {
            Some(field) => format!("{}:{field}", self.code),
            None => self.code.clone(),
        }
    }

    /// The whole sentence in a language: what happened, and when it may be tried again.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        whole(&self.sentences, self.retry, language)
    }
}

/// What happened, and when it may be tried again.
fn whole(sentences: &Sentences, retry: Option<Duration>, language: Language) -> String {
    let sentence = sentences.speak(language);
    let Some(retry) = retry else { return sentence.to_owned() };
    let span = span(retry);
    match language {
        Language::English => format!("{sentence}; it may be tried again in {span}"),
        Language::Portuguese => format!("{sentence}; pode ser tentado de novo em {span}"),
        Language::Spanish => format!("{sentence}; se puede intentar de nuevo en {span}"),
    }
}

/// A span of time in the largest unit that it is whole in; the units are the same in every language.
fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        _ if seconds > 0 && seconds.is_multiple_of(3_600) => format!("{} h", seconds / 3_600),
        _ if seconds > 0 && seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}
