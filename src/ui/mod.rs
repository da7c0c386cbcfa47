//! Words and screens: the only place that prints.

pub mod confirm;
pub mod diagnostics;
mod exit;
pub mod log;
pub mod printer;
mod progress;
pub mod sink;
pub mod words;

pub use exit::Exit;
pub use printer::Printer;
pub use progress::Progress;
