//! `workspace.toml`: what a team has decided for all of its campaigns.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize;

use super::control::{self, Control, RawControl};
use super::folder::{self, Folder, RawFolder};
use super::hidden::{Hidden, redact_unreadable};
use super::holidays;
use super::listen::{self, Listen, RawListen};
use super::prices::{self, Prices, RawPrices};
use crate::document::{
    self, DatesOrText, Findings, Homes, OfFrequency, Placed, Table, Text, TextList, value,
};
use crate::domain::{FrequencyCap, Language, OptOutWords, Problem, Problems, Zone};

/// See the module. Everything has a default; the file may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preferences {
    /// Of reports.
    pub language: Language,
    /// With which people ask to be left alone.
    pub opt_out_words: OptOutWords,
    /// Of campaigns whose definition has none of its own.
    pub frequency_cap: Option<FrequencyCap>,
    /// Where webhooks are listened for.
    pub listen: Listen,
    /// Where commands from other machines are taken.
    pub control: Option<Control>,
    /// When what is dropped into the inbox is taken.
    pub folder: Folder,
    /// In which times are written; without, that of the machine.
    pub timezone: Option<Zone>,
    /// What messages cost.
    pub prices: Prices,
    /// Days on which no window opens.
    pub holidays: BTreeSet<Date>,
}

/// The file, as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPreferences {
    language: Option<Placed<Language>>,
    opt_out_words: Option<Placed<TextList>>,
    frequency_cap: Option<Placed<Text<OfFrequency>>>,
    listen: Option<Placed<Table<RawListen>>>,
    control: Option<Placed<Table<RawControl>>>,
    timezone: Option<Placed<String>>,
    folder: Option<Placed<Table<RawFolder>>>,
    prices: Option<Placed<Table<RawPrices>>>,
    holidays: Option<Placed<DatesOrText>>,
}

impl Preferences {
    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(file: &Path) -> Result<Self, Problems> {
        let source = document::read(file)?;
        let mut findings = Findings::default();
        let table = document::parse(&source, &mut findings);
        // Where nobody can tell what is what, a token may stand anywhere.
        let shown =
            || if source.contains(control::TABLE) { redact_unreadable(&source) } else { source.clone() };
        if let Some(problems) = findings.into_problems(file, shown()) {
            return Err(problems);
        }
        let root = file.parent().unwrap_or(Path::new("."));
        let mut findings = Findings::default();
        let mut hidden = Hidden::default();
        control::hide(&table, &mut hidden);
        let raw: RawPreferences = document::fill(&table, "", &Homes::default(), &mut findings);
        let preferences = Self {
            language: raw.language.map(|language| language.value).unwrap_or_default(),
            opt_out_words: raw
                .opt_out_words
                .map_or_else(OptOutWords::default, |words| words_of(words, &mut findings)),
            frequency_cap: raw
                .frequency_cap
                .and_then(|cap| findings.keep(value::frequency_cap(&cap.into_plain(), "frequency_cap"))),
            prices: raw.prices.map_or_else(Prices::default, |table| prices::read(table, &mut findings)),
            folder: raw.folder.map_or_else(Folder::default, |table| folder::read(table, &mut findings)),
            timezone: raw.timezone.and_then(|zone| findings.keep(value::zone(&zone, "timezone"))),
            holidays: raw
                .holidays
                .map_or_else(BTreeSet::new, |given| holidays::read(given, root, &mut findings)),
            listen: raw.listen.map_or_else(Listen::default, |table| listen::read(table, root, &mut findings)),
            control: raw.control.and_then(|raw| control::read(raw, &table, root, &mut hidden, &mut findings)),
        };
        match findings.into_problems(file, hidden.redact(&source)) {
            Some(problems) => Err(problems),
            None => Ok(preferences),
        }
    }
}

/// Without a word nobody could ask to be left alone, which nobody can have meant.
fn words_of(given: Placed<TextList>, findings: &mut Findings) -> OptOutWords {
    const KEY: &str = "opt_out_words";
    if given.value.0.is_empty() {
        let problem = Problem::at(given.span, KEY, format!("`{KEY}` is an empty list"));
        findings.report(problem.with_hint("leave it out for the usual words: SAIR, PARAR, STOP and others"));
        return OptOutWords::default();
    }
    for word in &given.value.0 {
        if !word.value.chars().any(char::is_alphanumeric) {
            let sentence = format!("`{KEY}` has a word without a letter: \"{}\"", word.value);
            findings.report(Problem::at(word.span.clone(), KEY, sentence));
        }
    }
    OptOutWords::new(given.value.0.iter().map(|word| &word.value))
}
