//! `[portfolios]` of `channels.toml`: WhatsApp business portfolios, whose numbers share a budget of people.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use crate::document::{Findings, Placed, value};
use crate::domain::{Channel, Portfolio, Problem, Rate, RateUnit, naming};

/// The name of the table, which no channel can have.
pub const TABLE: &str = "portfolios";

/// The key by which a channel says to which it belongs.
const KEY: &str = "portfolio";

/// See the module.
#[derive(Debug, Default)]
pub struct Portfolios {
    limits: BTreeMap<String, Rate>,
    /// Those with a mistake, which are told of once.
    mistaken: BTreeSet<String>,
    /// The channels that name one, as they are read.
    named: Vec<(String, Placed<String>)>,
}

impl Portfolios {
    /// Reads the table.
    pub fn read(&mut self, table: &DeTable<'_>, findings: &mut Findings) {
        for (name, given) in table {
            let path = format!("{TABLE}.{}", name.get_ref());
            self.mistaken.insert(name.get_ref().to_string());
            let Some(given) = findings.keep(value::given_text(given, &path)) else { continue };
            let Some(limit) = findings.keep(value::rate(&given, &path)) else { continue };
            if limit.is_long() && limit.unit == RateUnit::Recipients {
                self.mistaken.remove(name.get_ref().as_ref());
                self.limits.insert(name.get_ref().to_string(), limit);
                continue;
            }
            let sentence = format!("`{path}` must count people over an hour or longer, not \"{limit}\"");
            let hint = "write the portfolio's messaging limit over 24 hours, such as \"250/24h\", \"2000/24h\", \"10000/24h\" or \"100000/24h\"";
            findings.report(Problem::at(given.span, path, sentence).with_hint(hint));
        }
    }

    /// Takes note of the portfolio that a channel names. What is no text is told of by whoever reads the channel.
    pub fn note(&mut self, channel: &str, table: &DeTable<'_>) {
        let given = table.iter().find(|(key, _)| key.get_ref() == KEY).map(|(_, given)| given);
        if let Some((DeValue::String(name), given)) = given.map(|given| (given.get_ref(), given)) {
            let name = Placed { value: name.to_string(), span: given.span() };
            self.named.push((channel.to_owned(), name));
        }
    }

    /// Tells the channels which portfolio they belong to.
    pub fn share(self, channels: &mut [Channel], findings: &mut Findings) {
        let named = self.named.iter().filter(|(_, given)| !self.mistaken.contains(&given.value));
        for (channel, given) in named {
            let Some(limit) = self.limits.get(&given.value) else {
                let path = format!("{channel}.{KEY}");
                let sentence = format!("`{path}` names no portfolio of this file: \"{}\"", given.value);
                let known: Vec<_> = self.limits.keys().map(String::as_str).collect();
                let hint = if known.is_empty() {
                    format!(
                        "say how many people it may message: [{TABLE}] with {} = \"2000/24h\"",
                        given.value
                    )
                } else {
                    naming::hint_of_known(&given.value, TABLE, known)
                };
                findings.report(Problem::at(given.span.clone(), path, sentence).with_hint(hint));
                continue;
            };
            let same = self.named.iter().filter(|(_, other)| other.value == given.value);
            let names = same.map(|(name, _)| name.clone()).collect();
            let portfolio = Portfolio { name: given.value.clone(), limit: *limit, channels: names };
            if let Some(channel) = channels.iter_mut().find(|known| known.name == *channel) {
                channel.portfolio = Some(portfolio);
            }
        }
    }
}
