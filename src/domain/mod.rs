//! Facts about campaigns, people and calls: pure values without I/O, async or a clock.
//!
//! Everything above speaks in these types. Conversion from text happens once, at the edge
//! (`definition`, `settings`, `audience`); below it only valid values exist.

pub mod account;
pub mod action;
pub mod campaign;
pub mod channel;
pub mod chunk;
pub mod conduct;
pub mod content;
pub mod cron;
pub mod delivery;
pub mod due;
pub mod frequency;
pub mod heard;
pub mod ids;
pub mod language;
pub mod limits;
pub mod naming;
pub mod number_zones;
pub mod opt_out;
pub mod phone;
pub mod plan;
pub mod problem;
pub mod query;
pub mod rate;
pub mod recipient;
pub mod redact;
pub mod route;
pub mod row;
pub mod run;
pub mod safety;
pub mod schedule;
pub mod tally;
pub mod verdict;
pub mod window;
pub mod zone;

pub use action::{Action, ChatStatus, ContactFields, INVITE_LINK};
pub use campaign::{
    AccountList, ActionSpec, AddressSource, AudienceSource, AudienceSpec, Campaign, ContactSpec,
    ContactsWanted, ContentSpec, FileSpec, OnBadRow, Pace, ParamsSpec, WeightedChannel,
};
pub use channel::{Channel, ChannelKey, KeyKind, Portfolio, ProviderFacts, RetryPolicy, SecretReference};
pub use chunk::ChunkRecipients;
pub use conduct::{AFTER_NAMES, Canary, Conduct};
pub use content::{Content, Params, SharedContact};
pub use cron::{Cron, CronError};
pub use delivery::{Delivery, DeliveryStatus, Mark, Moment};
pub use due::{ClockChange, Due, ScheduleMark, clock_change, due, firings};
pub use frequency::{FrequencyCap, FrequencyCapError};
pub use heard::{
    Click, Correlation, Failure, FailureClass, Heard, Inbound, Milestone, News, NotOurs, Receipt,
};
pub use ids::{Attempt, ChunkNumber, MessageId, RecipientNumber, RunId, RunName};
pub use language::{Language, Sentences};
pub use limits::{CallLimits, ErrorClass, ErrorRow, FailureRow, MediaLimits, ProviderLimits};
pub use opt_out::OptOutWords;
pub use phone::{Country, PersonKey, Phone};
pub use plan::{FrozenChannel, Occurrence, Plan, PlanHash, Purpose, Ramp};
pub use problem::{Place, Problem, Problems};
pub use query::{ContactFilter, Found, Paging, Query, QueryFailure};
pub use rate::{LongLimit, Rate, RateUnit, Spacing};
pub use recipient::{Address, Recipient, RecipientKey, Standing};
pub use redact::redact;
pub use route::{BadRoute, KnownRoute, Route, RouteMethod, Segment};
pub use row::{Columns, Names, Row, UnknownColumn};
pub use run::{HoldKind, HoldReason, RunEvent, RunState, Waiting};
pub use safety::{OnDoubt, Safety, Share};
pub use schedule::{ContentHash, Late, Lateness, Launch, Overlap, Schedule, Start, Timing};
pub use tally::{RowCounts, Tally};
pub use verdict::{DoubtCause, Reason, Reply, Signal, Verdict, Verdicts};
pub use window::{Days, Window, WindowClock};
pub use zone::{Reading, Zone, ZoneError};
