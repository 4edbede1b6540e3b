//! The invariants of `docs/invariants.md`, checked from chain state alone.
//!
//! The arithmetic is done again here in big integers: nothing of the engine is
//! used, so that a mistake in it cannot hide itself.

use {
    crate::{
        chain::{Chain, Receipt},
        ix::{BankKeys, MarketKeys},
        state::{self, Wide},
        tokens,
    },
    anchor_lang::{AnchorDeserialize, Discriminator},
    backstop::{
        events::{BooksAfter, DebtWrittenOff, DeficitCovered, DeficitSocialised},
        state::{Bank, Market, Obligation},
    },
    num_bigint::BigUint,
    solana_pubkey::Pubkey,
};

/// What a violated invariant looks like: its name, and the numbers.
pub type Violation = String;

macro_rules! hold {
    ($id:literal, $condition:expr, $($why:tt)*) => {
        if !$condition {
            return Err(format!("{}: {}", $id, format!($($why)*)));
        }
    };
}

/// Checks everything that chain state shows of one market.
pub fn check(
    chain: &mut dyn Chain,
    market: &MarketKeys,
    banks: &[BankKeys],
    obligations: &[Pubkey],
) -> Result<(), Violation> {
    let state = state::market(chain, &market.market);
    let owners: Vec<Obligation> = obligations
        .iter()
        .filter_map(|key| state::try_obligation(chain, key))
        .collect();
    let mut escrowed = 0u64;
    for keys in banks {
        let bank = state::bank(chain, &keys.bank);
        books(chain, keys, &bank)?;
        sum(keys, &bank, &owners)?;
        split(&bank)?;
        record(keys, &bank, &owners)?;
        escrowed += bank.auction.lot;
    }
    bound(chain, &state, banks, escrowed)?;
    custody(chain, market, &state)
}

/// BOOKS: the ledger balances to the atom, and every vault holds at least what
/// its ledger says.
fn books(chain: &mut dyn Chain, keys: &BankKeys, bank: &Bank) -> Result<(), Violation> {
    let l = &bank.ledger;
    let backing = u128::from(l.cash) + u128::from(l.borrowed) + u128::from(l.deficit);
    let claims =
        u128::from(l.lender_assets) + u128::from(l.protocol_fees) + u128::from(l.insurance_fees);
    hold!(
        "BOOKS",
        backing == claims,
        "{backing} backs {claims}: {l:?}"
    );
    let debt = (l.debt_shares.big() * l.borrow_index.big()) >> 96u32;
    hold!(
        "BOOKS",
        BigUint::from(l.borrowed) == debt,
        "borrowed {} is not the floor of shares times index {debt}",
        l.borrowed
    );
    let cash = tokens::balance(chain, &keys.liquidity_vault);
    let insurance = tokens::balance(chain, &keys.insurance_vault);
    hold!(
        "BOOKS",
        cash >= l.cash,
        "the vault holds {cash} of {}",
        l.cash
    );
    hold!(
        "BOOKS",
        insurance >= l.insurance,
        "the insurance vault holds {insurance} of {}",
        l.insurance
    );
    hold!(
        "BOOKS",
        l.on_auction <= l.deficit,
        "{} on auction of a deficit of {}",
        l.on_auction,
        l.deficit
    );
    Ok(())
}

/// SUM: a bank's totals are the sums over positions: shares exactly, debt
/// within an atom a position; nobody is on both sides.
fn sum(keys: &BankKeys, bank: &Bank, owners: &[Obligation]) -> Result<(), Violation> {
    let (mut deposits, mut debts, mut atoms) = (BigUint::ZERO, BigUint::ZERO, BigUint::ZERO);
    let mut debtors = 0u32;
    for owner in owners {
        for position in owner.positions().iter().filter(|p| p.bank == keys.bank) {
            hold!(
                "SUM",
                !(position.has_deposit() && position.has_debt()),
                "a position is on both sides: {position:?}"
            );
            deposits += position.deposit_shares.big();
            debts += position.debt_shares.big();
            let product = position.debt_shares.big() * bank.ledger.borrow_index.big();
            atoms += (product + ((BigUint::from(1u8) << 96u32) - 1u8)) >> 96u32;
            debtors += u32::from(position.has_debt());
        }
    }
    let l = &bank.ledger;
    hold!(
        "SUM",
        deposits == l.deposit_shares.big(),
        "positions hold {deposits} deposit shares of {:?}",
        l.deposit_shares
    );
    hold!(
        "SUM",
        debts == l.debt_shares.big(),
        "positions hold {debts} debt shares of {:?}",
        l.debt_shares
    );
    let borrowed = BigUint::from(l.borrowed);
    hold!(
        "SUM",
        atoms >= borrowed && atoms <= borrowed.clone() + debtors,
        "positions owe {atoms} of {borrowed}"
    );
    Ok(())
}

/// SPLIT: every atom lost was carried by somebody, or still waits.
fn split(bank: &Bank) -> Result<(), Violation> {
    let l = &bank.ledger;
    let carried = l.covered_by_fees.big()
        + l.covered_by_insurance.big()
        + l.covered_by_auction.big()
        + l.recovered.big()
        + l.borne_by_leavers.big()
        + l.socialised.big()
        + l.deficit;
    hold!(
        "SPLIT",
        carried == l.lost.big(),
        "{} lost, {carried} carried",
        l.lost.big()
    );
    Ok(())
}

