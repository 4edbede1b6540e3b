//! If everything insolvent were liquidated and written off now: who loses what
//! at each layer?

use std::collections::BTreeMap;

use backstop::state::Obligation;
use backstop_engine::{
    health::Check,
    units::{Atoms, GovAtoms},
    waterfall::Mode,
};
use solana_pubkey::Pubkey;

use super::{health::health, liquidation::liquidation, loss::write_off_unchecked};
use crate::{error::ClientError, view::MarketView};

/// Rounds of liquidation that an obligation gets: every debt against every
/// collateral, several times over.
const MOST_LIQUIDATIONS: usize = 64;

/// Who would pay a bank's losses, in atoms of its asset, first to last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// Debt that would be written off.
    pub loss: Atoms,
    /// Paid by protocol fees.
    pub protocol_fees: Atoms,
    /// Paid by insurance fees.
    pub insurance_fees: Atoms,
    /// Paid by the insurance vault, bounties apart.
    pub insurance: Atoms,
    /// Bounties out of the insurance vault.
    pub bounties: Atoms,
    /// Raised by the auction, if it sells at its floor or better.
    pub on_auction: Atoms,
    /// Governance atoms issued for that.
    pub issued: GovAtoms,
    /// Covered by nothing yet: it waits for limits, or for lenders to share it.
    pub left_open: Atoms,
}

/// A bank now, and after everything insolvent were written off.
#[derive(Clone, Copy, Debug)]
pub struct BankSolvency {
    /// The bank.
    pub bank: Pubkey,
    /// Its asset.
    pub mint: Pubkey,
    /// Decimals of the asset.
    pub decimals: u8,
    /// What lenders own now, an open deficit included.
    pub lender_assets: Atoms,
    /// The deficit that is open already.
    pub deficit: Atoms,
    /// What the insurance vault holds.
    pub insurance: Atoms,
    /// Who would pay. With a deficit open before, its cover is in the figures
    /// of fees and insurance too.
    pub layers: Layers,
    /// (millionths) What lenders would lose of their claims if everything left
    /// open and everything on auction were socialised; rounded up.
    pub worst_haircut_ppm: u64,
    /// Loss that the bank's mode or price keeps from being written off now.
    pub blocked: Atoms,
}

/// The report.
#[derive(Clone, Debug, Default)]
pub struct Solvency {
    /// Every bank of the market, by address.
    pub banks: Vec<BankSolvency>,
    /// Obligations looked at.
    pub obligations: usize,
    /// Those whose debt is worth more than their collateral at the kindest
    /// prices, or that owe without any collateral.
    pub insolvent: usize,
    /// Those below their liquidation threshold, the insolvent included.
    pub unhealthy: usize,
    /// Those that could not be judged: a bank of theirs has no usable price.
    pub unpriced: usize,
}

/// Liquidates at today's prices and writes off every obligation that is
/// insolvent, one after the other, and adds up who pays. The debtor's last
/// borrowing, pauses and who would do it are left out: this is what the market
/// could lose today.
///
/// # Errors
/// `UnknownBank`, `Rule` for books out of range.
pub fn solvency<'a>(
    view: &MarketView,
    obligations: impl IntoIterator<Item = &'a Obligation>,
) -> Result<Solvency, ClientError> {
    let mut report = Solvency::default();
    let mut books = view.clone();
    let mut layers: BTreeMap<Pubkey, Layers> = BTreeMap::new();
    let mut blocked: BTreeMap<Pubkey, Atoms> = BTreeMap::new();
    for obligation in obligations {
        report.obligations += 1;
        if !obligation.has_debt() {
            continue;
        }
        let maintenance = match health(view, obligation, Check::Maintenance) {
            Ok(sums) => sums,
            Err(ClientError::NoPrice(_)) => {
                report.unpriced += 1;
                continue;
            }
            Err(other) => return Err(other),
        };
        report.unhealthy += usize::from(!maintenance.is_healthy());
        if !health(view, obligation, Check::Insolvency)?.is_underwater() {
            continue;
        }
        report.insolvent += 1;
        let left = liquidate_all(&mut books, *obligation)?;
        for position in left.positions().iter().filter(|p| p.has_debt()) {
            let bank = position.bank;
            let quote = write_off_unchecked(&books, &bank, &left, true)?;
            if books.bank(&bank)?.bank.config.mode() == Mode::Disabled {
                let sum = blocked.entry(bank).or_default();
                *sum = sum.add(quote.done.loss)?;
                continue;
            }
            let sum = layers.entry(bank).or_default();
            let cover = &quote.done.cover;
            sum.loss = sum.loss.add(quote.done.loss)?;
            sum.protocol_fees = sum.protocol_fees.add(cover.protocol_fees_used)?;
            sum.insurance_fees = sum.insurance_fees.add(cover.insurance_fees_used)?;
            sum.insurance = sum.insurance.add(cover.insurance_drawn)?;
            sum.bounties = sum.bounties.add(quote.done.bounty)?;
            sum.issued = sum.issued.add(cover.issued)?;
            books = quote.after;
        }
    }
    for bank in &view.banks {
        let key = bank.keys.bank;
        let now = bank.bank.ledger.get();
        let after = books.bank(&key)?.bank.ledger.get();
        let mut layers = layers.remove(&key).unwrap_or_default();
        layers.on_auction = after.on_auction;
        layers.left_open = after.deficit.sub(after.on_auction)?;
        report.banks.push(BankSolvency {
            bank: key,
            mint: bank.keys.mint,
            decimals: bank.bank.decimals,
            lender_assets: now.lender_assets,
            deficit: now.deficit,
            insurance: now.insurance,
            worst_haircut_ppm: ppm_up(after.deficit, after.lender_assets),
            layers,
            blocked: blocked.remove(&key).unwrap_or_default(),
        });
    }
    Ok(report)
}

/// Sells all the collateral that liquidation accepts, and books it in `view`.
fn liquidate_all(
    view: &mut MarketView,
    mut obligation: Obligation,
) -> Result<Obligation, ClientError> {
    for _ in 0..MOST_LIQUIDATIONS {
        let pairs: Vec<(Pubkey, Pubkey)> = obligation
            .positions()
            .iter()
            .filter(|debt| debt.has_debt())
            .flat_map(|debt| {
                let deposits = obligation.positions().iter().filter(|p| p.has_deposit());
                deposits.map(|deposit| (debt.bank, deposit.bank))
            })
            .collect();
        let step = pairs.iter().find_map(|(debt, collateral)| {
            let quote = liquidation(view, &obligation, debt, collateral, Atoms(u64::MAX)).ok()?;
            Some((debt, collateral, quote))
        });
        let Some((debt, collateral, quote)) = step else {
            break;
        };
        quote.book(view, debt, collateral);
        obligation = quote.after;
    }
    Ok(obligation)
}

fn ppm_up(part: Atoms, whole: Atoms) -> u64 {
    if whole.is_zero() {
        return 0;
    }
    let scaled = u128::from(part.0) * 1_000_000;
    u64::try_from(scaled.div_ceil(u128::from(whole.0))).unwrap_or(u64::MAX)
}
