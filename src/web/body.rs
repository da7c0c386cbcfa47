//! Reading a body: at most so much, for at most so long, and only while there is memory for it.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body, in bytes. Arrays of a thousand statuses have a fifth of it.
pub(super) const LARGEST: usize = 1 << 20;

/// How much of a body that is too large is read to its end, so that its sender gets to see the answer: a
/// connection that is closed with unread bytes is reset.
const DISCARDED: u64 = 8 << 20;

/// Memory for a body whose length nobody says is asked for in pieces of this size, in bytes.
const PIECE: usize = 64 << 10;

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoBody {
    /// It is larger than [`LARGEST`].
    TooLarge,
    /// Too many bodies are held already.
    NoRoom,
    /// It broke off, or is not framed as HTTP frames it.
    Broken,
}

/// A body and the room that it takes, which is given back when this is dropped.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) body: Bytes,
    _room: Option<OwnedSemaphorePermit>,
}

/// Reads a body to its end.
pub(super) async fn read<B>(mut body: B, room: &Arc<Semaphore>) -> Result<Held, NoBody>
where
    B: Body<Data = Bytes> + Unpin,
{
    let hint = body.size_hint();
    if hint.lower() > LARGEST as u64 {
        if hint.lower() <= DISCARDED {
            discard(&mut body, DISCARDED).await;
        }
        return Err(NoBody::TooLarge);
    }
    let mut room = Room { of: room, taken: None };
    // A body of a known length gets all of its room at once, or is not begun.
    room.grow_to(usize::try_from(hint.lower()).unwrap_or(LARGEST))?;
    let mut read = BytesMut::with_capacity(usize::try_from(hint.lower()).unwrap_or(0));
    while let Some(frame) = next(&mut body).await {
        // Trailers say nothing that anybody asks for.
        let Ok(bytes) = frame.map_err(|_| NoBody::Broken)?.into_data() else { continue };
        let length = read.len() + bytes.len();
        if length > LARGEST {
            drop((read, room));
            discard(&mut body, DISCARDED).await;
            return Err(NoBody::TooLarge);
        }
        room.grow_to(length)?;
        read.extend_from_slice(&bytes);
    }
    Ok(Held { body: read.freeze(), _room: room.taken })
}

async fn next<B: Body<Data = Bytes> + Unpin>(
    body: &mut B,
) -> Option<Result<http_body::Frame<Bytes>, B::Error>> {
    poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await
}

/// Reads on without keeping anything.
async fn discard<B: Body<Data = Bytes> + Unpin>(body: &mut B, at_most: u64) {
    let mut left = at_most;
    while let Some(Ok(frame)) = next(body).await {
        let length = frame.data_ref().map_or(0, Bytes::len) as u64;
        match left.checked_sub(length) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// What a body has taken of the memory for all.
struct Room<'r> {
    of: &'r Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
}

impl Room<'_> {
    fn grow_to(&mut self, length: usize) -> Result<(), NoBody> {
        let has = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        if length <= has {
            return Ok(());
        }
        let more = (length - has).next_multiple_of(PIECE);
        let more = u32::try_from(more).map_err(|_| NoBody::TooLarge)?;
        let more = Arc::clone(self.of).try_acquire_many_owned(more).map_err(|_| NoBody::NoRoom)?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            None => self.taken = Some(more),
        }
        Ok(())
    }
}
