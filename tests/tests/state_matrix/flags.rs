//! States that forbid something, or might.
//!
//! Each is raised on everything that the call names: on every bank that it may
//! change, on the market, on every obligation. Where an honest way would take
//! days and other changes, the account is changed directly, and the books with
//! it, so that the flag is the only thing that differs.

use {
    crate::{
        bad_debt::PAR,
        calls::{queue_updates, Call, Scene},
    },
    backstop::state::{AuctionState, Bank, BuyBackState, Market, Obligation, PauseKind},
    backstop_tests::{
        ix::{self, BankKeys},
        settings::HOUR,
        world::World,
    },
    bytemuck::Pod,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// (atoms) A deficit that is raised.
const DEFICIT: u64 = 1_000;
/// (governance atoms) What is offered for it, at half an atom each.
const LOT: u64 = 2 * DEFICIT;
/// Bytes of a mint before its supply, and of a token account before its amount.
const SUPPLY_OFFSET: usize = 36;
const AMOUNT_OFFSET: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    DeficitOpen,
    AuctionAnnounced,
    AuctionLive,
    AuctionOver,
    RecordOpen,
    DepositWithheld,
    WoundDown,
    Delisted,
    ModeDisabled,
    BorrowPaused,
    WriteOffPaused,
    IssuancePaused,
    BankNotLive,
    DeadFeed,
    DeadGovernanceFeed,
    UpdateQueued,
    BuyBackRunning,
}

impl Flag {
    pub const ALL: [Self; 17] = [
        Self::DeficitOpen,
        Self::AuctionAnnounced,
        Self::AuctionLive,
        Self::AuctionOver,
        Self::RecordOpen,
        Self::DepositWithheld,
        Self::WoundDown,
        Self::Delisted,
        Self::ModeDisabled,
        Self::BorrowPaused,
        Self::WriteOffPaused,
        Self::IssuancePaused,
        Self::BankNotLive,
        Self::DeadFeed,
        Self::DeadGovernanceFeed,
        Self::UpdateQueued,
        Self::BuyBackRunning,
    ];

    /// Puts what the call names into this state.
    pub fn raise(self, scene: &Scene, world: &mut World, call: &Call) {
        let now = world.chain.now();
        let hour = i64::from(HOUR);
        match self {
            Self::BorrowPaused => pause(world, PauseKind::Borrow),
            Self::WriteOffPaused => pause(world, PauseKind::WriteOff),
            Self::IssuancePaused => pause(world, PauseKind::Issuance),
            Self::RecordOpen | Self::DepositWithheld => {
                for obligation in named_obligations(world, call) {
                    record(
                        world,
                        &call.bank,
                        &obligation,
                        self == Self::DepositWithheld,
                    );
                }
            }
            Self::DeadFeed => silence(world, |world, key| world.market.oracle == Some(*key)),
            Self::DeadGovernanceFeed => {
                silence(world, |world, key| world.market.oracle != Some(*key));
            }
            Self::UpdateQueued => queue_updates(scene, world),
            Self::DeficitOpen
            | Self::AuctionAnnounced
            | Self::AuctionLive
            | Self::AuctionOver
            | Self::WoundDown
            | Self::Delisted
            | Self::ModeDisabled
            | Self::BankNotLive
            | Self::BuyBackRunning => {
                for keys in named_banks(world, call) {
                    match self {
                        Self::DeficitOpen => deficit(world, &keys),
                        Self::AuctionAnnounced => auction(world, &keys, now + 2 * hour),
                        Self::AuctionLive => auction(world, &keys, now),
                        Self::AuctionOver => auction(world, &keys, now - 6 * hour - 1),
                        Self::WoundDown => bank(world, &keys, |bank| bank.wound_down = 1),
                        Self::Delisted => bank(world, &keys, |bank| bank.config.delisted = 1),
                        Self::ModeDisabled => {
                            bank(world, &keys, |bank| bank.config.write_off_mode = 0);
                        }
                        Self::BankNotLive => bank(world, &keys, |bank| bank.live_at = now + 1),
                        _ => bank(world, &keys, |bank| bank.buy_back = running(now)),
                    }
                }
            }
        }
    }
}

fn named_banks(world: &World, call: &Call) -> Vec<BankKeys> {
    let metas = call.instruction.accounts.iter();
    let writable = metas.filter(|meta| meta.is_writable);
    let mut banks: Vec<BankKeys> = Vec::new();
    for meta in writable {
        banks.extend(world.banks.iter().find(|keys| keys.bank == meta.pubkey));
    }
    banks
}

