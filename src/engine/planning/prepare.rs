//! What has to be found out before rows can be judged: the rows themselves where an account is asked for
//! them, the account's tags and templates, and the message's files.

use std::path::Path;
use std::sync::Arc;

use crate::audience::{self, Audience, Wanted};
use crate::domain::{Action, AudienceSource, Campaign, Columns, Conduct, ContentSpec, RunId, RunName};
use crate::engine::link::Link;
use crate::engine::send::Engine;

use super::after;
use super::error::PlanError;
use super::freeze::Source;
use super::judge::Fault;
use super::media::MediaFiles;
use super::rows_file::RowsFile;
use super::tags::TagIndex;

/// Who can be asked: the campaign's channels made ready, and the channel that `audience.source` names.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The campaign's channels, in its order.
    pub links: &'a [Arc<Link>],
    /// Whose contacts or groups are the audience, where that is another channel than the first.
    pub source: Option<&'a Link>,
}

/// See the module.
#[derive(Debug)]
pub struct Prepared {
    rows: RowsFile,
    /// The tags of each channel's account, where the action has tags.
    tags: Vec<TagIndex>,
    /// What is known of the message's files.
    pub(super) media: MediaFiles,
    /// What a person should know before anything is sent, in sentences.
    pub notes: Vec<String>,
}

impl Engine {
    /// Finds out what a campaign needs: asks the account for the audience, its tags and its
    /// templates, and servers for the message's files. What cannot be known is noted.
    ///
    /// # Errors
    /// When an account cannot be asked, or does not know a tag.
    pub async fn prepare(&self, source: &Source<'_>, asking: Asking<'_>) -> Result<Prepared, PlanError> {
        let campaign = source.campaign;
        let rows = match &campaign.audience.source {
            AudienceSource::File(file) => RowsFile::given(file),
            AudienceSource::Account { list, .. } => self.fetch(campaign, list, asking).await?,
        };
        // Whether the channels do what is to be done afterwards is told before any of them is asked.
        after::frozen(source, &RunName::new(&campaign.name, RunId(0)))?;
        let mut tags = Vec::new();
        if has_tags(campaign) || after::has_tags(campaign) {
            for link in asking.links {
                tags.push(self.tags_of(link).await?);
            }
        }
        let mut prepared = Prepared { rows, tags, media: MediaFiles::default(), notes: Vec::new() };
        prepared.refuse_unknown_tags(campaign)?;
        prepared.refuse_unknown_tags_after(&campaign.conduct.after)?;
        prepared.notes = self.inspect_templates(campaign, asking.links).await?;
        if matches!(campaign.content, ContentSpec::Media { .. }) {
            if source.channels.iter().all(|channel| channel.sandbox) {
                prepared.notes.push("the message's files are not looked at in a rehearsal".to_owned());
            } else {
                let (media, notes) = self.inspect_media(campaign, prepared.open(campaign)?).await?;
                prepared.media = media;
                prepared.notes.extend(notes);
            }
        }
        Ok(prepared)
    }
}

/// Whether rows cannot be judged without asking an account.
#[must_use]
pub fn must_ask(campaign: &Campaign) -> bool {
    matches!(campaign.audience.source, AudienceSource::Account { .. }) || has_tags(campaign)
}

fn has_tags(campaign: &Campaign) -> bool {
    match &campaign.content {
        ContentSpec::Action(spec) => !tags_in(&spec.action).is_empty(),
        _ => false,
    }
}

fn tags_in(action: &Action) -> &[String] {
    match action {
        Action::AddTags { tags, .. } | Action::RemoveTags { tags, .. } => tags,
        Action::CreateContact { fields }
        | Action::UpdateContact { fields, .. }
        | Action::UpsertContact { fields } => &fields.tags,
        _ => &[],
    }
}

impl Prepared {
    /// For a campaign that needs nobody to be asked ([`must_ask`]): its file.
    #[must_use]
    pub fn of_file(file: &Path) -> Self {
        Self {
            rows: RowsFile::given(file),
            tags: Vec::new(),
            media: MediaFiles::default(),
            notes: Vec::new(),
        }
    }

    /// Opens the audience.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn open(&self, campaign: &Campaign) -> Result<Audience, PlanError> {
        let audience = &campaign.audience;
        let wanted = Wanted { file: self.rows.path(), address: &audience.address, country: audience.country };
        Ok(audience::open(&wanted)?)
    }

    /// The column of this name that Disparo itself writes; only what was asked for has one.
    pub(super) fn own_column(&self, columns: &Columns, name: &str) -> Option<usize> {
        if self.rows.is_fetched() { columns.position(name) } else { None }
    }

    /// Puts the ids of a channel's account in the place of the names of tags.
    ///
    /// # Errors
    /// When the account has no such tag.
    pub(super) fn resolve_tags(&self, action: &mut Action, channel: u16) -> Result<(), Fault> {
        let field = format!("action.{}", action.word());
        let Some(index) = self.tags.get(usize::from(channel)) else { return Ok(()) };
        let tags = match action {
            Action::AddTags { tags, .. } | Action::RemoveTags { tags, .. } => tags,
            Action::CreateContact { fields }
            | Action::UpdateContact { fields, .. }
            | Action::UpsertContact { fields } => &mut fields.tags,
            _ => return Ok(()),
        };
        for tag in tags {
            *tag = index.id_of(tag).map_err(|unknown| Fault::new(&field, unknown.to_string()))?.to_owned();
        }
        Ok(())
    }

    /// How a run of this name goes on, as its plan freezes it.
    ///
    /// # Errors
    /// When something that is to be done afterwards cannot be.
    pub(super) fn conduct(&self, source: &Source<'_>, run: &RunName) -> Result<Conduct, PlanError> {
        let after = after::frozen(source, run)?;
        self.refuse_unknown_tags_after(&after)?;
        Ok(Conduct { after, ..source.campaign.conduct.clone() })
    }

    fn refuse_unknown_tags_after(&self, actions: &[Action]) -> Result<(), PlanError> {
        let tags = || actions.iter().flat_map(tags_in).filter(|tag| !tag.contains('{'));
        for index in &self.tags {
            tags().try_for_each(|tag| index.id_of(tag).map(|_| ()))?;
        }
        Ok(())
    }

    /// A tag that is the same for everybody is known to every account, or there is no plan.
    fn refuse_unknown_tags(&self, campaign: &Campaign) -> Result<(), PlanError> {
        let ContentSpec::Action(spec) = &campaign.content else { return Ok(()) };
        for index in &self.tags {
            for tag in tags_in(&spec.action).iter().filter(|tag| !tag.contains('{')) {
                index.id_of(tag)?;
            }
        }
        Ok(())
    }
}
