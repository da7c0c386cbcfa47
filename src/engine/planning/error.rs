//! Why no plan can be made. Nothing was sent, and nothing of the plan stays.

use std::fmt::Display;
use std::io;
use std::path::PathBuf;

use jiff::{Timestamp, Zoned};
use thiserror::Error;

use crate::audience::{AudienceError, RejectsError};
use crate::domain::row::UnknownColumn;
use crate::domain::{RunId, RunName};
use crate::engine::EngineError;
use crate::journal::JournalError;
use crate::provider::ContentProblem;
use crate::roster::RosterError;
use crate::template::TemplateError;

use super::asking::Unanswered;
use super::survey::Sample;
use super::tags::UnknownTag;

/// See the module.
#[derive(Debug, Error)]
pub enum PlanError {
    /// The audience cannot be read.
    #[error(transparent)]
    Audience(#[from] AudienceError),
    /// A template or expression does not fit the audience.
    #[error("{}: {source}", file.display())]
    Template {
        /// The definition.
        file: PathBuf,
        /// What does not fit.
        source: TemplateError,
    },
    /// `audience.columns` renames a column that is not there.
    #[error("{}: {source}", file.display())]
    UnknownColumn {
        /// The definition.
        file: PathBuf,
        /// Which one.
        source: UnknownColumn,
    },
    /// An account did not answer.
    #[error(transparent)]
    Unanswered(Unanswered),
    /// An account does not have the message's template as the message needs it.
    #[error("{}: channel {channel}: {}: {}", file.display(), problem.field, problem.sentence)]
    Unfit {
        /// The definition.
        file: PathBuf,
        /// The channel's name.
        channel: String,
        /// What does not fit.
        problem: ContentProblem,
    },
    /// An account has no such tag.
    #[error("{}", .0.sentence)]
    UnknownTag(#[from] UnknownTag),
    /// Rows of an account are wanted, and no channel was made ready to be asked.
    #[error("no channel is there that could be asked for the audience")]
    NobodyToAsk,
    /// The account has nothing of what the audience asks for.
    #[error("{}: audience.source: the account of channel {channel} has no {what}; nothing is to be done", file.display())]
    NobodyThere {
        /// The definition.
        file: PathBuf,
        /// The channel's name.
        channel: String,
        /// What was asked for: `groups`.
        what: String,
        /// Whether the account is one of the simulator in this process.
        sandbox: bool,
    },
    /// What an account gave cannot be written down.
    #[error("cannot write down the audience that was asked for campaign \"{campaign}\": {source}")]
    Fetched {
        /// The campaign's name.
        campaign: String,
        /// Why.
        source: io::Error,
    },
    /// Ctrl-C.
    #[error("interrupted while planning; nothing was sent")]
    Interrupted,
    /// `on_bad_row = "abort"`.
    #[error(
        "{invalid} of {rows} rows cannot be sent, and audience.on_bad_row is \"abort\"; the first is row {}: {} ({})",
        first.row, first.fault.sentence, first.fault.column
    )]
    BadRow {
        /// Rows that cannot be sent.
        invalid: u64,
        /// All rows.
        rows: u64,
        /// The first of them.
        first: Box<Sample>,
    },
    /// Every row is bad.
    #[error(
        "none of the {rows} rows can be sent; the first is row {}: {} ({})",
        first.row, first.fault.sentence, first.fault.column
    )]
    NobodyLeft {
        /// All rows.
        rows: u64,
        /// The first of them that cannot be sent.
        first: Box<Sample>,
    },
    /// More than `safety.max_recipients`.
    #[error("the plan has {recipients} recipients, and safety.max_recipients is {most}")]
    TooMany {
        /// People of the plan.
        recipients: u64,
        /// The limit.
        most: u64,
    },
    /// `schedule.valid_until` has passed.
    #[error(
        "campaign \"{campaign}\" was worth sending until {}, which has passed (schedule.valid_until)",
        words_of(until)
    )]
    Expired {
        /// The campaign's name.
        campaign: String,
        /// Until when it was, on the clocks of its zone.
        until: Box<Zoned>,
    },
    /// The occurrence has a run that is not finished.
    #[error("campaign \"{campaign}\" has an unfinished run, {run}, which is {state}")]
    Unfinished {
        /// The campaign's name.
        campaign: String,
        /// The run.
        run: RunName,
        /// Its state, in a word.
        state: &'static str,
    },
    /// `disparo run --test` without `safety.test_to`.
    #[error("the definition has no safety.test_to: whom should the test go to?")]
    NobodyToTest,
    /// `disparo retry` of a run whose provider rejected nobody.
    #[error("run {run} has nobody who was rejected")]
    NobodyRejected {
        /// Which run.
        run: RunId,
    },
    /// `disparo retry --failed` of a run none of whose messages may be sent again now.
    #[error("{}", nobody_undelivered(run, *next))]
    NobodyUndelivered {
        /// Which run.
        run: RunName,
        /// When the first may be.
        next: Option<Timestamp>,
    },
    /// `disparo retry --failed` of a run that itself sent messages for the last time.
    #[error("run {run} has sent its messages for the last time: nobody's is sent again more than twice")]
    SentAgainOften {
        /// Which run.
        run: RunName,
    },
    /// `disparo retry --failed` of a test or a single change.
    #[error("run {run} is no campaign's: messages of tests and single commands are not sent again")]
    OutsideOccurrence {
        /// Which run.
        run: RunName,
    },
    /// A run cannot be read whose messages count for the frequency cap.
    #[error("nobody knows any more whom {run} messaged ({source}), so that the frequency cap cannot be held")]
    Uncounted {
        /// The run.
        run: RunName,
        /// Why.
        source: RosterError,
    },
    /// What is to be done after the run cannot be.
    #[error("{}: {field}: {sentence}", file.display())]
    After {
        /// The definition.
        file: PathBuf,
        /// The key below `[after]`.
        field: &'static str,
        /// Why not.
        sentence: String,
    },
    /// Nobody is left for whom something is to be done after a run.
    #[error("nothing is left to be done after run {run}")]
    NobodyLeftAfter {
        /// Which run.
        run: RunName,
    },
    /// The rejected rows cannot be written.
    #[error(transparent)]
    Rejects(#[from] RejectsError),
    /// The folder for the results cannot be made.
    #[error("cannot make the folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of a plan that is forgotten cannot be removed.
    #[error("cannot remove {path}: {source}")]
    Remove {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The roster cannot be written.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The journal refused or failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// An earlier run of the occurrence cannot be read.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

fn words_of(moment: &Zoned) -> impl Display {
    moment.strftime("%Y-%m-%d %H:%M (%Q)")
}

fn nobody_undelivered(run: &RunName, next: Option<Timestamp>) -> String {
    match next {
        Some(next) => {
            let next = next.strftime("%Y-%m-%d %H:%M:%S UTC");
            format!("no message of run {run} may be sent again yet; the first may at {next}")
        }
        None => format!("run {run} has no message left that failed for a reason that passes"),
    }
}

impl From<Unanswered> for PlanError {
    fn from(error: Unanswered) -> Self {
        match error {
            Unanswered::Interrupted { .. } => Self::Interrupted,
            other => Self::Unanswered(other),
        }
    }
}

impl PlanError {
    /// What to do, where there is more to say.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Audience(error) => error.hint(),
            Self::Template { source, .. } => source.hint().map(str::to_owned),
            Self::UnknownColumn { source, .. } => Some(source.hint.clone()),
            Self::BadRow { .. } => Some(
                "`disparo check` lists the rows: mend them, or set on_bad_row = \"skip\" under [audience] to send to the others"
                    .to_owned(),
            ),
            Self::NobodyLeft { .. } => Some(
                "`disparo check` lists the rows with their reasons; audience.phone and audience.country say how numbers are read"
                    .to_owned(),
            ),
            Self::TooMany { .. } => {
                Some("is this the right audience? If it is, raise max_recipients under [safety]".to_owned())
            }
            Self::Expired { .. } => Some(
                "nothing was sent; write a later moment if it still is, or take valid_until out of [schedule]".to_owned(),
            ),
            Self::NobodyToTest => {
                Some("write test_to = [\"+5511987654321\"] under [safety], with your own number".to_owned())
            }
            Self::UnknownTag(unknown) => Some(unknown.hint.clone()),
            Self::Unanswered(Unanswered::NotOffered { .. }) => Some(
                "take the audience from a file, or ask the account of another channel: source.channel".to_owned(),
            ),
            Self::Unanswered(_) => Some(
                "nothing was sent; see that the channel's secret and address are right, and try again".to_owned(),
            ),
            Self::NobodyThere { sandbox: true, .. } => Some(
                "the account of a sandbox channel is empty whenever a command begins; `disparo sandbox` keeps one for \
                 as long as it runs, for channels that have its address as base_url"
                    .to_owned(),
            ),
            Self::NobodyThere { sandbox: false, .. } => {
                Some("is it the right account? source.channel says which one is asked".to_owned())
            }
            Self::Fetched { .. } | Self::Rejects(_) | Self::Folder { .. } | Self::Roster(_) => {
                Some("nothing was sent; see that the folder can be written and that there is space".to_owned())
            }
            Self::Uncounted { .. } => Some(
                "restore the run's folder from a backup, or leave frequency_cap out until the run is older than its \
                 span"
                    .to_owned(),
            ),
            Self::Unfinished { run, .. } => Some(format!(
                "`disparo resume {run}` goes on with it, `disparo cancel {run}` gives it up"
            )),
            Self::After { .. } => Some(
                "every channel of the campaign, its fallback too, must be able to do what [after] says; take the key out of it, or give those channels a campaign of their own"
                    .to_owned(),
            ),
            Self::Interrupted
            | Self::NobodyToAsk
            | Self::NobodyLeftAfter { .. }
            | Self::Unfit { .. }
            | Self::NobodyRejected { .. }
            | Self::NobodyUndelivered { .. }
            | Self::SentAgainOften { .. }
            | Self::OutsideOccurrence { .. }
            | Self::Remove { .. }
            | Self::Journal(_)
            | Self::Engine(_) => None,
        }
    }
}
