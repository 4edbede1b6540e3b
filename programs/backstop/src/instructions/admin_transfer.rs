//! Handing the market over, in two steps: a typo must not lose it.

use anchor_lang::prelude::*;

use crate::error::BackstopError;
use crate::events::AdminChanged;
use crate::state::{Market, Ruled};

/// Accounts of `propose_admin`.
#[derive(Accounts)]
pub struct ProposeAdmin<'info> {
    /// Admin of the market.
    pub admin: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
}

/// See [`crate::backstop::propose_admin`].
pub fn propose_admin(ctx: Context<'_, ProposeAdmin<'_>>, new_admin: Pubkey) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    market.require_version().ruled()?;
    require_keys_eq!(accounts.admin.key(), market.admin, BackstopError::NotAdmin);
    market.pending_admin = new_admin;
    emit!(AdminChanged {
        market: accounts.market.key(),
        admin: market.admin,
        pending_admin: new_admin,
    });
    Ok(())
}

/// Accounts of `accept_admin`.
#[derive(Accounts)]
pub struct AcceptAdmin<'info> {
    /// The proposed admin.
    pub new_admin: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
}

/// See [`crate::backstop::accept_admin`].
pub fn accept_admin(ctx: Context<'_, AcceptAdmin<'_>>) -> Result<()> {
    let accounts = &ctx.accounts;
    let mut market = accounts.market.load_mut()?;
    market.require_version().ruled()?;
    require!(
        market.pending_admin != Pubkey::default()
            && market.pending_admin == accounts.new_admin.key(),
        BackstopError::NotPendingAdmin
    );
    market.admin = market.pending_admin;
    market.pending_admin = Pubkey::default();
    emit!(AdminChanged {
        market: accounts.market.key(),
        admin: market.admin,
        pending_admin: market.pending_admin,
    });
    Ok(())
}
