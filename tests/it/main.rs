//! The real binary against the real sandbox, which runs as a process of its own.

#[cfg(test)]
mod actions;
#[cfg(test)]
mod adopted;
#[cfg(test)]
mod after;
#[cfg(test)]
mod approval;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod beside;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod daemon;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod devino_errors;
#[cfg(test)]
mod devino_seeds;
#[cfg(test)]
mod error_rows;
#[cfg(test)]
mod every_action;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod failed_calls;
#[cfg(test)]
mod failed_launches;
#[cfg(test)]
mod fallback;
#[cfg(test)]
mod flight_plan;
#[cfg(test)]
mod frequency_cap;
#[cfg(test)]
mod frozen;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod in_doubt;
#[cfg(test)]
mod inbox;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod long_limits;
#[cfg(test)]
mod main_job;
#[cfg(test)]
mod manual;
#[cfg(test)]
mod media_files;
#[cfg(test)]
mod observation;
#[cfg(test)]
mod omnichannel_campaigns;
#[cfg(test)]
mod omnichannel_seeds;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod pace;
#[cfg(test)]
mod reconcile;
#[cfg(test)]
mod rehearsal;
#[cfg(test)]
mod remote;
#[cfg(test)]
mod retry_failed;
#[cfg(test)]
mod same_answers;
#[cfg(test)]
mod sandbox_webhooks;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod settling_doubt;
#[cfg(test)]
mod several_providers;
#[cfg(test)]
mod several_runs;
#[cfg(test)]
mod sinch_campaigns;
#[cfg(test)]
mod sinch_replay;
#[cfg(test)]
mod sinch_seeds;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod templates;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod wati_failures;
#[cfg(test)]
mod wati_modes;
#[cfg(test)]
mod wati_seeds;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod windows;
