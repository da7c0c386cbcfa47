//! Delivery truth: what the providers say became of messages is what is known of them, through lost, doubled and
//! shuffled webhooks; opt-outs hold at once; receipts settle doubt.

mod doubt;
mod far_side;
mod form;
mod ids;
mod known;
mod opt_outs;
mod truth;
