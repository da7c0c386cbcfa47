//! The bodies of an account's templates, by which a message's text is known.

use std::collections::HashMap;

use crate::domain::{Content, Found, Paging, Query};
use crate::engine::{Link, Pages};

use super::asker::{Asking, Round};
use super::broadcast::other_answer;

/// By the template's name; empty where the account has no list of them.
#[derive(Debug, Clone, Default)]
pub struct Bodies(HashMap<String, Vec<(Option<String>, String)>>);

impl Bodies {
    /// The bodies of the template of this content, in all languages unless it names one.
    #[must_use]
    pub fn of(&self, content: &Content) -> Vec<String> {
        let Content::Template { id, language, .. } = content else { return Vec::new() };
        let all = self.0.get(id).map(Vec::as_slice).unwrap_or_default();
        let is_wanted = |known: &Option<String>| {
            language.is_none() || known.is_none() || known.as_deref() == language.as_deref()
        };
        all.iter().filter(|(known, _)| is_wanted(known)).map(|(_, body)| body.clone()).collect()
    }
}

impl Round<'_> {
    /// The bodies of the channel's templates, asked for once in a round.
    pub(super) async fn bodies(&mut self, link: &Link) -> Result<Bodies, Asking> {
        if let Some(known) = self.bodies.get(&link.channel.name) {
            return Ok(known.clone());
        }
        let mut bodies = Bodies::default();
        let mut pages = Pages::default();
        let mut query = Some(Query::Templates { paging: Paging::FIRST });
        while let Some(page) = query {
            let found = match self.put(link, &page).await {
                Ok(found) => found,
                Err(Asking::NotFound) => break,
                Err(failed) => return Err(failed),
            };
            let has_more = pages.turn(&found).unwrap_or(false);
            let Found::Templates(list) = found else {
                return Err(Asking::Trouble(other_answer(&link.channel.name)));
            };
            for template in list.items {
                if let Some(body) = template.body {
                    bodies.0.entry(template.name).or_default().push((template.language, body));
                }
            }
            query = if has_more { page.next_page() } else { None };
        }
        self.bodies.insert(link.channel.name.clone(), bodies.clone());
        Ok(bodies)
    }
}
