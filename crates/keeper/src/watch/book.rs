//! Which accounts have to be read again, and which answers about them count.

use std::collections::{BTreeSet, HashMap};

use solana_pubkey::Pubkey;

/// Accounts that may wait to be read. Beyond it a hint is dropped: the next
/// reconciliation finds the change.
const MOST_WAITING: usize = 100_000;

/// The book of changes since the last reconciliation.
#[derive(Debug, Default)]
pub struct Book {
    waiting: BTreeSet<Pubkey>,
    /// Slot of the last answer, for accounts that were read by themselves.
    slots: HashMap<Pubkey, u64>,
    /// Read or hinted at since the reconciliation under way began.
    touched: Option<BTreeSet<Pubkey>>,
}

impl Book {
    /// Hears that `key` has changed. False if there is no more room.
    pub fn hint(&mut self, key: Pubkey) -> bool {
        if let Some(touched) = &mut self.touched {
            touched.insert(key);
        }
        let has_room = self.waiting.len() < MOST_WAITING;
        if has_room {
            self.waiting.insert(key);
        }
        has_room
    }

    /// Takes out up to `most` accounts that have to be read.
    pub fn take(&mut self, most: usize) -> Vec<Pubkey> {
        let taken: Vec<Pubkey> = self.waiting.iter().take(most).copied().collect();
        for key in &taken {
            self.waiting.remove(key);
        }
        taken
    }

    /// Puts back what could not be read.
    pub fn put_back(&mut self, keys: impl IntoIterator<Item = Pubkey>) {
        self.waiting.extend(keys);
    }

    /// Whether an answer about `key` from `slot` counts: it is no older than
    /// the one before.
    pub fn accept(&mut self, key: Pubkey, slot: u64) -> bool {
        let last = self.slots.entry(key).or_insert(slot);
        if slot < *last {
            return false;
        }
        *last = slot;
        if let Some(touched) = &mut self.touched {
            touched.insert(key);
        }
        true
    }

    /// A reconciliation begins.
    pub fn begin(&mut self) {
        self.touched = Some(BTreeSet::new());
    }

    /// It is done: all slots are forgotten, and what changed meanwhile, perhaps
    /// after the snapshot passed it, has to be read again.
    pub fn finish(&mut self) {
        self.slots.clear();
        self.waiting.extend(self.touched.take().unwrap_or_default());
    }

    /// It failed: everything stays as it is.
    pub fn abandon(&mut self) {
        self.touched = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Pubkey {
        Pubkey::new_from_array([number; 32])
    }

    #[test]
    fn an_older_answer_does_not_count_and_an_equal_one_does() {
        let mut book = Book::default();
        assert!(book.accept(key(1), 10));
        assert!(!book.accept(key(1), 9));
        assert!(book.accept(key(1), 10));
        assert!(book.accept(key(1), 11));
        assert!(book.accept(key(2), 1));
    }

    #[test]
    fn a_false_slot_is_forgotten_with_the_next_reconciliation() {
        let mut book = Book::default();
        assert!(book.accept(key(1), u64::MAX));
        assert!(!book.accept(key(1), 100));
        book.begin();
        book.finish();
        assert!(book.accept(key(1), 100));
    }

    #[test]
    fn hints_in_any_order_and_number_mean_one_reading() {
        let mut book = Book::default();
        for number in [3, 1, 3, 2, 1, 3] {
            book.hint(key(number));
        }
        assert_eq!(book.take(2), [key(1), key(2)]);
        assert_eq!(book.take(9), [key(3)]);
        assert!(book.take(9).is_empty());
    }

    #[test]
    fn what_changes_during_a_reconciliation_is_read_after_it() {
        let mut book = Book::default();
        book.hint(key(1));
        book.take(1);
        book.begin();
        book.hint(key(2));
        book.take(1);
        book.accept(key(3), 7);
        book.finish();
        assert_eq!(book.take(9), [key(2), key(3)]);
        book.begin();
        book.hint(key(4));
        book.take(1);
        book.abandon();
        book.finish();
        assert!(book.take(9).is_empty());
    }

    #[test]
    fn a_flood_of_hints_is_bounded() {
        let mut book = Book::default();
        let mut bytes = [0; 32];
        for number in 0..=MOST_WAITING as u64 {
            bytes[..8].copy_from_slice(&number.to_le_bytes());
            let has_room = book.hint(Pubkey::new_from_array(bytes));
            assert_eq!(has_room, (number as usize) < MOST_WAITING);
        }
    }
}
