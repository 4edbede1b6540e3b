//! Instructions of an action.

use backstop_client::{
    addresses::BankKeys,
    instructions::{self, Liquidate, LiquidationParties, Withdraw},
    plan,
    program::state::Obligation,
    quote::deposits,
    ClientError, MarketView,
};
use backstop_engine::{
    price::Reading,
    units::{Atoms, Shares, Value},
};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::decide::{Action, Key, Own, Situation, Step, Task};

/// Something to send: an action, or a withdrawal of the keeper's own.
#[derive(Clone, Debug)]
pub struct Job {
    /// Names it.
    pub key: Key,
    /// Instructions, best first: one that cannot be built or does not pass the
    /// simulation gives way to the next.
    pub variants: Vec<Vec<Instruction>>,
    /// What it is worth to the keeper, to be compared with its fee.
    pub worth: Value,
    /// What it earns.
    pub income: Value,
    /// Mint and atoms that it spends.
    pub outlay: Option<(Pubkey, Atoms)>,
}

/// The instructions of an action, in the order in which they are to be tried.
///
/// # Errors
/// `UnknownBank`; `NoAccount` for an obligation that is gone.
pub fn variants(
    situation: &Situation<'_>,
    owner: Pubkey,
    action: &Action,
    withdraws: bool,
) -> Result<Vec<Vec<Instruction>>, ClientError> {
    let view = situation.view;
    let keys = |bank: &Pubkey| view.bank(bank).map(|found| found.keys);
    let is_priced = |bank: &Pubkey| {
        view.bank(bank)
            .is_ok_and(|found| found.is_priced(view.slot))
    };
    let obligation = |address: &Pubkey| {
        let found = situation.index.obligation(address);
        found.ok_or(ClientError::NoAccount(*address))
    };
    let one = match &action.step {
        Step::Refresh { banks } => {
            let refresh = plan::refresh(view, banks.iter().copied())?;
            refresh.into_iter().collect()
        }
        Step::Liquidate { .. } => return liquidate(situation, owner, action, withdraws),
        Step::WriteOff {
            obligation: address,
            bank,
        } => {
            let keys = keys(bank)?;
            let state = obligation(address)?;
            let bounty = token_account(situation.own, &keys, &owner);
            plan::write_off(view, &keys, (*address, &state), bounty, is_priced(bank))?
        }
        Step::Cover { bank } => plan::cover(view, &keys(bank)?, is_priced(bank))?,
        Step::CloseAuction { bank } => vec![instructions::close_auction(&keys(bank)?)],
        Step::Socialise { bank } => vec![instructions::socialise_deficit(&keys(bank)?)],
        Step::CollectFees { bank } => {
            let keys = keys(bank)?;
            let receiver = keys.token_account(&view.market.config.fee_owner);
            vec![instructions::collect_fees(&keys, receiver)]
        }
        Step::StartBuyBack { bank } => plan::start_buy_back(view, &keys(bank)?)?,
        Step::CloseBuyBack { bank } => vec![instructions::close_buy_back(&keys(bank)?)],
    };
    Ok(vec![one])
}

/// The keeper's account for the bank's asset, if it has one.
fn token_account(own: &Own, keys: &BankKeys, owner: &Pubkey) -> Option<Pubkey> {
    let has_one = own.wallet.contains_key(&keys.mint);
    has_one.then(|| keys.token_account(owner))
}

