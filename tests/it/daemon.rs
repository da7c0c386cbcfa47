//! What happens unasked: schedules are kept by `serve` and by the system's cron, and what was being sent goes on.

mod daylight;
mod edited;
mod firings;
mod killed;
mod missed;
mod overlap;
mod resumed;
mod service;
mod twice;
