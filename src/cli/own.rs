//! Carrying out a command as the owner of the store, and meanwhile those of other processes.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::Clock;
use crate::control::{Door, Request, Server, Session};
use crate::engine::{Interrupt, Urgency};
use crate::ui::printer::Screen;
use crate::ui::{Exit, Printer, words};

use super::arguments::{Arguments, Command};
use super::execute::Execution;
use super::failure::Failure;
use super::interrupt::{self, Asked};
use super::owner::Owner;
use super::person::Person;
use super::remote;
use super::telling::Telling;

/// After this long, the person is told why the process has not ended.
const SILENCE: Duration = Duration::from_secs(1);

/// Carries out this process's own command. While it sends, other processes are answered and Ctrl-C drains.
///
/// # Errors
/// When the store's leftovers cannot be swept, or nobody can be answered.
pub async fn carry_out(
    owner: Box<Owner>,
    arguments: Arguments,
    printer: &Printer,
    cwd: PathBuf,
) -> Result<Exit, Failure> {
    owner.sweep()?;
    let owner: Arc<Owner> = Arc::from(owner);
    let execution = Execution {
        interrupt: owner.engine.interrupt.clone(),
        owner: Arc::clone(&owner),
        printer: printer.clone(),
        format: arguments.global.format,
        cwd,
        person: Person::Here,
        news: None,
        telling: Telling::Report,
    };
    if !arguments.command.sends() {
        return Ok(execution.carry_out(arguments.command).await);
    }
    listen_for_the_end(&owner, printer, &arguments.command)?;
    let door = match &arguments.command {
        Command::Serve(_) => door_of(&owner)?,
        _ => None,
    };
    if let Some(door) = &door {
        printer.note(&format!("commands of other machines are taken on {}", door.address()));
    }
    let answering = Answering::start(&owner, door)?;
    let exit = execution.carry_out(arguments.command).await;
    answering.finish(printer, &*owner.engine.clock).await;
    Ok(exit)
}

/// The door for other machines, where the workspace has one.
fn door_of(owner: &Owner) -> Result<Option<Door>, Failure> {
    let Some(control) = &owner.workspace.preferences().control else { return Ok(None) };
    let token = remote::token_of_server(&control.token)?;
    Ok(Some(Door::bind(control.address, token, owner.engine.clock.clone())?))
}

fn listen_for_the_end(owner: &Owner, printer: &Printer, command: &Command) -> Result<(), Failure> {
    let (interrupt, printer) = (owner.engine.interrupt.clone(), printer.clone());
    let first_word = command.word_at_the_end();
    interrupt::listen(owner.engine.clock.clone(), command.drain(), move |asked| {
        if interrupt.urgency() < Urgency::Stop {
            tell_urgency(&printer, interrupt.press(), asked, first_word);
        }
    })
}

/// Says what becomes of calls under way.
fn tell_urgency(printer: &Printer, urgency: Urgency, asked: Asked, first_word: &str) {
    let at_once = "whoever is in a call under way is in doubt";
    match (urgency, asked) {
        (Urgency::None, _) => {}
        (Urgency::Drain, Asked::Person) => {
            printer.note(&format!("stopping: {first_word}; Ctrl-C once more stops at once"));
        }
        (Urgency::Drain, Asked::System(time) | Asked::Deadline(time)) => {
            printer.note(&format!("stopping: {first_word}, for at most {}", words::duration(time)));
        }
        (Urgency::Stop, Asked::Person | Asked::System(_)) => {
            printer.note(&format!("stopping at once: {at_once}"));
        }
        (Urgency::Stop, Asked::Deadline(time)) => {
            printer.note(&format!("stopping, because {} have passed: {at_once}", words::duration(time)));
        }
    }
}

