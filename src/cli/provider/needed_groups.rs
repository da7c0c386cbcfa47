//! Groups that this workspace still needs, though nobody has joined them: an unfinished run makes them or
//! has to do with them, or they were sent something, or their invite link was sent to somebody.

use std::collections::HashMap;

use crate::cli::failure::Failure;
use crate::domain::account::Group;
use crate::domain::{Action, Address, ChunkRecipients, Content, Recipient, RecipientNumber};
use crate::engine::EngineError;
use crate::journal::{Journal, RunView};
use crate::roster::Roster;

/// Recipients who are read at once.
const AT_ONCE: u32 = 1_024;

/// See the module: why each of them is needed.
#[derive(Debug, Default)]
pub struct NeededGroups {
    by_id: HashMap<String, String>,
    /// Groups that are being made, whose ids are not known or not yet.
    by_subject: HashMap<String, String>,
}

impl NeededGroups {
    /// Those of every run over this provider.
    ///
    /// # Errors
    /// When the journal or a run's recipients cannot be read: then nobody knows which groups it needs.
    pub fn of(journal: &Journal, provider: &str) -> Result<Self, Failure> {
        let mut needed = Self::default();
        for view in journal.views().map_err(EngineError::from)? {
            if view.facts.plan.channels.iter().any(|channel| channel.provider == provider) {
                needed.take(journal, &view)?;
            }
        }
        Ok(needed)
    }

    /// Why the group is needed; `None` where it is not.
    #[must_use]
    pub fn why(&self, group: &Group) -> Option<&str> {
        let being_made = || group.subject.as_ref().and_then(|subject| self.by_subject.get(subject));
        self.by_id.get(&group.id).or_else(being_made).map(String::as_str)
    }

    fn take(&mut self, journal: &Journal, view: &RunView) -> Result<(), EngineError> {
        let run = view.facts.plan.run;
        let name = &view.facts.plan.run_name;
        let roster = Roster::open(journal.path(), run)?;
        // All recipients of a run get the same kind of content.
        if roster.is_empty() || !concerns_groups(&roster.recipient(RecipientNumber(0))?) {
            return Ok(());
        }
        let is_unfinished = view.summary.state.is_unfinished();
        let why = if is_unfinished {
            format!("{name} is {}: resume or cancel it", view.summary.state.word())
        } else {
            format!("{name} has used it")
        };
        for first in (0..roster.len()).step_by(AT_ONCE as usize) {
            let numbers = first..roster.len().min(first.saturating_add(AT_ONCE));
            let Some(chunk) = ChunkRecipients::new(numbers.clone().map(RecipientNumber).collect()) else {
                continue;
            };
            let recipients = roster.recipients(&chunk)?;
            for recipient in &recipients {
                if let Some(group) = used(recipient, is_unfinished) {
                    self.by_id.insert(group.to_owned(), why.clone());
                }
                if let (true, Content::Action(Action::CreateGroup { subject })) =
                    (is_unfinished, &recipient.content)
                {
                    self.by_subject.insert(subject.clone(), why.clone());
                }
            }
            let makes = |recipient: &Recipient| {
                matches!(recipient.content, Content::Action(Action::CreateGroup { .. }))
            };
            if is_unfinished && recipients.iter().any(makes) {
                let histories = journal.histories(run, numbers)?;
                let ids = histories.into_iter().filter_map(|history| history.message_id);
                self.by_id.extend(ids.map(|id| (id.to_string(), why.clone())));
            }
        }
        Ok(())
    }
}

fn concerns_groups(recipient: &Recipient) -> bool {
    used(recipient, true).is_some()
        || matches!(recipient.content, Content::Action(Action::CreateGroup { .. }))
}

/// The group that a recipient's message or action has to do with. What is over and has messaged nobody has
/// used none.
fn used(recipient: &Recipient, is_unfinished: bool) -> Option<&str> {
    let group = match (&recipient.address, &recipient.content) {
        (Address::Group(id), _) => id,
        (
            _,
            Content::Action(
                Action::SendInvite { group, .. }
                | Action::RemoveParticipant { group }
                | Action::AddAdmin { group }
                | Action::RemoveAdmin { group },
            ),
        ) => group.as_str(),
        _ => return None,
    };
    (is_unfinished || recipient.content.messages_somebody()).then_some(group)
}
