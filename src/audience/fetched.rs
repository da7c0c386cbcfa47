//! An audience that was asked of an account: written as a file of rows, so that everything else about it is
//! like any other audience.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::domain::account::{Contact, Group};

/// The column of telephone numbers.
pub const PHONE: &str = "phone";

/// The column of groups' ids.
pub const GROUP: &str = "group_id";

/// The column that says `true` of whom the account leaves alone.
pub const IGNORED: &str = "is_ignored";

/// The column that says `true` of what is a group and no person.
pub const IS_GROUP: &str = "is_group";

/// Columns of contacts behind the one with the address; attributes follow.
const OF_CONTACTS: [&str; 7] = ["contact_id", "name", "custom_name", "platform", "tags", IS_GROUP, IGNORED];

/// Between two tags of a contact.
const BETWEEN_TAGS: &str = ",";

/// Contacts being written. Which attributes there are is known at the end alone, so that they wait in a
/// file beside it.
#[derive(Debug)]
pub struct ContactsFile {
    file: PathBuf,
    waiting: PathBuf,
    writer: BufWriter<File>,
    address: &'static str,
    attributes: BTreeSet<String>,
}

/// A contact as it waits: its columns, and its attributes.
type Waiting = (Vec<String>, Vec<(String, String)>);

impl ContactsFile {
    /// Begins `file`, whose address is a column of phone numbers or, for groups, of their ids. Only its owner
    /// may read it.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn create(file: &Path, are_groups: bool) -> io::Result<Self> {
        let waiting = file.with_extension("partial");
        let writer = BufWriter::new(private(&waiting)?);
        let address = if are_groups { GROUP } else { PHONE };
        Ok(Self { file: file.to_owned(), waiting, writer, address, attributes: BTreeSet::new() })
    }

    /// Adds a contact. `tag_name` gives the name of a tag's id.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn push<'t>(
        &mut self,
        contact: &'t Contact,
        tag_name: impl Fn(&'t str) -> &'t str,
    ) -> io::Result<()> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let tags: Vec<&str> = contact.tags.iter().map(|tag| tag_name(tag)).collect();
        let columns = vec![
            contact.identifier.clone(),
            contact.id.clone(),
            text(&contact.name),
            text(&contact.custom_name),
            text(&contact.platform),
            tags.join(BETWEEN_TAGS),
            contact.is_group.to_string(),
            contact.is_ignored.to_string(),
        ];
        for (name, _) in &contact.attributes {
            if !self.attributes.contains(name) {
                self.attributes.insert(name.clone());
            }
        }
        serde_json::to_writer(&mut self.writer, &(columns, &contact.attributes))?;
        self.writer.write_all(b"\n")
    }

    /// Writes the file. An attribute that has the name of another column is called `attribute_…`; one whose
    /// name is empty cannot be named by any template, and is left out.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.writer.flush()?;
        let attributes: Vec<String> =
            self.attributes.iter().filter(|name| !name.trim().is_empty()).cloned().collect();
        let mut header = vec![self.address.to_owned()];
        header.extend(OF_CONTACTS.map(str::to_owned));
        for attribute in &attributes {
            let mut name = attribute.trim().to_owned();
            while header.contains(&name) {
                name.insert_str(0, "attribute_");
            }
            header.push(name);
        }
        let mut rows = csv::Writer::from_writer(private(&self.file)?);
        rows.write_record(&header)?;
        for line in BufReader::new(File::open(&self.waiting)?).lines() {
            let (mut columns, values): Waiting = serde_json::from_str(&line?)?;
            let value_of = |name: &String| values.iter().find(|(known, _)| known == name);
            let values = attributes.iter().map(|name| value_of(name).map_or("", |(_, value)| value.as_str()));
            columns.extend(values.map(str::to_owned));
            rows.write_record(&columns)?;
        }
        rows.flush()
    }
}

impl Drop for ContactsFile {
    fn drop(&mut self) {
        // What cannot be removed now is removed when the store is opened again.
        drop(fs::remove_file(&self.waiting));
    }
}

/// Writes groups into `file`, which only its owner may read. A provider that lists ids alone makes no column of
/// subjects: one that is empty everywhere would be taken for what the groups are called.
///
/// # Errors
/// When it cannot be written.
pub fn write_groups(file: &Path, groups: &[Group]) -> io::Result<()> {
    let mut rows = csv::Writer::from_writer(private(file)?);
    let has_subjects = groups.iter().any(|group| group.subject.is_some());
    let columns = if has_subjects { 2 } else { 1 };
    rows.write_record(&[GROUP, "subject"][..columns])?;
    for group in groups {
        rows.write_record(&[group.id.as_str(), group.subject.as_deref().unwrap_or_default()][..columns])?;
    }
    rows.flush()
}

fn private(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(identifier: &str, attributes: &[(&str, &str)]) -> Contact {
        Contact {
            id: format!("c-{identifier}"),
            identifier: identifier.to_owned(),
            name: Some("Ana, \"a\"".to_owned()),
            tags: vec!["7".to_owned(), "8".to_owned()],
            is_ignored: identifier.ends_with('2'),
            attributes: attributes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Contact::default()
        }
    }

    #[test]
    fn contacts_become_rows_with_all_attributes_of_any() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.csv");
        let contacts = [
            contact("5511987654321", &[("cidade", "Recife"), ("name", "outra")]),
            contact("5511987654322", &[("uf", "PE\nx"), (" ", "lost")]),
        ];
        let mut writer = ContactsFile::create(&file, false).expect("created");
        for contact in &contacts {
            writer.push(contact, |tag| if tag == "7" { "VIP" } else { tag }).expect("written");
        }
        writer.finish().expect("finished");
        let written = fs::read_to_string(&file).expect("read");
        insta::assert_snapshot!(written, @r#"
        phone,contact_id,name,custom_name,platform,tags,is_group,is_ignored,cidade,attribute_name,uf
        5511987654321,c-5511987654321,"Ana, ""a""",,,"VIP,8",false,false,Recife,outra,
        5511987654322,c-5511987654322,"Ana, ""a""",,,"VIP,8",false,true,,,"PE
        x"
        "#);
        assert!(!file.with_extension("partial").exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("groups.csv");
        let group = Group { id: "55-1".to_owned(), subject: Some("Turma A".to_owned()), ..Group::default() };
        write_groups(&file, &[group]).expect("written");
        assert_eq!(fs::read_to_string(&file).expect("read"), "group_id,subject\n55-1,Turma A\n");
        write_groups(&file, &[Group { id: "55-1".to_owned(), ..Group::default() }]).expect("written");
        assert_eq!(fs::read_to_string(&file).expect("read"), "group_id\n55-1\n");
        assert_eq!(fs::metadata(&file).expect("there").permissions().mode() & 0o777, 0o600);
    }
}
