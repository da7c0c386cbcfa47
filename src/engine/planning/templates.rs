//! A message's template, held against those that the account really has.

use crate::domain::{Campaign, Content, ContentSpec, Found, Paging, Params, ParamsSpec, Query, QueryFailure};
use crate::engine::link::Link;
use crate::engine::send::Engine;
use crate::provider::check_template;
use crate::provider::transport::AskError;

use super::asking::{Taken, Unanswered};
use super::error::PlanError;

impl Engine {
    /// Checks the campaign's template against the account of each channel. Gives what a person should know:
    /// an account that did not answer. A provider that cannot be asked for templates is not.
    ///
    /// # Errors
    /// When an account does not have the template as the message needs it.
    pub(super) async fn inspect_templates(
        &self,
        campaign: &Campaign,
        links: &[impl AsRef<Link>],
    ) -> Result<Vec<String>, PlanError> {
        let Some(content) = sample(&campaign.content) else { return Ok(Vec::new()) };
        let mut notes = Vec::new();
        for link in links {
            let link = link.as_ref();
            let mut templates = Vec::new();
            let asked = self
                .ask_all(link, Query::Templates { paging: Paging::FIRST }, "its templates", |found| {
                    let Found::Templates(page) = found else { return Ok(Taken::OtherKind) };
                    templates.extend(page.items);
                    Ok::<_, Unanswered>(Taken::Page)
                })
                .await;
            match asked {
                Ok(()) => check_template(&content, &templates).map_err(|problem| PlanError::Unfit {
                    file: campaign.file.clone(),
                    channel: link.channel.name.clone(),
                    problem,
                })?,
                Err(Unanswered::NotOffered { .. }) => {}
                Err(Unanswered::Failed {
                    channel, source: AskError::Failed(QueryFailure::NotFound), ..
                }) => notes.push(format!(
                    "the account of channel {channel} has no list of its templates, so that nobody knows \
                     whether it has this one"
                )),
                Err(Unanswered::Failed { channel, source, .. }) => notes.push(format!(
                    "nobody knows whether the account of channel {channel} has the template: {source}"
                )),
                Err(Unanswered::NotWhole { channel, source, .. }) => notes.push(format!(
                    "nobody knows whether the account of channel {channel} has the template: {source}"
                )),
                Err(interrupted @ Unanswered::Interrupted { .. }) => return Err(interrupted.into()),
            }
        }
        Ok(notes)
    }
}

/// The template as every row has it: the values differ, their number and names do not.
fn sample(spec: &ContentSpec) -> Option<Content> {
    let ContentSpec::Template { id, language, params, validity } = spec else { return None };
    let params = match params {
        ParamsSpec::Positional(values) => Params::Positional(values.clone()),
        ParamsSpec::Named(values) => Params::Named(values.clone()),
    };
    Some(Content::Template { id: id.clone(), language: language.clone(), params, validity: *validity })
}
