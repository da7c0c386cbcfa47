//! The Wati client: what a channel says, and where each part of the work is done.

use std::sync::Arc;

use super::calls::Call;
use super::facts::{FACTS, MODE, NUMBER, TENANT};
use super::mode::Mode;
use super::requests::{Account, build};
use super::{checks, classify, questions, webhook, wire};
use crate::domain::{
    Address, Channel, Content, Found, Heard, ProviderFacts, ProviderLimits, Query, QueryFailure, Reply,
};
use crate::provider::registry::{self, Entry, OpenError, required};
use crate::provider::{
    Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest, impossible,
};

/// Wati in the registry.
pub static ENTRY: Entry = Entry {
    facts: || &*FACTS,
    authorize: |_, secret| registry::authorization(wire::AUTHORIZATION_SCHEME, secret),
    open: |channel| Ok(Box::new(Wati::open(channel)?)),
};

/// Wati as one channel uses it.
#[derive(Debug)]
pub struct Wati {
    account: Account,
    mode: Mode,
    limits: Arc<ProviderLimits>,
}

impl Wati {
    /// The client for a channel.
    ///
    /// # Errors
    /// When tenant or number are missing, the tenant cannot stand in an address, or a call would have more
    /// recipients than the channel's mode and its limits allow.
    pub fn open(channel: &Channel) -> Result<Self, OpenError> {
        let bad = |key, problem| OpenError::BadValue { channel: channel.name.clone(), key, problem };
        let tenant = required(channel, TENANT)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        if !tenant.bytes().all(fits) {
            return Err(bad(
                TENANT,
                "is not a tenant's identifier; write only the part of the address behind wati.io/",
            ));
        }
        let mode = match channel.values.get(MODE) {
            None => Mode::default(),
            Some(word) => {
                Mode::of(word).ok_or_else(|| bad(MODE, "is none of \"single\", \"bulk\" and \"v3\""))?
            }
        };
        if channel.chunk.get() > mode.most_recipients(&channel.limits) {
            return Err(bad("chunk", mode.chunk_problem()));
        }
        let number = required(channel, NUMBER)?.to_owned();
        let account = Account::new(tenant.to_owned(), number);
        Ok(Self { account, mode, limits: Arc::clone(&channel.limits) })
    }
}

impl Provider for Wati {
    fn facts(&self) -> &'static ProviderFacts {
        &FACTS
    }

    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem> {
        checks::check(&self.limits, self.mode, address, content)
    }

    fn company(&self, content: &Content) -> Company {
        Call::company(self.mode, content)
    }

    fn request(&self, outgoing: &Outgoing, _: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        build(&self.account, self.mode, self.mode.most_recipients(&self.limits), outgoing)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        let recipients = outgoing.recipients.as_slice();
        let content = recipients.first().map(|first| &first.content);
        match content.and_then(|content| Call::of(self.mode, content, recipients.len())) {
            Some(call) => classify::classify(&self.limits, call, outgoing, answer),
            None => impossible("Wati has no call for it"),
        }
    }

    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered> {
        questions::ask(&self.account, self.mode, query)
    }

    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure> {
        questions::read(&self.limits, query, answer)
    }

    /// Only v3 carries a name of ours for each message.
    fn is_found_by_id(&self) -> bool {
        self.mode != Mode::V3
    }

    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
        webhook::hear(&self.limits, body)
    }

    fn overhear(&self, query: &Query, found: &Found) -> Vec<Heard> {
        questions::overhear(&self.limits, query, found)
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;
    use crate::provider::testing;

    fn channel(mode: Option<&str>, chunk: u32) -> Channel {
        let mut channel = testing::channel("wati");
        channel.chunk = NonZeroU32::new(chunk).expect("somebody");
        if let Some(mode) = mode {
            channel.values.insert(MODE, mode.to_owned());
        }
        channel
    }

    #[test]
    fn a_call_has_no_more_people_than_its_mode_allows() {
        for (mode, most) in [(None, 1), (Some("single"), 1), (Some("bulk"), 1_000), (Some("v3"), 10_000)] {
            assert!(Wati::open(&channel(mode, most)).is_ok(), "{mode:?}");
            let refused = Wati::open(&channel(mode, most + 1)).expect_err("too many").to_string();
            let word = mode.unwrap_or("single");
            assert!(refused.contains("`chunk`") && refused.contains(word), "{refused}");
        }
    }

    #[test]
    fn the_limits_alone_say_how_many_people_a_call_takes() {
        for (mode, chunk, taken) in [("bulk", 20, true), ("bulk", 21, false), ("v3", 10_001, false)] {
            let mut channel = channel(Some(mode), chunk);
            let limits = Arc::make_mut(&mut channel.limits);
            limits.modes.get_mut("bulk").expect("the mode").most = 20;
            assert_eq!(Wati::open(&channel).is_ok(), taken, "{mode} {chunk}");
        }
        let mut larger = channel(Some("bulk"), 2_000);
        Arc::make_mut(&mut larger.limits).modes.get_mut("bulk").expect("the mode").most = 2_000;
        let wati = Wati::open(&larger).expect("a channel");
        let template = Content::Template {
            id: "promo".to_owned(),
            language: None,
            params: crate::domain::Params::Positional(Vec::new()),
            validity: None,
        };
        assert!(wati.request(&testing::outgoing(vec![template.clone(); 2_000]), None).is_ok());
        assert!(wati.request(&testing::outgoing(vec![template; 2_001]), None).is_err());
        // The call itself is for one, whatever the limits say.
        let mut single = channel(Some("single"), 2);
        Arc::make_mut(&mut single.limits).call.most = 5;
        let refused = Wati::open(&single).expect_err("too many").to_string();
        assert!(refused.contains("is for one person"), "{refused}");
    }

    #[test]
    fn a_mode_that_wati_does_not_have_is_refused() {
        let refused = Wati::open(&channel(Some("v2"), 1)).expect_err("no such mode").to_string();
        assert_eq!(refused, "channel `main`: `mode` is none of \"single\", \"bulk\" and \"v3\"");
    }
}
