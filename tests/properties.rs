//! Properties that hold for every schedule of work, every crash and every input.

#[cfg(test)]
#[path = "properties/copies.rs"]
mod copies;
#[cfg(test)]
#[path = "properties/facts.rs"]
mod facts;
#[cfg(test)]
#[path = "properties/firings.rs"]
mod firings;
#[cfg(test)]
#[path = "properties/model.rs"]
mod model;
#[cfg(test)]
#[path = "properties/outcomes.rs"]
mod outcomes;
#[cfg(test)]
#[path = "properties/plans.rs"]
mod plans;
#[cfg(test)]
#[path = "properties/receipts.rs"]
mod receipts;
#[cfg(test)]
#[path = "properties/schedules.rs"]
mod schedules;
#[cfg(test)]
#[path = "properties/step.rs"]
mod step;
#[cfg(test)]
#[path = "properties/windows.rs"]
mod windows;
