//! Opening and closing an obligation.

use anchor_lang::prelude::*;
use backstop_engine::step;

use crate::constants::{OBLIGATION_SEED, VERSION};
use crate::error::BackstopError;
use crate::state::{Market, Obligation, Ruled};

/// Accounts of `open_obligation`.
#[derive(Accounts)]
#[instruction(index: u16)]
pub struct OpenObligation<'info> {
    /// Pays the rent.
    #[account(mut)]
    pub payer: Signer<'info>,
    /// Owner of the new obligation.
    pub owner: Signer<'info>,
    /// The market.
    #[account(mut)]
    pub market: AccountLoader<'info, Market>,
    /// The new obligation.
    #[account(
        init,
        payer = payer,
        space = Obligation::SPACE,
        seeds = [OBLIGATION_SEED, market.key().as_ref(), owner.key().as_ref(), &index.to_le_bytes()],
        bump,
    )]
    pub obligation: AccountLoader<'info, Obligation>,
    /// Creates the account.
    pub system_program: Program<'info, System>,
}

/// See [`crate::backstop::open_obligation`].
pub fn open_obligation(ctx: Context<'_, OpenObligation<'_>>, index: u16) -> Result<()> {
    let accounts = &ctx.accounts;
    {
        let mut market = accounts.market.load_mut()?;
        market.require_version().ruled()?;
        step::open_obligation(&mut market).ruled()?;
    }
    let mut obligation = accounts.obligation.load_init()?;
    obligation.version = VERSION;
    obligation.bump = ctx.bumps.obligation;
    obligation.index = index;
    obligation.market = accounts.market.key();
    obligation.owner = accounts.owner.key();
    Ok(())
}

/// Accounts of `close_obligation`.
#[derive(Accounts)]
pub struct CloseObligation<'info> {
    /// Owner of the obligation.
    pub owner: Signer<'info>,
    /// The obligation, without deposit, debt and record.
    #[account(mut, close = rent_receiver)]
    pub obligation: AccountLoader<'info, Obligation>,
    /// Gets the rent.
    /// CHECK: gets the rent; the owner signs for the choice.
    #[account(mut)]
    pub rent_receiver: UncheckedAccount<'info>,
}

impl CloseObligation<'_> {
    fn validate(&self) -> Result<()> {
        let obligation = self.obligation.load()?;
        obligation.require_version().ruled()?;
        require_keys_eq!(self.owner.key(), obligation.owner, BackstopError::NotOwner);
        require_keys_neq!(
            self.rent_receiver.key(),
            self.obligation.key(),
            BackstopError::SameAccount
        );
        step::close_obligation(&obligation).ruled()
    }
}

/// See [`crate::backstop::close_obligation`].
pub fn close_obligation(ctx: Context<'_, CloseObligation<'_>>) -> Result<()> {
    ctx.accounts.validate()
}
