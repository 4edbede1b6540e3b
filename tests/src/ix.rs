//! Typed instruction builders: what a caller decides is an argument, every
//! address that follows from it is derived.

use {
    anchor_lang::{InstructionData, ToAccountMetas},
    backstop::{
        accounts, constants as seeds, instruction,
        state::{BankConfig, MarketConfig, PauseKind},
        ID,
    },
    solana_instruction::{AccountMeta, Instruction},
    solana_pubkey::Pubkey,
};

/// Addresses of a market.
#[derive(Clone, Copy, Debug)]
pub struct MarketKeys {
    /// The market.
    pub market: Pubkey,
    /// Its governance mint.
    pub mint: Pubkey,
    /// Token program of that mint.
    pub token_program: Pubkey,
    /// Price account of the governance token, if it has a feed.
    pub oracle: Option<Pubkey>,
}

/// Addresses of a bank.
#[derive(Clone, Copy, Debug)]
pub struct BankKeys {
    /// Its market.
    pub market: MarketKeys,
    /// The bank.
    pub bank: Pubkey,
    /// Its asset.
    pub mint: Pubkey,
    /// Token program of the asset.
    pub token_program: Pubkey,
    /// Liquidity vault.
    pub liquidity_vault: Pubkey,
    /// Insurance vault.
    pub insurance_vault: Pubkey,
    /// Governance tokens on auction.
    pub governance_escrow: Pubkey,
    /// Price account of the asset.
    pub oracle: Pubkey,
}

fn pda(parts: &[&[u8]]) -> Pubkey {
    Pubkey::find_program_address(parts, &ID).0
}

impl MarketKeys {
    /// The market of a governance mint.
    pub fn new(mint: Pubkey, token_program: Pubkey, oracle: Option<Pubkey>) -> Self {
        Self {
            market: pda(&[seeds::MARKET_SEED, mint.as_ref()]),
            mint,
            token_program,
            oracle,
        }
    }

    /// The mint that `create_market_with_mint` makes.
    pub fn created_mint(admin: &Pubkey, index: u16) -> Pubkey {
        pda(&[
            seeds::GOVERNANCE_MINT_SEED,
            admin.as_ref(),
            &index.to_le_bytes(),
        ])
    }

    /// An obligation of `owner`.
    pub fn obligation(&self, owner: &Pubkey, index: u16) -> Pubkey {
        pda(&[
            seeds::OBLIGATION_SEED,
            self.market.as_ref(),
            owner.as_ref(),
            &index.to_le_bytes(),
        ])
    }
}

impl BankKeys {
    /// The bank of `mint`.
    pub fn new(market: MarketKeys, mint: Pubkey, token_program: Pubkey, oracle: Pubkey) -> Self {
        let bank = pda(&[seeds::BANK_SEED, market.market.as_ref(), mint.as_ref()]);
        Self {
            market,
            bank,
            mint,
            token_program,
            liquidity_vault: pda(&[seeds::LIQUIDITY_SEED, bank.as_ref()]),
            insurance_vault: pda(&[seeds::INSURANCE_SEED, bank.as_ref()]),
            governance_escrow: pda(&[seeds::ESCROW_SEED, bank.as_ref()]),
            oracle,
        }
    }
}

fn event_authority() -> Pubkey {
    pda(&[b"__event_authority"])
}

fn build(accounts: &impl ToAccountMetas, data: &impl InstructionData) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: accounts.to_account_metas(None),
        data: data.data(),
    }
}

fn followed_by(mut instruction: Instruction, banks: &[Pubkey]) -> Instruction {
    let readonly = |key: &Pubkey| AccountMeta::new_readonly(*key, false);
    instruction.accounts.extend(banks.iter().map(readonly));
    instruction
}

