//! The tags of an account, found by name or id.

use thiserror::Error;

use crate::domain::account::Tag;
use crate::domain::naming;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct TagIndex {
    channel: String,
    tags: Vec<Tag>,
}

/// A tag that an account does not have, or of which nobody can say which it is.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("{sentence}; {hint}")]
pub struct UnknownTag {
    /// What is wrong.
    pub sentence: String,
    /// Which tags there are.
    pub hint: String,
}

impl TagIndex {
    /// The tags of the account of the channel `channel`.
    pub fn new(channel: &str, tags: Vec<Tag>) -> Self {
        Self { channel: channel.to_owned(), tags }
    }

    /// The name of the tag with this id; the id itself where there is none.
    pub fn name_of<'t>(&'t self, id: &'t str) -> &'t str {
        self.tags.iter().find(|tag| tag.id == id).map_or(id, |tag| tag.name.as_str())
    }

    /// The id of a tag: by its id, by its name as written, or by its name but for case and accents.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn id_of(&self, wanted: &str) -> Result<&str, UnknownTag> {
        let wanted = wanted.trim();
        let folded = naming::folded(wanted);
        let by_id = |tag: &&Tag| tag.id == wanted;
        let by_name = |tag: &&Tag| tag.name.trim() == wanted;
        let by_folded = |tag: &&Tag| naming::folded(&tag.name) == folded;
        let tests: [&dyn Fn(&&Tag) -> bool; 3] = [&by_id, &by_name, &by_folded];
        for test in tests {
            let mut fitting = self.tags.iter().filter(|tag| test(tag));
            match (fitting.next(), fitting.next()) {
                (Some(tag), None) => return Ok(&tag.id),
                (Some(first), Some(second)) => {
                    return Err(UnknownTag {
                        sentence: format!(
                            "the account of channel {} has several tags named \"{wanted}\"",
                            self.channel
                        ),
                        hint: format!("write the id of the one that is meant: {} or {}", first.id, second.id),
                    });
                }
                (None, _) => {}
            }
        }
        Err(UnknownTag {
            sentence: format!("the account of channel {} has no tag \"{wanted}\"", self.channel),
            hint: naming::hint_of_known(wanted, "tags", self.tags.iter().map(|tag| tag.name.as_str())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(id: &str, name: &str) -> Tag {
        Tag { id: id.to_owned(), name: name.to_owned(), color: None }
    }

    #[test]
    fn tags_are_found_by_id_and_by_name() {
        let tags = vec![tag("7", "VIP"), tag("8", "Inadimplente"), tag("9", "8"), tag("10", "São João")];
        let index = TagIndex::new("main", tags);
        for (wanted, id) in [("VIP", "7"), ("vip ", "7"), ("8", "8"), ("sao joao", "10"), ("9", "9")] {
            assert_eq!(index.id_of(wanted), Ok(id), "{wanted}");
        }
        let unknown = index.id_of("VIPs").expect_err("no such tag");
        assert_eq!(
            unknown.to_string(),
            "the account of channel main has no tag \"VIPs\"; \
             did you mean \"VIP\"? The tags are: VIP, Inadimplente, 8, São João"
        );
    }

    #[test]
    fn a_name_that_two_tags_have_needs_an_id() {
        let index = TagIndex::new("main", vec![tag("7", "VIP"), tag("8", "vip"), tag("9", "vip")]);
        assert_eq!(index.id_of("VIP"), Ok("7"));
        let several = index.id_of("vip").expect_err("two").to_string();
        assert!(several.contains("several tags named \"vip\"") && several.contains("8 or 9"), "{several}");
    }
}
