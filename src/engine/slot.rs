//! The waits of a call for its slot: before its intent is written, and before its bytes leave.

use crate::clock::Tick;

use super::call::Context;
use super::flow::{LOOK_AHEAD, SharedFlow};

/// Waits until the intent may be written, and gives the slot as it is then: a provider that asks for
/// patience or calls that left late may have moved it. `None` when it is far off now.
pub async fn wait_for_slot(context: &Context, flow: &SharedFlow, mut slot: Tick) -> Option<Tick> {
    let latest = slot.after(LOOK_AHEAD);
    loop {
        let ahead = Tick(slot.0.saturating_sub(LOOK_AHEAD));
        if context.clock.tick() < ahead {
            tokio::select! {
                () = context.clock.sleep_until(ahead) => {}
                () = context.stopped() => return Some(slot),
            }
        }
        let moved = flow.moved(slot).max(context.flow.moved(slot));
        if moved == slot {
            return Some(slot);
        }
        if moved > latest {
            return None;
        }
        slot = moved;
    }
}

/// Waits until the call may leave. False when that is far off now.
pub async fn leave(context: &Context, flow: &SharedFlow, slot: Tick) -> bool {
    loop {
        let now = context.clock.tick();
        match SharedFlow::leave(flow, &context.flow, slot, now) {
            Ok(()) => return true,
            Err(ready) if ready.since(now) > 2 * LOOK_AHEAD => return false,
            Err(ready) => tokio::select! {
                () = context.clock.sleep_until(ready) => {}
                () = context.stopped() => return false,
            },
        }
    }
}
