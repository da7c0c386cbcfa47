//! One channel: a table of `channels.toml`, checked, with defaults filled in.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeTable;
use url::Url;

use super::hidden::Hidden;
use super::provider_keys::{Keys, address};
use super::raw::{COMMON_KEYS, RawChannel, RawRetry};
use crate::document::{self, Findings, Homes, OfRate, OfTime, Placed, Table, Text, TextOrTexts, value};
use crate::domain::limits::DEFAULT_PLAN;
use crate::domain::{
    CallLimits, Channel, Problem, Problems, ProviderFacts, ProviderLimits, Rate, RetryPolicy, naming,
};

/// The default of `timeout`.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a call, or a wait between two, may be set to.
const WAITS: RangeInclusive<Duration> = Duration::from_millis(1)..=Duration::from_secs(3_600);

/// More calls at once than any provider here bears, and about as many sockets as a process may have.
const MOST_IN_FLIGHT: u32 = 1_000;

/// Reads the channel `name`. What is wrong is reported, what is wrong in files that it names goes to
/// `elsewhere`; what may be a secret is hidden.
pub fn read(
    name: &str,
    table: &Spanned<DeTable<'_>>,
    facts: &[&'static ProviderFacts],
    root: &Path,
    hidden: &mut Hidden,
    findings: &mut Findings,
    elsewhere: &mut Vec<Problems>,
) -> Option<Channel> {
    let (common, own): (DeTable<'_>, DeTable<'_>) = table
        .get_ref()
        .iter()
        .map(|(key, value)| (key.clone(), value.clone()))
        .partition(|(key, _)| COMMON_KEYS.contains(&key.get_ref().as_ref()));
    let common = Spanned::new(table.span(), common);
    let raw: RawChannel = document::fill(&common, name, &Homes::default(), findings);
    let mut reading = Reading { name, findings, elsewhere };
    let provider = reading.provider(raw.provider, table, facts);
    let sandbox = raw.sandbox.is_some_and(|sandbox| sandbox.value);
    let keys = Keys { channel: name, header: table.span(), sandbox, root };
    let own = keys.read(&own, provider, hidden, reading.findings);
    let limits = provider.and_then(|provider| reading.limits(raw.limits, provider, root, table));
    let limits_ref = limits.as_deref();
    let call = limits_ref.map(|limits| limits.call_in(own.values.get("mode").map(String::as_str)));
    let chunk = raw.chunk.and_then(|chunk| reading.chunk(&chunk, provider.zip(call)));
    let in_flight = raw.in_flight.and_then(|in_flight| reading.in_flight(&in_flight));
    let timeout = raw.timeout.and_then(|timeout| reading.wait(timeout, "timeout"));
    let retry = raw.retry.map_or_else(RetryPolicy::default, |retry| reading.retry(retry));
    let has_address = sandbox || raw.base_url.is_some();
    let base_url = raw.base_url.and_then(|given| reading.base(&given, "base_url", sandbox, hidden));
    let callback_url =
        raw.callback_url.and_then(|given| reading.base(&given, "callback_url", sandbox, hidden));
    if let Some(limits) = limits_ref.filter(|limits| !has_address && is_nobodys(&limits.base_url)) {
        reading.lacks_address(limits, table);
    }
    let documented = limits_ref.map(|limits| reading.of_plan(raw.plan, limits)).unwrap_or_default();
    let (documented, monthly_calls) = documented;
    let rates = raw.rate.map_or(documented, |rate| reading.rates(rate));
    let (provider, limits, call) = (provider?, limits?, call?);
    let count = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
    Some(Channel {
        name: name.to_owned(),
        provider: provider.name,
        values: own.values,
        secret: own.secret,
        rates,
        monthly_calls,
        portfolio: None,
        chunk: chunk.unwrap_or(count(call.chunk)),
        most_recipients: count(call.most),
        in_flight: in_flight.unwrap_or(count(call.in_flight)),
        timeout: timeout.unwrap_or(TIMEOUT),
        retry,
        base_url: base_url.unwrap_or_else(|| limits.base_url.clone()),
        callback_url,
        webhook: None,
        sandbox,
        limits,
    })
}

/// A channel of which the common keys are read.
struct Reading<'r> {
    name: &'r str,
    findings: &'r mut Findings,
    elsewhere: &'r mut Vec<Problems>,
}

