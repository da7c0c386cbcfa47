//! The `disparo` command.

use std::process::ExitCode;

use disparo::cli;
use disparo::ui::printer::{Format, Verbosity};
use disparo::ui::{Exit, Printer};

fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let printer = Printer::of_process(Format::Text, Verbosity::Normal);
            printer.error(&format!("cannot start: {error}"), None);
            return Exit::Unexpected.into();
        }
    };
    let exit = runtime.block_on(cli::main());
    // A thread that waits for somebody to type an answer must not keep the process.
    runtime.shutdown_background();
    exit.into()
}
