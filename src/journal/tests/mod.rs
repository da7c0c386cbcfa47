//! What the journal promises, held against stores that lose power, break off or are full of doubt.

mod broken;
mod damage;
mod doubt;
mod fixtures;
mod formats;
mod long_values;
mod occurrences;
mod power_cut;
mod receipts;
mod rules;