/// RECORD: records never exceed what was lost.
fn record(keys: &BankKeys, bank: &Bank, owners: &[Obligation]) -> Result<(), Violation> {
    let records: BigUint = owners
        .iter()
        .flat_map(|owner| owner.positions())
        .filter(|position| position.bank == keys.bank)
        .map(|position| BigUint::from(position.written_off))
        .sum();
    hold!(
        "RECORD",
        records <= bank.ledger.lost.big(),
        "records of {records} for losses of {}",
        bank.ledger.lost.big()
    );
    Ok(())
}

/// BOUND: no cap on issuance is exceeded, and every lot is in its escrow.
fn bound(
    chain: &mut dyn Chain,
    market: &Market,
    banks: &[BankKeys],
    escrowed: u64,
) -> Result<(), Violation> {
    let config = &market.config;
    hold!(
        "BOUND",
        market.outstanding <= config.lifetime_issuance_cap,
        "{} outstanding of a lifetime cap of {}",
        market.outstanding,
        config.lifetime_issuance_cap
    );
    hold!(
        "BOUND",
        escrowed <= market.outstanding,
        "{escrowed} on auction, {} outstanding",
        market.outstanding
    );
    // The window's capacity was a share of the supply when the tokens were
    // issued; burning lowers the supply afterwards.
    let highest = u128::from(market.initial_supply) + u128::from(market.issued);
    let window = highest * u128::from(config.issuance_window_bps) / 10_000;
    hold!(
        "BOUND",
        u128::from(market.issuance_bucket.level) <= window,
        "{} issued in a window that allows {window}",
        market.issuance_bucket.level
    );
    for keys in banks {
        let lot = state::bank(chain, &keys.bank).auction.lot;
        let held = tokens::balance(chain, &keys.governance_escrow);
        hold!(
            "BOUND",
            held >= lot,
            "escrow holds {held} of a lot of {lot}"
        );
    }
    Ok(())
}

/// CUSTODY: only the program's issues and burns change the governance supply,
/// and only the market can mint.
fn custody(chain: &mut dyn Chain, keys: &MarketKeys, market: &Market) -> Result<(), Violation> {
    let mint = tokens::mint_state(chain, &keys.mint);
    let expected = market.initial_supply + market.issued - market.burned;
    hold!(
        "CUSTODY",
        mint.supply == expected && market.supply == expected,
        "supply {}, ledger {}, expected {expected}",
        mint.supply,
        market.supply
    );
    hold!(
        "CUSTODY",
        Option::<Pubkey>::from(mint.mint_authority) == Some(keys.market),
        "the mint authority is {:?}",
        mint.mint_authority
    );
    hold!(
        "CUSTODY",
        mint.freeze_authority.is_none(),
        "the freeze authority is {:?}",
        mint.freeze_authority
    );
    Ok(())
}

/// ORDER: in every event, a lower tier was used only with the higher exhausted.
/// What the event says of the books is what counts: an instruction that follows in
/// the same transaction may bring fees or open an auction.
pub fn check_order(receipt: &Receipt) -> Result<(), Violation> {
    for event in events::<DebtWrittenOff>(receipt) {
        issued_last(event.issued, &event.after)?;
        let used = u128::from(event.protocol_fees_used)
            + u128::from(event.insurance_fees_used)
            + u128::from(event.insurance_drawn);
        hold!(
            "SPLIT",
            u128::from(event.loss) + u128::from(event.deficit_before)
                == used + u128::from(event.on_auction) + u128::from(event.left_open),
            "the terms of a write-off do not add up"
        );
    }
    for event in events::<DeficitCovered>(receipt) {
        issued_last(event.issued, &event.after)?;
    }
    for event in events::<DeficitSocialised>(receipt) {
        let after = &event.after;
        hold!(
            "ORDER",
            after.insurance == 0 && after.on_auction == 0,
            "socialised {} with {} insured and {} on auction",
            event.socialised,
            after.insurance,
            after.on_auction
        );
    }
    Ok(())
}

fn issued_last(issued: u64, after: &BooksAfter) -> Result<(), Violation> {
    // BOOKS: what backs lenders and is not theirs are the fees.
    let backing = u128::from(after.cash) + u128::from(after.borrowed) + u128::from(after.deficit);
    let fees = backing - u128::from(after.lender_assets);
    hold!(
        "ORDER",
        issued == 0 || (after.insurance == 0 && fees == 0),
        "issued {issued} with {} insured and {fees} of fees unused",
        after.insurance
    );
    Ok(())
}

/// The events of one type, in order.
pub fn events<E: AnchorDeserialize + Discriminator>(receipt: &Receipt) -> Vec<E> {
    receipt
        .events
        .iter()
        .filter_map(|data| {
            let body = data.strip_prefix(E::DISCRIMINATOR)?;
            E::try_from_slice(body).ok()
        })
        .collect()
}
