//! The whole command line as types.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::ui::printer::{Format, LogFormat, Verbosity};

use super::{
    approve, audit, cancel, check, completions, doctor, doubt, explain, init, man, pause, preview, provider,
    reconcile, report, resume, retry, run, sandbox, schedule, schema, serve, status, suppress,
};

/// WhatsApp bulk campaigns from a folder of files: planned, journaled, paced and accounted for
///
/// A campaign is a .toml file in the workspace folder, beside the audience that it is sent to. `disparo init`
/// makes a workspace with examples, `disparo check` says what a campaign would do, `disparo run` sends it. A
/// run that was stopped, or killed, goes on with `disparo resume`; nobody is messaged twice.
///
/// Exit codes: 0 everything settled and accepted, 1 unexpected, 2 usage, 3 invalid definition or audience,
/// 4 some recipients rejected, 5 interrupted (resume), 6 held (waits for a person), 7 recipients in doubt remain.
#[derive(Debug, Parser)]
#[command(name = "disparo", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Arguments {
    /// What holds for every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

impl Arguments {
    /// How much is said: what the system's cron starts is quiet, unless it is asked to say more.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        match (&self.command, self.global.verbosity()) {
            (Command::Run(run), Verbosity::Normal) if run.scheduled => Verbosity::Quiet,
            (_, verbosity) => verbosity,
        }
    }
}

/// What holds for every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The workspace folder [default: the folder of the definition, ./campaigns, or the current one]
    #[arg(long, global = true, value_name = "DIR", env = "DISPARO_WORKSPACE", hide_env_values = true)]
    pub workspace: Option<PathBuf>,
    /// Where `disparo serve` carries the command out instead: [control] address of its workspace.toml
    ///
    /// Everything is then as it is there: the workspace, and paths, which begin in its folder. The address is that
    /// of a tunnel's or a VPN's end: ssh -L 8322:127.0.0.1:8322 HOST. The token is in DISPARO_TOKEN or a file of
    /// --token-file, and never travels [default: DISPARO_REMOTE, else this machine].
    #[arg(long, global = true, value_name = "HOST:PORT")]
    pub remote: Option<String>,
    /// A file with the token of --remote, which only you can read [default: the variable DISPARO_TOKEN]
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How results are printed on stdout; csv for reports alone
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub format: OutputFormat,
    /// Print nothing but results, warnings and errors
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Print details too, and log what is done; twice: every step
    #[arg(long, short, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// How everything on stderr is written: json makes each line of it a JSON object, for a collector of logs
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

impl Global {
    /// How much is said.
    #[must_use]
    pub fn verbosity(&self) -> Verbosity {
        match (self.quiet, self.verbose) {
            (true, _) => Verbosity::Quiet,
            (false, 0) => Verbosity::Normal,
            (false, 1) => Verbosity::Verbose,
            (false, _) => Verbosity::Everything,
        }
    }
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For spreadsheets: a line for each recipient
    Csv,
}

