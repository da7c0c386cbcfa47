//! Asking about one message: the conversation with its person.

use crate::domain::account::{ChatMessage, Page};
use crate::domain::{Content, Correlation, Found, Heard, MessageId, Paging, Query, Receipt};
use crate::engine::Link;
use crate::journal::{Alias, Applied, JournalError};
use crate::reconcile::matching::Whose;
use crate::roster::RosterError;

use super::asker::{Asking, PollError, Round};
use super::broadcast::other_answer;
use super::evidence::{Claim, Plain, Sighting, proofs, texts_of};
use super::wanted::{Nameless, Wanted};

/// Pages of a conversation that are read for one message, at most.
const MOST_PAGES: u32 = 10;

/// The messages of ours in a conversation, with everything that they say.
struct Conversation {
    messages: Vec<Spoken>,
    /// What persons wrote, and what else is no message of ours.
    others: Vec<Heard>,
    /// Whether it reaches back far enough that nothing in time can be missing.
    is_whole: bool,
}

/// One message of ours.
struct Spoken {
    sighting: Sighting,
    names: Vec<Alias>,
    heard: Vec<Heard>,
}

impl Round<'_> {
    /// Asks for the conversation with the person whom this message is for, and applies what it says of any
    /// message of ours.
    pub(super) async fn ask_person(&mut self, wanted: &Wanted) -> Result<Asking, PollError> {
        let (run, recipient) = wanted.whose;
        let Some(roster) = self.gathered.rosters.get(&run) else { return Ok(Asking::NotFound) };
        let recipient = match roster.recipient(recipient) {
            Err(RosterError::Forgotten { .. }) => return Ok(Asking::NotFound),
            recipient => recipient?,
        };
        let Some(phone) = recipient.address.phone() else { return Ok(Asking::NotFound) };
        let link = wanted.link.clone();
        let key = (link.channel.name.clone(), phone.person());
        let nameless = self.gathered.nameless.get(&key).cloned().unwrap_or_default();
        let oldest = nameless.iter().map(|one| one.from).fold(wanted.from, i64::min);
        let query = Query::Messages { phone, paging: Paging::FIRST };
        let mut conversation = match self.read(&link, query, oldest).await? {
            Ok(conversation) => conversation,
            Err(failed) => return Ok(failed),
        };
        if conversation.is_whole && !nameless.is_empty() {
            match self.claims(&link, nameless).await? {
                Ok(claims) => self.prove(&claims, &mut conversation).await?,
                Err(failed) => return Ok(failed),
            }
        }
        let owned = conversation.messages.into_iter().filter(|spoken| spoken.sighting.owner.is_some());
        let heard = owned.flat_map(|spoken| spoken.heard).chain(conversation.others).collect();
        let received = self.asker.clock.now().as_millisecond();
        self.asker.reconciler.apply_heard(&link.channel.name, received, heard).await?;
        Ok(Asking::Done)
    }

    /// Reads the conversation, the newest first, back to `oldest`.
    async fn read(
        &mut self,
        link: &Link,
        query: Query,
        oldest: i64,
    ) -> Result<Result<Conversation, Asking>, PollError> {
        let mut conversation = Conversation { messages: Vec::new(), others: Vec::new(), is_whole: false };
        let mut next = Some(query);
        for _ in 0..MOST_PAGES {
            let Some(page) = next else { break };
            let found = match self.put(link, &page).await {
                Ok(Found::Messages(found)) => found,
                Ok(_) => return Ok(Err(Asking::Trouble(other_answer(&link.channel.name)))),
                Err(failed) => return Ok(Err(failed)),
            };
            let last = found.items.last().and_then(|message| message.at);
            let is_past = last.is_some_and(|at| at.as_millisecond() < oldest);
            conversation.is_whole = found.is_last || is_past;
            for message in found.items {
                self.hear(link, &page, message, &mut conversation)?;
            }
            next = if conversation.is_whole { None } else { page.next_page() };
        }
        Ok(Ok(conversation))
    }

    fn hear(
        &self,
        link: &Link,
        query: &Query,
        message: ChatMessage,
        conversation: &mut Conversation,
    ) -> Result<(), JournalError> {
        let (id, is_ours, local_id) = (message.id.clone(), message.is_ours, message.local_id.clone());
        let (template, text) = (message.template.clone(), message.text.as_deref().map(Plain::of));
        let at = message.at.map(|at| at.as_millisecond());
        let heard = link.provider.overhear(query, &Found::Messages(Page::whole(vec![message])));
        let receipts: Vec<&Receipt> = heard
            .iter()
            .filter_map(|heard| match heard {
                Heard::Receipt(receipt) => Some(receipt),
                Heard::Inbound(_) => None,
            })
            .collect();
        if !is_ours || receipts.is_empty() {
            conversation.others.extend(heard);
            return Ok(());
        }
        let ours: Option<Correlation> = receipts.iter().find_map(|receipt| receipt.correlation.clone());
        let ours = ours.or_else(|| local_id.as_deref().and_then(|local_id| local_id.parse().ok()));
        let local_id = local_id.as_deref().map(MessageId::from);
        let ids = receipts.iter().flat_map(|receipt| receipt.ids.iter().cloned());
        let provider = link.provider.facts().name;
        let mut names: Vec<Alias> =
            ids.chain([id.clone()]).chain(local_id).map(|id| Alias::new(provider, &id)).collect();
        names.sort_unstable();
        names.dedup();
        let owner = match ours {
            Some(name) if !self.is_of_this_store(&name) => return Ok(()),
            Some(name) => Some((name.run, name.recipient)),
            None => self.known_as(&names)?,
        };
        let sighting = Sighting { id, owner, template, text, at };
        conversation.messages.push(Spoken { sighting, names, heard });
        Ok(())
    }

    fn known_as(&self, names: &[Alias]) -> Result<Option<Whose>, JournalError> {
        for name in names {
            if let Some(whose) = self.asker.journal.known_as(*name)? {
                return Ok(Some(whose));
            }
        }
        Ok(None)
    }

    /// The claims of those without a name, with the texts that they got.
    async fn claims(
        &mut self,
        link: &Link,
        nameless: Vec<Nameless>,
    ) -> Result<Result<Vec<Claim>, Asking>, PollError> {
        let mut claims = Vec::with_capacity(nameless.len());
        for Nameless { whose, from, until } in nameless {
            let Some(roster) = self.gathered.rosters.get(&whose.0) else { continue };
            let content = match roster.recipient(whose.1) {
                Err(RosterError::Forgotten { .. }) => continue,
                recipient => recipient?.content,
            };
            let bodies = match self.bodies(link).await {
                Ok(bodies) => bodies.of(&content),
                Err(failed) => return Ok(Err(failed)),
            };
            let texts = texts_of(&content, &bodies);
            let template = match content {
                Content::Template { id, .. } => Some(id),
                _ => None,
            };
            claims.push(Claim { whose, from, until, template, texts });
        }
        Ok(Ok(claims))
    }

    /// Writes down whose messages are which, as far as the conversation proves it.
    async fn prove(&mut self, claims: &[Claim], conversation: &mut Conversation) -> Result<(), PollError> {
        let sightings: Vec<Sighting> =
            conversation.messages.iter().map(|spoken| spoken.sighting.clone()).collect();
        for (whose, id) in proofs(claims, &sightings) {
            let Some(spoken) = conversation.messages.iter_mut().find(|spoken| spoken.sighting.id == id)
            else {
                continue;
            };
            if self.is_in_doubt(whose)? {
                match self.asker.journal.prove(whose.0, vec![(whose.1, id)]).await {
                    // Somebody settled it while the provider was asked.
                    Err(JournalError::NotInDoubt { .. }) => {}
                    proved => proved?,
                }
            }
            let aliases = spoken.names.iter().map(|name| (*name, whose.0, whose.1)).collect();
            self.asker.journal.apply(Applied { aliases, ..Applied::default() }).await?;
            spoken.sighting.owner = Some(whose);
        }
        Ok(())
    }
}
