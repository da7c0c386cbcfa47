//! Whose turn it is: ordinary tests go side by side, heavy ones and those that measure go alone.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Who goes now, and who waits to go alone.
struct Turns {
    beside: usize,
    alone: bool,
    waiting: usize,
}

static TURNS: Mutex<Turns> = Mutex::new(Turns { beside: 0, alone: false, waiting: 0 });
static CHANGED: Condvar = Condvar::new();

thread_local! {
    /// Turns that this test has: a second workspace in one test must not wait for the first one's end.
    static MINE: Cell<usize> = const { Cell::new(0) };
}

/// A test's turn, over when it is dropped. Stays in its test's thread.
pub struct Turn {
    is_alone: bool,
    of_this_thread: PhantomData<*const ()>,
}

impl Turn {
    /// Waits for a turn beside other ordinary tests.
    pub fn beside_others() -> Self {
        let mut turns = turns();
        // Who waits to go alone goes before those who come later.
        while MINE.get() == 0 && (turns.alone || turns.waiting > 0) {
            turns = CHANGED.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
        turns.beside += 1;
        Self::begin(false)
    }

    /// Waits for a turn in which no other workspace is used. A test takes it before any other.
    pub fn alone() -> Self {
        assert_eq!(MINE.get(), 0, "a test that goes alone waits for its own first workspace");
        let mut turns = turns();
        turns.waiting += 1;
        while turns.alone || turns.beside > 0 {
            turns = CHANGED.wait(turns).unwrap_or_else(PoisonError::into_inner);
        }
        turns.waiting -= 1;
        turns.alone = true;
        Self::begin(true)
    }

    fn begin(is_alone: bool) -> Self {
        MINE.set(MINE.get() + 1);
        Self { is_alone, of_this_thread: PhantomData }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut turns = turns();
        if self.is_alone {
            turns.alone = false;
        } else {
            turns.beside -= 1;
        }
        MINE.set(MINE.get() - 1);
        CHANGED.notify_all();
    }
}

fn turns() -> MutexGuard<'static, Turns> {
    // Nothing panics while it is held.
    TURNS.lock().unwrap_or_else(PoisonError::into_inner)
}
