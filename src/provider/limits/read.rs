//! A limits file, laid over limits that are there already, or over nothing.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;

use bytesize::ByteSize;
use toml::Spanned;
use url::Url;

use super::raw::{RawCall, RawLimits, RawMedia};
use super::{failures, rows};
use crate::document::{self, Findings, Homes, OfRate, Placed, Table, TextList, TextOrTexts, value};
use crate::domain::limits::DEFAULT_PLAN;
use crate::domain::{CallLimits, MediaLimits, Problem, Problems, ProviderLimits, Rate};

/// Reads the file that replaces parts of `limits`.
///
/// # Errors
/// All problems of the file at once.
pub fn replace(file: &Path, limits: &ProviderLimits) -> Result<ProviderLimits, Problems> {
    read(file, &document::read(file)?, Some(limits))
}

/// Reads `source`, which is called `file`, over `limits`; without any it has to be whole.
///
/// # Errors
/// All problems of the file at once.
pub fn read(file: &Path, source: &str, limits: Option<&ProviderLimits>) -> Result<ProviderLimits, Problems> {
    let mut findings = Findings::default();
    let table = document::parse(source, &mut findings);
    if let Some(problems) = findings.into_problems(file, source) {
        return Err(problems);
    }
    let mut reading = Reading { findings: Findings::default() };
    let raw: RawLimits = document::fill(&table, "", &Homes::default(), &mut reading.findings);
    let read = reading.limits(raw, limits, &table);
    match (reading.findings.into_problems(file, source), read) {
        (None, Some(limits)) => Ok(limits),
        (Some(problems), _) => Err(problems),
        (None, None) => Err(Problems::unreadable(file, "the limits are not whole", None)),
    }
}

struct Reading {
    findings: Findings,
}

impl Reading {
    fn limits(
        &mut self,
        raw: RawLimits,
        old: Option<&ProviderLimits>,
        table: &Spanned<impl Sized>,
    ) -> Option<ProviderLimits> {
        let base_url = match raw.base_url {
            Some(given) => self.base_url(&given),
            None => old.map(|old| old.base_url.clone()),
        };
        if raw.call.is_some() {
            // What may be wrong in it is said of its own keys.
            self.findings.speak_of("call");
        }
        let call = self.call(raw.call, old.map(|old| old.call), "call");
        let mut modes = old.map(|old| old.modes.clone()).unwrap_or_default();
        // A mode has of [call] what it does not name itself; one that was there keeps its own.
        for (mode, given) in raw.mode {
            let under = modes.get(&mode).copied().or(call);
            let path = format!("mode.{mode}");
            modes.extend(self.call(Some(given), under, &path).map(|limits| (mode, limits)));
        }
        let mut rates = old.map(|old| old.rates.clone()).unwrap_or_default();
        for (plan, given) in raw.rates {
            let path = format!("rates.{plan}");
            rates.insert(plan, self.rates(given, &path));
        }
        if !rates.contains_key(DEFAULT_PLAN) {
            let problem = Problem::at(table.span(), "rates", "`rates` has no `default`");
            self.findings.report(problem.with_hint("write default = [] for no limit"));
        }
        let mut monthly_calls = old.map(|old| old.monthly_calls.clone()).unwrap_or_default();
        for (plan, given) in raw.monthly_calls {
            let calls = self.findings.keep(value::count(&given, &format!("monthly_calls.{plan}")));
            monthly_calls.extend(calls.map(|calls| (plan, calls)));
        }
        let question_rates = match raw.question_rates {
            Some(given) => self.rates(given, "question_rates"),
            None => old.map(|old| old.question_rates.clone()).unwrap_or_default(),
        };
        let mut lengths = old.map(|old| old.lengths.clone()).unwrap_or_default();
        for (field, given) in raw.length {
            let bounds = self.length(&given, &format!("length.{field}"));
            lengths.extend(bounds.map(|bounds| (field, bounds)));
        }
        let mut media = old.map(|old| old.media.clone()).unwrap_or_default();
        self.all_media(raw.media, &mut media);
        let mut errors = old.map(|old| old.errors.clone()).unwrap_or_default();
        rows::lay_over(&mut errors, raw.error, &mut self.findings);
        let mut failed = old.map(|old| old.failures.clone()).unwrap_or_default();
        failures::lay_over(&mut failed, raw.failure, &mut self.findings);
        let missing = |key: &str| Problem::at(table.span(), key, format!("`{key}` is missing"));
        let base_url = self.findings.require(base_url, || missing("base_url"));
        let call = self.findings.require(call, || missing("call"));
        Some(ProviderLimits {
            base_url: base_url?,
            call: call?,
            modes,
            rates,
            monthly_calls,
            question_rates,
            lengths,
            media,
            errors,
            failures: failed,
        })
    }