/// A liquidation, what is left written off, what was seized withdrawn: all of it
/// if that passes, else the liquidation with either, else alone.
fn liquidate(
    situation: &Situation<'_>,
    owner: Pubkey,
    action: &Action,
    withdraws: bool,
) -> Result<Vec<Vec<Instruction>>, ClientError> {
    let Step::Liquidate {
        obligation: address,
        debt_bank,
        collateral_bank,
        max_repay,
        min_shares,
        then_write_off,
    } = &action.step
    else {
        return Ok(Vec::new());
    };
    let Situation { view, own, .. } = *situation;
    let debt = view.bank(debt_bank)?.keys;
    let collateral = view.bank(collateral_bank)?;
    let state = situation.index.obligation(address);
    let state = state.ok_or(ClientError::NoAccount(*address))?;
    let parties = LiquidationParties {
        liquidator: owner,
        liquidator_obligation: own.obligation,
        liquidator_token_account: debt.token_account(&owner),
        obligation: *address,
    };
    let args = Liquidate {
        max_repay: max_repay.0,
        min_shares: *min_shares,
    };
    let alone = plan::liquidate(view, &debt, &collateral.keys, parties, &state, args)?;

    let left: Vec<Pubkey> = deposits(&state)
        .into_iter()
        .filter(|bank| bank != collateral_bank)
        .collect();
    let mut write_offs = Vec::with_capacity(then_write_off.len());
    for bank in then_write_off {
        let keys = view.bank(bank)?.keys;
        let bounty = token_account(own, &keys, &owner);
        write_offs.push(instructions::write_off(&keys, *address, bounty, &left));
    }
    let withdrawal = own
        .positions
        .filter(|positions| withdraws && !positions.has_debt())
        .and_then(|positions| {
            let shares = held(&positions, collateral_bank).add(Shares(*min_shares));
            let ledger = collateral.bank.ledger.get();
            let atoms = ledger.net_value_down(shares.ok()?).ok()?;
            let to = token_account(own, &collateral.keys, &owner)?;
            can_leave(view, collateral_bank, atoms).then(|| {
                withdraw(
                    &collateral.keys,
                    owner,
                    own.obligation,
                    to,
                    u128::MAX,
                    atoms,
                )
            })
        });

    let mut variants = Vec::with_capacity(4);
    for (with_write_offs, with_withdrawal) in
        [(true, true), (true, false), (false, true), (false, false)]
    {
        if with_write_offs && write_offs.is_empty() || with_withdrawal && withdrawal.is_none() {
            continue;
        }
        let mut all = alone.clone();
        if with_write_offs {
            all.extend(write_offs.iter().cloned());
        }
        if with_withdrawal {
            all.extend(withdrawal.iter().cloned());
        }
        variants.push(all);
    }
    Ok(variants)
}

fn held(positions: &Obligation, bank: &Pubkey) -> Shares {
    let held = positions.position(bank);
    held.map_or(Shares(0), |position| position.deposit())
}

/// Whether a bank pays `atoms` at once, and nothing is given up by leaving: who
/// leaves while a deficit is open bears his part of it for good.
fn can_leave(view: &MarketView, bank: &Pubkey, atoms: Atoms) -> bool {
    view.bank(bank).is_ok_and(|found| {
        let ledger = found.bank.ledger.get();
        ledger.deficit.is_zero() && atoms <= ledger.cash
    })
}

/// A withdrawal of `shares` for at least `least`, what they are worth without a
/// deficit: one that was hidden from the keeper, or that somebody makes in front
/// of its transaction, would be borne for good by who leaves.
fn withdraw(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    to: Pubkey,
    shares: u128,
    least: Atoms,
) -> Instruction {
    let args = Withdraw {
        shares,
        min_atoms: least.0,
    };
    instructions::withdraw(keys, owner, obligation, to, args, &[])
}

/// Withdrawals of collateral that the keeper holds, as far as banks have cash.
#[must_use]
pub fn sweeps(situation: &Situation<'_>, owner: Pubkey) -> Vec<Job> {
    let Situation { view, own, .. } = *situation;
    let Some(positions) = own.positions.filter(|positions| !positions.has_debt()) else {
        return Vec::new();
    };
    let all = positions.positions().iter().filter(|p| p.has_deposit());
    all.filter_map(|position| {
        let found = view.bank(&position.bank).ok()?;
        let to = token_account(own, &found.keys, &owner)?;
        let ledger = found.bank.ledger.get();
        let held = position.deposit();
        let value = ledger.net_value_down(held).ok()?;
        let atoms = value.min(ledger.cash);
        if !can_leave(view, &position.bank, atoms) || !found.is_priced(view.slot) {
            return None;
        }
        let shares = if atoms == value {
            u128::MAX
        } else {
            held.0 / u128::from(value.0).max(1) * u128::from(atoms.0)
        };
        let least = ledger.net_value_down(Shares(shares.min(held.0))).ok()?;
        let asset = found.bank.asset();
        let price = asset.price;
        Some(Job {
            key: Key {
                task: Task::Liquidate,
                subject: own.obligation,
                bank: Some(position.bank),
            },
            variants: vec![vec![withdraw(
                &found.keys,
                owner,
                own.obligation,
                to,
                shares,
                least,
            )]],
            worth: price
                .value_down(atoms, asset.decimals, Reading::Spot)
                .ok()?,
            income: Value::ZERO,
            outlay: None,
        })
    })
    .filter(|job| !job.worth.is_zero())
    .collect()
}
