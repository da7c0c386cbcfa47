//! `disparo report`: a run in words, as JSON, or a line for each recipient.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::engine::occurrence;
use crate::report::{report as read, report_text, run_json, write_csv};
use crate::ui::{DataStream, Exit};

use super::arguments::OutputFormat;
use super::execute::Execution;
use super::failure::Failure;
use super::{retry_failed, runs};

/// What to report.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The run, by name or number
    run: String,
    /// Write into this file instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Carries the command out.
///
/// # Errors
/// When there is no such run, or the report cannot be written.
pub fn report(execution: &Execution, arguments: &Arguments) -> Result<Exit, Failure> {
    let owner = execution.owner.as_ref();
    let journal = &owner.engine.journal;
    let run = runs::find(owner, &arguments.run)?.facts.plan.run;
    let roster = occurrence::attach(journal, run)?;
    let words = owner.words(roster.plan());
    let mut out = open(execution, arguments)?;
    match execution.format {
        OutputFormat::Csv => write_csv(journal, &roster, &words, &mut out)?,
        OutputFormat::Json => {
            let report = read(journal, &roster, &words)?;
            let mut json = run_json(&report.view);
            if let Value::Object(fields) = &mut json {
                fields.insert("rejected_because".to_owned(), json!(report.rejected));
                fields.insert("funnel".to_owned(), json!(report.funnel.map(|funnel| funnel.json())));
                fields.insert("may_be_sent_again".to_owned(), retry_failed::as_json(owner, run)?);
            }
            writeln!(out, "{json}").map_err(|error| failed(arguments, &error))?;
        }
        OutputFormat::Text => {
            let mut text = report_text(&read(journal, &roster, &words)?);
            if let Some(again) = retry_failed::text(owner, run)? {
                text.push_str(&format!("\n{again}\n"));
            }
            out.write_all(text.as_bytes()).map_err(|error| failed(arguments, &error))?;
        }
    }
    out.flush().map_err(|error| failed(arguments, &error))?;
    Ok(Exit::Settled)
}

fn open(execution: &Execution, arguments: &Arguments) -> Result<BufWriter<Box<dyn Write>>, Failure> {
    let out: Box<dyn Write> = match &arguments.output {
        Some(path) => {
            let file = File::create(execution.cwd.join(path)).map_err(|error| failed(arguments, &error))?;
            Box::new(file)
        }
        None => Box::new(DataStream::new(&execution.printer)),
    };
    Ok(BufWriter::with_capacity(64 * 1024, out))
}

fn failed(arguments: &Arguments, error: &io::Error) -> Failure {
    let place =
        arguments.output.as_ref().map_or_else(|| "stdout".to_owned(), |path| path.display().to_string());
    Failure::new(Exit::Unexpected, format!("cannot write the report to {place}: {error}"))
}
