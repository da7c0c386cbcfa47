//! The results folder: what a marketer finds beside the campaign's files.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::panic;
use std::path::{Path, PathBuf};
use std::thread;

use crate::domain::Plan;
use crate::domain::ids::slug;
use crate::journal::Journal;
use crate::roster::Roster;

use super::error::ReportError;
use super::recipients::write_csv;
use super::summary::{report, run_json};
use super::text::report_text;
use super::words::Words;

/// The files of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// `results/<campaign>/<run>`.
    pub folder: PathBuf,
}

/// Where a run's results are, or will be.
#[must_use]
pub fn results_folder(results: &Path, plan: &Plan) -> PathBuf {
    results.join(slug(&plan.campaign)).join(plan.run_name.as_str())
}

/// Writes `report.txt`, `recipients.csv` and `summary.json` into `results/<campaign>/<run>/`, each
/// replaced in one step, so that nobody ever opens half a file.
///
/// # Errors
/// When the journal or the roster cannot be read, or a file not be written.
pub fn write_results(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    results: &Path,
) -> Result<Results, ReportError> {
    let plan = roster.plan();
    let folder = results_folder(results, plan);
    fs::create_dir_all(&folder).map_err(|source| ReportError::Write { path: folder.clone(), source })?;
    // The summary says how much was heard when it was looked at. That is before the rest is read, and it is written
    // after the rest, so that whoever compares it has the results written anew rather than never.
    let view = journal.view(plan.run)?;
    let lines = folder.join("recipients.csv");
    thread::scope(|scope| {
        // Both go over everybody: side by side, where the machine can.
        let csv = || replace(&lines, |out| write_csv(journal, roster, words, out));
        let csv = thread::Builder::new().spawn_scoped(scope, csv);
        let csv = csv.map_err(|source| ReportError::Write { path: lines.clone(), source })?;
        let text = report(journal, roster, words).map(|report| report_text(&report));
        let text = text.and_then(|text| replace(&folder.join("report.txt"), |out| write_all(out, &text)));
        csv.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked)).and(text)
    })?;
    let mut json = run_json(&view);
    json["heard"] = view.heard.into();
    replace(&folder.join("summary.json"), |out| write_all(out, &format!("{json:#}\n")))?;
    Ok(Results { folder })
}

fn write_all(out: &mut BufWriter<File>, text: &str) -> Result<(), ReportError> {
    Ok(out.write_all(text.as_bytes()).map_err(csv::Error::from)?)
}

fn replace(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let failed = |source: io::Error| ReportError::Write { path: path.to_owned(), source };
    let temporary = path.with_extension("part");
    let mut out = BufWriter::new(File::create(&temporary).map_err(failed)?);
    let written = write(&mut out).and_then(|()| {
        let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().and_then(|()| fs::rename(&temporary, path)).map_err(failed)
    });
    written.map_err(|error| {
        // What cannot be removed from a full disk either will be replaced by the next attempt.
        let _ = fs::remove_file(&temporary);
        match error {
            ReportError::Csv(error) => failed(error.into()),
            error => error,
        }
    })
}
