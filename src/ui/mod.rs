//! Words and screens: the only place that prints.

pub mod confirm;
mod counter;
mod data_stream;
pub mod diagnostics;
mod exit;
mod lines;
pub mod log;
pub mod printer;
mod progress;
pub mod sink;
pub mod words;

pub use counter::Counter;
pub use data_stream::DataStream;
pub use exit::Exit;
pub use printer::Printer;
pub use progress::Progress;