impl Reading<'_> {
    fn path(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }

    fn report(&mut self, place: &Placed<impl Sized>, key: &str, sentence: String) {
        self.findings.report(Problem::at(place.span.clone(), self.path(key), sentence));
    }

    fn provider(
        &mut self,
        given: Option<Placed<String>>,
        table: &Spanned<DeTable<'_>>,
        facts: &[&'static ProviderFacts],
    ) -> Option<&'static ProviderFacts> {
        let path = self.path("provider");
        let known: Vec<&str> = facts.iter().map(|provider| provider.name).collect();
        let given =
            self.findings.require(given, || {
                Problem::at(table.span(), &path, format!("`{path}` is missing"))
                    .with_hint(naming::hint_of_known("", "providers", known.clone()))
            })?;
        let provider = facts.iter().find(|provider| provider.name == given.value);
        if provider.is_none() {
            let sentence = format!("`{path}` names no provider that Disparo knows: \"{}\"", given.value);
            let hint = naming::hint_of_known(&given.value, "providers", known);
            self.findings.report(Problem::at(given.span, &path, sentence).with_hint(hint));
        }
        provider.copied()
    }

    /// The provider's limits, with what the channel's own file replaces. What is wrong in that file is
    /// told of that file, once `channels.toml` itself is well.
    fn limits(
        &mut self,
        file: Option<Placed<String>>,
        provider: &ProviderFacts,
        root: &Path,
        table: &Spanned<DeTable<'_>>,
    ) -> Option<Arc<ProviderLimits>> {
        let path = self.path("limits");
        let limits = match &provider.limits {
            Ok(limits) => limits,
            Err(problems) => {
                let sentence = format!(
                    "Disparo's own limits of {} cannot be read: {problems}; please report this as a fault of Disparo",
                    provider.name
                );
                self.findings.report(Problem::at(table.span(), path, sentence));
                return None;
            }
        };
        let Some(file) = file else { return Some(Arc::clone(limits)) };
        let file = self.findings.keep(value::text(file, &path))?;
        match (provider.replace_limits)(&root.join(file.value), limits) {
            Ok(limits) => Some(Arc::new(limits)),
            Err(problems) => {
                self.elsewhere.push(problems);
                None
            }
        }
    }

    /// The rates and the month's calls of the channel's plan of the provider's.
    fn of_plan(
        &mut self,
        plan: Option<Placed<String>>,
        limits: &ProviderLimits,
    ) -> (Vec<Rate>, Option<NonZeroU32>) {
        let monthly = |plan: &str| limits.monthly_calls.get(plan).copied();
        let Some(plan) = plan else {
            return (limits.rates.get(DEFAULT_PLAN).cloned().unwrap_or_default(), monthly(DEFAULT_PLAN));
        };
        let rates = limits.rates.get(&plan.value).cloned();
        if rates.is_none() {
            let path = self.path("plan");
            let sentence = format!("`{path}` names no plan of the provider's: \"{}\"", plan.value);
            let hint = naming::hint_of_known(&plan.value, "plans", limits.rates.keys().map(String::as_str));
            self.findings.report(Problem::at(plan.span, path, sentence).with_hint(hint));
        }
        (rates.unwrap_or_default(), monthly(&plan.value))
    }

    fn chunk(
        &mut self,
        given: &Placed<i64>,
        provider: Option<(&ProviderFacts, CallLimits)>,
    ) -> Option<NonZeroU32> {
        let path = self.path("chunk");
        let chunk = self.findings.keep(value::count(given, &path))?;
        if let Some((provider, call)) = provider.filter(|(_, call)| chunk.get() > call.most) {
            let (name, most) = (provider.name, call.most);
            self.report(
                given,
                "chunk",
                format!("`{path}` is {chunk}; {name} takes at most {most} in a call"),
            );
        }
        Some(chunk)
    }

    fn in_flight(&mut self, given: &Placed<i64>) -> Option<NonZeroU32> {
        let path = self.path("in_flight");
        let calls = self.findings.keep(value::count(given, &path))?;
        if calls.get() > MOST_IN_FLIGHT {
            self.report(
                given,
                "in_flight",
                format!("`{path}` must be at most {MOST_IN_FLIGHT}, not {calls}"),
            );
        }
        Some(calls)
    }

    fn wait(&mut self, given: Placed<Text<OfTime>>, key: &str) -> Option<Duration> {
        let path = self.path(key);
        self.findings.keep(value::duration(&given.into_plain(), &path, WAITS))
    }

    fn retry(&mut self, given: Placed<Table<RawRetry>>) -> RetryPolicy {
        let Placed { value: Table(raw), span } = given;
        let usual = RetryPolicy::default();
        let path = self.path("retry.attempts");
        let attempts = raw.attempts.and_then(|attempts| self.findings.keep(value::count(&attempts, &path)));
        let first = raw.first.and_then(|first| self.wait(first, "retry.first")).unwrap_or(usual.first);
        let most = raw.most.and_then(|most| self.wait(most, "retry.most")).unwrap_or(usual.most);
        if most < first {
            let (first, most) = (humantime::format_duration(first), humantime::format_duration(most));
            let path = self.path("retry");
            let sentence =
                format!("`{path}`: the first wait is {first} and so longer than the longest, {most}");
            self.findings.report(Problem::at(span, path, sentence));
        }
        RetryPolicy { attempts: attempts.unwrap_or(usual.attempts), first, most }
    }

    /// An address on which paths are put: the provider's, or our own. The simulator has its own.
    fn base(
        &mut self,
        given: &Placed<String>,
        key: &str,
        sandbox: bool,
        hidden: &mut Hidden,
    ) -> Option<String> {
        let path = self.path(key);
        let url = self.findings.keep(address(given, &path, hidden))?;
        if url.query().is_some() || url.fragment().is_some() {
            self.report(given, key, format!("`{path}` must end before any ? or #"));
            return None;
        }
        if sandbox {
            let sentence = format!("`{path}` means nothing to a channel with sandbox = true");
            let problem = Problem::at(given.span.clone(), &path, sentence);
            self.findings.report(problem.with_hint("take one of the two away"));
            return None;
        }
        Some(given.value.trim_end_matches('/').to_owned())
    }

    /// Of a provider whose every account has an address of its own.
    fn lacks_address(&mut self, limits: &ProviderLimits, table: &Spanned<DeTable<'_>>) {
        let path = self.path("base_url");
        let hint = format!(
            "write base_url = \"https://…\", the address of the account: {} stands for none that everybody knows",
            limits.base_url
        );
        self.findings
            .report(Problem::at(table.span(), &path, format!("`{path}` is missing")).with_hint(hint));
    }

    /// `rate = "none"` takes every limit away, the documented ones too.
    fn rates(&mut self, given: Placed<TextOrTexts<OfRate>>) -> Vec<Rate> {
        let path = self.path("rate");
        if matches!(&given.value, TextOrTexts::One(text) if text == "none") {
            return Vec::new();
        }
        let span = given.span.clone();
        let rates = value::rates(given, &path, self.findings);
        if rates.is_empty() && !self.findings.has_spoken_of(&path) {
            let problem = Problem::at(span, &path, format!("`{path}` is an empty list"));
            self.findings.report(
                problem
                    .with_hint("leave it out for the provider's own limit, or write \"none\" for no limit"),
            );
        }
        rates.into_iter().map(|rate| rate.value).collect()
    }
}

/// Whether an address is under the name that stands for nobody (RFC 2606 §2).
fn is_nobodys(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.host_str().is_some_and(|host| host.ends_with(".invalid")))
}
