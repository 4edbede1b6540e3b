//! A health check over the banks that a transaction passes.

use anchor_lang::prelude::*;
use backstop_engine::health::{Check, Sums};
use backstop_engine::units::UnixTime;

use crate::error::BackstopError;
use crate::state::{Bank, Obligation, Ruled};

/// Adds up an obligation for `check`.
///
/// `banks` must be the banks of its active positions, in position order, none
/// missing, none extra: leaving out a debt or showing a deposit twice must not
/// be possible. Each must carry a price and interest of this slot.
///
/// A deposit in a delisted bank counts as nothing and needs no price.
///
/// # Errors
/// `WrongBankList`, `PriceNotRefreshed`, `WrongMarket`.
pub fn health<'info>(
    obligation: &Obligation,
    banks: impl IntoIterator<Item = &'info AccountInfo<'info>>,
    check: Check,
    clock: &Clock,
) -> Result<Sums> {
    let mut sums = Sums::default();
    let mut next = banks.into_iter();
    for position in obligation.positions().iter().filter(|p| p.is_active()) {
        let info = next.next().ok_or(BackstopError::WrongBankList)?;
        require_keys_eq!(*info.key, position.bank, BackstopError::WrongBankList);
        let loader = AccountLoader::<Bank>::try_from(info)?;
        let bank = loader.load()?;
        bank.require_version()?;
        require_keys_eq!(bank.market, obligation.market, BackstopError::WrongMarket);
        if bank.is_delisted() && !position.has_debt() {
            continue;
        }
        bank.require_price(clock.slot)?;
        let ledger = bank.accrued(UnixTime(clock.unix_timestamp))?;
        let asset = bank.asset();
        if position.has_debt() {
            let debt = ledger.debt_up(position.debt()).ruled()?;
            sums.add_debt(check, &asset, debt).ruled()?;
        } else {
            // The kindest reading of a deposit is its price once the deficit of
            // its bank is covered. At the net price a deficit that insurance
            // pays off day by day would let an obligation be called insolvent,
            // and a loss be made in another bank, at prices that never moved.
            let deposit = match check {
                Check::Insolvency => ledger.gross_value_down(position.deposit()),
                Check::Initial | Check::Maintenance => ledger.net_value_down(position.deposit()),
            }
            .ruled()?;
            sums.add_collateral(check, &asset, deposit).ruled()?;
        }
    }
    require!(next.next().is_none(), BackstopError::WrongBankList);
    Ok(sums)
}
