//! Accounts in memory, laid out as the loader does: the SDK finds an account's
//! length and its original length at fixed distances from the slices it hands
//! to a program. Each account has an allocation of its own, so that a sanitiser
//! sees a read beyond its end.

use anchor_lang::prelude::{AccountInfo, Pubkey};

use super::Account;

/// Bytes by which one instruction may make an account longer.
const ROOM: usize = 10_240;

/// Words before an account's data: original length, key, owner, lamports, length.
const ORIGINAL_LENGTH: usize = 0;
const KEY: usize = 1;
const OWNER: usize = 5;
const LAMPORTS: usize = 9;
const LENGTH: usize = 10;
const DATA: usize = 11;

/// One account while an instruction runs.
pub struct Memory {
    words: Box<[u64]>,
    executable: bool,
}

impl Memory {
    /// A copy of `account`. Only an empty account gets room to grow.
    pub fn load(account: &Account) -> Self {
        let length = account.data.len();
        let room = if length == 0 { ROOM } else { length };
        let mut words = vec![0u64; DATA + room.div_ceil(8)].into_boxed_slice();
        words[ORIGINAL_LENGTH] = (length as u64) << 32;
        words[LAMPORTS] = account.lamports;
        words[LENGTH] = length as u64;
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        bytes[KEY * 8..OWNER * 8].copy_from_slice(account.key.as_ref());
        bytes[OWNER * 8..LAMPORTS * 8].copy_from_slice(account.owner.as_ref());
        bytes[DATA * 8..DATA * 8 + length].copy_from_slice(&account.data);
        Self {
            words,
            executable: account.executable,
        }
    }

    /// The account as a program sees it.
    pub fn info(&mut self, is_signer: bool, is_writable: bool) -> AccountInfo<'_> {
        let length = self.words[LENGTH] as usize;
        let base = self.words.as_mut_ptr();
        // SAFETY: every part lies inside `words`, is aligned as its type wants
        // and overlaps no other part that is borrowed mutably. The SDK's
        // `assign` writes through the reference to the owner and its `resize`
        // lengthens the slice by at most `ROOM` beyond the original length;
        // for both it relies on this very layout, and both stay inside `words`
        // as long as only empty accounts grow.
        let (key, owner, lamports, data) = unsafe {
            (
                &*base.add(KEY).cast::<Pubkey>(),
                &*base.add(OWNER).cast::<Pubkey>(),
                &mut *base.add(LAMPORTS),
                core::slice::from_raw_parts_mut(base.add(DATA).cast::<u8>(), length),
            )
        };
        AccountInfo::new(
            key,
            is_signer,
            is_writable,
            lamports,
            data,
            owner,
            self.executable,
        )
    }

    /// The account as an instruction left it.
    pub fn unload(&self) -> Account {
        let length = self.words[LENGTH] as usize;
        let bytes: &[u8] = bytemuck::cast_slice(&self.words);
        let key = |word: usize| {
            Pubkey::try_from(&bytes[word * 8..word * 8 + 32]).expect("a key has 32 bytes")
        };
        Account {
            key: key(KEY),
            owner: key(OWNER),
            lamports: self.words[LAMPORTS],
            data: bytes[DATA * 8..DATA * 8 + length].to_vec(),
            executable: self.executable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(data: Vec<u8>) -> Account {
        Account {
            key: Pubkey::new_from_array([1; 32]),
            owner: Pubkey::new_from_array([2; 32]),
            lamports: 3,
            data,
            executable: false,
        }
    }

    #[test]
    fn what_a_program_does_not_touch_comes_back_as_it_was() {
        for data in [vec![], vec![9; 3], vec![7; 1_384]] {
            let account = account(data);
            let mut memory = Memory::load(&account);
            assert_eq!(memory.info(false, true).data_len(), account.data.len());
            assert_eq!(memory.unload(), account);
        }
    }

    #[test]
    fn an_empty_account_can_be_created_and_a_full_one_closed() {
        let mut created = Memory::load(&account(vec![]));
        let info = created.info(false, true);
        info.resize(5).expect("there is room");
        info.assign(&Pubkey::new_from_array([8; 32]));
        info.data.borrow_mut()[4] = 6;
        let after = created.unload();
        assert_eq!(after.data, [0, 0, 0, 0, 6]);
        assert_eq!(after.owner, Pubkey::new_from_array([8; 32]));

        let mut closed = Memory::load(&account(vec![1; 20]));
        closed.info(false, true).resize(0).expect("shorter is fine");
        assert_eq!(closed.unload().data, Vec::<u8>::new());
    }
}
