//! What a campaign's messages cost by the prices of `workspace.toml`.

use std::collections::HashMap;

use crate::audience::phone;
use crate::domain::{Channel, Country};
use crate::engine::planning::Survey;
use crate::settings::{Money, Prices};

/// See the module. Everybody is counted who is to be sent to, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// ISO 4217.
    pub currency: String,
    /// All of it.
    pub total: Money,
    /// Of it, each channel's, in the campaign's order.
    pub channels: Vec<Money>,
    /// Recipients for whose messages there is no price.
    pub unpriced: u64,
}

impl Cost {
    /// What it costs to send to everybody whom the survey found; none where there are no prices.
    #[must_use]
    pub fn of(prices: &Prices, survey: &Survey, channels: &[Channel]) -> Option<Self> {
        let currency = prices.currency.clone()?;
        let mut unpriced = 0;
        let mut countries = HashMap::new();
        let mut of_channels = Vec::with_capacity(channels.len());
        for (index, channel) in channels.iter().enumerate() {
            // People of a country and kind are summed first: each price is found once.
            let mut people: HashMap<(bool, Option<Country>), u64> = HashMap::new();
            for group in survey.people_over(index) {
                let country = group
                    .number
                    .and_then(|number| *countries.entry(number).or_insert_with(|| phone::country_of(number)));
                *people.entry((group.is_action, country)).or_default() += group.count;
            }
            let priced = people.into_iter().filter_map(|((is_action, country), count)| {
                let price = if is_action {
                    Some(prices.of_action())
                } else {
                    prices.of_message(&channel.name, country)
                };
                if price.is_none() {
                    unpriced += count;
                }
                price.map(|price| price.times(count))
            });
            of_channels.push(priced.sum());
        }
        Some(Self { currency, total: of_channels.iter().copied().sum(), channels: of_channels, unpriced })
    }

    /// `BRL 3500.00`, and how many have no price.
    #[must_use]
    pub fn words(&self) -> String {
        let unpriced = match self.unpriced {
            0 => String::new(),
            1 => ", and 1 recipient without a price".to_owned(),
            several => format!(", and {} recipients without a price", crate::ui::words::count(several)),
        };
        format!("{} {}{unpriced}", self.currency, self.total)
    }
}
