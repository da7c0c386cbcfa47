//! What a rendered row still lacks: numbers of shared contacts read, files of actions read, names of tags
//! turned into ids.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use crate::audience;
use crate::domain::INVITE_LINK;
use crate::domain::{Action, Campaign, Channel, Content, ContentSpec, SharedContact};
use crate::template::{Rendered, RenderedAction};

use super::judge::Fault;
use super::prepare::Prepared;

/// Bytes of a file that is frozen with a plan, at most; providers allow less.
const MOST_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// See the module.
#[derive(Debug)]
pub struct Completion<'a> {
    campaign: &'a Campaign,
    channels: &'a [Channel],
    prepared: &'a Prepared,
    /// Files that earlier rows named.
    files: BTreeMap<String, Result<Vec<u8>, String>>,
}

impl<'a> Completion<'a> {
    /// For the rows of a campaign.
    pub fn new(campaign: &'a Campaign, channels: &'a [Channel], prepared: &'a Prepared) -> Self {
        Self { campaign, channels, prepared, files: BTreeMap::new() }
    }

    /// What the recipient gets over the channel of this index.
    ///
    /// # Errors
    /// Why the row cannot be completed.
    pub fn complete(&mut self, rendered: Rendered, channel: u16) -> Result<Content, Fault> {
        match rendered {
            Rendered::Content(Content::Contacts { contacts }) => {
                let contacts = contacts.into_iter().enumerate();
                let read = contacts.map(|(index, contact)| self.read_contact(index, contact));
                Ok(Content::Contacts { contacts: read.collect::<Result<_, _>>()? })
            }
            Rendered::Content(content) => {
                if let (Content::Media { url, content_type, .. }, Some(channel)) =
                    (&content, self.channels.get(usize::from(channel)))
                {
                    self.prepared.media.check(url, content_type.as_deref(), &channel.limits)?;
                }
                Ok(content)
            }
            Rendered::Action(rendered) => self.action(rendered, channel).map(Content::Action),
        }
    }

    fn read_contact(&self, index: usize, contact: SharedContact) -> Result<SharedContact, Fault> {
        let field = format!("message.contacts[{index}].phone");
        let phone = audience::phone::read(&contact.phone, self.campaign.audience.country);
        let phone = phone.map_err(|error| Fault::new(field, error.to_string()))?;
        Ok(SharedContact { phone: phone.digits(), ..contact })
    }

    fn action(&mut self, rendered: RenderedAction, channel: u16) -> Result<Action, Fault> {
        let RenderedAction { mut action, file, .. } = rendered;
        if let (Action::SetGroupIcon { image, .. }, Some(path)) = (&mut action, &file) {
            *image = self.file(path)?;
        }
        if let Action::SendInvite { text, .. } = &action {
            let links = text.matches(INVITE_LINK).count();
            if links != 1 {
                let sentence = format!("{INVITE_LINK} must stand in the text once, not {links} times");
                return Err(Fault::new("action.send_invite.text", sentence));
            }
        }
        self.prepared.resolve_tags(&mut action, channel)?;
        Ok(action)
    }

    fn file(&mut self, path: &str) -> Result<Vec<u8>, Fault> {
        const FIELD: &str = "action.set_group_icon.file";
        let ContentSpec::Action(spec) = &self.campaign.content else { return Ok(Vec::new()) };
        let Some(file) = &spec.file else { return Ok(Vec::new()) };
        if let Some(known) = self.files.get(path) {
            return known.clone().map_err(|sentence| Fault::new(FIELD, sentence));
        }
        let read = read(&file.folder, path);
        self.files.insert(path.to_owned(), read.clone());
        read.map_err(|sentence| Fault::new(FIELD, sentence))
    }
}

/// The file's bytes, or why not. A row may not lead out of the workspace: audiences come from elsewhere.
fn read(folder: &Path, path: &str) -> Result<Vec<u8>, String> {
    let is_inside =
        Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !is_inside {
        return Err(format!("\"{path}\" leads out of the workspace; name a file inside of it"));
    }
    let file = File::open(folder.join(path)).map_err(|error| format!("{path} cannot be read: {error}"))?;
    let mut bytes = Vec::new();
    file.take(MOST_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| format!("{path} cannot be read: {error}"))?;
    if bytes.len() as u64 > MOST_FILE_BYTES {
        return Err(format!("{path} is larger than 16 MB"));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_inside_of_the_workspace_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("icons")).expect("a folder");
        std::fs::write(folder.path().join("icons/a.png"), b"picture").expect("written");
        assert_eq!(read(folder.path(), "icons/a.png"), Ok(b"picture".to_vec()));
        for path in ["../a.png", "/etc/passwd", "icons/../../a.png"] {
            let refused = read(folder.path(), path).expect_err(path);
            assert!(refused.contains("leads out of the workspace"), "{refused}");
        }
        assert!(read(folder.path(), "icons/b.png").expect_err("absent").contains("cannot be read"));
    }
}