impl OutputFormat {
    /// How the printer writes what is not a report.
    #[must_use]
    pub fn of_printer(self) -> Format {
        match self {
            Self::Json => Format::Json,
            Self::Text | Self::Csv => Format::Text,
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new workspace with a commented example
    Init(init::Arguments),
    /// Validate everything and send nothing
    Check(check::Arguments),
    /// Show the exact message, or the exact HTTP request, for some rows
    Preview(preview::Arguments),
    /// Plan and send now
    Run(run::Arguments),
    /// Go on with a run that was interrupted, paused or held
    Resume(resume::Arguments),
    /// Let a run that waits for approval be sent: say to how many people, and of which plan
    ///
    /// A running `disparo serve` sends it from then on; without one, `disparo resume` does. Nothing is approved
    /// where the number is not that of the people whom it would be sent to.
    Approve(approve::Arguments),
    /// Stop a run; `resume` goes on with it
    Pause(pause::Arguments),
    /// Give a run up; calls in flight are waited for
    Cancel(cancel::Arguments),
    /// Send again to those whom a run's provider rejected
    Retry(retry::Arguments),
    /// Show runs, their states and their tallies
    Status(status::Arguments),
    /// Show when campaigns are sent next, in their time zones and in the workspace's
    ///
    /// Definitions without `at` or `cron` are drafts. On days on which clocks are changed, a time of day that is
    /// left out comes at the first moment after the gap, and one that comes twice is the first; what comes every
    /// few minutes comes as clocks show it. Exit codes: 0, and 3 when a definition is wrong.
    Schedule(schedule::Arguments),
    /// Show and settle what is in doubt
    Doubt(doubt::Arguments),
    /// Apply what providers told, and ask them about what went quiet and what is in doubt
    ///
    /// Wati is asked, at ten questions in ten seconds; the others tell by webhooks only. Everybody whose message
    /// has no final word (read, replied, failed, or delivered and quiet for a day) is asked about 2 minutes after
    /// the last news, then after waits of 10 minutes, 1, 6 and 24 hours, for 7 days; whoever is in doubt, at
    /// once. --all keeps no waits. A message that is found settles its person's doubt, one that is not proves
    /// nothing. `disparo serve` does the same by itself.
    ///
    /// Exit codes: 0 nobody is in doubt, 1 no answer, 5 stopped, 6 the provider refuses the account, 7 people in
    /// doubt remain.
    Reconcile(reconcile::Arguments),
    /// Report on a run
    Report(report::Arguments),
    /// Tell one person's history over all campaigns, and why they were skipped
    ///
    /// That is: messages and what became of them, what the person wrote, whether they are on the suppression list,
    /// and rows with the number in the rejects.csv of runs. Of rows that a filter left out, or that repeated a
    /// person, nothing is kept.
    Explain(explain::Arguments),
    /// People who must not be messaged, in any campaign
    Suppress(suppress::Arguments),
    /// Whom the account knows: the provider's contacts, one call at a time
    ///
    /// A list shows numbers in full, because they are what is asked for. Exit codes of these six commands: of a
    /// question 0 answered, 1 no answer, 2 not there or not offered by the provider, 3 channels.toml, 4 the
    /// provider refuses; of a change those of `run`, and 4 when a person is on the suppression list.
    Contacts(provider::Contacts),
    /// What contacts are sorted by
    Tags(provider::Tags),
    /// WhatsApp groups
    Groups(provider::Groups),
    /// Conversations: how far they are, and opening one
    Chats(provider::Chats),
    /// What was said, and one message more
    Messages(provider::Messages),
    /// The message templates that the account has
    Templates(provider::Templates),
    /// Derive a run's tally anew from the journal and prove that it adds up
    Audit(audit::Arguments),
    /// Print the JSON Schema of campaign definitions
    Schema(schema::Arguments),
    /// Print a shell's completion script
    ///
    /// bash: `disparo completions bash > ~/.local/share/bash-completion/completions/disparo`; zsh: into a file
    /// `_disparo` of a folder in $fpath; fish: into ~/.config/fish/completions/disparo.fish.
    Completions(completions::Arguments),
    /// Print the manual page, or write a page for every command
    Man(man::Arguments),
    /// Look for what is wrong with the workspace and its store
    Doctor(doctor::Arguments),
    /// Stay: send what is dropped into inbox/ and what is scheduled, and hear what providers tell of messages
    ///
    /// Nothing is asked before it is sent. Listens for webhooks of all channels until Ctrl-C. A channel's
    /// callback_url in channels.toml is the public address of this listener; --print-urls gives each channel's whole
    /// address, for the provider's settings. While it runs, every other command of this workspace is carried out by
    /// it.
    Serve(serve::Arguments),
    /// Run the provider simulator on its own
    Sandbox(sandbox::Arguments),
}
