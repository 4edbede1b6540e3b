//! What a transaction needs of the runtime: bytes, account locks, heap.

mod heap;
mod message;

pub use {
    heap::{HeapMeter, HEAP, STEP},
    message::{bytes, listable, locks},
};
