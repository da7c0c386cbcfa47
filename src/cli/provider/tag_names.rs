//! Tags that a command names: providers know them by id, people by name.

use crate::cli::failure::Failure;
use crate::domain::account::Tag;
use crate::domain::{Action, Content, Found, Query, naming};

use super::asking::Asking;

/// Puts ids in the place of names. What is an id stays one. The provider is asked only where there are tags.
///
/// # Errors
/// When a tag is not there, or the provider does not tell.
pub async fn resolve<'t>(
    asking: &mut Asking<'_>,
    tags: impl Iterator<Item = &'t mut String>,
) -> Result<(), Failure> {
    let mut tags = tags.peekable();
    if tags.peek().is_none() {
        return Ok(());
    }
    let Found::Tags(known) = asking.follow(&Query::Tags { name: None }, true).await? else {
        return Ok(());
    };
    tags.try_for_each(|tag| {
        *tag = id_of(tag, &known.items)?;
        Ok(())
    })
}

fn id_of(wanted: &str, known: &[Tag]) -> Result<String, Failure> {
    let by_id = known.iter().find(|tag| tag.id == wanted);
    let by_name = || known.iter().find(|tag| tag.name == wanted);
    let by_letters = || known.iter().find(|tag| tag.name.to_lowercase() == wanted.to_lowercase());
    match by_id.or_else(by_name).or_else(by_letters) {
        Some(tag) => Ok(tag.id.clone()),
        None => {
            let names: Vec<_> = known.iter().map(|tag| tag.name.as_str()).collect();
            Err(Failure::usage(format!("there is no tag \"{wanted}\""))
                .with_hint(naming::hint_of_known(wanted, "tags", names)))
        }
    }
}

/// The tags that a change names.
pub fn named_in(content: &mut Content) -> impl Iterator<Item = &mut String> {
    let tags = match content {
        Content::Action(Action::AddTags { tags, .. } | Action::RemoveTags { tags, .. }) => Some(tags),
        Content::Action(
            Action::CreateContact { fields }
            | Action::UpdateContact { fields, .. }
            | Action::UpsertContact { fields },
        ) => Some(&mut fields.tags),
        _ => None,
    };
    tags.into_iter().flatten()
}

/// The tags that a question names.
pub fn asked_in(query: &mut Query) -> impl Iterator<Item = &mut String> {
    let tags = match query {
        Query::Contacts { filter, .. } => Some(&mut filter.tags),
        _ => None,
    };
    tags.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_by_its_id_its_name_and_its_letters() {
        let tag = |id: &str, name: &str| Tag { id: id.to_owned(), name: name.to_owned(), color: None };
        let known = [tag("1", "VIP"), tag("VIP", "other"), tag("3", "Ação")];
        for (wanted, id) in [("VIP", "VIP"), ("vip", "1"), ("AÇÃO", "3"), ("3", "3")] {
            assert_eq!(id_of(wanted, &known).expect(wanted), id, "{wanted}");
        }
        let unknown = id_of("VPI", &known).expect_err("no such tag");
        assert_eq!(unknown.sentence(), "there is no tag \"VPI\"");
    }
}