fn named_obligations(world: &World, call: &Call) -> Vec<Pubkey> {
    let metas = call.instruction.accounts.iter().map(|meta| meta.pubkey);
    metas
        .filter(|key| world.obligations.contains(key))
        .collect()
}

/// Changes an account of the program past its rules.
fn change<T: Pod>(world: &mut World, key: &Pubkey, change: impl FnOnce(&mut T)) {
    let mut account = world.chain.account(key).expect("the account exists");
    let mut state: T = bytemuck::pod_read_unaligned(&account.data[8..]);
    change(&mut state);
    account.data[8..].copy_from_slice(bytemuck::bytes_of(&state));
    world.chain.set_account(key, account);
}

fn bank(world: &mut World, keys: &BankKeys, to: impl FnOnce(&mut Bank)) {
    change(world, &keys.bank, to);
}

fn add(world: &mut World, key: &Pubkey, offset: usize, amount: u64) {
    let mut account = world.chain.account(key).expect("the account exists");
    let field = account.data[offset..]
        .first_chunk_mut()
        .expect("it is that long");
    *field = (u64::from_le_bytes(*field) + amount).to_le_bytes();
    world.chain.set_account(key, account);
}

/// A loss that nothing has covered yet.
fn deficit(world: &mut World, keys: &BankKeys) {
    let now = world.chain.now();
    bank(world, keys, |bank| {
        let ledger = &mut bank.ledger;
        if ledger.deficit == 0 {
            ledger.deficit_since = now;
        }
        ledger.deficit += DEFICIT;
        ledger.lender_assets += DEFICIT;
        ledger.lost = (ledger.lost.get() + u128::from(DEFICIT)).into();
    });
}

/// An auction that opens or opened at `opens_at`; of one that is there, only
/// the times change.
fn auction(world: &mut World, keys: &BankKeys, opens_at: i64) {
    let hour = i64::from(HOUR);
    if world.chain.account(&keys.bank).is_some_and(|account| {
        let bank: Bank = bytemuck::pod_read_unaligned(&account.data[8..]);
        bank.auction.lot == 0
    }) {
        deficit(world, keys);
        bank(world, keys, |bank| {
            bank.ledger.on_auction = DEFICIT;
            bank.auction = AuctionState {
                lot: LOT,
                start_rate: PAR.into(),
                floor_rate: (PAR / 2).into(),
                ..AuctionState::default()
            };
        });
        change(world, &keys.market.market, |market: &mut Market| {
            market.supply += LOT;
            market.outstanding += LOT;
            market.issued += LOT;
        });
        add(world, &keys.market.mint, SUPPLY_OFFSET, LOT);
        add(world, &keys.governance_escrow, AMOUNT_OFFSET, LOT);
    }
    bank(world, keys, |bank| {
        bank.auction.issued_at = opens_at - 2 * hour;
        bank.auction.opens_at = opens_at;
        bank.auction.ends_at = opens_at + 6 * hour;
    });
}

fn running(now: i64) -> BuyBackState {
    BuyBackState {
        budget: DEFICIT,
        opens_at: now,
        ends_at: now + i64::from(HOUR),
        low_rate: (PAR / 2).into(),
        high_rate: PAR.into(),
    }
}

/// An atom that the obligation lost in the bank, socialised long ago.
fn record(world: &mut World, keys: &BankKeys, obligation: &Pubkey, withheld: bool) {
    change(world, obligation, |obligation: &mut Obligation| {
        if withheld {
            obligation.withhold_deposits();
        }
        let position = obligation.position_or_new(&keys.bank);
        position.expect("there is room").written_off += 1;
    });
    bank(world, keys, |bank| {
        let ledger = &mut bank.ledger;
        ledger.lost = (ledger.lost.get() + 1).into();
        ledger.socialised = (ledger.socialised.get() + 1).into();
    });
}

fn pause(world: &mut World, kind: PauseKind) {
    let now = world.chain.now();
    if world.market_state().pause_mut(kind).until > now {
        return;
    }
    let guardian = world.guardian.insecure_clone();
    let pause = ix::pause(world.market.market, guardian.pubkey(), kind, HOUR);
    world.send(&[pause], &[&guardian]).unwrap();
}

/// Lets a minute and a second pass in which only some feeds publish.
fn silence(world: &mut World, publishes: impl Fn(&World, &Pubkey) -> bool) {
    world.advance_silently(61);
    let now = world.chain.now();
    let mut keys: Vec<Pubkey> = world.banks.iter().map(|bank| bank.oracle).collect();
    keys.extend(world.market.oracle);
    for key in keys {
        if publishes(world, &key) {
            let mut feed = world.feed(&key);
            (feed.publish_time, feed.prev_publish_time) = (now, now - 1);
            world.publish(key, feed);
        }
    }
}