/// The answering of other processes' commands.
struct Answering {
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Answering {
    fn start(owner: &Arc<Owner>, door: Option<Door>) -> Result<Self, Failure> {
        let server = Server::bind(&owner.workspace.store_dir(), owner.engine.clock.clone())?.with_door(door);
        let (end, ended) = oneshot::channel();
        let owner = Arc::clone(owner);
        let executor = move |request, session| answer(Arc::clone(&owner), request, session);
        let served = tokio::spawn(server.serve(executor, async {
            // An error says that whoever would end it is gone, which ends it too.
            drop(ended.await);
        }));
        Ok(Self { end, served })
    }

    /// Takes no more commands and waits for those under way.
    async fn finish(self, printer: &Printer, clock: &dyn Clock) {
        // An error says that it has ended by itself, which is what is wanted.
        let _ = self.end.send(());
        let mut served = self.served;
        let ended = tokio::select! {
            ended = &mut served => ended,
            () = clock.sleep_until(clock.tick().after(SILENCE)) => {
                printer.note("done; going on with what other processes asked for in the meantime");
                served.await
            }
        };
        if let Err(error) = ended {
            tracing::error!(%error, "failed to answer other processes");
        }
    }
}

async fn answer(owner: Arc<Owner>, request: Request, session: Session) -> u8 {
    let words = std::iter::once("disparo".to_owned()).chain(request.arguments);
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Nobody is left to be told where this fails.
            drop(session.sink().stderr(&error.render().to_string()));
            return Exit::Usage.code();
        }
    };
    let screen = Screen { colour: request.colour, width: request.width, live: request.live };
    let (format, verbosity) = (arguments.global.format, arguments.verbosity());
    let printer = Printer::new(format.of_printer(), verbosity, screen, Arc::new(session.sink().clone()))
        .speaking(arguments.global.log_format, &owner.engine.clock);
    let interrupt = Interrupt::new();
    // Ctrl-C ends the process that asked for anything else.
    let told = arguments.command.sends().then(|| (printer.clone(), arguments.command.word_at_the_end()));
    let tell = |urgency| {
        told.iter().for_each(|(printer, word)| tell_urgency(printer, urgency, Asked::Person, word));
    };
    let execution = Execution {
        interrupt: interrupt.clone(),
        owner: Arc::clone(&owner),
        printer,
        format,
        // What another machine calls its folder is nothing here.
        cwd: if session.is_remote() { owner.workspace.root().to_owned() } else { request.cwd },
        person: Person::There(session.clone()),
        news: None,
        telling: Telling::Report,
    };
    tokio::select! {
        exit = execution.carry_out(arguments.command) => exit.code(),
        never = pass_on(&session, &owner.engine.interrupt, &interrupt, tell) => match never {},
    }
}

/// Passes each Ctrl-C on and tells what it does, whether it was pressed at the process that asked or at this one.
async fn pass_on(
    session: &Session,
    ours: &Interrupt,
    interrupt: &Interrupt,
    tell: impl Fn(Urgency),
) -> Infallible {
    let mut heard = 0;
    loop {
        let next = match interrupt.urgency() {
            Urgency::None => Urgency::Drain,
            Urgency::Drain | Urgency::Stop => Urgency::Stop,
        };
        tokio::select! {
            pressed = session.interrupted(heard) => heard = pressed,
            () = ours.reached(next), if interrupt.urgency() < Urgency::Stop => {}
        }
        tell(interrupt.press());
    }
}

impl Command {
    /// Whether it may go on for long, so that other processes must be answered meanwhile.
    pub(super) fn sends(&self) -> bool {
        let stays = matches!(self, Self::Serve(arguments) if arguments.stays());
        stays
            || matches!(self, Self::Run(_) | Self::Resume(_) | Self::Retry(_) | Self::Reconcile(_))
            || self.changes_at_a_provider()
    }

    /// What is still done once it is asked to end.
    fn word_at_the_end(&self) -> &'static str {
        match self {
            // What it waits for are other processes' commands too.
            Self::Serve(_) => "what is under way is finished",
            _ => "calls under way are waited for",
        }
    }

    /// How long that may take where the system asks.
    fn drain(&self) -> Duration {
        match self {
            Self::Serve(arguments) => arguments.drain,
            _ => interrupt::DRAIN,
        }
    }

    /// Whether it messages nobody and says of nobody what became of them, so that it may be asked of a store that is
    /// a copy.
    pub(super) fn only_reads(&self) -> bool {
        match self {
            Self::Serve(arguments) => !arguments.stays(),
            Self::Doubt(arguments) => arguments.only_lists(),
            command => matches!(
                command,
                Self::Check(_)
                    | Self::Preview(_)
                    | Self::Status(_)
                    | Self::Report(_)
                    | Self::Explain(_)
                    | Self::Suppress(_)
                    | Self::Audit(_)
                    | Self::Doctor(_)
                    | Self::Schedule(_)
            ),
        }
    }

    /// Whether it decides who is messaged, or what became of somebody: so what was heard comes first.
    pub(super) fn heeds_what_was_heard(&self) -> bool {
        self.sends() || matches!(self, Self::Doubt(_))
    }
}