    fn base_url(&mut self, given: &Placed<String>) -> Option<String> {
        let is_base = Url::parse(&given.value).is_ok_and(|url| {
            let is_bare = url.username().is_empty() && url.password().is_none();
            let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
            is_bare && is_web && url.query().is_none() && url.fragment().is_none()
        });
        if !is_base {
            let sentence = "`base_url` is not an http or https address without user, query and fragment";
            self.findings.report(Problem::at(given.span.clone(), "base_url", sentence));
            return None;
        }
        Some(given.value.trim_end_matches('/').to_owned())
    }

    fn call(
        &mut self,
        given: Option<Placed<Table<RawCall>>>,
        old: Option<CallLimits>,
        path: &str,
    ) -> Option<CallLimits> {
        let Some(Placed { value: Table(raw), span }) = given else { return old };
        let chunk_span = raw.chunk.as_ref().or(raw.most.as_ref()).map(|given| given.span.clone());
        let mut number = |given: Option<Placed<i64>>, name: &str, old: Option<u32>| {
            let path = format!("{path}.{name}");
            match given {
                Some(given) => self.findings.keep(value::count(&given, &path)).map(Into::into),
                None => self
                    .findings
                    .require(old, || Problem::at(span.clone(), &path, format!("`{path}` is missing"))),
            }
        };
        let most = number(raw.most, "most", old.map(|old| old.most));
        let chunk = number(raw.chunk, "chunk", old.map(|old| old.chunk));
        let in_flight = number(raw.in_flight, "in_flight", old.map(|old| old.in_flight));
        let limits = CallLimits { most: most?, chunk: chunk?, in_flight: in_flight? };
        if limits.chunk > limits.most {
            let CallLimits { most, chunk, .. } = limits;
            let sentence = format!("`{path}`: a chunk of {chunk} is more than the {most} that a call takes");
            self.findings.report(Problem::at(chunk_span.unwrap_or(span), path, sentence));
        }
        Some(limits)
    }

    fn rates(&mut self, given: Placed<TextOrTexts<OfRate>>, path: &str) -> Vec<Rate> {
        let rates = value::rates(given, path, &mut self.findings);
        rates.into_iter().map(|rate| rate.value).collect()
    }

    fn length(&mut self, given: &Placed<Vec<i64>>, path: &str) -> Option<RangeInclusive<usize>> {
        let bounds = match given.value.as_slice() {
            [least, most] => usize::try_from(*least).ok().zip(usize::try_from(*most).ok()),
            _ => None,
        };
        let bounds = bounds.filter(|(least, most)| least <= most);
        if bounds.is_none() {
            let sentence = format!("`{path}` must be the least and the most characters, such as [1, 4096]");
            self.findings.report(Problem::at(given.span.clone(), path, sentence));
        }
        bounds.map(|(least, most)| least..=most)
    }

    fn all_media(
        &mut self,
        given: BTreeMap<String, Placed<Table<RawMedia>>>,
        media: &mut BTreeMap<String, MediaLimits>,
    ) {
        for (kind, Placed { value: Table(raw), span }) in given {
            let old = media.get(&kind);
            let absent = |name: &str| {
                let path = format!("media.{kind}.{name}");
                Problem::at(span.clone(), &path, format!("`{path}` is missing"))
            };
            let list = |given: Option<Placed<TextList>>, old: Option<&Vec<String>>| match given {
                Some(given) => Some(given.value.0.iter().map(|text| text.value.to_lowercase()).collect()),
                None => old.cloned(),
            };
            let types = list(raw.types, old.map(|old| &old.types));
            let extensions = list(raw.extensions, old.map(|old| &old.extensions));
            let most = match raw.most {
                Some(given) => self.size(&given, &format!("media.{kind}.most")),
                None => old.map(|old| old.most),
            };
            let types = self.findings.require(types, || absent("types"));
            let extensions = self.findings.require(extensions, || absent("extensions"));
            let most = self.findings.require(most, || absent("most"));
            if let (Some(types), Some(extensions), Some(most)) = (types, extensions, most) {
                media.insert(kind, MediaLimits { types, extensions, most });
            }
        }
    }

    fn size(&mut self, given: &Placed<String>, path: &str) -> Option<u64> {
        let size = given.value.parse::<ByteSize>().map_err(|_| {
            let sentence = format!("`{path}` is not a size: \"{}\"", given.value);
            Problem::at(given.span.clone(), path, sentence)
                .with_hint("write a number and a unit, such as \"5MB\" or \"64KB\"")
        });
        self.findings.keep(size).map(|size| size.as_u64())
    }
}
