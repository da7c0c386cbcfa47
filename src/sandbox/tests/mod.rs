//! Tests of the sandbox over real HTTP.

mod bench;
mod devino;
mod faults;
mod inspection;
mod listener;
mod magic;
mod omnichannel;
mod operations;
mod recipients;
mod record_file;
mod scenarios;
mod seeds;
mod sinch;
mod statuses;
mod wati;
mod wati_contacts;
mod wati_conversations;
mod wati_third;
mod webhook_answers;
mod webhook_scenarios;
mod webhooks;
