//! `disparo suppress`: people who must not be messaged, in any campaign.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use crate::audience;
use crate::domain::{Country, PersonKey, Phone};
use crate::report::moment;
use crate::ui::printer::Format;
use crate::ui::{Exit, words};

use super::execute::Execution;
use super::failure::Failure;

/// What to do.
#[derive(Debug, Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    action: Action,
}

/// What can be done about suppressions.
#[derive(Debug, Subcommand)]
enum Action {
    /// Add people
    Add {
        /// Their numbers
        #[arg(required = true, value_name = "PHONE")]
        phones: Vec<String>,
    },
    /// Remove people
    Remove {
        /// Their numbers
        #[arg(required = true, value_name = "PHONE")]
        phones: Vec<String>,
    },
    /// List everyone
    List,
    /// Add everyone of a CSV file that has a column of numbers
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write everyone into a CSV file
    Export {
        /// The file
        file: PathBuf,
    },
}

/// Carries the command out.
///
/// # Errors
/// When a number or a file cannot be read, or the store not be written.
pub async fn suppress(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    match &arguments.action {
        Action::Add { phones } => add(execution, phones).await,
        Action::Remove { phones } => remove(execution, phones).await,
        Action::List => list(execution),
        Action::Import { file } => {
            let added = import(execution, &execution.cwd.join(file), &file.display().to_string()).await?;
            told(execution, "added", added);
            Ok(Exit::Settled)
        }
        Action::Export { file } => export(execution, file),
    }
}

/// Takes the workspace's `suppressions.csv` into the store, where there is one.
///
/// # Errors
/// When it cannot be read: nobody may be messaged then.
pub async fn import_workspace(execution: &Execution) -> Result<(), Failure> {
    let file = execution.owner.workspace.suppressions_file();
    if file.exists() {
        import(execution, &file, "suppressions.csv").await?;
    }
    Ok(())
}

async fn import(execution: &Execution, file: &Path, source: &str) -> Result<usize, Failure> {
    let phones = audience::suppressions::read(file, Country::BRAZIL).map_err(|error| {
        let failure = Failure::invalid(&error);
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    })?;
    let people = phones.into_iter().map(|phone| (phone.person(), phone.as_u64())).collect();
    Ok(execution.owner.engine.journal.suppress(people, source.to_owned()).await?)
}

fn read(text: &str) -> Result<Phone, Failure> {
    audience::phone::read(text, Country::BRAZIL).map_err(|error| Failure::usage(format!("{text}: {error}")))
}

async fn add(execution: &Execution, phones: &[String]) -> Result<Exit, Failure> {
    let phones = phones.iter().map(|text| read(text)).collect::<Result<Vec<_>, _>>()?;
    let people = phones.into_iter().map(|phone| (phone.person(), phone.as_u64())).collect();
    let journal = &execution.owner.engine.journal;
    let added = journal.suppress(people, "disparo suppress add".to_owned()).await?;
    told(execution, "added", added);
    Ok(Exit::Settled)
}

async fn remove(execution: &Execution, phones: &[String]) -> Result<Exit, Failure> {
    let journal = &execution.owner.engine.journal;
    let people = phones
        .iter()
        .map(|text| Ok((text, read(text)?.person())))
        .collect::<Result<Vec<(&String, PersonKey)>, Failure>>()?;
    let file = execution.owner.workspace.suppressions_file();
    if file.exists() {
        let listed = audience::suppressions::read(&file, Country::BRAZIL).map_err(Failure::invalid)?;
        for (text, person) in &people {
            if listed.iter().any(|phone| phone.person() == *person) {
                let sentence = format!("{text} is in {}, which is read before every run", file.display());
                return Err(Failure::usage(sentence).with_hint("remove the line from that file first"));
            }
        }
    }
    let mut removed = 0;
    for (text, person) in people {
        if journal.unsuppress(person).await? {
            removed += 1;
        } else {
            execution.printer.warning(&format!("{text} was not suppressed"));
        }
    }
    told(execution, "removed", removed);
    Ok(Exit::Settled)
}

fn told(execution: &Execution, what: &str, count: usize) {
    match execution.printer.format() {
        Format::Json => execution.printer.json(&json!({ what: count })),
        Format::Text => {
            let people = words::counted(count as u64, "person", "people");
            execution.printer.data(&format!("{what} {people}"));
        }
    }
}

fn list(execution: &Execution) -> Result<Exit, Failure> {
    let suppressions = execution.owner.engine.journal.suppressions();
    for (_, suppression) in &suppressions {
        match execution.printer.format() {
            Format::Json => execution.printer.json(&json!({
                "phone": suppression.number.to_string(),
                "since": suppression.since,
                "source": suppression.source,
            })),
            Format::Text => {
                let since = moment(suppression.since);
                execution.printer.data(&format!("+{}  {since}  {}", suppression.number, suppression.source));
            }
        }
    }
    if suppressions.is_empty() {
        execution.printer.note("nobody is suppressed");
    }
    Ok(Exit::Settled)
}

fn export(execution: &Execution, file: &Path) -> Result<Exit, Failure> {
    let path = execution.cwd.join(file);
    let suppressions = execution.owner.engine.journal.suppressions();
    let write = || -> Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(&path).map_err(io_error)?));
        writer.write_record(["phone", "since", "source"])?;
        for (_, suppression) in &suppressions {
            let (number, since) = (suppression.number.to_string(), suppression.since.to_string());
            writer.write_record([&number, &since, &suppression.source])?;
        }
        writer.flush().map_err(io_error)
    };
    write().map_err(|error| {
        Failure::new(Exit::Unexpected, format!("cannot write {}: {error}", path.display()))
    })?;
    told(execution, "exported", suppressions.len());
    Ok(Exit::Settled)
}

fn io_error(error: io::Error) -> csv::Error {
    error.into()
}
