//! The audience of an account: asked for page by page, and written down as rows.

use crate::audience::fetched::{self, ContactsFile};
use crate::domain::account::{Page, Tag};
use crate::domain::ids::slug;
use crate::domain::{AccountList, Campaign, ContactFilter, ContactsWanted, Found, Paging, Query};
use crate::engine::link::Link;
use crate::engine::send::Engine;
use crate::events::Event;

use super::asking::{Taken, Unanswered};
use super::error::PlanError;
use super::prepare::Asking;
use super::rows_file::RowsFile;
use super::tags::TagIndex;

impl Engine {
    /// Asks for the list and writes it down; the file is removed with the value.
    ///
    /// # Errors
    /// When the account cannot be asked, knows no such tag, or the rows cannot be written.
    pub(super) async fn fetch(
        &self,
        campaign: &Campaign,
        list: &AccountList,
        asking: Asking<'_>,
    ) -> Result<RowsFile, PlanError> {
        let first = asking.links.first().map(AsRef::as_ref);
        let Some(link) = asking.source.or(first) else { return Err(PlanError::NobodyToAsk) };
        let spool = |source| PlanError::Fetched { campaign: campaign.name.clone(), source };
        let rows = RowsFile::fetched(self.journal.path(), &slug(&campaign.name)).map_err(spool)?;
        let found = match list {
            AccountList::Groups => {
                let mut groups = Vec::new();
                self.ask_all(link, Query::Groups, "its groups", |found| {
                    let Found::Groups(page) = found else { return Ok::<_, PlanError>(Taken::OtherKind) };
                    groups.extend(page.items);
                    self.tell_fetched(campaign, groups.len(), page.total);
                    Ok(Taken::Page)
                })
                .await?;
                fetched::write_groups(rows.path(), &groups).map_err(spool)?;
                groups.len()
            }
            AccountList::Tag(tag) => {
                let tags = self.tags_of(link).await?;
                let tag = tags.id_of(tag)?.to_owned();
                let query = Query::ContactsByTag { tag };
                self.fetch_contacts(campaign, link, query, Some(&tags), &rows, false).await?
            }
            AccountList::Contacts(wanted) => {
                let tags = self.tags_where_offered(link, wanted).await?;
                let filter = filter(wanted, tags.as_ref())?;
                let query = Query::Contacts { filter, paging: Paging::FIRST };
                let are_groups = wanted.is_group == Some(true);
                self.fetch_contacts(campaign, link, query, tags.as_ref(), &rows, are_groups).await?
            }
        };
        if found == 0 {
            return Err(PlanError::NobodyThere {
                file: campaign.file.clone(),
                channel: link.channel.name.clone(),
                what: wanted_in_words(list),
                sandbox: link.channel.sandbox,
            });
        }
        Ok(rows)
    }

    /// Gives how many there were.
    async fn fetch_contacts(
        &self,
        campaign: &Campaign,
        link: &Link,
        query: Query,
        tags: Option<&TagIndex>,
        rows: &RowsFile,
        are_groups: bool,
    ) -> Result<usize, PlanError> {
        let spool = |source| PlanError::Fetched { campaign: campaign.name.clone(), source };
        let mut file = ContactsFile::create(rows.path(), are_groups).map_err(spool)?;
        let mut count = 0;
        self.ask_all(link, query, "its contacts", |found| {
            let Found::Contacts(Page { items, total, .. }) = found else { return Ok(Taken::OtherKind) };
            for contact in &items {
                file.push(contact, |id| tags.map_or(id, |tags| tags.name_of(id))).map_err(spool)?;
            }
            count += items.len();
            self.tell_fetched(campaign, count, total);
            Ok::<_, PlanError>(Taken::Page)
        })
        .await?;
        file.finish().map_err(spool)?;
        Ok(count)
    }

    /// The tags of a channel's account.
    pub(super) async fn tags_of(&self, link: &Link) -> Result<TagIndex, Unanswered> {
        let mut tags: Vec<Tag> = Vec::new();
        self.ask_all(link, Query::Tags { name: None }, "its tags", |found| {
            let Found::Tags(page) = found else { return Ok::<_, Unanswered>(Taken::OtherKind) };
            tags.extend(page.items);
            Ok(Taken::Page)
        })
        .await?;
        Ok(TagIndex::new(&link.channel.name, tags))
    }

    /// The account's tags; a provider that knows none is asked for contacts all the same, unless tags are
    /// wanted.
    async fn tags_where_offered(
        &self,
        link: &Link,
        wanted: &ContactsWanted,
    ) -> Result<Option<TagIndex>, Unanswered> {
        match self.tags_of(link).await {
            Ok(tags) => Ok(Some(tags)),
            Err(Unanswered::NotOffered { .. }) if wanted.tags.is_empty() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn tell_fetched(&self, campaign: &Campaign, items: usize, total: Option<u64>) {
        self.events.tell(Event::Fetched { campaign: campaign.name.clone(), items: items as u64, total });
    }
}

/// What a list would have been, behind "no".
fn wanted_in_words(list: &AccountList) -> String {
    match list {
        AccountList::Groups => "groups".to_owned(),
        AccountList::Tag(tag) => format!("contacts with the tag \"{tag}\""),
        AccountList::Contacts(wanted) => {
            let what = if wanted.is_group == Some(true) { "groups among its contacts" } else { "contacts" };
            let is_all = *wanted == ContactsWanted { is_group: wanted.is_group, ..ContactsWanted::default() };
            if is_all { what.to_owned() } else { format!("{what} that fit") }
        }
    }
}

fn filter(wanted: &ContactsWanted, tags: Option<&TagIndex>) -> Result<ContactFilter, PlanError> {
    let ids = wanted.tags.iter().map(|tag| match tags {
        Some(tags) => Ok(tags.id_of(tag)?.to_owned()),
        None => Ok(tag.clone()),
    });
    Ok(ContactFilter {
        name: wanted.name.clone(),
        identifier: None,
        tags: ids.collect::<Result<_, PlanError>>()?,
        is_group: wanted.is_group,
        attribute: wanted.attribute.clone(),
        created: wanted.created.clone(),
        descending: false,
    })
}