/// `create_market`
pub fn create_market(
    keys: &MarketKeys,
    payer: Pubkey,
    admin: Pubkey,
    mint_authority: Pubkey,
    config: MarketConfig,
) -> Instruction {
    build(
        &accounts::CreateMarket {
            payer,
            admin,
            mint_authority,
            governance_mint: keys.mint,
            market: keys.market,
            governance_token_program: keys.token_program,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateMarket { config },
    )
}

/// `create_market_with_mint`
#[allow(clippy::too_many_arguments)]
pub fn create_market_with_mint(
    keys: &MarketKeys,
    payer: Pubkey,
    admin: Pubkey,
    supply_owner: Pubkey,
    index: u16,
    decimals: u8,
    initial_supply: u64,
    config: MarketConfig,
) -> Instruction {
    let mint = crate::tokens::Mint {
        key: keys.mint,
        program: keys.token_program,
        decimals,
    };
    build(
        &accounts::CreateMarketWithMint {
            payer,
            admin,
            governance_mint: keys.mint,
            supply_owner,
            supply_account: crate::tokens::associated_token_account(&mint, &supply_owner),
            market: keys.market,
            governance_token_program: keys.token_program,
            associated_token_program: anchor_spl::associated_token::ID,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateMarketWithMint {
            index,
            decimals,
            initial_supply,
            config,
        },
    )
}

/// `update_market`
pub fn update_market(market: Pubkey, admin: Pubkey, config: MarketConfig) -> Instruction {
    build(
        &accounts::UpdateMarket { admin, market },
        &instruction::UpdateMarket { config },
    )
}

/// `apply_market_update`
pub fn apply_market_update(market: Pubkey) -> Instruction {
    build(
        &accounts::ApplyMarketUpdate { market },
        &instruction::ApplyMarketUpdate {},
    )
}

/// `cancel_market_update`
pub fn cancel_market_update(market: Pubkey, admin: Pubkey) -> Instruction {
    build(
        &accounts::UpdateMarket { admin, market },
        &instruction::CancelMarketUpdate {},
    )
}

/// `propose_admin`
pub fn propose_admin(market: Pubkey, admin: Pubkey, new_admin: Pubkey) -> Instruction {
    build(
        &accounts::ProposeAdmin { admin, market },
        &instruction::ProposeAdmin { new_admin },
    )
}

/// `accept_admin`
pub fn accept_admin(market: Pubkey, new_admin: Pubkey) -> Instruction {
    build(
        &accounts::AcceptAdmin { new_admin, market },
        &instruction::AcceptAdmin {},
    )
}

/// `pause`
pub fn pause(market: Pubkey, authority: Pubkey, kind: PauseKind, secs: u32) -> Instruction {
    build(
        &accounts::Pause { authority, market },
        &instruction::Pause { kind, secs },
    )
}

/// `lift_pause`
pub fn lift_pause(market: Pubkey, authority: Pubkey, kind: PauseKind) -> Instruction {
    build(
        &accounts::Pause { authority, market },
        &instruction::LiftPause { kind },
    )
}

/// `create_bank`
pub fn create_bank(
    keys: &BankKeys,
    payer: Pubkey,
    admin: Pubkey,
    config: BankConfig,
) -> Instruction {
    build(
        &accounts::CreateBank {
            payer,
            admin,
            market: keys.market.market,
            mint: keys.mint,
            bank: keys.bank,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            governance_mint: keys.market.mint,
            governance_escrow: keys.governance_escrow,
            token_program: keys.token_program,
            governance_token_program: keys.market.token_program,
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::CreateBank { config },
    )
}

/// `update_bank`
pub fn update_bank(keys: &BankKeys, admin: Pubkey, config: BankConfig) -> Instruction {
    build(
        &accounts::UpdateBank {
            admin,
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::UpdateBank { config },
    )
}

/// `apply_bank_update`
pub fn apply_bank_update(keys: &BankKeys) -> Instruction {
    build(
        &accounts::ApplyBankUpdate {
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::ApplyBankUpdate {},
    )
}

/// `cancel_bank_update`
pub fn cancel_bank_update(keys: &BankKeys, admin: Pubkey) -> Instruction {
    build(
        &accounts::UpdateBank {
            admin,
            market: keys.market.market,
            bank: keys.bank,
        },
        &instruction::CancelBankUpdate {},
    )
}

/// `open_obligation`
pub fn open_obligation(
    market: &MarketKeys,
    payer: Pubkey,
    owner: Pubkey,
    index: u16,
) -> Instruction {
    build(
        &accounts::OpenObligation {
            payer,
            owner,
            market: market.market,
            obligation: market.obligation(&owner, index),
            system_program: solana_sdk_ids::system_program::ID,
        },
        &instruction::OpenObligation { index },
    )
}

/// `close_obligation`
pub fn close_obligation(owner: Pubkey, obligation: Pubkey, rent_receiver: Pubkey) -> Instruction {
    build(
        &accounts::CloseObligation {
            owner,
            obligation,
            rent_receiver,
        },
        &instruction::CloseObligation {},
    )
}

/// `refresh_banks`
pub fn refresh_banks(banks: &[BankKeys]) -> Instruction {
    let mut instruction = build(&accounts::RefreshBanks {}, &instruction::RefreshBanks {});
    for keys in banks {
        instruction
            .accounts
            .push(AccountMeta::new(keys.bank, false));
        instruction
            .accounts
            .push(AccountMeta::new_readonly(keys.oracle, false));
    }
    instruction
}

/// `deposit`
pub fn deposit(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    owner_token_account: Pubkey,
    args: instruction::Deposit,
) -> Instruction {
    build(
        &accounts::Deposit {
            owner,
            obligation,
            bank: keys.bank,
            owner_token_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &args,
    )
}

/// `withdraw`, followed by `banks`
pub fn withdraw(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    destination: Pubkey,
    args: instruction::Withdraw,
    banks: &[Pubkey],
) -> Instruction {
    let withdraw = build(
        &accounts::Withdraw {
            owner,
            obligation,
            bank: keys.bank,
            destination,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &args,
    );
    followed_by(withdraw, banks)
}

/// `borrow`, followed by `banks`
pub fn borrow(
    keys: &BankKeys,
    owner: Pubkey,
    obligation: Pubkey,
    destination: Pubkey,
    atoms: u64,
    banks: &[Pubkey],
) -> Instruction {
    let borrow = build(
        &accounts::Borrow {
            owner,
            market: keys.market.market,
            obligation,
            bank: keys.bank,
            destination,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::Borrow { atoms },
    );
    followed_by(borrow, banks)
}

/// `repay`
pub fn repay(
    keys: &BankKeys,
    payer: Pubkey,
    obligation: Pubkey,
    payer_token_account: Pubkey,
    max_atoms: u64,
) -> Instruction {
    build(
        &accounts::Repay {
            payer,
            obligation,
            bank: keys.bank,
            payer_token_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::Repay { max_atoms },
    )
}

/// Who liquidates whom.
#[derive(Clone, Copy, Debug)]
pub struct LiquidationParties {
    /// Owner of `liquidator_obligation`.
    pub liquidator: Pubkey,
    /// Gets the collateral.
    pub liquidator_obligation: Pubkey,
    /// Pays.
    pub liquidator_token_account: Pubkey,
    /// Is liquidated.
    pub obligation: Pubkey,
}

/// `liquidate`, followed by `banks`
pub fn liquidate(
    debt: &BankKeys,
    collateral: &BankKeys,
    parties: LiquidationParties,
    args: instruction::Liquidate,
    banks: &[Pubkey],
) -> Instruction {
    let liquidate = build(
        &accounts::Liquidate {
            liquidator: parties.liquidator,
            liquidator_obligation: parties.liquidator_obligation,
            obligation: parties.obligation,
            debt_bank: debt.bank,
            collateral_bank: collateral.bank,
            liquidator_token_account: parties.liquidator_token_account,
            debt_liquidity_vault: debt.liquidity_vault,
            debt_mint: debt.mint,
            debt_token_program: debt.token_program,
        },
        &args,
    );
    followed_by(liquidate, banks)
}

/// `write_off`, followed by `delisted` banks
pub fn write_off(
    keys: &BankKeys,
    obligation: Pubkey,
    keeper_token_account: Option<Pubkey>,
    delisted: &[Pubkey],
) -> Instruction {
    let write_off = build(
        &accounts::WriteOff {
            market: keys.market.market,
            bank: keys.bank,
            obligation,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            keeper_token_account,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::WriteOff {},
    );
    followed_by(write_off, delisted)
}

/// `cover_deficit`
pub fn cover_deficit(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CoverDeficit {
            market: keys.market.market,
            bank: keys.bank,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CoverDeficit {},
    )
}

/// `buy_governance`
pub fn buy_governance(
    keys: &BankKeys,
    buyer: Pubkey,
    buyer_token_account: Pubkey,
    buyer_governance_account: Pubkey,
    amount: u64,
    max_pay: u64,
) -> Instruction {
    build(
        &accounts::BuyGovernance {
            buyer,
            market: keys.market.market,
            bank: keys.bank,
            buyer_token_account,
            buyer_governance_account,
            liquidity_vault: keys.liquidity_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::BuyGovernance { amount, max_pay },
    )
}

/// `close_auction`
pub fn close_auction(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CloseAuction {
            market: keys.market.market,
            bank: keys.bank,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CloseAuction {},
    )
}

/// `socialise_deficit`
pub fn socialise_deficit(keys: &BankKeys) -> Instruction {
    build(
        &accounts::SocialiseDeficit {
            market: keys.market.market,
            bank: keys.bank,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::SocialiseDeficit {},
    )
}

/// `repay_written_off`
pub fn repay_written_off(
    keys: &BankKeys,
    payer: Pubkey,
    obligation: Pubkey,
    payer_token_account: Pubkey,
    max_atoms: u64,
) -> Instruction {
    build(
        &accounts::RepayWrittenOff {
            payer,
            market: keys.market.market,
            bank: keys.bank,
            obligation,
            payer_token_account,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_escrow: keys.governance_escrow,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::RepayWrittenOff { max_atoms },
    )
}

/// `fund_insurance`
pub fn fund_insurance(
    keys: &BankKeys,
    payer: Pubkey,
    payer_token_account: Pubkey,
    atoms: u64,
) -> Instruction {
    build(
        &accounts::FundInsurance {
            payer,
            bank: keys.bank,
            payer_token_account,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::FundInsurance { atoms },
    )
}

/// `collect_fees`
pub fn collect_fees(keys: &BankKeys, fee_token_account: Pubkey) -> Instruction {
    build(
        &accounts::CollectFees {
            market: keys.market.market,
            bank: keys.bank,
            fee_token_account,
            liquidity_vault: keys.liquidity_vault,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
        },
        &instruction::CollectFees {},
    )
}

/// `start_buy_back`
pub fn start_buy_back(keys: &BankKeys) -> Instruction {
    build(
        &accounts::StartBuyBack {
            market: keys.market.market,
            bank: keys.bank,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::StartBuyBack {},
    )
}

/// `sell_governance`
pub fn sell_governance(
    keys: &BankKeys,
    seller: Pubkey,
    seller_governance_account: Pubkey,
    destination: Pubkey,
    amount: u64,
    min_proceeds: u64,
) -> Instruction {
    build(
        &accounts::SellGovernance {
            seller,
            market: keys.market.market,
            bank: keys.bank,
            seller_governance_account,
            destination,
            insurance_vault: keys.insurance_vault,
            mint: keys.mint,
            token_program: keys.token_program,
            governance_mint: keys.market.mint,
            governance_token_program: keys.market.token_program,
            governance_oracle: keys.market.oracle,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::SellGovernance {
            amount,
            min_proceeds,
        },
    )
}

/// `close_buy_back`
pub fn close_buy_back(keys: &BankKeys) -> Instruction {
    build(
        &accounts::CloseBuyBack {
            market: keys.market.market,
            bank: keys.bank,
            event_authority: event_authority(),
            program: ID,
        },
        &instruction::CloseBuyBack {},
    )
}
